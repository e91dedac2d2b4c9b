"""A report in any of the formats. What a format needs is imported when it is used, so that --help stays quick."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from corpuscheck.errors import UsageError
from corpuscheck.settings import REPORT_FORMATS

if TYPE_CHECKING:
    from corpuscheck.result.result import Result

_SHORTENED = ("text",)
"""Formats that leave figures out unless all are asked for."""


def render(result: Result, name: str, full: bool = False) -> bytes:
    """UTF-8, the same bytes for the same result; `full` has every figure in the text. Raises UsageError for a name that
    is none."""
    if name not in REPORT_FORMATS:
        raise UsageError(f"there is no format '{name}': there are {', '.join(REPORT_FORMATS)}")
    make: Callable[..., bytes] = import_module(f"corpuscheck.reports.{REPORT_FORMATS[name]}").render
    return make(result, full=True) if full and name in _SHORTENED else make(result)
