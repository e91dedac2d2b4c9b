"""The kernels of the forecasts against plain Python, compiled and not (also with NUMBA_DISABLE_JIT=1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from support import without_the_compiler

from corpuscheck.kernels.arrays import CODE_POINTS
from corpuscheck.kernels.forecast import document_frequencies, word_types, words_with
from corpuscheck.kernels.hashing import hash_bytes
from corpuscheck.kernels.words import COMPLEX, DELETED, ISOLATED, SPACE, WORD
from corpuscheck.measuring.forecasting import ALL_HASHES
from corpuscheck.reading.batch import Batch, batch_of

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")
calm = examples(40)
documents = st.lists(st.text("ab가나é.中 \n\u200b", max_size=24), min_size=1, max_size=6)

KINDS = {" ": SPACE, "\n": SPACE, ".": ISOLATED, "中": ISOLATED, "\u200b": DELETED, "é": COMPLEX}
TABLE = np.full(CODE_POINTS, WORD, np.int32)
TABLE[[ord(ch) for ch in KINDS]] = list(KINDS.values())


def forms(kernel: Any) -> list[Callable[..., Any]]:
    """The kernel as compiled, and the Python it was compiled from."""
    return [kernel, getattr(kernel, "py_func", kernel)]


def laid_out(texts: list[str]) -> Batch:
    return batch_of([text.encode() for text in texts])


def chunks(text: str, isolated: bool = True) -> list[str]:
    """Words as BERT cuts them: deleted characters join, isolated ones stand alone or are left out."""
    kept = text.replace("\u200b", "")
    for ch in ".中":
        kept = kept.replace(ch, f" {ch} " if isolated else " ")
    return kept.split()


@calm
@given(texts=documents)
def test_document_frequencies_are_those_of_counters(texts: list[str]) -> None:
    each = [Counter("".join(chunks(text))) for text in texts]
    batch = laid_out(texts)
    for kernel in forms(document_frequencies):
        scratch, frequency = np.zeros(CODE_POINTS, np.int64), np.zeros(CODE_POINTS, np.int64)
        holders, counts = np.zeros((CODE_POINTS, 2), np.int64), np.zeros((CODE_POINTS, 2), np.int64)
        total = kernel(batch.data, batch.starts, batch.ends, TABLE, scratch, frequency, holders, counts)
        assert total == sum(sum(counter.values()) for counter in each)
        assert not scratch.any()
        assert {chr(cp) for cp in np.flatnonzero(frequency)} == set().union(*each)
        for ch in set().union(*each):
            holding = [k for k, counter in enumerate(each) if ch in counter]
            assert frequency[ord(ch)] == len(holding)
            for place, k in enumerate(holding[:2]):
                assert (holders[ord(ch), place], counts[ord(ch), place]) == (k, each[k][ch])


@calm
@given(texts=documents, bad=st.sets(st.sampled_from("ab가é中"), max_size=3), longest=st.integers(1, 6))
def test_words_with_are_words_that_hold_a_marked_character_or_are_too_long(
    texts: list[str], bad: set[str], longest: int
) -> None:
    marked = np.zeros(CODE_POINTS, np.uint8)
    marked[[ord(ch) for ch in bad]] = 1
    batch = laid_out(texts)
    for kernel in forms(words_with):
        words, hit = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
        kernel(batch.data, batch.starts, batch.ends, TABLE, marked, longest, words, hit)
        assert words.tolist() == [len(chunks(text)) for text in texts]
        assert hit.tolist() == [
            sum(1 for word in chunks(text) if bad & set(word) or len(word) > longest) for text in texts
        ]


@calm
@given(texts=documents, room=st.integers(0, 40))
def test_word_types_are_the_hashes_of_words_document_by_document(texts: list[str], room: int) -> None:
    texts = [text.replace("\u200b", "") for text in texts]  # a word is hashed as it stands
    expected = [
        (int(hash_bytes(np.frombuffer(word.encode(), np.uint8), 0, len(word.encode()))), k)
        for k, text in enumerate(texts)
        for word in chunks(text, isolated=False)
    ]
    batch = laid_out(texts)
    longest = max(len(text.encode()) for text in texts) + 1
    for kernel in forms(word_types):
        for highest in (ALL_HASHES, ALL_HASHES // 2, 0):
            hashes, holders = np.empty(longest + room, np.uint64), np.empty(longest + room, np.int64)
            found: list[tuple[int, int]] = []
            done = 0
            while done < len(texts):
                before = done
                done, n = kernel(batch.data, batch.starts, batch.ends, TABLE, highest, hashes, holders, done)
                assert done > before
                found += zip(hashes[:n].tolist(), holders[:n].tolist(), strict=True)
            assert found == [(h, k) for h, k in expected if h >> 1 <= highest]


@pytest.mark.thorough
def test_nothing_changes_without_the_compiler() -> None:
    without_the_compiler("test_forecast_kernels.py")
