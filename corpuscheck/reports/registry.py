"""All report formats by name. What a format needs is imported when it is used, so that --help stays quick."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpuscheck.errors import UsageError

if TYPE_CHECKING:
    from corpuscheck.result.result import Result


@dataclass(frozen=True)
class ReportFormat:
    """What it is for, in a few words, and how it is made: UTF-8, the same bytes for the same result.

    `full` makes it with every figure, where it leaves some out otherwise.
    """

    says: str
    render: Callable[[Result], bytes]
    full: Callable[[Result], bytes] | None = None


def _text(result: Result) -> bytes:
    from corpuscheck.reports.terminal.report import render

    return render(result)


def _full_text(result: Result) -> bytes:
    from corpuscheck.reports.terminal.report import render

    return render(result, full=True)


def _concise(result: Result) -> bytes:
    from corpuscheck.reports.ci.concise import render

    return render(result)


def _json(result: Result) -> bytes:
    from corpuscheck.reports.json.report import render_json

    return render_json(result)


def _markdown(result: Result) -> bytes:
    from corpuscheck.reports.markdown.report import render

    return render(result)


def _github(result: Result) -> bytes:
    from corpuscheck.reports.ci.github import render

    return render(result)


def _gitlab(result: Result) -> bytes:
    from corpuscheck.reports.ci.gitlab import render

    return render(result)


def _junit(result: Result) -> bytes:
    from corpuscheck.reports.ci.junit import render

    return render(result)


def _sarif(result: Result) -> bytes:
    from corpuscheck.reports.ci.sarif import render

    return render(result)


FORMATS: dict[str, ReportFormat] = {
    "text": ReportFormat("for a person, as on a terminal", _text, _full_text),
    "concise": ReportFormat("one line for each finding", _concise),
    "json": ReportFormat("everything, with a schema", _json),
    "markdown": ReportFormat("for a pull request or a job summary", _markdown),
    "github": ReportFormat("annotations in GitHub Actions", _github),
    "gitlab": ReportFormat("GitLab Code Quality", _gitlab),
    "junit": ReportFormat("one test case for each rule", _junit),
    "sarif": ReportFormat("SARIF 2.1.0, for code scanning", _sarif),
}


def render(result: Result, name: str, full: bool = False) -> bytes:
    """The report in this format; `full` has every figure in the text. Raises UsageError for a name that is none."""
    if name not in FORMATS:
        raise UsageError(f"there is no format '{name}': there are {', '.join(FORMATS)}")
    chosen = FORMATS[name]
    return chosen.full(result) if full and chosen.full else chosen.render(result)
