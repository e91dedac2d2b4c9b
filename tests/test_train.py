"""train: the files, the alphabet, the card; the same for the same corpus, and the same in transformers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support import EXAMPLES, run, scanned, write_files
from tokenizers import Tokenizer

from corpuscheck.quantities import ALL_TEXT

NEWS = EXAMPLES / "korean-news"
TEXT = ["서울의 도서관은 아침 일찍 문을 연다.", "café É 漢字 ABC [MASK]", "똻똻하다 뷁", "가\u200b나 \x00 힣힣", ""]
FILES = ["README.md", "tokenizer.json", "tokenizer_config.json", "vocab.txt"]


def trained(folder: Path, *options: str | Path, corpus: Path = NEWS) -> Path:
    done = run("train", corpus, "-o", folder, *options)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("trained") / "new" / "tokenizer")


def test_it_writes_a_tokenizer_its_settings_and_a_card(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == FILES
    config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    assert config["do_lower_case"] is config["strip_accents"] is False
    assert config["unk_token"] == "[UNK]"
    card = (folder / "README.md").read_text("utf-8")
    for row in ("34,210 bytes of UTF-8 in 24 documents", "asked for 32,000", "at most 16,000,000 bytes"):
        assert row in card


def test_vocab_txt_lists_the_pieces_in_the_order_of_their_ids(folder: Path) -> None:
    pieces = (folder / "vocab.txt").read_text("utf-8").splitlines()
    vocabulary = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    assert {piece: number for number, piece in enumerate(pieces)} == vocabulary
    assert pieces[:5] == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def test_every_character_of_the_alphabet_has_both_forms(folder: Path) -> None:
    pieces = (folder / "vocab.txt").read_text("utf-8").splitlines()[5:]
    alphabet = {ch for piece in pieces for ch in piece.removeprefix("##")}
    assert len(alphabet) > 600
    assert not [ch for ch in alphabet if ch not in pieces or f"##{ch}" not in pieces]


def test_hangul_stays_whole_and_capitals_stay_capitals(folder: Path) -> None:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokenizer.normalizer.normalize_str("각 É ABC") == "각 É ABC"
    assert not any(0x1100 <= ord(ch) <= 0x11FF for ch in (folder / "vocab.txt").read_text("utf-8"))


def test_two_runs_write_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = trained(tmp_path, "--jobs", "2")
    for name in FILES:
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_card_has_the_figures_of_the_scan(folder: Path) -> None:
    words = scanned(NEWS).result.profile.words
    card = (folder / "README.md").read_text("utf-8")
    assert f"({words.unk_words:,} of {words.words:,} words)" in card
    assert f"({words.held_out_unk_words:,} of {words.held_out_words:,} words)" in card
    assert words.fingerprint in card


def test_it_says_in_one_line_what_it_made(tmp_path: Path) -> None:
    done = run("train", NEWS, "-o", tmp_path)
    assert done.stdout == (
        f"4,705 pieces, fingerprint f018b5c9906b3bb1; 4.0 % [UNK] on held-out text; saved in {tmp_path}\n"
    )
    assert run("train", NEWS, "-o", tmp_path, "-q").stdout == ""


@pytest.mark.parametrize("model", ["fast", "auto"])
def test_transformers_gives_the_same_ids(folder: Path, model: str) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    loader: Callable[[str], object] = {
        "fast": transformers.PreTrainedTokenizerFast.from_pretrained,
        "auto": transformers.AutoTokenizer.from_pretrained,
    }[model]
    theirs = loader(str(folder))
    assert callable(theirs)
    ours = Tokenizer.from_file(str(folder / "tokenizer.json"))
    texts = [*TEXT, *(path.read_text("utf-8") for path in sorted(NEWS.glob("*.txt"))[:5])]
    for text in texts:
        assert theirs(text)["input_ids"] == ours.encode(text).ids
        pair = ours.encode(texts[0], text or "b").ids
        assert theirs(texts[0], text or "b")["input_ids"] == pair
    assert theirs.unk_token_id == 1  # type: ignore[attr-defined]
    assert theirs.pad_token_id == 0  # type: ignore[attr-defined]


def test_a_lowercasing_tokenizer_is_the_same_in_transformers(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    recipes = trained(tmp_path, "--lowercase", corpus=EXAMPLES / "english-recipes-jsonl")
    theirs = transformers.AutoTokenizer.from_pretrained(str(recipes))
    ours = Tokenizer.from_file(str(recipes / "tokenizer.json"))
    for text in ("Café au Lait", "STIR the Butter", *TEXT):
        assert theirs(text)["input_ids"] == ours.encode(text).ids


@pytest.mark.parametrize("word", ["all", "ALL"])
def test_longer_pieces_from_all_of_the_text(tmp_path: Path, word: str) -> None:
    card = (trained(tmp_path, "--train-bytes", word) / "README.md").read_text("utf-8")
    assert "learned from all of the text that is not held out" in card
    assert f"{ALL_TEXT:,}" not in card


def test_fewer_bytes_make_other_pieces_of_the_same_alphabet(folder: Path, tmp_path: Path) -> None:
    little = trained(tmp_path, "--train-bytes", "5kB")
    pieces = [set((place / "vocab.txt").read_text("utf-8").splitlines()) for place in (folder, little)]
    characters = [{piece for piece in those if len(piece) == 1} for those in pieces]
    assert characters[0] == characters[1]
    assert pieces[0] != pieces[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--vocab-size", "100"), "cannot hold an alphabet of 672 characters in both forms: pass --vocab-size 1349 or"),
        (("--vocab-size", "0"), "--vocab-size must be 1 or more"),
        (("--train-bytes", "some"), "'some' is not a size: write a number and a unit, as in 500MB or 4GB"),
        (("--train-bytes", "0"), "--train-bytes must be 1 or more"),
        (("--limit-alphabet", "0"), "--limit-alphabet must be 1 or more"),
        (("--character-coverage", "1.5"), "1.5 is 150 %, write 1.5% or 0.015"),
    ],
)
def test_nonsense_is_one_clear_line(tmp_path: Path, options: tuple[str, str], said: str) -> None:
    done = run("train", NEWS, "-o", tmp_path / "t", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if line and not line.startswith(("Usage:", "Try "))]) == 1
    assert not (tmp_path / "t").exists()


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    write_files(tmp_path, {"file": ""})
    done = run("train", NEWS, "-o", tmp_path / "file" / "t", "-q")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot be saved there" in done.stderr
