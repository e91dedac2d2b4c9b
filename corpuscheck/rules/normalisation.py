"""CC42: is it written as a model should see it? Not to be in NFC is CC203."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from corpuscheck.result.normalisation import NormalisationRow
from corpuscheck.result.place import Place
from corpuscheck.rules.rule import Evidence, Observation, Rule
from corpuscheck.text.amounts import count, percent
from corpuscheck.text.printable import shown_or_codepoint

_NAMED = 3


def places_of(rows: Iterable[NormalisationRow]) -> tuple[Place, ...]:
    """One place in each file where characters of these kinds first stand, the most frequent character first."""
    seen = sorted((seen for row in rows for seen in row.characters), key=lambda s: (-s.count, s.code_point))
    told: dict[str, Place] = {}
    for one in seen:
        if one.path:
            detail = f"first {shown_or_codepoint(chr(one.code_point))}"
            told.setdefault(one.path, Place(one.path, one.line or None, detail))
    return tuple(told.values())


def _beyond(rows: Sequence[NormalisationRow], limit: float, verb: str) -> Iterable[Observation]:
    """One observation where these kinds together hold more than the limit of the characters."""
    share = sum(row.share for row in rows)
    if share > limit:
        named = ", ".join(f"{count(row.at_most)} {row.kind.name}" for row in rows[:_NAMED])
        more = ", …" if len(rows) > _NAMED else ""
        yield Observation(
            f"{percent(share)} of the characters {verb}: {named}{more}", share, places_of(rows), rows[0].kind.advice
        )


def invisible_characters(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Characters that nobody sees stand between and inside of words.

    Spaces of no width, Hangul fillers, soft hyphens, controls of writing direction: leftovers of web pages and
    word processors. They make one word look like two to a tokenizer, or two like one: BERT's normaliser deletes most
    of them, and keeps fillers as letters. Those that a script needs are not counted: joiners in Persian, Indic scripts
    and emoji, spaces of no width in Thai and Khmer, directions in Arabic and Hebrew.

    Fix: remove them, or replace them by spaces. The limit is a share of the characters.
    """
    return _beyond(evidence.normalisation.of("invisible"), limit, "cannot be seen")


def width_variants(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Letters or digits are written in another width than usual, or as ligatures.

    １２ and 12, ｶﾞ and ガ, ﬁ and fi are the same to a reader and different words to a model. Fullwidth punctuation
    is not counted: it is usual in Chinese and Japanese.

    Fix: normalise these characters to NFKC (not all of the text, which would turn ² into 2). The limit is a share of
    the characters.
    """
    return _beyond(evidence.normalisation.of("width"), limit, "have an unusual width")


RULES = (
    Rule("CC422", "invisible-characters", "warning", invisible_characters, 0.0001, "share"),
    Rule("CC423", "width-variants", "info", width_variants, 0.001, "share"),
)
