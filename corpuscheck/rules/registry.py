"""All rules, in the order of their ids."""

from __future__ import annotations

from corpuscheck.profile.profile import Profile
from corpuscheck.result import Finding, TokenizerReport
from corpuscheck.rules import reading, size, tokenizer
from corpuscheck.rules.rule import Evidence, Rule
from corpuscheck.settings import Limits

RULES: tuple[Rule, ...] = (*reading.RULES, *size.RULES, *tokenizer.RULES)

_ORDER = {"error": 0, "warning": 1, "info": 2}


def judge(profile: Profile, report: TokenizerReport, limits: Limits) -> tuple[Finding, ...]:
    """The findings of all rules, the gravest first."""
    evidence = Evidence(profile, report, limits)
    findings = [finding for rule in RULES for finding in rule.findings(evidence)]
    return tuple(sorted(findings, key=lambda finding: (_ORDER[finding.severity], finding.rule)))
