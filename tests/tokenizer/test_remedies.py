"""Advice on lost words follows their cause, with the figure that it wins; special tokens in the text are found."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from support import document_of, scanned, write_files
from tokenizer_zoo import SPECIAL, ZOO, artefact_of, wordpiece
from tokenizers import Tokenizer, normalizers, pre_tokenizers

from corpuscheck.result.result import Finding

KOREAN = "나무 하늘 바람"


def findings(text: str, pieces: Sequence[str], folder: Path, **config: object) -> dict[str, Finding]:
    files = {"corpus/text.txt": text, "vocab/vocab.txt": "\n".join([*SPECIAL, *pieces])}
    files["vocab/tokenizer_config.json"] = json.dumps({"tokenizer_class": "BertTokenizer", **config})
    write_files(folder, files)
    return {f.rule: f for f in scanned(folder / "corpus", tokenizer=str(folder / "vocab")).result.findings}


@pytest.mark.parametrize(
    ("text", "pieces", "config", "advice"),
    [
        (
            unicodedata.normalize("NFD", KOREAN),
            KOREAN.split(),
            {"do_lower_case": False},
            "normalise the text to NFC first, which wins back 3 of 3 lost words: 100 % -> 0 % [UNK]",
        ),
        (
            KOREAN,
            unicodedata.normalize("NFD", KOREAN).split(),
            {"do_lower_case": False},
            "normalise the text to NFD first, which wins back 3 of 3 lost words: 100 % -> 0 % [UNK]",
        ),
        (
            "Ｂｅｒｌｉｎ ａｌｔ",
            ["Berlin", "alt"],
            {"do_lower_case": False},
            "normalise the text to NFKC first, which wins back 2 of 2 lost words: 100 % -> 0 % [UNK]",
        ),
        (
            "Berlin Paris alt",
            ["Berlin", "Paris", "alt"],
            {"do_lower_case": True},
            "read the vocabulary as cased (do_lower_case: false), which wins back 2 of 2 lost words: "
            "66.7 % -> 0 % [UNK]",
        ),
        (
            "Größe FÜR alt",
            ["größe", "für", "alt"],
            {"do_lower_case": True},
            "keep the accents (strip_accents: false), which wins back 2 of 2 lost words: 66.7 % -> 0 % [UNK]",
        ),
        (
            "Berlin Éa alt",
            ["berlin", "ea", "alt"],
            {"do_lower_case": False},
            "read the vocabulary as uncased (do_lower_case: true), which wins back 2 of 2 lost words: "
            "66.7 % -> 0 % [UNK]",
        ),
        (
            f"a {'a' * 101} {'a' * 102}",
            ["a", "##a"],
            {},
            "look for text without spaces, such as encoded data: 2 of 2 lost words are over 100 characters long, "
            "and no alphabet saves them",
        ),
        (
            "a [UNK] a [UNK]",
            ["a"],
            {},
            "take the unknown token out of the text or write it otherwise: 2 of 2 lost words are a literal one, "
            "which every tokenizer loses",
        ),
        ("a 뷁 똠", ["a"], {"do_lower_case": False}, "add the missing characters to its vocabulary"),
    ],
)
def test_the_remedy_that_wins_is_recommended_with_its_figure(
    text: str, pieces: list[str], config: dict[str, object], advice: str, tmp_path: Path
) -> None:
    assert findings(text, pieces, tmp_path, **config)["CC301"].advice.startswith(advice)


def test_a_second_remedy_that_wins_some_is_named_too(tmp_path: Path) -> None:
    text = "뷁 똠 쀍 " + unicodedata.normalize("NFD", "나무")
    advice = findings(text, ["나무"], tmp_path, do_lower_case=False)["CC301"].advice
    assert advice.startswith("add the missing characters to its vocabulary")
    assert advice.endswith("normalise the text to NFC first, which wins back 1 of 4 lost words: 100 % -> 75.0 % [UNK]")


@pytest.mark.parametrize(
    ("steps", "text", "pieces", "advice"),
    [
        ([normalizers.Lowercase()], "Berlin Paris", ["Berlin", "Paris"], "take Lowercase out of the normaliser"),
        (
            [normalizers.NFD(), normalizers.StripAccents()],
            "für Größe",
            ["für", "Größe"],
            "take NFD and StripAccents out of the normaliser",
        ),
        (
            [normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents()],
            "Für Größe",
            ["Für", "Größe"],
            "take Lowercase and NFD and StripAccents out of the normaliser",
        ),
    ],
)
def test_steps_of_other_normalisers_are_tried_too(
    steps: list[normalizers.Normalizer], text: str, pieces: list[str], advice: str, tmp_path: Path
) -> None:
    vocabulary = {piece: number for number, piece in enumerate([*SPECIAL, *pieces])}
    tokenizer = wordpiece(vocabulary, normalizers.Sequence(steps), pre_tokenizers.WhitespaceSplit())
    write_files(tmp_path, {"corpus/text.txt": text, "own.json": tokenizer.to_str()})
    found = scanned(tmp_path / "corpus", tokenizer=str(tmp_path / "own.json")).result.findings
    (lost,) = (f for f in found if f.rule == "CC301")
    assert lost.advice == f"{advice}, which wins back 2 of 2 lost words: 100 % -> 0 % [UNK]"


@pytest.mark.parametrize("times", [1, 7])
def test_special_tokens_in_the_text_are_counted(times: int, tmp_path: Path) -> None:
    text = "a [MASK] a[SEP] [UNK] [mask] [MASK]\n" * times
    found = findings(text, ["a", "##a", "[", "]", "mask"], tmp_path)["CC305"]
    assert found.measured == 4 * times
    time = f"{4 * times} times"
    assert found.message == (
        f"special tokens stand in the text {time} and become special ids: "
        f"[MASK] {2 * times}, [SEP] {times}, [UNK] {times}"
    )
    special = document_of(tmp_path / "corpus", tokenizer=str(tmp_path / "vocab"))["tokenizer"]["special_tokens_in_text"]
    assert special == {"[MASK]": 2 * times, "[SEP]": times, "[UNK]": times}


def test_words_that_are_lost_are_no_special_tokens(tmp_path: Path) -> None:
    assert "CC305" not in findings("뷁 [ UNK ] mask", ["a"], tmp_path)


def test_special_tokens_that_are_split_are_text(tmp_path: Path) -> None:
    assert "CC305" not in findings("[MASK] [UNK]", ["a", "[", "]"], tmp_path, split_special_tokens=True)


def test_what_is_odd_about_the_vocabulary_is_a_finding(tmp_path: Path) -> None:
    found = findings("a", ["a", "", "b"], tmp_path)["CC306"]
    assert found.message == "vocab.txt has 1 blank line, and it takes an id: all pieces after it have a higher one"
    assert "CC306" not in findings("a", ["a", "b"], tmp_path)


@pytest.mark.parametrize("name", ZOO)
def test_another_normaliser_before_the_same_model_is_what_its_definition_says(name: str) -> None:
    artefact = artefact_of(ZOO[name]())
    readings = (
        artefact.read_as(True, None),
        artefact.read_as(False, False),
        artefact.without_steps({"Lowercase", "NFD"}),
    )
    for other in readings:
        from_text = Tokenizer.from_str(other.definition)
        assert other.tokenizer.to_str() == from_text.to_str()
        text = "Éte 가나 [UNK] \u1112\u1161 ÀB 漢字 12"
        assert other.tokenizer.encode(text).ids == from_text.encode(text).ids
