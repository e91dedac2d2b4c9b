"""The words that a tokenizer keeps whole, and what each script pays, are those that `tokenizers` gives."""

from __future__ import annotations

import re

import pytest
from support import LANGUAGES
from tokenizer_zoo import ZOO, artefact

from corpuscheck.measuring.wholeness import wholeness
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.wholeness import WHITE_SPACE

TEXT = "the cat sat 서울에서  서울 한국어!\n\nЖук the 12 中文 뷁 the"


def sample_of(*texts: str) -> Sample:
    rows = [(number, text.encode(), 1, number) for number, text in enumerate(texts)]
    return Sample.of(1 << 20, rows)


@pytest.mark.parametrize("name", ZOO)
def test_the_tokens_of_all_scripts_are_all_tokens(name: str) -> None:
    judge = artefact(name)
    for text in (TEXT, *list(LANGUAGES.values())[:6]):
        found = wholeness(judge, sample_of(text))
        encoded = judge.encoder.encode([text])[0]
        assert sum(row[3] for row in found.scripts.values()) == encoded.tokens
        assert found.used == len(set(judge.tokenizer.encode(text, add_special_tokens=False).ids))


@pytest.mark.parametrize("name", ["white space", "byte-level BPE", "Unigram"])
def test_words_stand_between_white_space(name: str) -> None:
    """Where the pre-tokenizer cuts nowhere else, they are those that a plain split gives."""
    judge = artefact(name)
    text = "the cat sat 서울에서  서울 한국어\n\nthe nothing 뷁 the"
    found = wholeness(judge, sample_of(text))
    for script, pattern in (("Latin", "[a-z]+"), ("Hangul", "[가-힣]+")):
        words = re.findall(pattern, text)
        assert found.of(script)[0] == len(words)
        assert found.of(script)[4] == sum(map(len, words))
    assert WHITE_SPACE not in found.names or found.of(WHITE_SPACE)[0] == 0


def test_a_lost_word_is_not_kept_whole() -> None:
    found = wholeness(artefact("white space"), sample_of("서울 뷁 한국어 뷁뷁"))
    words, whole, continued, tokens, _ = found.of("Hangul")
    assert (words, whole, continued, tokens) == (4, 1, 1, 6)
    rate = found.whole_rate(["Hangul"])
    assert rate is not None
    assert (rate.value, rate.exact) == (0.25, True)
