"""Each rule of documents on generated text: one document that it names, and ordinary ones that it does not."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from corpuscheck.kernels.arrays import Ints
from corpuscheck.kernels.columns import (
    COLUMNS,
    NEW_LINES,
    PARAGRAPH_BYTES,
    PARAGRAPHS,
    REPEATED,
    SAMPLED,
    SHINGLES,
)
from corpuscheck.measuring.documents import Ended
from corpuscheck.measuring.inspecting import Inspector
from corpuscheck.measuring.repeats import LineTable
from corpuscheck.profile.document_rules import DOCUMENT_RULES, Counts
from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.reading.files import FileRecord

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")

LETTERS = {
    "Korean": "가나다라마바사아자차카타파하고노도로모보소오조초코토포호그느드르므브스으즈츠크트프흐",
    "English": "etaoinshrdlucmfwypvbgk",
    "Japanese": "あいうえおかきくけこさしすせそ本日語文字書読見行来山川水火木",
    "Thai": "กขคงจชซดตถทนบปพฟมยรลวสหอะาเแโใไ",
}
LANGUAGES = tuple(LETTERS)


def words(language: str, n: int, dice: random.Random) -> list[str]:
    return ["".join(dice.choices(LETTERS[language], k=dice.randint(2, 6))) for _ in range(n)]


def sentence(language: str, n: int, dice: random.Random) -> str:
    between, stop = ("", "。") if language == "Japanese" else ("", " ") if language == "Thai" else (" ", ".")
    return between.join(words(language, n, dice)) + stop


def prose(language: str, dice: random.Random) -> str:
    return "\n".join(" ".join(sentence(language, 9, dice) for _ in range(4)) for _ in range(12))


def _repeated(language: str, dice: random.Random) -> str:
    line = sentence(language, 24, dice)
    return " ".join(f"{line} {words(language, 1, dice)[0]}" for _ in range(16))


def _lines(language: str, dice: random.Random) -> str:
    line = sentence(language, 9, dice)
    return "\n".join(line if k % 3 == 0 else sentence(language, 12, dice) for k in range(15))


DOUBTFUL: dict[str, Callable[[str, random.Random], str]] = {
    "CC401": lambda language, dice: "\n".join("".join(dice.choices("/\\|()^~+<>=", k=40)) for _ in range(12)),
    "CC402": lambda language, dice: " ".join(f"{dice.randint(1000, 99999)}" for _ in range(80)),
    "CC403": lambda language, dice: " ".join(f"{word} !?~*" for word in words(language, 60, dice)),
    "CC404": _repeated,
    "CC405": _lines,
    "CC406": lambda language, dice: "\n".join(words(language, 40, dice)),
    "CC407": lambda language, dice: " ".join(f"{word} {word[-1] * 12}" for word in words(language, 30, dice)),
    "CC408": lambda language, dice: prose(language, dice)[:800] + "\x07\ufffd\ue000" * 2,
    "CC409": lambda language, dice: "가나다 ".encode().decode("latin-1") * 30,
    "CC410": lambda language, dice: "word " * 40 + "QUJD" * 60,
    "CC411": lambda language, dice: "\n".join(f"if ({w}) {{ {w}(); }}" for w in words("English", 30, dice)),
    "CC412": lambda language, dice: "\n".join(f"• {sentence(language, 9, dice)}" for _ in range(12)),
}


def counted(texts: list[str], cuts: frozenset[int] = frozenset()) -> Ints:
    """Counts of the documents; the first one is cut into batches at these bytes."""
    inspector = Inspector([FileRecord("")], True, LineTable())
    first, *rest = [text.encode() for text in texts]
    borders = [0, *sorted(cuts), len(first)]
    found = []
    for k, (start, end) in enumerate(pairwise(borders)):
        goes_on = k + 2 < len(borders)
        whole = batch_of([first[start:end], *([] if goes_on else rest)])
        batch = Batch(whole.data, whole.starts, whole.ends, start, goes_on)
        zeros = np.zeros(len(batch.starts), np.int64)
        ended = len(zeros) - goes_on
        closed = Ended(zeros[:ended].astype(np.uint64), zeros[:ended], zeros, zeros)
        found.append(inspector.observe(batch, closed).rows)
    return np.concatenate(found)


def named(texts: list[str]) -> list[set[str]]:
    counts = Counts(counted(texts))
    hits = {rule.id: rule.names(counts) for rule in DOCUMENT_RULES}
    return [{rule for rule, hit in hits.items() if hit[k]} for k in range(len(texts))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_rule_names_its_document(language: str) -> None:
    dice = random.Random(language)
    rules = named([make(language, dice) for make in DOUBTFUL.values()])
    assert list(DOUBTFUL) == [rule.id for rule in DOCUMENT_RULES]
    for rule, found in zip(DOUBTFUL, rules, strict=True):
        assert rule in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rule_names_prose(language: str) -> None:
    dice, number = random.Random(language), 3 if os.environ.get("NUMBA_DISABLE_JIT") else 20
    assert named([prose(language, dice) for _ in range(number)]) == [set()] * number


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_documents_are_not_judged_but_for_what_nobody_can_read(language: str) -> None:
    dice = random.Random(language)
    shortened = [make(language, dice).encode()[:199].decode("utf-8", "ignore") for make in DOUBTFUL.values()]
    assert set().union(*named(shortened)) <= {"CC408"}
    assert named([words(language, 1, dice)[0] + "\ufffd"]) == [{"CC408"}]
    assert named(["", " ", "\n\n"]) == [set()] * 3


def test_long_words_are_not_judged_where_words_have_no_spaces() -> None:
    unspaced = named(["日本語の文章" * 200, "ภาษาไทย" * 200])
    assert all("CC410" not in rules for rules in unspaced)
    assert "CC410" in named(["띄어쓰기가없는문장" * 40])[0]


def test_verse_is_no_menu_and_a_menu_of_nine_lines_is_not_judged() -> None:
    dice = random.Random(1)
    verse = "\n".join(f"{' '.join(words('Korean', 3, dice))[:13]}," for _ in range(20))
    few = "\n".join(f"{' '.join(words('Korean', 4, dice))[:14]}" for _ in range(9))
    assert named([verse, few]) == [set(), set()]


AT_CUTS = (SHINGLES, SAMPLED, REPEATED)
"""Shingles do not reach over the border of two batches."""

LINES = st.lists(
    st.text(st.sampled_from("ab가나ก่あ é.5{-\u200b\x07\ufffd-ㅋ"), max_size=30).map(lambda line: line + "\n"),
    max_size=8,
)


@examples(60)
@given(
    lines=LINES, others=st.lists(st.text("ab가\n ", max_size=12), max_size=2), dice=st.randoms(use_true_random=False)
)
def test_a_document_counts_the_same_however_it_is_cut_at_line_ends(
    lines: list[str], others: list[str], dice: random.Random
) -> None:
    text = "".join(lines)
    ends = np.cumsum([len(line.encode()) for line in lines])[:-1].tolist()
    cuts = frozenset(end for end in ends if dice.random() < 0.5)
    whole, cut = counted([text, *others]), counted([text, *others], cuts)
    same = [column for column in range(COLUMNS) if column not in (*AT_CUTS, PARAGRAPHS, PARAGRAPH_BYTES)]
    assert cut[:, same].tolist() == whole[:, same].tolist()
    assert (cut[1:] == whole[1:]).all()
    assert (whole[:, NEW_LINES] == [len({s for line in t.split("\n") if (s := line.strip(" \t\r"))}) for t in
                                    (text, *others)]).all()  # fmt: skip
