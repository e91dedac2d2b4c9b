from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers.models import WordPiece

from corpuscheck.api import run_scan
from corpuscheck.profile.curve import CurvePart
from corpuscheck.settings import settings_from
from corpuscheck.tokenizer.ranking import LONGEST_WORD, rank, segmentation

TEXT = (
    "서울의 도서관은 아침 일찍 문을 열고, 사람들은 책을 읽는다. 똻똻한 《뷁》 말은 드물다.\n"
    "漢字와 kana かな가 섞인다.\n"
    + "a" * 100 + " " + "a" * 101 + " " + "가" * 150 + "\nThe library's e\u0301tage x\u200by\n"
)  # fmt: skip


def lost_by_hugging_face(text: str, characters: str) -> int:
    vocabulary = {"[UNK]": 0}
    for ch in characters:
        vocabulary.setdefault(ch, len(vocabulary))
        vocabulary.setdefault("##" + ch, len(vocabulary))
    tokenizer = segmentation()
    tokenizer.model = WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=LONGEST_WORD)
    return tokenizer.encode(text).ids.count(0)


@pytest.mark.few(9)
@pytest.mark.parametrize("loaded", [False, True], ids=["trained", "loaded"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.6, 0.9, 1.0])
def test_the_curve_is_what_a_vocabulary_of_that_alphabet_loses(tmp_path: Path, loaded: bool, share: float) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text(TEXT * 3, "utf-8")
    (tmp_path / "vocab.txt").write_text("[UNK]\na\n##a\n", "utf-8")
    tokenizer = {"tokenizer": str(tmp_path / "vocab.txt")} if loaded else {}
    curve = run_scan(tmp_path / "corpus", settings_from(jobs=1, **tokenizer)).result.profile.curve
    ranking = rank({ord(ch): (TEXT * 3).count(ch) for ch in set(TEXT)})
    size = round(share * len(ranking.characters))
    assert not curve.sampled
    assert curve.unk_words(size) == lost_by_hugging_face(TEXT * 3, ranking.characters[:size])


@pytest.mark.parametrize(
    ("by_rank", "overlong", "rate", "smallest"),
    [
        ({0: 90, 1: 5, 2: 5}, 0, 0.05, 2),
        ({0: 90, 1: 5, 2: 5}, 0, 0.04, 3),
        ({0: 90, 1: 5, 2: 5}, 0, 0.1, 1),
        ({0: 90, 1: 5, 2: 5}, 0, 1.0, 0),
        ({0: 90, 1: 5, 2: 5}, 0, 0.0, 3),
        ({0: 90}, 10, 0.05, None),
        ({}, 0, 0.05, None),
    ],
)
def test_the_smallest_alphabet_under_a_rate(
    by_rank: dict[int, int], overlong: int, rate: float, smallest: int | None
) -> None:
    curve = CurvePart("r", 3, by_rank, overlong)
    assert curve.smallest_under(rate) == smallest
    if smallest:
        assert curve.unk_words(smallest) <= rate * curve.words < curve.unk_words(smallest - 1)
