"""SARIF 2.1.0: for code scanning, which shows and tracks findings by file and line."""

from __future__ import annotations

import inspect
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from corpuscheck._version import __version__
from corpuscheck.reports.common import Annotation, annotated, file_and_line
from corpuscheck.result.place import Place
from corpuscheck.result.result import Result
from corpuscheck.rules.registry import RULES
from corpuscheck.rules.rule import Rule
from corpuscheck.settings import Severity
from corpuscheck.values.json_text import report_bytes

MOST = 5000
"""Results that GitHub shows of one run."""

_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def render(result: Result) -> bytes:
    """One run, with one result for each place of each finding."""
    rules = [_rule(rule) for rule in RULES]
    known = {rule.id for rule in RULES}
    others = {finding.rule: finding.name for finding in result.findings if finding.rule not in known}
    rules += [{"id": rule, "name": name} for rule, name in others.items()]
    index = {rule["id"]: n for n, rule in enumerate(rules)}
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "corpuscheck", "version": __version__, "rules": rules}},
                "invocations": [{"executionSuccessful": True}],
                "results": [_result(annotation, index) for annotation in annotated(result, MOST)],
                "properties": {"verdict": result.verdict},
            }
        ],
    }
    return report_bytes(document)


def _rule(rule: Rule) -> dict[str, Any]:
    documentation = inspect.getdoc(rule.check) or rule.name
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": documentation.partition("\n")[0]},
        "fullDescription": {"text": documentation},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"limit": rule.limit, "unit": rule.unit},
    }


def _result(annotation: Annotation, index: dict[str, int]) -> dict[str, Any]:
    return {
        "ruleId": annotation.finding.rule,
        "ruleIndex": index[annotation.finding.rule],
        "level": _LEVELS[annotation.finding.severity],
        "message": {"text": _without_links(annotation.text)},
        "locations": [{"physicalLocation": _location(annotation.place)}],
        "partialFingerprints": {"corpuscheck/v1": annotation.fingerprint},
    }


def _without_links(text: str) -> str:
    """SARIF has embedded links, ``[text](target)``, in plain text too."""
    return text.replace("](", "\\](")


def _location(place: Place) -> dict[str, Any]:
    name, line = file_and_line(place)
    path = PurePath(name)
    uri = quote(path.as_posix(), safe="/")
    artifact = {"uri": f"file://{uri}"} if path.is_absolute() else {"uri": uri, "uriBaseId": "%SRCROOT%"}
    return {"artifactLocation": artifact, "region": {"startLine": line}}
