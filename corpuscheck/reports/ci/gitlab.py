"""GitLab: a Code Quality report, shown beside the files of a merge request."""

from __future__ import annotations

from corpuscheck.reports.common import annotated, file_and_line
from corpuscheck.result.result import Result
from corpuscheck.settings import Severity
from corpuscheck.values.json_text import report_bytes

MOST = 5000

_SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "minor", "info": "info"}


def render(result: Result) -> bytes:
    """One entry for each place of each finding."""
    entries = [
        {
            "description": annotation.text,
            "check_name": f"{annotation.finding.rule} {annotation.finding.name}",
            "fingerprint": annotation.fingerprint,
            "severity": _SEVERITIES[annotation.finding.severity],
            "location": {
                "path": path,
                "lines": {"begin": line},
            },
        }
        for annotation in annotated(result, MOST)
        for path, line in [file_and_line(annotation.place)]
    ]
    return report_bytes(entries)
