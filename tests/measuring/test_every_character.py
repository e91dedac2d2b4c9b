"""Character by character: what is proved from a character table is what the tokenizer does."""

from __future__ import annotations

import unicodedata
from collections import Counter
from operator import mul

import pytest
from counting import counted, counter_of, figures, truth, whole
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from tokenizer_zoo import BOTH_FORMS, ONLY_INITIAL, ONLY_INSIDE, ZOO, artefact

from corpuscheck.measuring.units import UnitSplitter

RANGES = (
    (0x0000, 0x0600),  # controls, Latin, accents, Greek, Cyrillic, Hebrew points
    (0x0E30, 0x0E50),  # Thai vowels and tones
    (0x1100, 0x1200),  # jamo
    (0x180B, 0x1810),  # Mongolian selectors
    (0x1E00, 0x1F00),  # precomposed Latin
    (0x1FB0, 0x2140),  # precomposed Greek, spaces, joiners, directions, letter-like signs
    (0x2460, 0x2480),  # circled digits
    (0x2E80, 0x2EA0),  # radicals
    (0x3000, 0x3400),  # CJK punctuation, kana, compatibility jamo, squared words
    (0x4E00, 0x4E20),  # Han
    (0xA960, 0xA980),  # old jamo
    (0xAC00, 0xAC40),  # syllables
    (0xD7A0, 0xD800),  # the last syllables, old jamo
    (0xE000, 0xE004),  # private use
    (0xF900, 0xF910),  # compatibility Han
    (0xFB00, 0xFB50),  # ligatures, Hebrew compositions
    (0xFDF0, 0xFE30),  # Arabic words in one character, variation selectors
    (0xFE70, 0xFE80),  # spaced Arabic vowels
    (0xFEFF, 0x10000),  # full-width and half-width forms, U+FFFD, noncharacters
    (0x1D158, 0x1D1C0),  # musical signs that combine
    (0x1F3F8, 0x1F408),  # emoji, skin tones
    (0x20000, 0x20004),  # rare Han
    (0x2F800, 0x2F808),  # compatibility Han that NFC replaces
    (0xE0000, 0xE0080),  # tags
    (0x10FFF0, 0x110000),
)
CHARACTERS = [chr(cp) for start, stop in RANGES for cp in range(start, stop)]


def beside_letters_and_marks(ch: str) -> str:
    return f"{ch} a{ch}a b{ch} {ch}b {ch}\u0301 {ch}\u3099 \u1100{ch} 가{ch} \u0301{ch}\u0323 {ch}{ch}"


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ZOO)
def test_each_character_alone_and_beside_others(name: str) -> None:
    tokenizer = artefact(name)
    wrong = []
    for start in range(0, len(CHARACTERS), 256):
        block = CHARACTERS[start : start + 256]
        texts = [beside_letters_and_marks(ch) for ch in block]
        if figures(counted(tokenizer, [whole(texts)])) != truth(tokenizer, texts):
            wrong += [
                f"U+{ord(ch):04X}"
                for ch, text in zip(block, texts, strict=True)
                if figures(counted(tokenizer, [whole([text])])) != truth(tokenizer, [text])
            ]
    assert wrong == []


INVISIBLE = "\u200b\v\x85\u00a0\u3000\ufeff\x00\x1c\ufffd\u034f\u1160\u115f\u2028"
ODD = (
    "文", "中", "👩\u200d👩\u200d👧", "☕\ufe0f", "İ", "ΣΊΣΥΦΟΣ", "ς", "ß", "ﬁ", "﷽", "ŉ", "½", "ﾞ", "ﾡ", "か\u3099",
    "[UNK]", "[MASK]", "[unk]", "［UNK］", "unk", "UNK", "##", "##ing", "'", "!?", "New York", "nation", "only",
    "Éa", "文b", "\u200bz", *INVISIBLE,
)  # fmt: skip
spaces = st.sampled_from([" ", "\n", "\r\n", "\t", "  ", "\u2003", "\f"])
known = st.text(BOTH_FORMS + ONLY_INITIAL + ONLY_INSIDE, max_size=6)
hangul = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=4)
jamo = st.text(st.characters(min_codepoint=0x1100, max_codepoint=0x11FF), max_size=4)
marks = st.text(st.characters(categories=["Mn", "Mc", "Me"]), max_size=3)
decomposed = st.builds(
    unicodedata.normalize, st.just("NFD"), st.one_of(hangul, st.sampled_from(["éÅǖ", "がぎ", "각뷁"]))
)
units_of_runs = st.sampled_from(["a", "가", "뷁", "İ", "é", "½", "ﷺ", "\u0301", "a\u200b", "Σ", "文", "\u1100\u1161"])
runs = st.builds(mul, units_of_runs, st.one_of(st.integers(99, 101), st.sampled_from([7, 8, 9, 33, 34, 50, 51, 700])))
fragments = st.one_of(
    spaces, st.sampled_from(ODD), known, hangul, jamo, marks, decomposed, runs, st.text(max_size=6), spaces
)
documents = st.lists(st.lists(fragments, max_size=10).map("".join), max_size=4)


@pytest.mark.few(4)
@pytest.mark.parametrize("name", ZOO)
@examples(60)
@given(texts=documents)
def test_fragments_of_every_script_in_any_order(name: str, texts: list[str]) -> None:
    part = counted(artefact(name), [whole(texts)])
    assert figures(part) == truth(artefact(name), texts)
    assert sum(part.lost.words().values()) == part.unk_words


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("white space", "\x1c a\x1db \x1e\x1f"),
        ("white space, no added tokens", "[UNK] [UNK]abc abc[UNK] x[UNK]"),
        ("unknown token of letters", "unk unknown a unk. punk"),
        ("unknown token of letters", "UNK Unkn"),
        ("unknown token by normalisation", "［UNK］ ［UNK］abc"),
        ("bert cased", "x[UNK]y[MASK]z [mask] [ UNK ]"),
        ("bert cased", "a\u200bb \u200b \ufeff \u200b\u200b the\u00adre"),
        ("bert uncased, accents kept", "İ" * 50 + " " + "İ" * 51),
        ("bert uncased, accents stripped", "가" * 50 + " " + "각" * 34),
        ("NFC", "e\u0301 \u0301e \u1100\u1161\u11a8 가\u11a8 ᄀ\u200bᅡ a\u0323\u0301"),
        ("NFKC, short words", "½½ ﷽ ﷺ ㍿ ａｂｃ"),
    ],
)  # fmt: skip
def test_known_traps(name: str, text: str) -> None:
    assert figures(counted(artefact(name), [whole([text])])) == truth(artefact(name), [text])


@pytest.mark.parametrize("name", ["bert cased", "bert uncased, accents stripped", "NFKC", "white space", "Unigram"])
@examples(60)
@given(texts=documents)
def test_characters_and_what_nfc_would_save(name: str, texts: list[str]) -> None:
    counter, batch = counter_of(artefact(name)), whole(texts)
    units = UnitSplitter("document").split(batch)
    counter.observe(batch, units, units.held_out(0))
    assert counter.walker.finish().counts == Counter(map(ord, "".join(texts)))
    assert counter.walker.size().nfc_saving == sum(
        len(text.encode()) - len(unicodedata.normalize("NFC", text).encode()) for text in texts
    )
