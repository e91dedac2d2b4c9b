"""train --model and --sweep: byte-level BPE and Unigram with every character whole, the same bytes each time."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support import EXAMPLES, korean_lines, quick_command, run, scanned, write_files
from tokenizers import Tokenizer

from corpuscheck.api import sweep
from corpuscheck.errors import UsageError
from corpuscheck.result.swept import knee_of
from corpuscheck.running.corpus import Corpus
from corpuscheck.settings import settings_from
from corpuscheck.tokenizer.loading import load

KINDS = ["bpe", "unigram"]
ODD = "café É 漢字 ABC\t12  345\u3000x\u200by\r\n\n똻똻하다 <0x41> ▁▁a  <s> 🙂 don't"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = [*korean_lines(1500), *[ODD] * 3]
    return write_files(tmp_path_factory.mktemp("corpus"), {"a.txt": "\n".join(lines), "b.txt": "the cat sat\n" * 40})


@pytest.fixture(scope="module")
def folders(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {}
    for kind in KINDS:
        made[kind] = tmp_path_factory.mktemp(kind)
        done = run("train", corpus, "-o", made[kind], "--model", kind, "--vocab-size", "4000", "--special", "[DOC]")
        assert done.returncode == 0, done.stderr
    return made


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
def test_no_word_of_the_text_is_lost_or_shattered(folders: dict[str, Path], corpus: Path, kind: str) -> None:
    result = scanned(corpus, tokenizer=str(folders[kind])).result
    assert result.profile.words.unk_words == result.profile.words.shattered.words == 0
    assert result.tokenizer.vocab_size <= 4000
    assert {"bpe": "BPE", "unigram": "Unigram"}[kind] == result.tokenizer.model
    assert "4,000" in (folders[kind] / "README.md").read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_it_encodes_is_decoded_again(folders: dict[str, Path], kind: str) -> None:
    tokenizer = Tokenizer.from_file(str(folders[kind] / "tokenizer.json"))
    for text in ("서울 뷁쉙 한국어", "a\n b", "x  y\n\nz", "the cat\u200b 🙂 뷁"):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", KINDS)
def test_transformers_and_we_read_the_folder_alike(folders: dict[str, Path], kind: str) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    theirs = transformers.AutoTokenizer.from_pretrained(str(folders[kind]))
    ours = load(str(folders[kind])).tokenizer
    for text in (ODD, *korean_lines(20), "a [DOC] b<|endoftext|></s>"):
        assert ours.encode(text, add_special_tokens=False).ids == theirs.encode(text, add_special_tokens=False)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", [*KINDS, "wordpiece"])
def test_other_processes_with_other_threads_write_the_same_bytes(corpus: Path, tmp_path: Path, kind: str) -> None:
    written = []
    for number, threads in enumerate(("1", "4")):
        folder = tmp_path / f"{number}"
        arguments = quick_command("train", corpus, "-o", folder, "--model", kind, "--vocab-size", "3000", "-q")
        subprocess.run(arguments, check=True, env={**_environment(), "RAYON_NUM_THREADS": threads}, capture_output=True)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", [*KINDS, "wordpiece"])
def test_a_sweep_reads_the_text_once_and_gives_the_same_each_time(
    corpus: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[str] = []
    original = Corpus.run

    def counted(self: Corpus, name: str, task: Any) -> Any:
        passes.append(name)
        return original(self, name, task)

    monkeypatch.setattr(Corpus, "run", counted)
    settings = settings_from(model=kind, document="line", jobs=1)
    first = sweep(corpus, [4000, 2500, 3000, 2500], settings)
    assert len(passes) == 1
    assert first == sweep(corpus, [2500, 3000, 4000], settings)
    assert [row.asked for row in first.rows] == [2500, 3000, 4000]
    tokens = [row.tokens_per_word.value for row in first.rows]
    assert tokens == sorted(tokens, reverse=True)
    assert all(row.embedding_parameters == row.pieces * 768 for row in first.rows)
    assert all(0 < row.bits_per_byte < 8 for row in first.rows)


@pytest.mark.thorough
def test_the_json_of_a_sweep_is_what_its_schema_says(corpus: Path) -> None:
    schema = json.loads((files("corpuscheck.reports") / "sweep_schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    done = run("train", corpus, "--sweep", "2.5k,3k,4k", "--format", "json", "-q")
    Draft202012Validator(schema).validate(json.loads(done.stdout))
    shown = run("train", corpus, "--sweep", "2.5k,3k,4k", "-q").stdout
    assert "is the knee" in shown
    assert all(heading in shown for heading in ("lost", "tokens per word", "bits per byte", "embedding"))


@pytest.mark.parametrize(
    ("points", "knee"),
    [
        ([(1, 10, 5.0), (2, 20, 2.0), (4, 40, 1.5), (8, 80, 1.4)], 2),
        ([(1, 10, 5.0), (2, 20, 4.9), (4, 40, 2.0), (8, 80, 1.9)], 4),
        ([(1, 10, 4.0), (2, 20, 3.0), (3, 30, 2.0)], None),
        ([(1, 10, 4.0), (2, 20, 2.0)], None),
        ([(1, 10, 4.0), (2, 10, 4.0), (3, 10, 4.0)], None),
        ([], None),
    ],
)
def test_the_knee_is_where_further_pieces_save_less(points: list[tuple[int, int, float]], knee: int | None) -> None:
    assert knee_of(points) == knee


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--sweep", "4k,8k", "-o", "x"], "--sweep saves nothing"),
        (["--sweep", "4k,many"], "many"),
        (["--sweep", "0"], "--vocab-size must be 1 or more"),
        ([], "say where the tokenizer is saved"),
        (["--model", "bpe", "--lowercase", "-o", "x"], "--lowercase is for --model wordpiece"),
        (["--model", "bpe", "--vocab-size", "300", "-o", "x"], "cannot hold an alphabet"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(tmp_path: Path, arguments: list[str], why: str) -> None:
    given = [str(tmp_path / "x") if argument == "x" else argument for argument in arguments]
    done = run("train", EXAMPLES / "korean-news", *given, "-q")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert why in done.stderr


def test_a_text_that_is_too_short_is_not_swept(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "one line"})
    with pytest.raises(UsageError, match="nothing is held out"):
        sweep(tmp_path, [4000], settings_from(jobs=1))
