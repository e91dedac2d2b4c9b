"""What every conclusion can do: become plain values, and a table in a notebook."""

from __future__ import annotations

from typing import Any


class Presentable:
    """A conclusion that reports know. They are imported when they are asked for, as they stand above it."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON report, parsed: numbers, texts, lists and dictionaries by the schema in `corpuscheck/reports`."""
        from corpuscheck.reports.json.documents import document_of

        return document_of(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from corpuscheck.reports.notebook import render

        return render(self)
