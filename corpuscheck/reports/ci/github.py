"""GitHub: workflow commands, which become annotations of the files in a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from corpuscheck.reports.common import LONGEST_TEXT, file_and_line, of_change, said_at, worst_places
from corpuscheck.result.place import Place
from corpuscheck.result.result import Finding, Result
from corpuscheck.settings import Severity
from corpuscheck.text.amounts import plural
from corpuscheck.text.printable import printable

MOST = 10
"""GitHub shows no more of one kind from one step."""

_OTHERS = 5
"""Further places of a finding that its annotation names; all are in the other formats."""

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def render(result: Result) -> bytes:
    """One command for each finding, the worst first; where they are too many, the last one counts the others.

    What room is left goes to the other places of findings about a change, so that each copied file has its own.
    """
    findings = [finding for finding in result.findings if _told(result, finding)]
    shown = findings if len(findings) <= MOST else findings[: MOST - 1]
    places = _places(result, shown, MOST - len(shown) if len(findings) == len(shown) else 0)
    lines = [
        _command(result, finding, place, mine) for finding, mine in zip(shown, places, strict=True) for place in mine
    ]
    if len(findings) > len(shown):
        rest = findings[len(shown) :]
        names = ", ".join(dict.fromkeys(f"{finding.rule} {finding.name}" for finding in rest))
        text = f"{plural(len(rest), 'more finding')}: {printable(names, LONGEST_TEXT)}"
        lines.append(f"::{_COMMANDS[rest[0].severity]} title=corpuscheck::{_data(text)}")
    return "".join(f"{line}\n" for line in lines).encode()


def _told(result: Result, finding: Finding) -> bool:
    """Whether it is for this commit. That a corpus is below its goal is not, unless it fails or text went missing."""
    if finding.rule != "CC201" or result.fails(finding):
        return True
    before = result.comparison.base.size.utf8_bytes if result.comparison else 0
    return result.profile.size.utf8_bytes < before


def _places(result: Result, findings: Sequence[Finding], room: int) -> list[list[Place]]:
    """The places to annotate of each finding: its worst one, and of a change one in each file while there is room."""
    chosen = []
    for finding in findings:
        first = result.place_of(finding)
        files = (
            {place.path: place for place in finding.places if place.path != first.path} if of_change(finding) else {}
        )
        further = list(files.values())[:room]
        room -= len(further)
        chosen.append([first, *further])
    return chosen


def _command(result: Result, finding: Finding, place: Place, annotated: Sequence[Place]) -> str:
    """The first annotation of a finding names the places that have none of their own, and says what to do."""
    file, line = file_and_line(place)
    properties = {
        "file": file,
        "line": str(line),
        "title": f"{finding.rule} {finding.name}",
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    rest = [other for other in finding.places if other not in annotated] if place is annotated[0] else []
    others = f"also in {worst_places(rest, _OTHERS)}" if rest else ""
    text = "\n".join(filter(None, (said_at(finding, place), others, printable(finding.advice, LONGEST_TEXT))))
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
