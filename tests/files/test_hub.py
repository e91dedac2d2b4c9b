"""The Hub: tokenizers by their names and data sets by their addresses, from a server that speaks as it does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import COMMIT, Fault, Hub, Server, serving
from support import document_of, korean_lines, run, write_files, write_vocabulary

from corpuscheck.files.urls import hub_name

pytest.importorskip("huggingface_hub")


TEXT = korean_lines(200)
DATA = {
    "data/train.jsonl": "".join(f'{{"text": "{line}"}}\n' for line in TEXT).encode(),
    "data/deep/more.txt": "\n".join(TEXT[:50]).encode(),
}


@pytest.fixture
def vocabulary(tmp_path: Path) -> bytes:
    return Path(write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사아자차")).read_bytes()


@pytest.fixture
def hub(vocabulary: bytes) -> Iterator[Server]:
    config = json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": False}).encode()
    corpus = {"README.md": b"# A card\n", ".gitattributes": b"*.parquet lfs\n", **DATA}
    repositories = {
        "models/org/tokenizer": {"vocab.txt": vocabulary, "tokenizer_config.json": config, "model.safetensors": b"x"},
        "datasets/org/corpus": corpus,
    }
    with serving(Hub(repositories)) as server:
        yield server


def scan(hub: Server, tmp_path: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    env |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home"), **environment}
    done = run("scan", *arguments, "--format", "json", "-q", env=env, cwd=tmp_path)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.thorough
def test_a_tokenizer_by_its_name(hub: Server, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "\n".join(korean_lines(20))})
    status, out, err = scan(hub, tmp_path, "a.txt", "--tokenizer", "org/tokenizer")
    assert status in (0, 1), err
    report = json.loads(out)
    assert report["tokenizer"]["source"] == f"org/tokenizer@{COMMIT}/vocab.txt"
    assert not hub.asked("GET", "safetensors")
    status, again, err = scan(hub, tmp_path, "a.txt", "--tokenizer", f"org/tokenizer@{COMMIT}", HF_HUB_OFFLINE="1")
    assert again == out, err
    fetched = hub.asked("GET", "resolve")
    assert scan(hub, tmp_path, "a.txt", "--tokenizer", "org/tokenizer@main")[1] == out
    assert hub.asked("GET", "resolve") == fetched, "fetched once"


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("name", "environment", "said"),
    [
        ("org/none", {}, "neither a file or folder here nor a tokenizer on the Hub, or it is private"),
        ("org/tokenizer@v9", {}, "the Hub has no such revision of it"),
        ("org/tokenizer", {"HF_HUB_OFFLINE": "1"}, "nor in the cache of the Hub, which cannot be asked"),
        ("org/tokenizer", {"HF_ENDPOINT": "http://127.0.0.1:9"}, "nor in the cache of the Hub, which cannot be asked"),
        ("data/vocab.txt", {}, "data/vocab.txt: cannot be read (No such file or directory)"),
    ],
)
def test_a_tokenizer_that_cannot_be_had_is_a_line(
    hub: Server, tmp_path: Path, name: str, environment: dict[str, str], said: str
) -> None:
    write_files(tmp_path, {"a.txt": "가"})
    status, out, err = scan(hub, tmp_path, "a.txt", "--tokenizer", name, **environment)
    assert (status, out, err.count("\n")) == (2, "", 1), err
    assert err.startswith(f"corpuscheck: {name}: ")
    assert said in err


def test_a_folder_of_that_name_comes_first(hub: Server, tmp_path: Path, vocabulary: bytes) -> None:
    write_files(tmp_path, {"a.txt": "가", "org/tokenizer/vocab.txt": vocabulary})
    out = scan(hub, tmp_path, "a.txt", "--tokenizer", "org/tokenizer")[1]
    assert json.loads(out)["tokenizer"]["source"] == "org/tokenizer/vocab.txt"
    assert not hub.requests


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("klue/bert-base", ("klue/bert-base", None)),
        ("hf://klue/bert-base", ("klue/bert-base", None)),
        ("klue/bert-base@refs/pr/1", ("klue/bert-base", "refs/pr/1")),
        ("klue/bert-base/", ("klue/bert-base", None)),
        ("vocab", None), ("data/vocab.txt", None), ("../a/b", None), ("./a", None), ("a/b/c", None), ("/a/b", None),
        ("datasets/b", None), ("s3://a/b", None), ("a/tokenizer.json", None), ("a/spiece.model", None),
    ],
)  # fmt: skip
def test_what_a_name_on_the_hub_is(path: str, name: tuple[str, str | None] | None) -> None:
    assert hub_name(path) == name


def test_a_data_set_is_read_as_it_is_at_one_commit(hub: Server, tmp_path: Path, vocabulary: bytes) -> None:
    files = tmp_path / "files.jsonl"
    address = "hf://datasets/org/corpus"
    given = ("--tokenizer", "vocab.txt", "--files", str(files))
    status, _, err = scan(hub, tmp_path, address, *given, "--jobs", "1")
    assert status in (0, 1), err
    rows = {row["path"]: row["reason"] for row in map(json.loads, files.read_text("utf-8").splitlines())}
    assert rows == {
        f"{address}/.gitattributes": "hidden", f"{address}/README.md": None,
        f"{address}/data/train.jsonl": None, f"{address}/data/deep/more.txt": None,
    }  # fmt: skip
    assert all(f"/resolve/{COMMIT}/" in request.target for request in hub.requests if "/resolve/" in request.target)
    assert scan(hub, tmp_path, f"{address}/data/*.jsonl", *given)[0] in (0, 1)
    assert len(files.read_text("utf-8").splitlines()) == 1
    eval_set = f"{address}/data/deep"
    status, out, err = scan(hub, tmp_path, f"{address}@main/data/train.jsonl", *given, "--against", eval_set)
    assert status == 1, err
    (told,) = json.loads(out)["against"]
    local = write_files(tmp_path / "local", DATA)
    (same,) = document_of(local / "data/train.jsonl", against=[str(local / "data/deep")])["against"]
    figures = ("documents", "contaminated_documents", "stretches", "stretches_found", "share")
    assert [told[name] for name in figures] == [same[name] for name in figures]
    assert told["name"] == eval_set
    assert told["stretches_found"] > 0


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["org/none", "org/corpus@v9", "org/corpus/none", "org/corpus/data/none.txt"])
def test_a_data_set_that_is_not_there_is_a_line(hub: Server, tmp_path: Path, name: str) -> None:
    status, out, err = scan(hub, tmp_path, f"hf://datasets/{name}")
    assert (status, out) == (2, "")
    assert err == f"corpuscheck: hf://datasets/{name}: no such file or folder\n"


@pytest.mark.thorough
def test_faults_of_the_hub(hub: Server, tmp_path: Path, vocabulary: bytes) -> None:
    address = "hf://datasets/org/corpus/data/train.jsonl"
    whole = scan(hub, tmp_path, address, "--tokenizer", "vocab.txt")[1]
    hub.faults = [Fault("resolve", cut=500, times=1)]
    assert scan(hub, tmp_path, address, "--tokenizer", "vocab.txt")[1] == whole
    hub.faults = [Fault("resolve", status=403)]
    status, out, err = scan(hub, tmp_path, address, "--tokenizer", "vocab.txt")
    assert (status, out) == (2, "")
    assert "permission denied" in err
    hub.faults = [Fault("/api/datasets", status=403)]
    assert scan(hub, tmp_path, address)[0] == 2
