"""Concise: one line for each finding, as compilers write them, then the verdict."""

from __future__ import annotations

from corpuscheck.reports.common import LONGEST_TEXT, VERDICTS, severities_told
from corpuscheck.result.result import Finding, Result
from corpuscheck.text.printable import printable


def render(result: Result) -> bytes:
    """``path:line: CC102 error invalid-bytes: message``"""
    lines = [_line(result, finding) for finding in result.findings]
    verdict = f"{VERDICTS[result.verdict]}: {severities_told(result)}"
    return "".join(f"{line}\n" for line in (*lines, verdict)).encode()


def _line(result: Result, finding: Finding) -> str:
    at = result.place_of(finding).named
    safe = f"./{at}" if at.lstrip().startswith("::") else at  # a path that can be pasted, and no command
    message = printable(finding.message, LONGEST_TEXT)
    return f"{safe}: {finding.rule} {finding.severity} {finding.name}: {message}"
