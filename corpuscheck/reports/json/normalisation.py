"""JSON of what is written in another way than usual, and of the scripts."""

from __future__ import annotations

from typing import Any

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.result.normalisation import Normalisation, NormalisationRow, Seen
from corpuscheck.text.printable import codepoint, name_of, printable
from corpuscheck.text.scripts import ScriptShare


def normalisation_document(normalisation: Normalisation) -> dict[str, Any]:
    """The kinds that occur, and what NFC saves."""
    return {
        "nfc_saving_bytes": normalisation.nfc_saving,
        "cut_runs_of_marks": normalisation.cut_runs,
        "unk_words_saved_by_nfc": normalisation.saved_by_nfc,
        "kinds": [_kind(row) for row in normalisation.rows],
    }


def _kind(row: NormalisationRow) -> dict[str, Any]:
    return {
        "kind": row.kind.id,
        "name": row.kind.name,
        "advice": row.kind.advice,
        "usual": row.usual,
        "occurrences": row.occurrences,
        "at_most": row.at_most,
        "share": row.share,
        "distinct": row.distinct,
        "characters": [_character(seen) for seen in row.characters],
    }


def _character(seen: Seen) -> dict[str, Any]:
    """By code point and name: written out, many of them would hide in the report."""
    ch = chr(seen.code_point)
    path = {"path": printable(seen.path, LONGEST_PATH)} if seen.path else {}
    line = {"line": seen.line} if seen.line else {}
    return {"codepoint": codepoint(ch), "name": name_of(ch), "count": seen.count, **path, **line}


def scripts_document(scripts: tuple[ScriptShare, ...]) -> list[dict[str, Any]]:
    """Scripts as plain values."""
    return [{"name": script.name, "characters": script.characters, "share": script.share} for script in scripts]
