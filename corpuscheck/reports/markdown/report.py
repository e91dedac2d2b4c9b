"""Markdown: a comment in a pull request, or a job's summary. Always under 1 MiB."""

from __future__ import annotations

from collections.abc import Sequence

from corpuscheck.reports.answers import Answer, Foreign, Verbatim, answers
from corpuscheck.reports.common import VERDICTS, of_change, severities_told
from corpuscheck.reports.markdown.against import against
from corpuscheck.reports.markdown.changes import changes
from corpuscheck.reports.markdown.sources import sources
from corpuscheck.reports.markdown.text import bullets, code, code_of, details, prose, table
from corpuscheck.result.place import Place
from corpuscheck.result.result import Finding, Result, SkippedRule


def render(result: Result) -> bytes:
    """The verdict; what has changed, where that is asked, and the findings about it; then all findings and figures."""
    change = [finding for finding in result.findings if of_change(finding)]
    others = [finding for finding in result.findings if not of_change(finding)]
    parts = (
        f"## corpuscheck: {VERDICTS[result.verdict]}",
        severities_told(result),
        *(changes(result.comparison, result.profile, _findings(change)) if result.comparison else ()),
        "### The whole corpus" if result.comparison else "",
        _findings(others if result.comparison else result.findings),
        details("Where", bullets(_places(result), _place)),
        details("Not judged", bullets(result.skipped_rules, _skipped)),
        table(("question", "answer"), tuple(answers(result)), _answer),
        against(result.against),
        sources(result.sources),
    )
    return ("\n\n".join(filter(None, parts)) + "\n").encode()


def _findings(findings: Sequence[Finding]) -> str:
    return table(("", "rule", "what was found", "what to do"), findings, _finding)


def _finding(finding: Finding) -> tuple[str, str, str, str]:
    name = f"{prose(finding.rule)} {prose(finding.name)}"
    paths = [place.path for place in finding.places[:1]]
    return finding.severity, name, prose(finding.message, names=paths), prose(finding.advice)


def _skipped(rule: SkippedRule) -> str:
    return f"{prose(rule.rule)} {prose(rule.name)}: {prose(rule.reason)}"


def _places(result: Result) -> list[tuple[str, Place]]:
    """The worst places of the findings in turn: each finding has its first before any has its second."""
    every = [(n, f.rule, place) for f in result.findings for n, place in enumerate(f.places)]
    return [(rule, place) for _, rule, place in sorted(every, key=lambda found: found[0])]


def _place(found: tuple[str, Place]) -> str:
    rule, place = found
    return f"{prose(rule)} {code_of(place)} {prose(place.detail)}".rstrip()


def _answer(answer: Answer) -> tuple[str, str]:
    return answer.title, "".join(map(_piece, answer.whole))


def _piece(text: str) -> str:
    match text:
        case Verbatim():
            return code(text, 40)
        case Foreign():
            return prose(text)
    return text
