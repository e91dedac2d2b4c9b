"""[UNK] is what the tokenizer gives, document by document, for every tokenizer of the zoo."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from laws import examples
from tokenizer_zoo import WHY_SLOW, ZOO, artefact

from corpuscheck.measuring.units import UnitSplitter
from corpuscheck.measuring.words import walked_with, word_counter
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.reading.documents import SplitReport, split_text
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.probing import CharacterTable

ODD = (
    "\u200b\u200d\u00a0\u3000\ufeff\ufffd\x00\x0b\x85\u2028"
    "\u0301\u0327\u0338\u3099\u1100\u1161\u11a8\uac01ﾞ½İßΣςﬁ㈱⁄\u3164"
)
letters = st.sampled_from("abQZ각힣가의がか中서울 \n\t.,'()똻뷁é1" + ODD)
pieces = st.one_of(
    st.text(letters, max_size=12),
    st.text(max_size=12),
    st.sampled_from(["[UNK]", "[MASK]", "x[UNK]y", "New York", "a" * 99, "a" * 100, "a" * 101, "똻" * 101, "가" * 100]),
    st.sampled_from(["e\u0301", "가\u11a8", "\u1100\u1161\u11a8", "☕️👩‍👩‍👧", "Straße", "ΣΊΣΥΦΟΣ", "İstanbul", "ＡＢ"]),
)
documents = st.lists(st.lists(pieces, max_size=6).map("".join), min_size=1, max_size=4)


@cache
def characters(name: str) -> CharacterTable:
    return CharacterTable(walked_with(artefact(name)))


def counted(name: str, batches: list[Batch]) -> WordPart:
    counter = word_counter(artefact(name), characters(name))
    splitter = UnitSplitter("document")
    for batch in batches:
        units = splitter.split(batch)
        counter.observe(batch, units, np.zeros(len(units.starts), np.bool_))
    return counter.finish()


def truth(tokenizer: Artefact, texts: list[str]) -> tuple[int, int, int, int]:
    words = unk_words = unk_tokens = touched = 0
    for text in texts:
        encoding = tokenizer.tokenizer.encode(text, add_special_tokens=False)
        words += max((w for w in encoding.word_ids if w is not None), default=-1) + 1
        at = [w for w, token in zip(encoding.word_ids, encoding.ids, strict=True) if token == tokenizer.unk_id]
        unk_words += len(set(at))
        unk_tokens += len(at)
        touched += bool(at)
    return words, unk_words, unk_tokens, touched


@pytest.mark.few(4)
@pytest.mark.parametrize("name", ZOO)
@examples(60)
@example(texts=["a" * 101, "[UNK]", "x[UNK]y 똻", ""])
@example(texts=["e\u0301 \u0301e a\u200b\u0301", "가\u11a8 \u1100\u1161", "\u200b", "\u0301"])
@given(texts=documents)
def test_counts_are_those_of_encode(name: str, texts: list[str]) -> None:
    part = counted(name, [batch_of([text.encode() for text in texts])])
    expected = truth(artefact(name), texts)
    assert (part.words, part.unk_words, part.unk_tokens, part.documents_with_unk) == expected


@pytest.mark.parametrize("name", [name for name in ZOO if name not in WHY_SLOW])
@examples(30)
@given(texts=documents)
def test_lost_words_add_up(name: str, texts: list[str]) -> None:
    part = counted(name, [batch_of([text.encode() for text in texts])])
    assert sum(part.lost.words().values()) == part.unk_words


@pytest.mark.parametrize("name", ["bert cased" if "bert cased" in ZOO else next(iter(ZOO))])
@examples(30)
@given(texts=documents, cuts=st.sets(st.integers(1, 3)))
def test_cutting_between_documents_changes_nothing(name: str, texts: list[str], cuts: set[int]) -> None:
    whole = counted(name, [batch_of([text.encode() for text in texts])])
    bounds = [0, *sorted(c for c in cuts if c < len(texts)), len(texts)]
    parts = [batch_of([t.encode() for t in texts[a:b]]) for a, b in pairwise(bounds)]
    assert counted(name, parts) == whole


def test_one_document_in_many_batches_counts_once() -> None:
    name = next(name for name in ZOO if name not in WHY_SLOW)
    lines = [f"the {'똻' if k % 50 == 0 else 'cat'} sat on the mat number {k}\n" for k in range(4000)]
    data = "".join(lines).encode()
    blocks = [data[k : k + 9000] for k in range(0, len(data), 9000)]
    whole = counted(name, [batch_of([data])])
    cut = counted(name, list(split_text(_characters(blocks), "file", SplitReport())))
    assert cut.documents_with_unk == 1
    assert (cut.words, cut.unk_words) == (whole.words, whole.unk_words)
    assert cut.lost.words() == whole.lost.words()


def _characters(blocks: list[bytes]) -> list[bytes]:
    """Blocks that end between two characters, as the decoder gives them."""
    out, held = [], b""
    for block in blocks:
        text = (held + block).decode("utf-8", "ignore").encode()
        held = (held + block)[len(text) :]
        out.append(text)
    return [*out, held] if held else out


@pytest.mark.parametrize(("name", "why"), WHY_SLOW.items())
def test_tokenizers_without_a_proof_are_known_and_say_why(name: str, why: str) -> None:
    assert why in artefact(name).not_characterwise


@pytest.mark.parametrize("name", [name for name in ZOO if name not in WHY_SLOW])
def test_all_others_are_counted_from_characters(name: str) -> None:
    assert artefact(name).not_characterwise == ""
