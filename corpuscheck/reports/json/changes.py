"""The part of the JSON report that compares: what has changed since the baseline."""

from __future__ import annotations

from typing import Any, get_args

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.profile import Profile
from corpuscheck.result.place import Place
from corpuscheck.result.result import Change, ChangedFile, Changes, LostWord, NewCopies, NewDamage
from corpuscheck.text.printable import printable


def comparison_document(comparison: Changes, now: Profile) -> dict[str, Any]:
    """Everything in the comparison, and the figures of both sides."""
    return {
        "name": comparison.name,
        "base": _figures(comparison.base),
        "current": _figures(now),
        "counts": {change: len(comparison.changed(change)) for change in get_args(Change)},
        "new_words": comparison.new_words,
        "new_unk_words": comparison.new_unk_words,
        "new_unk_rate": comparison.new_unk_rate,
        "new_shattered_words": comparison.new_shattered_words,
        "new_shattered_rate": comparison.new_shattered_rate,
        "files": [_file(file) for file in comparison.files],
        "new_characters": [
            {
                "character": new.character,
                "codepoint": new.codepoint,
                "name": new.name,
                "count": new.count,
                "lost": new.lost,
                "place": place_document(new.place) if new.place else None,
            }
            for new in comparison.new_characters
        ],
        "newly_lost": [word_document(word) for word in comparison.newly_lost],
        "new_encodings": [
            {"encoding": codec, "places": _places(places)} for codec, places in sorted(comparison.new_encodings.items())
        ],
        "damage": [_damage(damage) for damage in comparison.damage],
        "newly_skipped": [_damage(damage) for damage in comparison.newly_skipped],
        "copies": _copies(comparison.copies),
        "sources": [dict(vars(source)) for source in comparison.sources],
    }


def _copies(copies: NewCopies) -> dict[str, Any]:
    pairs = [{**vars(copy), "place": _document(copy.place), "twin": _document(copy.twin)} for copy in copies.pairs]
    return {**vars(copies), "places": _places(copies.places), "pairs": pairs}


def _document(place: Place) -> dict[str, Any]:
    return {"path": printable(place.path, LONGEST_PATH), "document": place.document}


def _file(file: ChangedFile) -> dict[str, Any]:
    rates = {"unk_rate": file.unk_rate, "shattered_rate": file.shattered_rate}
    return {**vars(file), "path": printable(file.path, LONGEST_PATH), **rates}


def place_document(place: Place) -> dict[str, Any]:
    """A place as plain values."""
    return {**vars(place), "path": printable(place.path, LONGEST_PATH)}


def word_document(word: LostWord) -> dict[str, Any]:
    """A lost word as plain values."""
    return {**vars(word), "characters": list(word.characters)}


def _places(places: tuple[Place, ...]) -> list[dict[str, Any]]:
    return [place_document(place) for place in places]


def _damage(damage: NewDamage) -> dict[str, Any]:
    return {**vars(damage), "places": _places(damage.places)}


def _figures(profile: Profile) -> dict[str, Any]:
    return {
        "files": profile.reading.files,
        "measured": profile.reading.measured,
        "encodings": dict(sorted(profile.reading.encodings.items())),
        "raw_bytes": profile.size.raw_bytes,
        "utf8_bytes": profile.size.utf8_bytes,
        "documents": profile.size.documents,
        "words": profile.words.words,
        "unk_words": profile.words.unk_words,
        "unk_rate": profile.words.unk_rate,
        "shattered_words": profile.words.shattered.words,
        "shattered_rate": profile.words.shattered_rate,
    }
