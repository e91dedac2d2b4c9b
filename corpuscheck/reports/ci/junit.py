"""JUnit: one test case for each rule that was chosen. It has neither times nor dates, so equal results are equal."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from corpuscheck.reports.common import LONGEST_TEXT, detail
from corpuscheck.result.result import Finding, Result
from corpuscheck.rules.registry import RULES
from corpuscheck.rules.rule import at_hand
from corpuscheck.text.printable import printable


def render(result: Result) -> bytes:
    """Findings that fail the gate are failures, the others output; rules that were not judged are skipped.

    `printable` leaves no character that XML 1.0 forbids: those are controls, surrogates and unassigned.
    """
    suites = ET.Element("testsuites", name="corpuscheck")
    suite = ET.SubElement(suites, "testsuite", name="corpuscheck")
    for rule, name in _rules(result).items():
        _case(suite, result, rule, name)
    counts = {
        "tests": len(suite),
        "failures": len(suite.findall("*/failure")),
        "errors": 0,
        "skipped": len(suite.findall("*/skipped")),
    }
    for element in (suites, suite):
        element.attrib.update({name: str(n) for name, n in counts.items()})
    ET.indent(suites)
    return bytes(ET.tostring(suites, encoding="utf-8", xml_declaration=True)) + b"\n"


def _rules(result: Result) -> dict[str, str]:
    """The chosen rules, and whatever else has a finding: nothing is lost here."""
    there = at_hand(result.profile, result.comparison, result.domain)
    chosen = {rule.id: rule.name for rule in RULES if rule.chosen(result.policy, there)}
    skipped = {reason.rule: reason.name for reason in result.skipped_rules}
    return chosen | skipped | {finding.rule: finding.name for finding in result.findings}


def _case(suite: ET.Element, result: Result, rule: str, name: str) -> None:
    case = ET.SubElement(suite, "testcase", classname="corpuscheck", name=f"{rule} {name}")
    found = [finding for finding in result.findings if finding.rule == rule]
    failed = [finding for finding in found if result.fails(finding)]
    skipped = [reason for reason in result.skipped_rules if reason.rule == rule]
    if failed:
        message = printable(failed[0].message, LONGEST_TEXT)
        failure = ET.SubElement(case, "failure", message=message, type=failed[0].severity)
        failure.text = _text(failed)
    elif skipped:
        ET.SubElement(case, "skipped", message=printable(skipped[0].reason, LONGEST_TEXT))
    passed = [finding for finding in found if finding not in failed]
    if passed:
        ET.SubElement(case, "system-out").text = _text(passed)


def _text(findings: Iterable[Finding]) -> str:
    """Each finding with its advice and its places, one line each."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.severity}: {printable(finding.message, LONGEST_TEXT)}")
        lines.append(f"  {printable(finding.advice, LONGEST_TEXT)}")
        lines += [f"  {place.named}  {detail(place)}".rstrip() for place in finding.places]
    return "\n".join(lines)
