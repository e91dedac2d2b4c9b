"""What the rules are, for a person: the list of all of them, and one of them explained."""

from __future__ import annotations

import textwrap

from corpuscheck.rules.registry import RULES
from corpuscheck.rules.rule import NEEDS, FigureUnit, Rule
from corpuscheck.settings import Limits, Policy
from corpuscheck.text.amounts import count, percent, points, size

_WIDTH = 100


def render_rules(limits: Limits, policy: Policy) -> str:
    """A line for each rule: id, severity, limit, name and what it finds."""
    lines = []
    for rule in RULES:
        severity = rule.severity_in_force(policy) if rule.chosen(policy, NEEDS) else "ignored"
        first = rule.documentation[0].split(". ")[0].rstrip(".")
        lines.append(f"{rule.id}  {severity:8} {limit_text(rule, limits, policy):>16}  {rule.name}: {first}")
    return "\n".join(lines) + "\n\nThe limit is what is still allowed. 'corpuscheck explain RULE' says more.\n"


def render_markdown(limits: Limits, policy: Policy) -> str:
    """All rules as a table for a page of documentation."""
    lines = ["| rule | severity | allowed | what it finds |", "|---|---|---|---|"]
    for rule in RULES:
        severity = rule.severity_in_force(policy) if rule.chosen(policy, NEEDS) else "ignored"
        first = rule.documentation[0].replace("|", "\\|").replace("<", "&lt;")
        lines.append(f"| {rule.id} {rule.name} | {severity} | {limit_text(rule, limits, policy)} | {first} |")
    return "\n".join(lines) + "\n"


def render_rule(rule: Rule, limits: Limits, policy: Policy) -> str:
    """Everything about one rule."""
    severity = rule.severity_in_force(policy)
    head = f"{rule.id} {rule.name}: {severity}, allowed: {limit_text(rule, limits, policy)}"
    body = [textwrap.fill(paragraph, _WIDTH) for paragraph in rule.documentation]
    ways = [f"  on the command line   --limit {rule.id}={rule.limit_in_force(limits, policy):g}"]
    if rule.option:
        ways[0] = f"  on the command line   --{rule.key} VALUE"
    ways[0] += f"   --severity {rule.id}=warning   --ignore {rule.id}"
    ways.append(f"  in corpuscheck.toml   [rules.{rule.id}]")
    ways.append(f"                        limit = {rule.limit_in_force(limits, policy):g}")
    ways.append(f'                        severity = "{severity}"')
    return "\n\n".join([head, *body, "Configure:\n" + "\n".join(ways)]) + "\n"


def limit_text(rule: Rule, limits: Limits, policy: Policy) -> str:
    """The limit in force in the rule's own unit; of a floor it says so."""
    limit = rule.limit_in_force(limits, policy)
    return f"{rule.floor} {_amount(limit, rule.unit)}".lstrip()


def _amount(limit: float, unit: FigureUnit) -> str:
    match unit:
        case "bytes":
            return size(limit)
        case "share":
            return percent(limit)
        case "points":
            return points(limit)
        case "times":
            return f"{limit:g} times"
        case _:
            return f"{count(limit)} {unit}"
