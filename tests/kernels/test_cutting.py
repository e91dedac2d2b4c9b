"""Pre-tokenizers as loops cut where the library cuts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from laws import examples
from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

from corpuscheck.kernels.cutting import step_end
from corpuscheck.tokenizer.points import Points
from corpuscheck.tokenizer.recipe import PATTERNS, Cut, Recipe

letters = st.sampled_from("abIſtsTSmredlLvVZßǅʼªéか文가1２½Ⅷ \n\r\t'’.,/_-\u0301\u0e31\u00a0\u3000\u200b\u0085😀")
words = st.sampled_from(
    ["'s", "'LL", "'rE", "'ſ", "HTTPServer", "  ", "\r\n", " \n ", "12345", "/\n/", "ÀÉ\u0301x", " '"]
)
texts = st.lists(st.one_of(letters, words, st.text(max_size=1)), max_size=16).map("".join)


def pieces(points: Points, text: str) -> list[str]:
    data = text.encode()
    points.learn(np.unique(np.array([ord(ch) for ch in text], np.int64)))
    manner, found, i = points.manner, [], 0
    kind, bit, digits = manner.steps[0].tolist()
    while i < len(data):
        end, kept = step_end(np.frombuffer(data, np.uint8), i, len(data), manner.table, kind, bit, digits)
        if kept:
            found.append(data[i:end].decode())
        i = end
    return found


@pytest.mark.few(1)
@pytest.mark.parametrize("pattern", PATTERNS)
@examples(150)
@example(text="Āb ÀÉ\u0301 \u0301A \u0301a x\u0301Y 'ſ they'LL don'T")
@example(text="a  \n\n b\t\t\nc   ")
@given(text=texts)
def test_known_patterns_cut_as_the_library_does(pattern: str, text: str) -> None:
    kind, digits = PATTERNS[pattern]
    library = Split(Regex(pattern), "isolated")
    found = pieces(Points(Recipe(steps=(Cut(kind, digits=digits),)), ((), ())), text)
    assert found == [piece for piece, _ in library.pre_tokenize_str(text)]
