"""train: the files, the alphabet, the card; the same for the same corpus, and the same in transformers."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import EXAMPLES, command, run, scanned, write_files
from tokenizers import Tokenizer

from corpuscheck.errors import CorpuscheckError
from corpuscheck.files import writing
from corpuscheck.text.quantities import ALL_TEXT

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


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["korean-news", "rare-syllables", "english-recipes-jsonl"])
def test_the_held_out_figures_are_those_of_a_scan_and_the_others_of_the_tokenizer_in_the_folder(
    tmp_path: Path, name: str
) -> None:
    corpus = EXAMPLES / name
    judged = scanned(corpus).result.profile.words
    shipped = scanned(corpus, tokenizer=str(trained(tmp_path, corpus=corpus))).result.profile.words
    card = (tmp_path / "README.md").read_text("utf-8")
    assert f"({judged.held_out_unk_words:,} of {judged.held_out_words:,} words), by the one made without them" in card
    assert f"({shipped.unk_words:,} of {shipped.words:,} words), made from it" in card
    for words in (judged, shipped):
        assert words.fingerprint in card


def test_what_is_shipped_has_learned_from_all_of_the_text(tmp_path: Path) -> None:
    """Every line has a syllable of its own, outside of KS X 1001 or within it, and a word of its own."""
    syllables = "".join(chr(0xAC00 + 56 * k + 1) for k in range(190)) + "똻뷁쫡힣햏"
    lines = [f"{ch}{ch}하다 {number:03}번째 {ch}나무" for number, ch in enumerate(syllables)]
    corpus = write_files(tmp_path / "corpus", {"a.txt": "\n".join(lines)})
    folder = trained(tmp_path / "t", "--character-coverage", "1", corpus=corpus)
    pieces = set((folder / "vocab.txt").read_text("utf-8").splitlines())
    assert not [ch for ch in syllables if ch not in pieces or f"##{ch}" not in pieces]
    assert not [ch for ch in syllables if f"{ch}{ch}하다" not in pieces]
    assert scanned(corpus, tokenizer=str(folder)).result.profile.words.unk_words == 0
    judged = scanned(corpus, character_coverage=1.0).result.profile.words
    assert judged.held_out_unk_words > 0
    card = (folder / "README.md").read_text("utf-8")
    assert f"({judged.held_out_unk_words:,} of {judged.held_out_words:,} words)" in card
    assert "To judge it, another one was made in the same way without 10.0 % of the lines" in card


def test_where_nothing_was_held_out_the_card_has_no_figure_for_it(tmp_path: Path) -> None:
    corpus = write_files(tmp_path / "corpus", {"a.txt": "가나 다라\n"})
    done = run("train", corpus, "-o", tmp_path / "t")
    assert "nothing was held out to judge it by" in done.stdout
    card = (tmp_path / "t" / "README.md").read_text("utf-8")
    assert "Nothing was held out to judge it by: the text is too short." in card
    assert "| [UNK] on held-out text | not known: nothing was held out |" in card
    assert "| tokens per word | not known: nothing was held out |" in card


@pytest.mark.thorough
def test_special_tokens_and_unused_places_are_those_of_transformers(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    place = trained(tmp_path, "--special", "[DOC]", "--special", "<문서>", "--unused", "30")
    theirs = transformers.AutoTokenizer.from_pretrained(str(place))
    pieces = (place / "vocab.txt").read_text("utf-8").splitlines()
    assert pieces[5:8] == ["[DOC]", "<문서>", "[unused0]"]
    assert pieces[36] == "[unused29]"
    assert {"[DOC]", "<문서>"} <= set(theirs.all_special_tokens)
    assert "[unused0]" not in theirs.all_special_tokens
    assert [theirs.convert_ids_to_tokens(number) for number in range(37)] == pieces[:37]
    assert theirs.tokenize("[DOC] 서울의<문서>") == ["[DOC]", *theirs.tokenize("서울의"), "<문서>"]
    ours = Tokenizer.from_file(str(place / "tokenizer.json"))
    for text in ("[DOC] 서울의<문서> [unused0]", *TEXT):
        assert theirs(text)["input_ids"] == ours.encode(text).ids
    assert theirs.decode(theirs("[DOC] 서울의")["input_ids"], skip_special_tokens=True) == "서울의"
    card = (place / "README.md").read_text("utf-8")
    assert "| special tokens | `[DOC]`, `<문서>` |" in card
    assert "| kept for later | 30 pieces, `[unused0]` to `[unused29]` |" in card


@pytest.mark.thorough
def test_it_says_in_one_line_what_it_made(tmp_path: Path) -> None:
    done = run("train", NEWS, "-o", tmp_path)
    assert done.stdout == (
        "8,508 pieces from all of the text, fingerprint b7b587f41aa8758e; one made without the held-out lines loses "
        f"0 % of their words; saved in {tmp_path}\n"
    )
    assert run("train", NEWS, "-o", tmp_path, "-q").stdout == ""


@pytest.mark.few(1)
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


@pytest.mark.few(1)
@pytest.mark.parametrize("word", ["all", "ALL"])
def test_longer_pieces_from_all_of_the_text(tmp_path: Path, word: str) -> None:
    card = (trained(tmp_path, "--train-bytes", word) / "README.md").read_text("utf-8")
    assert "learned from all of the text |" in card
    assert f"{ALL_TEXT:,}" not in card


def test_fewer_bytes_make_other_pieces_of_the_same_alphabet(folder: Path, tmp_path: Path) -> None:
    little = trained(tmp_path, "--train-bytes", "5kB")
    pieces = [set((place / "vocab.txt").read_text("utf-8").splitlines()) for place in (folder, little)]
    characters = [{piece for piece in those if len(piece) == 1} for those in pieces]
    assert characters[0] == characters[1]
    assert pieces[0] != pieces[1]


@pytest.mark.few(6)
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--vocab-size", "100"), "cannot hold an alphabet of 761 characters: pass --vocab-size 1494 or"),
        (("--vocab-size", "0"), "--vocab-size must be 1 or more"),
        (("--vocab-size", "1e9"), "--vocab-size must be 10,000,000 or less"),
        (("--train-bytes", "some"), "'some' is not a size: write a number and a unit, as in 500MB or 4GB"),
        (("--train-bytes", "0"), "--train-bytes must be 1 or more"),
        (("--limit-alphabet", "0"), "--limit-alphabet must be 1 or more"),
        (("--character-coverage", "1.5"), "1.5 is 150 %, write 1.5% or 0.015"),
        (("--unused", "-1"), "'-1' is below zero"),
        (("--unused", "1000000"), "--unused must lie between 0 and 100,000"),
        (("--special", "two words"), "--special takes tokens of two characters or more without white space"),
        (("--special", "x"), "--special takes tokens of two characters or more without white space"),
        (("--special", "[A]\n"), "--special takes tokens of two characters or more without white space"),
        (("--vocab-size", "3000", "--unused", "2000"), "cannot hold an alphabet of 761 characters: pass --vocab-size"),
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


@pytest.mark.parametrize("at", ["write", "fsync"])
@pytest.mark.parametrize("before", [None, "old"])
def test_a_disk_that_runs_full_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, before: str | None
) -> None:
    place = tmp_path / "new" / "folder"
    if before:
        write_files(place, {"tokenizer.json": before})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    where = {"write": (writing, "_write"), "fsync": (os, "fsync")}[at]
    with monkeypatch.context() as patched:
        patched.setattr(*where, full)
        with pytest.raises(CorpuscheckError, match=r"cannot be saved there .No space left on device"):
            writing.write_together(str(place), {"tokenizer.json": b"new", "vocab.txt": b"x" * 99}, "the tokenizer")
    left = {path.name: path.read_text() for path in place.iterdir()} if place.exists() else {}
    assert left == ({"tokenizer.json": before} if before else {})
    assert (tmp_path / "new").exists() is bool(before)


@pytest.mark.thorough
def test_a_device_without_room_leaves_no_empty_file(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: the vocabulary is larger."""
    resource = pytest.importorskip("resource", reason="no limits on file sizes here")

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(command("train", NEWS, "-o", tmp_path / "t", "-q"), preexec_fn=limit, capture_output=True,
                          text=True, timeout=120, check=False)  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot be saved there" in done.stderr
    assert not (tmp_path / "t").exists()
