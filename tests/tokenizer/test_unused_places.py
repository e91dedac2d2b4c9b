"""The characters for the [unused] places of a vocabulary: what they win back, counted again with them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from support import EXAMPLES, document_of, scanned, write_files, write_vocabulary
from tokenizer_zoo import artefact

from corpuscheck.tokenizer.loading import load
from corpuscheck.tokenizer.unused import unused_places

FIVE = "가나 " * 95 + "뷁나 뷁가 쫡 힣 漢"
TEXT = "".join(path.read_text("utf-8") for path in sorted((EXAMPLES / "korean-news").glob("*.txt")))


def vocabulary(path: Path, alphabet: str, places: int, further: tuple[str, ...] = ()) -> Path:
    unused = [f"[unused{number}]" for number in range(places)]
    write_vocabulary(path, alphabet, (*further, *unused))
    return path


def with_pieces(path: Path, pieces: list[str]) -> Path:
    """The vocabulary with these pieces in the places of its [unused] entries, one after the other."""
    lines = path.read_text("utf-8").splitlines()
    left = iter(pieces)
    filled = [next(left, line) if line.startswith("[unused") else line for line in lines]
    assert next(left, None) is None, "more pieces than places"
    path = path.with_name("filled.txt")
    path.write_text("\n".join(filled) + "\n", "utf-8")
    return path


@pytest.mark.few(1)
@pytest.mark.parametrize(
    "places", [1, pytest.param(2, marks=pytest.mark.thorough), 7, pytest.param(60, marks=pytest.mark.thorough), 1000]
)
@pytest.mark.parametrize("text", [TEXT, TEXT + " 똻똻하다 뷁뷁 漢字漢字 — “각” " * 20, "뷁쫡 뷁쫡 뷁쫡 쫡힣 가, 나"])
def test_each_figure_is_that_of_a_tokenizer_with_the_pieces_in_these_places(
    tmp_path: Path, text: str, places: int
) -> None:
    often = sorted({ch for ch in TEXT if TEXT.count(ch) > 25 and not ch.isspace()})
    own = vocabulary(tmp_path / "vocab.txt", "".join(often), places, ("서울", "##에서"))
    corpus = write_files(tmp_path / "corpus", {"a.txt": text})
    said = document_of(corpus, tokenizer=str(own))["tokenizer"]
    unused = said["unused_places"]
    assert unused["places"] == places
    assert unused["places_taken"] == sum(len(a["pieces"]) for a in unused["additions"]) <= places
    assert unused["exact"] is True
    additions = unused["additions"]
    before = said["unk_words"]
    for number in sorted({1, 2, 3, len(additions) // 2, len(additions)} & set(range(1, len(additions) + 1))):
        pieces = [piece for addition in additions[:number] for piece in addition["pieces"]]
        after = document_of(corpus, tokenizer=str(with_pieces(own, pieces)))["tokenizer"]
        assert additions[number - 1]["unk_words"] == after["unk_words"] <= before
        before = after["unk_words"]


def test_both_forms_are_needed_but_one_of_what_always_stands_alone_and_of_what_has_the_other(tmp_path: Path) -> None:
    own = vocabulary(tmp_path / "vocab.txt", "가나다", 20, ("라",))
    corpus = write_files(tmp_path / "corpus", {"a.txt": "가라 가라 가라 마나 마나 漢"})
    additions = document_of(corpus, tokenizer=str(own))["tokenizer"]["unused_places"]["additions"]
    assert [(a["character"], a["pieces"], a["unk_words"]) for a in additions] == [
        ("라", ["##라"], 3),
        ("마", ["마", "##마"], 1),
        ("漢", ["漢"], 0),
    ]


def test_words_that_lack_two_characters_are_won_with_the_second(tmp_path: Path) -> None:
    own = vocabulary(tmp_path / "vocab.txt", "가나다", 4)
    corpus = write_files(tmp_path / "corpus", {"a.txt": "뷁쫡가 " * 5 + "힣가"})
    additions = document_of(corpus, tokenizer=str(own))["tokenizer"]["unused_places"]["additions"]
    assert [a["character"] for a in additions][:1] == ["힣"]
    assert additions[-1]["unk_words"] == 5  # two places are left, the pair needs four


@pytest.mark.parametrize("seed", range(5))
def test_the_first_is_the_best_for_its_places_and_none_wins_nothing_at_the_end(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    lost = {"".join(dice.choices("가나다라뷁쫡힣똻漢", k=dice.randint(1, 4))): dice.randint(1, 50) for _ in range(60)}
    tokenizer = load(str(vocabulary(tmp_path / "vocab.txt", "가나다라", 6)))
    encodings = tokenizer.tokenizer.encode_batch(list(lost), add_special_tokens=False)
    lost = {w: n for (w, n), e in zip(lost.items(), encodings, strict=True) if tokenizer.unk_id in e.ids}
    found = unused_places(tokenizer, lost, True)
    assert found is not None
    rare = "뷁쫡힣똻漢"
    alone = {
        ch: sum(n for w, n in lost.items() if set(w) & set(rare) == {ch}) / (1 if ch == "漢" else 2) for ch in rare
    }
    first = found.additions[0]
    assert first.won_back / len(first.pieces) == max(alone.values())
    won = [0, *(addition.won_back for addition in found.additions)]
    assert won == sorted(won)
    assert won[-1] > won[-2]


def test_lower_case_and_stripped_accents_ask_for_the_character_that_is_left(tmp_path: Path) -> None:
    own = vocabulary(tmp_path / "vocab.txt", "abcdf", 10)
    write_files(
        tmp_path, {"tokenizer_config.json": json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": True})}
    )
    corpus = write_files(tmp_path / "corpus", {"a.txt": "fÉd É Ed"})
    additions = document_of(corpus, tokenizer=str(own))["tokenizer"]["unused_places"]["additions"]
    assert [(a["character"], a["unk_words"]) for a in additions] == [("e", 0)]


@pytest.mark.parametrize(
    ("places", "text", "said"),
    [
        (200, FIVE, "put these 4 characters into 7 of its 200 [unused] places: 5.0 % -> 0 %"),
        (2, FIVE, "put this character into 2 of its 2 [unused] places: 5.0 % -> 3.0 %"),
        (9, "가나 " * 95 + "뷁나 " * 5, "put this character into 2 of its 9 [unused] places: 5.0 % -> 0 % [UNK] (뷁"),
        (0, "가나 " * 95 + "뷁나 " * 5, "add the missing characters to its vocabulary"),
        (2, "가나 " * 90 + "뷁나 쫡 " + "ＡＢ " * 8, "normalise the text to NFKC first, which wins back 8 of 10"),
    ],
)  # fmt: skip
def test_the_advice_is_one_line_with_its_figures(tmp_path: Path, places: int, text: str, said: str) -> None:
    own = vocabulary(tmp_path / "vocab.txt", "가나AB", places)
    corpus = write_files(tmp_path / "corpus", {"a.txt": text})
    (finding,) = (f for f in scanned(corpus, tokenizer=str(own)).result.findings if f.rule == "CC301")
    assert said in finding.advice
    assert "\n" not in finding.advice


@pytest.mark.parametrize("name", ["byte-level BPE", "Unigram"])
def test_other_models_have_no_such_places(tmp_path: Path, name: str) -> None:
    write_files(tmp_path, {"t.json": artefact(name).definition, "corpus/a.txt": "가나 뷁"})
    said: dict[str, Any] = document_of(tmp_path / "corpus", tokenizer=str(tmp_path / "t.json"))["tokenizer"]
    assert said["unused_places"] is None
