"""All rules, in the order of their ids, and how they are judged."""

from __future__ import annotations

from difflib import get_close_matches

from corpuscheck.errors import UsageError
from corpuscheck.result import Finding, SkippedRule
from corpuscheck.rules import baseline, reading, size, tokenizer
from corpuscheck.rules.rule import Evidence, NotJudgedError, Rule
from corpuscheck.settings import Policy

RULES: tuple[Rule, ...] = (*reading.RULES, *size.RULES, *tokenizer.RULES, *baseline.RULES)

_ORDER = {"error": 0, "warning": 1, "info": 2}


def rule_named(name: str) -> Rule:
    """The rule with this id or name. Raises UsageError with the nearest one."""
    for rule in RULES:
        if name.upper() == rule.id or name == rule.name:
            return rule
    raise UsageError(f"there is no rule '{name}'{_nearest(name)}; 'corpuscheck rules' lists them")


def check_names(policy: Policy) -> None:
    """Raises UsageError where the policy names what no rule answers to."""
    for name in (*policy.select, *policy.ignore):
        if not any(rule.id.startswith(name.upper()) or rule.name == name for rule in RULES) or not name:
            raise UsageError(f"no rule's id starts with '{name}'{_nearest(name)}; 'corpuscheck rules' lists them")
    for name in (*policy.severity, *policy.limit):
        rule_named(name)


def _nearest(name: str) -> str:
    close = get_close_matches(name, [text for rule in RULES for text in (rule.id, rule.name)], 1)
    return f": did you mean '{close[0]}'?" if close else ""


def judge(evidence: Evidence, policy: Policy) -> tuple[tuple[Finding, ...], tuple[SkippedRule, ...]]:
    """The findings of the chosen rules, the gravest first, and the rules that could not be judged.

    With `strict`, not to be judged is an error too.
    """
    check_names(policy)
    findings: list[Finding] = []
    skipped: list[SkippedRule] = []
    for rule in RULES:
        if not rule.chosen(policy, evidence.comparison is not None):
            continue
        try:
            findings.extend(rule.findings(evidence, policy))
        except NotJudgedError as reason:
            skipped.append(SkippedRule(rule.id, rule.name, str(reason)))
            if policy.strict:
                message = f"could not be judged: {reason}"
                findings.append(Finding(rule.id, rule.name, "error", message, "give it what it needs, or --ignore it"))
    return tuple(sorted(findings, key=lambda f: (_ORDER[f.severity], f.rule))), tuple(skipped)
