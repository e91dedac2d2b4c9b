"""What kernels make of a text is what the library makes of it, for tokenizers as popular models have them."""

from __future__ import annotations

from functools import cache
from itertools import groupby

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from laws import examples
from popular_tokenizers import FOLLOWED, LEFT
from tokenizer_zoo import artefact_of

from corpuscheck.measuring.counted import Outcome
from corpuscheck.measuring.encoding import TextCounter
from corpuscheck.measuring.piecewise import Piecewise, Taken
from corpuscheck.measuring.units import UnitSplitter
from corpuscheck.reading.batch import batch_of
from corpuscheck.tokenizer.artefact import Artefact

letters = st.sampled_from(
    "abctheABZ서울은똻뷁éか文ǅʼªſ😀1２½Ⅷ \n\r\t'’.,/_-▁#<>|\u0301\u1161\u00a0\u3000\u200b\u0085İßﬁＡ"
)
parts = st.one_of(
    st.text(letters, max_size=14),
    st.text(max_size=8),
    st.sampled_from(
        ["they'll", "IT'S we've", "the 서울", "  ", " \n ", "12345", "서울은", "<unk>", "<0x41>", "nothing", "▁▁the"]
    ),
    st.sampled_from(["<|end|>", "cat", " cat ", " <left>", "<right> ", "[UNK]", "e\u0301", "HTTPServer", "a" * 90]),
)
texts_of_it = st.lists(st.lists(parts, max_size=6).map("".join), min_size=1, max_size=3)


@cache
def followed(name: str) -> Artefact:
    return artefact_of(FOLLOWED[name](), name)


@cache
def known(name: str) -> Piecewise:
    piecewise = Piecewise(followed(name))
    piecewise.checked = True
    return piecewise


class Seen:
    """What a count tells besides its figures."""

    def __init__(self) -> None:
        self.left: list[Outcome] = []
        self.taken: list[Taken] = []

    def note(self, octave: int, seen: Outcome) -> None:
        self.left.append(seen)

    def take(self, taken: Taken) -> None:
        self.taken.append(taken)


def counted(name: str, texts: list[str]) -> tuple[list[tuple[int, ...]], Seen]:
    batch = batch_of([text.encode() for text in texts])
    units = UnitSplitter("document").split(batch)
    counter, seen = TextCounter(followed(name), (), known(name)), Seen()
    new = np.unique(np.array([ord(ch) for ch in "".join(texts)], np.int64))
    figures = counter.observe(batch, units, new, seen.note, seen.take)
    counter.finish(seen.take)
    return [tuple(row[:5]) for row in figures.tolist()], seen


def truth(artefact: Artefact, text: str) -> tuple[int, ...]:
    """Tokens, words, shattered words, words with an unknown token, unknown tokens."""
    encoding = artefact.tokenizer.encode(text, add_special_tokens=False)
    words = max((word for word in encoding.word_ids if word is not None), default=-1) + 1
    pairs = list(zip(encoding.word_ids, encoding.ids, strict=True))
    groups = [[token for _, token in group] for _, group in groupby(pairs, lambda pair: pair[0])]
    shattered = sum(not artefact.spelling.pieces.isdisjoint(group) for group in groups)
    unknown = [word for word, token in pairs if token == artefact.unk_id]
    return len(encoding.ids), words, shattered, len(set(unknown)), len(unknown)


@pytest.mark.few(2)
@pytest.mark.parametrize("name", FOLLOWED)
@examples(60)
@example(texts=["", " ", "the  서울 똻\n\nx  ", "▁", "\u0301a"])
@example(texts=["a" * 300 + " " + "서울" * 200, "똻" * 50, "the " * 40])
@given(texts=texts_of_it)
def test_figures_are_those_of_encode(name: str, texts: list[str]) -> None:
    assert counted(name, texts)[0] == [truth(followed(name), text) for text in texts]


@pytest.mark.parametrize("name", FOLLOWED)
def test_plain_text_is_not_left_to_the_library(name: str) -> None:
    assert followed(name).recipe.reason == ""
    seen = counted(name, ["the dog was here, 2 times.\nAnd then"] * 3)[1]
    assert not seen.left


@pytest.mark.few(12)
@pytest.mark.parametrize("name", FOLLOWED)
@examples(20)
@given(texts=texts_of_it)
def test_tokens_are_told_by_their_ids(name: str, texts: list[str]) -> None:
    seen = counted(name, texts)[1]
    total = sum(taken.of_ids.sum() for taken in seen.taken) + sum(outcome.tokens for outcome in seen.left)
    assert total == sum(len(followed(name).tokenizer.encode(t, add_special_tokens=False)) for t in texts)


@pytest.mark.parametrize("name", ["BPE, words", "Unigram", "Unigram, NFKC", "Unigram, white space"])
@examples(30)
@given(texts=texts_of_it)
def test_lost_words_are_told_as_they_stand_in_the_text(name: str, texts: list[str]) -> None:
    seen, artefact = counted(name, texts)[1], followed(name)
    found = [word for taken in seen.taken for _, word, times in taken.lost() for _ in range(times)]
    found += [word for outcome in seen.left for word in outcome.lost]
    lost: list[str] = []
    for text in texts:
        encoding = artefact.tokenizer.encode(text, add_special_tokens=False)
        first: dict[int | None, str] = {}
        for token, word, (start, stop) in zip(encoding.ids, encoding.word_ids, encoding.offsets, strict=True):
            if token == artefact.unk_id:
                first.setdefault(word, text[start:stop])
        lost += first.values()
    assert sorted(found) == sorted(lost)


@pytest.mark.parametrize("name", LEFT)
def test_what_a_definition_does_not_show_is_left_to_the_library(name: str) -> None:
    make, why = LEFT[name]
    assert why in artefact_of(make(), name).recipe.reason


def test_a_table_that_is_full_is_emptied_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuscheck.measuring.piecewise._WORDS", 2000)
    monkeypatch.setattr("corpuscheck.measuring.piecewise._NOTES", 100)
    artefact = followed("GPT-2")
    texts = [f"word{k} 서울{k} 똻" for k in range(200)]
    batch = batch_of([text.encode() for text in texts])
    counter, seen = TextCounter(artefact, (), Piecewise(artefact)), Seen()
    new = np.unique(np.array([ord(ch) for ch in "".join(texts)], np.int64))
    figures = counter.observe(batch, UnitSplitter("document").split(batch), new, seen.note, seen.take)
    counter.finish(seen.take)
    assert len(seen.taken) > 1
    assert [tuple(row[:5]) for row in figures.tolist()] == [truth(artefact, text) for text in texts]
    assert sum(taken.of_ids.sum() for taken in seen.taken) == figures[:, 0].sum()
