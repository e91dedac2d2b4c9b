"""Documents as one JSON document, see peek_schema.json."""

from __future__ import annotations

from typing import Any

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.result.place import Place
from corpuscheck.running.showing import Peek, Shown, asked_for
from corpuscheck.text.printable import printable
from corpuscheck.values.json_text import report_bytes, versions

SCHEMA_VERSION = 1


def render(peek: Peek) -> bytes:
    """UTF-8, indented, keys in a fixed order. Texts are exact but for personal data, whose values are masked."""
    view = peek.view
    document = {
        **versions(SCHEMA_VERSION),
        "kind": asked_for(view),
        "rule": view.rule or None,
        "words": [{"word": word, "count": n} for word, n in zip(view.words, _amounts(peek), strict=True)],
        "seed": view.seed,
        "documents_in_all": peek.documents,
        "documents_held": peek.held,
        "documents": [_document(shown) for shown in peek.shown],
    }
    return report_bytes(document)


def _amounts(peek: Peek) -> tuple[int, ...]:
    return peek.amounts or (0,) * len(peek.view.words)


def _document(shown: Shown) -> dict[str, Any]:
    excerpt = shown.excerpt
    return {
        **_place(shown.place),
        "bytes": excerpt.utf8_bytes,
        "reason": printable(shown.why, LONGEST_PATH),
        "score": shown.score,
        "copy_of": _place(shown.copy_of) if shown.copy_of else None,
        "letters": dict(excerpt.letters),
        "bytes_before": excerpt.before,
        "text": excerpt.text,
        "bytes_after": excerpt.after,
        "spans": [{"start": mark.start, "end": mark.end, "kind": mark.kind} for mark in excerpt.marks],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"path": printable(place.path, LONGEST_PATH), "document": place.document}
