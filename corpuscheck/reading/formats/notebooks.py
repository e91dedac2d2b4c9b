"""Notebooks: the Markdown of a Jupyter notebook; code and what it printed are left out and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.reading.formats.records import LARGEST_RECORD, RecordReport

_PROSE = ("markdown", "heading")


def read_notebook(blocks: Iterable[bytes], fields: Sequence[str], report: RecordReport) -> Iterator[Batch]:
    """One document: the cells of prose, a blank line between them."""
    report.text_field = "(the Markdown cells)"
    parts: list[bytes] = []
    size = 0
    for block in blocks:
        size += len(block)
        parts = [*parts, block] if size <= LARGEST_RECORD else []
    try:
        cells = list(_cells(orjson.loads(b"".join(parts))))
    except (orjson.JSONDecodeError, TypeError):
        report.add_bad(0)
        report.damage = "too large a notebook" if size > LARGEST_RECORD else "no JSON: nothing of it was read"
        return
    texts = [text for kind, text in cells if kind in _PROSE and text.strip()]
    for kind, _ in cells:
        if kind not in _PROSE:
            report.leave_out(f"{kind if kind in ('code', 'raw') else 'other'} cells")
    if texts:
        yield batch_of(["\n\n".join(texts).encode("utf-8", "replace")])
    else:
        report.missing += 1


def _cells(notebook: Any) -> Iterator[tuple[str, str]]:
    """Kind and source of each cell, also as the formats before 4 have them. Raises TypeError for what is none."""
    if not isinstance(notebook, dict):
        raise TypeError
    sheets = notebook.get("worksheets") or [notebook]
    for sheet in sheets if isinstance(sheets, list) else []:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict):
                source = cell.get("source", "")
                yield (
                    str(cell.get("cell_type", "")),
                    "".join(map(str, source)) if isinstance(source, list) else str(source),
                )
