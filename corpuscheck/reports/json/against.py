"""JSON: how much of each benchmark stands in the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.result.contamination import ContaminatedDocument, Contamination
from corpuscheck.result.place import Place
from corpuscheck.text.printable import printable


def against_document(found: Sequence[Contamination]) -> list[dict[str, Any]]:
    """``against`` of schema.json."""
    return [
        {
            "name": one.name,
            "documents": one.documents,
            "contaminated_documents": one.contaminated,
            "share": one.share,
            "stretches": one.stretches,
            "stretches_found": one.found,
            "documents_too_short": one.too_short,
            "documents_of_shared_text": one.shared_only,
            "worst": list(map(_document, one.worst)),
        }
        for one in found
    ]


def _document(worst: ContaminatedDocument) -> dict[str, Any]:
    return {
        **_place(worst.document),
        "share": worst.share,
        "stretches": worst.stretches,
        "stretches_found": worst.found,
        "place": _place(worst.place) if worst.place else None,
    }


def _place(place: Place) -> dict[str, Any]:
    return {"path": printable(place.path, LONGEST_PATH), "document": place.document}
