"""GitLab: a Code Quality report, shown beside the files of a merge request."""

from __future__ import annotations

from corpuscheck.reports.common import file_and_line, remarks
from corpuscheck.result.result import Result
from corpuscheck.settings import Severity
from corpuscheck.values.json_text import report_bytes

MOST = 5000

_SEVERITIES: dict[Severity, str] = {"error": "critical", "warning": "minor", "info": "info"}


def render(result: Result) -> bytes:
    """One entry for each place of each finding."""
    entries = [
        {
            "description": remark.text,
            "check_name": f"{remark.finding.rule} {remark.finding.name}",
            "fingerprint": remark.fingerprint,
            "severity": _SEVERITIES[remark.finding.severity],
            "location": {
                "path": path,
                "lines": {"begin": line},
            },
        }
        for remark in remarks(result, MOST)
        for path, line in [file_and_line(remark.place)]
    ]
    return report_bytes(entries)
