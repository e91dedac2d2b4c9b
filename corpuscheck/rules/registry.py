"""All rules, in the order of their ids, and how they are judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from corpuscheck.errors import UsageError, did_you_mean
from corpuscheck.result.result import Finding, SkippedRule
from corpuscheck.rules import against, baseline, clean, domain, normalisation, reading, size, tokenizer
from corpuscheck.rules.rule import LONG_NAMES, Evidence, NotJudgedError, Rule
from corpuscheck.settings import FailOn, Limits, Policy, Severity

if TYPE_CHECKING:
    from corpuscheck.configuration import Configuration

RULES: tuple[Rule, ...] = (
    *reading.RULES,
    *size.RULES,
    *tokenizer.RULES,
    *clean.RULES,
    *normalisation.RULES,
    *clean.COPY_RULES,
    *domain.RULES,
    *baseline.RULES,
    *against.RULES,
)

_ORDER = {"error": 0, "warning": 1, "info": 2}


def rule_named(name: str) -> Rule:
    """The rule with this id or name. Raises UsageError with the nearest one."""
    for rule in RULES:
        if name.upper() == rule.id or name == rule.name:
            return rule
    raise UsageError(f"there is no rule '{name}'{_nearest(name)}; 'corpuscheck rules' lists them")


def check_names(policy: Policy) -> None:
    """Raises UsageError where the policy names what no rule answers to."""
    for option, names in (("--select", policy.select), ("--ignore", policy.ignore)):
        for name in names:
            if not name or not any(rule.answers_to(name) for rule in RULES):
                raise UsageError(f"{option} '{name}': no such rule{_nearest(name)}; 'corpuscheck rules' lists them")
    for name in (*policy.severity, *policy.limit):
        rule_named(name)


def policy_of(
    select: Iterable[str],
    ignore: Iterable[str],
    severity: Iterable[tuple[str, Severity]],
    limit: Iterable[tuple[str, str | float]],
    fail_on: FailOn,
    strict: bool,
    configuration: Configuration,
    nearer: Collection[str] = (),
    per_source: Iterable[str] = (),
) -> Policy:
    """The policy of a configuration file with what was given beside it. Raises UsageError.

    `nearer` are the options that were given outside of the file: they beat a limit that the file sets by rule.
    """
    severities: dict[str, Severity] = {}
    limits: dict[str, float] = {}
    lines: dict[str, int] = {}
    by_source: dict[str, None] = {}
    for name, table in configuration.rules.items():
        rule = _rule_for(configuration.where(f"rules.{name}"), name)
        lines[rule.id] = configuration.line(f"rules.{name}.limit")
        if "severity" in table:
            if table["severity"] not in list(_ORDER):
                where = configuration.where(f"rules.{name}.severity")
                raise UsageError(f"{where}: severity must be one of {', '.join(_ORDER)}")
            severities[rule.id] = table["severity"]
        if "by" in table:
            if table["by"] != "source":
                raise UsageError(f"{configuration.where(f'rules.{name}.by')}: by can be source, and nothing else")
            by_source[_by_source(rule, configuration.where(f"rules.{name}.by"))] = None
        if "limit" in table and rule.option not in nearer:
            limits[rule.id] = _limit(rule, table["limit"], configuration.where(f"rules.{name}.limit"))
    severities.update({_rule_for(f"--severity {name}", name).id: value for name, value in severity})
    for name, value in limit:
        rule = _rule_for(f"--limit {name}", name)
        limits[rule.id] = _limit(rule, value, f"--limit {name}")
    for name in per_source:
        where = f"--per-source {name}"
        by_source[_by_source(_rule_for(where, name), where)] = None
    for rule in RULES:
        if rule.key in configuration.lines:
            lines.setdefault(rule.id, configuration.lines[rule.key])
    policy = Policy(
        tuple(select), tuple(ignore), severities, limits, tuple(by_source), fail_on, strict, configuration.path, lines
    )
    check_names(policy)
    return policy


def in_force(limits: Limits, policy: Policy) -> Limits:
    """The limits with those that were given by rule. Raises UsageError for one that cannot be."""
    named = {rule.option: rule.limit_in_force(limits, policy) for rule in RULES if rule.option}
    return replace(limits, **{name: type(getattr(limits, name))(value) for name, value in named.items()})


def judged_by(limits: Limits, policy: Policy) -> dict[str, str]:
    """What decides at the gate, by the names that a configuration file has for it; only what is not the default."""
    now, usual = in_force(limits, policy), Limits()
    told = {
        LONG_NAMES.get(name, name.replace("_", "-")): f"{getattr(now, name)}"
        for name in Limits.__dataclass_fields__
        if getattr(now, name) != getattr(usual, name)
    }
    told |= {name: ", ".join(rules) for name, rules in (("select", policy.select), ("ignore", policy.ignore)) if rules}
    told |= {"fail-on": policy.fail_on} if policy.fail_on != "error" else {}
    told |= {"strict": "true"} if policy.strict else {}
    for rule in RULES:
        if rule.severity_in_force(policy) != rule.severity:
            told[f"rules.{rule.id}.severity"] = rule.severity_in_force(policy)
        if rule.id in policy.per_source:
            told[f"rules.{rule.id}.by"] = "source"
        if not rule.option and rule.limit_in_force(limits, policy) != rule.limit:
            told[f"rules.{rule.id}.limit"] = f"{rule.limit_in_force(limits, policy)}"
    return told


def _rule_for(where: str, name: str) -> Rule:
    try:
        return rule_named(name)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _by_source(rule: Rule, where: str) -> str:
    """The id of a rule that can be judged by source. Raises UsageError, which begins with `where`."""
    if rule.of_source is None:
        known = ", ".join(one.id for one in RULES if one.of_source)
        raise UsageError(f"{where}: {rule.id} is not judged by source; {known} can be")
    return rule.id


def _limit(rule: Rule, value: Any, where: str) -> float:
    """The limit in the unit of the rule. Raises UsageError, which begins with `where`."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UsageError(f"{where}: limit must be a number, 0 or more")
    try:
        return rule.limit_from(value)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _nearest(name: str) -> str:
    return did_you_mean(name, [text for rule in RULES for text in (rule.id, rule.name)])


def judge(evidence: Evidence, policy: Policy) -> tuple[tuple[Finding, ...], tuple[SkippedRule, ...]]:
    """The findings of the chosen rules, the gravest first, and the rules that could not be judged.

    Before all others come those that throw doubt on every figure; of findings that are equally grave those about a
    change come first, then those about lost and shattered words. With `strict`, not to be judged is an error too.
    """
    check_names(policy)
    findings: list[Finding] = []
    skipped: list[SkippedRule] = []
    for rule in RULES:
        if not rule.chosen(policy, evidence.at_hand):
            continue
        try:
            findings.extend(rule.findings(evidence, policy))
        except NotJudgedError as reason:
            skipped.append(SkippedRule(rule.id, rule.name, str(reason)))
            if policy.strict:
                message = f"could not be judged: {reason}"
                findings.append(Finding(rule.id, rule.name, "error", message, "give it what it needs, or --ignore it"))
    return tuple(sorted(findings, key=_rank)), tuple(skipped)


_FIRST = ("CC114", "CC115")
"""Where these speak, every other figure may be wrong."""


_LOSSES = ("CC301", "CC304")


def _rank(finding: Finding) -> tuple[bool, int, bool, bool, str]:
    rule = finding.rule
    return rule not in _FIRST, _ORDER[finding.severity], not rule.startswith("CC7"), rule not in _LOSSES, rule
