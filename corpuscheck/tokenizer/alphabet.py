"""The alphabet of a trained tokenizer: every character stays while there is room."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass

from corpuscheck.errors import TokenizerError
from corpuscheck.reading.encodings.guessing import KS_X_1001
from corpuscheck.settings import Training
from corpuscheck.tokenizer.encoder import Here
from corpuscheck.tokenizer.loading import SPECIAL_TOKENS
from corpuscheck.tokenizer.ranking import Ranking, segmentation, standing_alone

COMFORTABLE = 1 / 3
"""Up to this share of the vocabulary every character has both forms, and syllables beyond the text have places too."""

MOST = 2 / 3
"""Beyond it the rarest characters give way to longer pieces, as far as the coverage allows."""

COVERAGE = 0.9995
"""The share of the text that the alphabet covers where room is short."""

PRINTABLE_ASCII = "".join(sorted(set(string.printable) - set(string.whitespace)))
_MOSTLY = 0.5


@dataclass(frozen=True)
class Alphabet:
    """Characters, the most frequent first, those beyond the text last.

    `inside` are those that also have the form ``##c``; `left_out` are the pieces of further characters of the text, by
    frequency, for places that are left in the end; `described` says for a person how all were chosen.
    """

    characters: str
    inside: str
    left_out: tuple[str, ...] = ()
    described: str = ""

    @property
    def places(self) -> int:
        """How much of the vocabulary it takes."""
        return len(self.characters) + len(self.inside)


def reserved(settings: Training) -> tuple[str, ...]:
    """The pieces that no text is made of: special tokens, and places for later."""
    unused = (f"[unused{number}]" for number in range(settings.unused))
    return tuple(dict.fromkeys((*special_tokens(settings), *settings.special, *unused)))


def special_tokens(settings: Training) -> tuple[str, ...]:
    """Those that models of this kind usually have."""
    return _SPECIAL[settings.model]


_SPECIAL: dict[str, tuple[str, ...]] = {
    "wordpiece": SPECIAL_TOKENS,
    "bpe": ("<|endoftext|>", "<|pad|>"),
    "unigram": ("<unk>", "<s>", "</s>", "<pad>"),
}


def _in_all_forms(characters: str, settings: Training, described: str) -> Alphabet:
    """Each character by itself, and for WordPiece inside of words too."""
    return Alphabet(characters, characters if settings.model == "wordpiece" else "", described=described)


def alphabet_of(ranking: Ranking, settings: Training) -> Alphabet:
    """The alphabet for this text and vocabulary size. Raises TokenizerError where the vocabulary cannot hold it."""
    seen = ranking.characters[: ranking.seen]
    if settings.limit_alphabet or settings.character_coverage:
        return _as_asked(ranking, seen, settings)
    ascii_too = _with(seen, _normalized(PRINTABLE_ASCII, settings.lowercase))
    korean = _with(ascii_too, sorted(KS_X_1001)) if _mostly_hangul(ranking) else ascii_too
    comfortable = settings.vocab_size * COMFORTABLE
    text = "every character of the text, and printable ASCII"
    forms = 2 if settings.model == "wordpiece" else 1
    if korean != ascii_too and forms * len(korean) <= comfortable:
        return _in_all_forms(korean, settings, f"{text}, and the 2,350 syllables of KS X 1001")
    if forms * len(ascii_too) <= comfortable:
        return _in_all_forms(ascii_too, settings, text)
    return _where_room_is_short(ranking, ascii_too, settings)


def _as_asked(ranking: Ranking, seen: str, settings: Training) -> Alphabet:
    if settings.limit_alphabet:
        size = min(settings.limit_alphabet, len(seen))
        described = f"the {settings.limit_alphabet:,} most frequent characters"
    else:
        size = ranking.covering(settings.character_coverage or 1.0)
        described = f"the fewest characters that make up {settings.character_coverage:g} of the text"
    alphabet = _in_all_forms(seen[:size], settings, described)
    _check_room(alphabet.places, size, settings)
    return alphabet


def _where_room_is_short(ranking: Ranking, characters: str, settings: Training) -> Alphabet:
    """By frequency up to `MOST` of the vocabulary, but what covers `COVERAGE` of the text; printable ASCII always.

    Han and punctuation are cut off as words of their own: only here they do without the form ``##c``.
    """
    apart = standing_alone(Here(segmentation(settings.lowercase), ()), characters)
    wordpiece = settings.model == "wordpiece"
    cost = {ch: 2 if wordpiece and ch not in apart else 1 for ch in characters}
    needed = ranking.covering(COVERAGE)
    always = set(_normalized(PRINTABLE_ASCII, settings.lowercase)) | set(characters[:needed])
    places = sum(cost[ch] for ch in always)
    _check_room(places, len(always), settings)
    most = (settings.vocab_size - len(reserved(settings))) * MOST
    kept: list[str] = []
    left_out: list[str] = []
    for ch in characters:
        if ch not in always and not left_out and places + cost[ch] <= most:
            places += cost[ch]
            always.add(ch)
        (kept if ch in always else left_out).append(ch)
    described = "every character of the text"
    if left_out:
        described = "the most frequent characters of the text, as many as there is room for"
    inside = "".join(ch for ch in kept if cost[ch] == 2)
    return Alphabet(
        "".join(kept),
        inside,
        tuple(form for ch in left_out for form in (ch, "##" + ch)[: cost[ch]]),
        f"{described}, and printable ASCII{'; what always stands alone only as `c`' * wordpiece}",
    )


def _check_room(places: int, characters: int, settings: Training) -> None:
    """Raises TokenizerError where the vocabulary cannot hold so many places."""
    own = len(reserved(settings))
    if places + own <= settings.vocab_size:
        return
    room = (settings.vocab_size - own) // 2
    advice = f", or pass --limit-alphabet {room} and lose more words" if room > 0 else ""
    raise TokenizerError(
        f"--vocab-size {settings.vocab_size:,} cannot hold an alphabet of {characters:,} characters: "
        f"pass --vocab-size {places + own} or more{advice}"
    )


def _with(characters: str, further: Iterable[str]) -> str:
    return "".join(dict.fromkeys((*characters, *further)))


def _normalized(characters: str, lowercase: bool) -> str:
    return str(segmentation(lowercase).normalizer.normalize_str(characters))


def _mostly_hangul(ranking: Ranking) -> bool:
    """Whether more than half of the letters are Hangul syllables."""
    letters = [(ch, count) for ch, count in zip(ranking.characters, ranking.counts, strict=True) if ch.isalpha()]
    hangul = sum(count for ch, count in letters if "가" <= ch <= "힣")
    return hangul > _MOSTLY * sum(count for _, count in letters)
