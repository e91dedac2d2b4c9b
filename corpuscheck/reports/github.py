"""GitHub: workflow commands, which become annotations of the files in a pull request."""

from __future__ import annotations

from corpuscheck.printable import printable
from corpuscheck.reports.common import LONGEST_TEXT, file_and_line, said_at, worst_places
from corpuscheck.result import Finding, Result
from corpuscheck.rules.amounts import plural
from corpuscheck.settings import Severity

MOST = 10
"""GitHub shows no more of one kind from one step."""

_OTHERS = 5
"""Further places of a finding that its annotation names; all are in the other formats."""

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def render(result: Result) -> bytes:
    """One command for each finding, the worst first; where they are too many, the last one counts the others."""
    findings = result.findings
    shown = findings if len(findings) <= MOST else findings[: MOST - 1]
    lines = [_command(result, finding) for finding in shown]
    if len(findings) > len(shown):
        rest = findings[len(shown) :]
        names = ", ".join(dict.fromkeys(f"{finding.rule} {finding.name}" for finding in rest))
        text = f"{plural(len(rest), 'more finding')}: {printable(names, LONGEST_TEXT)}"
        lines.append(f"::{_COMMANDS[rest[0].severity]} title=corpuscheck::{_data(text)}")
    return "".join(f"{line}\n" for line in lines).encode()


def _command(result: Result, finding: Finding) -> str:
    place = result.place_of(finding)
    file, line = file_and_line(place)
    properties = {
        "file": file,
        "line": str(line),
        "title": f"{finding.rule} {finding.name}",
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    others = f"also in {worst_places(finding.places[1:], _OTHERS)}" if finding.places[1:] else ""
    text = "\n".join(filter(None, (said_at(finding, place), others, printable(finding.advice, LONGEST_TEXT))))
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
