"""Normalisation: characters that are written in another way than usual, or cannot be seen. From the character table."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.profile import Profile
from corpuscheck.text.scripts import composition
from corpuscheck.values.brief import brief

EXAMPLES = 10
"""Characters of a kind that are kept by name, the most frequent first."""

CharacterFamily = Literal["composed by NFC", "width", "invisible", "spacing"]
TroubleBound = Literal["", "at most", "by saving"]


@dataclass(frozen=True)
class CharacterKind:
    """What it is, the code points, and what to do.

    `bound` says that not each occurrence is trouble: ``at most`` so many, ``by saving`` also no more than the
    bytes that composing saves. `belongs_to` are scripts in which the kind is as it should be; it is taken to be
    theirs where each occurrence has `letters_each` of their letters, and these are `least_share` of all letters.
    """

    id: str
    name: str
    family: CharacterFamily
    spans: tuple[tuple[int, int], ...]
    advice: str
    bound: TroubleBound = ""
    belongs_to: tuple[str, ...] = ()
    letters_each: int = 3
    least_share: float = 0.0


@dataclass(frozen=True)
class Seen:
    """A character: its occurrences, and where it first stands: no path where not known, line 0 without lines."""

    code_point: int
    count: int
    path: str = ""
    line: int = 0


@dataclass(frozen=True)
class NormalisationRow:
    """A kind that occurs.

    `occurrences` are counted, `at_most` so many of them are trouble, and none where the kind is `usual` in the
    scripts of this corpus. `characters` are the most frequent of the `distinct` ones.
    """

    __repr__ = brief

    kind: CharacterKind
    occurrences: int
    at_most: int
    total: int
    distinct: int
    usual: bool
    characters: tuple[Seen, ...]

    @property
    def share(self) -> float:
        """Of all characters."""
        return self.at_most / self.total


@dataclass(frozen=True)
class Normalisation:
    """The kinds that occur, in the order of `KINDS`; the bytes and the [UNK] words that NFC saves.

    `cut_runs` are the runs of combining marks that were too long to be composed as a whole.
    """

    __repr__ = brief

    rows: tuple[NormalisationRow, ...] = ()
    nfc_saving: int = 0
    saved_by_nfc: int = 0
    cut_runs: int = 0

    @cached_property
    def troubles(self) -> tuple[NormalisationRow, ...]:
        """The kinds that are not usual here, the most frequent first."""
        return tuple(sorted((row for row in self.rows if not row.usual), key=lambda row: -row.at_most))

    def of(self, *families: CharacterFamily) -> tuple[NormalisationRow, ...]:
        """The troubles of these families."""
        return tuple(row for row in self.troubles if row.kind.family in families)


_INDIC = (
    "Devanagari",
    "Bengali",
    "Gurmukhi",
    "Gujarati",
    "Oriya",
    "Tamil",
    "Telugu",
    "Kannada",
    "Malayalam",
    "Sinhala",
)

OTHER_FORM = CharacterKind(
    "other-forms", "characters NFC replaces", "composed by NFC", (),
    "normalise to NFC: each becomes the standard character that looks the same",
)  # fmt: skip
"""Whatever NFC changes and no other kind holds, such as U+212B, a second Å."""

KINDS: tuple[CharacterKind, ...] = (
    CharacterKind(
        "conjoining-jamo", "conjoining jamo", "composed by NFC",
        ((0x1100, 0x115E), (0x1161, 0x11FF), (0xA960, 0xA97C), (0xD7B0, 0xD7FB)),
        "normalise to NFC; what is left then is old Hangul, or a jamo used as a sign",
    ),
    CharacterKind(
        "combining-marks", "accents beside letters", "composed by NFC",
        ((0x300, 0x304), (0x306, 0x30C), (0x30F, 0x30F), (0x311, 0x311), (0x313, 0x314), (0x31B, 0x31B),
         (0x323, 0x328), (0x32D, 0x32E), (0x330, 0x331), (0x338, 0x338), (0x340, 0x345)),
        "normalise to NFC, which joins them with their letters where there is such a letter",
        bound="at most",
    ),
    # ordinary signs of their scripts, some of which NFC joins with what stands before; each joining saves bytes
    CharacterKind(
        "combining-signs", "signs beside letters", "composed by NFC",
        ((0x653, 0x655), (0x93C, 0x93C), (0x9BE, 0x9BE), (0x9D7, 0x9D7), (0xB3E, 0xB3E), (0xB56, 0xB57),
         (0xBBE, 0xBBE), (0xBD7, 0xBD7), (0xC56, 0xC56), (0xCC2, 0xCC2), (0xCD5, 0xCD6), (0xD3E, 0xD3E),
         (0xD57, 0xD57), (0xDCA, 0xDCA), (0xDCF, 0xDCF), (0xDDF, 0xDDF), (0x102E, 0x102E), (0x1B35, 0x1B35),
         (0x3099, 0x309A), (0x110BA, 0x110BA), (0x11127, 0x11127), (0x1133E, 0x1133E), (0x11357, 0x11357),
         (0x114B0, 0x114B0), (0x114BA, 0x114BA), (0x114BD, 0x114BD), (0x115AF, 0x115AF), (0x11930, 0x11930)),
        "normalise to NFC, which joins them with their letters where there is such a letter",
        bound="by saving",
    ),
    CharacterKind(
        "compatibility-hanja", "compatibility Hanja", "composed by NFC",
        ((0xF900, 0xFAFF), (0x2F800, 0x2FA1F)),
        "normalise to NFC: each becomes the ordinary character that looks the same",
    ),
    OTHER_FORM,
    CharacterKind(
        "half-width", "half-width Kana, Hangul", "width",
        ((0xFF61, 0xFF9F), (0xFFA1, 0xFFDC)),
        "normalise these characters, with what follows them, to NFKC",
    ),
    CharacterKind(
        "fullwidth-letters", "fullwidth letters, digits", "width",
        ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)),
        "normalise these characters to NFKC, so that a model sees one spelling of a word",
    ),
    CharacterKind(
        "fullwidth-punctuation", "fullwidth punctuation", "spacing",
        ((0xFF01, 0xFF0F), (0xFF1A, 0xFF20), (0xFF3B, 0xFF40), (0xFF5B, 0xFF60)),
        "usual in Chinese and Japanese; in other text replace it by the ordinary marks",
        belongs_to=("Han", "Kana"), least_share=0.05,
    ),
    CharacterKind(
        "hangul-fillers", "Hangul fillers", "invisible",
        ((0x115F, 0x1160), (0x3164, 0x3164), (0xFFA0, 0xFFA0)),
        "replace them by spaces: they look like one, and are letters to a tokenizer",
    ),
    CharacterKind(
        "zero-width-spaces", "zero-width spaces", "invisible", ((0x200B, 0x200B),),
        "remove them, or replace them by spaces where they divide words; BERT's normaliser joins the words",
        belongs_to=("Thai", "Lao", "Khmer", "Myanmar"),
    ),
    CharacterKind(
        "joiners", "zero-width joiners", "invisible", ((0x200C, 0x200D),),
        "remove them: there is too little text here that needs them, as Persian, Indic scripts and emoji do",
        belongs_to=("Arabic", *_INDIC, "Myanmar", "Khmer", "Mongolian", "emoji"), letters_each=1,
    ),
    CharacterKind(
        "no-width", "other zero-width", "invisible",
        ((0x180E, 0x180E), (0x2060, 0x2064), (0xFEFF, 0xFEFF)),
        "remove them: they are word joiners and byte order marks left where files were put together",
    ),
    CharacterKind(
        "soft-hyphens", "soft hyphens", "invisible", ((0xAD, 0xAD),),
        "remove them: they show where a line may break inside of a word",
    ),
    CharacterKind(
        "bidi-controls", "direction controls", "invisible",
        ((0x61C, 0x61C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069)),
        "remove them: there is too little text here that runs from right to left",
        belongs_to=("Arabic", "Hebrew"),
    ),
    CharacterKind(
        "unusual-spaces", "unusual spaces", "spacing",
        ((0xA0, 0xA0), (0x1680, 0x1680), (0x2002, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F)),
        "harmless where the tokenizer takes them for spaces, as BERT's does; else replace them by spaces",
    ),
    CharacterKind(
        "ideographic-spaces", "ideographic spaces", "spacing", ((0x3000, 0x3000),),
        "usual in Chinese and Japanese; in other text replace them by spaces",
        belongs_to=("Han", "Kana"), least_share=0.05,
    ),
    CharacterKind(
        "ligatures", "ligatures", "width", ((0xFB00, 0xFB06), (0xFB13, 0xFB17)),
        "normalise these characters to NFKC: they come from typesetting, and hide their letters",
    ),
)  # fmt: skip
"""All kinds. Compatibility jamo that stand alone (ㅋㅋㅋ) are style, and none of them."""

_SPANS = sorted((first, last, kind.id) for kind in KINDS for first, last in kind.spans)
_FIRSTS = [first for first, _, _ in _SPANS]
_EMOJI = ((0x2600, 0x27BF), (0x1F000, 0x1FAFF))


def character_kind(code_point: int) -> str:
    """The id of the kind that a character belongs to; empty for ordinary ones."""
    k = bisect_right(_FIRSTS, code_point) - 1
    if k >= 0 and code_point <= _SPANS[k][1]:
        kind = _SPANS[k][2]
        return kind if kind != "compatibility-hanja" or _changes(code_point) else ""
    return OTHER_FORM.id if _changes(code_point) else ""


def normalisation_of(profile: Profile, saved_by_nfc: int = 0) -> Normalisation:
    """The kinds that occur in a corpus, counted."""
    characters = profile.characters
    found: dict[str, list[int]] = {}
    for code_point in sorted(characters.counts):
        if kind := character_kind(code_point):
            found.setdefault(kind, []).append(code_point)
    if not found:
        return Normalisation((), profile.size.nfc_saving, saved_by_nfc, profile.size.cut_runs)
    letters = _letters(characters.counts)
    composing = profile.size.nfc_saving - _saved_one_by_one(characters.counts)
    rows = (_row(kind, found[kind.id], characters, letters, composing) for kind in KINDS if kind.id in found)
    troubles = tuple(row for row in rows if row.at_most)
    return Normalisation(troubles, profile.size.nfc_saving, saved_by_nfc, profile.size.cut_runs)


def _row(
    kind: CharacterKind, code_points: Iterable[int], characters: CharacterPart, letters: Counter[str], composing: int
) -> NormalisationRow:
    by_count = sorted(code_points, key=lambda cp: (-characters.counts[cp], cp))
    n = sum(characters.counts[cp] for cp in by_count)
    own = sum(letters[script] for script in kind.belongs_to)
    return NormalisationRow(
        kind,
        n,
        max(0, min(n, composing)) if kind.bound == "by saving" else n,
        characters.total,
        len(by_count),
        bool(kind.belongs_to) and own >= max(n * kind.letters_each, letters.total() * kind.least_share),
        tuple(Seen(cp, characters.counts[cp], *characters.places.get(cp, ())) for cp in by_count[:EXAMPLES]),
    )


def _letters(counts: Mapping[int, int]) -> Counter[str]:
    """Letters by script, and emoji."""
    letters = Counter({share.name: share.characters for share in composition(counts)})
    letters["emoji"] = sum(n for cp, n in counts.items() if any(first <= cp <= last for first, last in _EMOJI))
    return letters


def _changes(code_point: int) -> bool:
    """Whether NFC changes this character by itself."""
    ch = chr(code_point)
    return unicodedata.normalize("NFC", ch) != ch


def _saved_one_by_one(counts: Mapping[int, int]) -> int:
    """Bytes that NFC saves in characters that change by themselves; the rest of its saving is from joining several."""
    changed = ((chr(cp), n) for cp, n in counts.items() if _changes(cp))
    return sum(n * (len(ch.encode()) - len(unicodedata.normalize("NFC", ch).encode())) for ch, n in changed)
