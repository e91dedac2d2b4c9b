"""A clean copy: what a scan calls usable, byte for byte, of copies of every kind in containers of every kind."""

from __future__ import annotations

import hashlib
import json
import random
import string
import zipfile
from pathlib import Path
from typing import NamedTuple

import hypothesis
import laws
import pytest
from cleaning_of import assert_agreed, cleaned, kept_in, manifest_of, removed_from
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from support import write_files, write_vocabulary

from corpuscheck.cleaning import columns, decisions, homes, near, rows
from corpuscheck.running import units

LETTERS = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"
DEBRIS = "<br/>https://example.com/a?b=1 me@example.com &nbsp;-------- \ufffd"


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_vocabulary(tmp_path_factory.mktemp("vocabulary") / "vocab.txt", LETTERS + string.printable.strip())


def documents(n: int, seed: int, words: int = 90) -> list[str]:
    """Documents that share nothing."""
    dice = random.Random(seed)
    return [
        " ".join("".join(dice.choices(LETTERS, k=dice.randint(2, 5))) for _ in range(words)) + f" {seed}번 {k}."
        for k in range(n)
    ]


def jsonl(texts: list[str]) -> bytes:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts).encode()


def zipped(folder: Path, name: str, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(folder / name, "w") as file:
        for member, data in members.items():
            file.writestr(member, data)


def planted(folder: Path) -> set[str]:
    """Copies of every kind across containers and encodings; gives what is to stay, without debris."""
    made = documents(75, 1, 40)
    exact, loud, near, dirty, plain = made[:15], made[15:30], made[30:45], made[45:55], made[55:]
    longer = [text.replace(" ", "  ").upper() + "!!" for text in loud]
    extended = [f"{text} 그리고 {k}" for k, text in enumerate(near)]
    cluster = [f"{documents(1, 9, 60)[0]} {k}" for k in range(150)]
    write_files(folder, {f"a/{k:03d}.txt": text for k, text in enumerate(exact)})
    write_files(folder, {f"z/{k:03d}.txt": text.encode("utf-16") for k, text in enumerate(exact)})
    write_files(folder, {"b.jsonl": jsonl([*loud, *near]), "c.jsonl": jsonl([*extended, *longer])})
    write_files(folder, {f"cp949/{k:03d}.txt": text.encode("cp949") for k, text in enumerate(plain)})
    write_files(folder, {f"d/{k:03d}.txt": f"{text}\n{DEBRIS}" for k, text in enumerate(dirty)})
    write_files(folder, {"e.jsonl": jsonl(cluster)})
    zipped(folder, "f.zip", {f"{k}.txt": text.encode() for k, text in enumerate(plain[:10])})
    left = [f"{text}\n" + "   " for text in dirty]
    return {*exact, *longer, *extended, *plain, *left, max(cluster, key=len)}


class PlantedRun(NamedTuple):
    """A corpus, what is to stay of it, and its clean copy in small shards."""

    data: Path
    truth: set[str]
    out: Path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, vocabulary: str) -> PlantedRun:
    folder = tmp_path_factory.mktemp("planted")
    truth = planted(folder / "data")
    assert_agreed(folder / "data", folder / "out", vocabulary, shard_size=5_000)
    return PlantedRun(folder / "data", truth, folder / "out")


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_copies_of_every_kind_are_gone_and_all_else_is_there(run: PlantedRun) -> None:
    written = [row["text"] for row in kept_in(run.out)]
    found = {text for text in written if text in run.truth}
    assert len(found) >= 0.99 * len(run.truth) - 1
    assert len(written) - len(found) <= 0.01 * len(run.truth) + 1  # of the cluster the first of the longest stays
    assert len(written) == len({*written})


def test_the_longest_stays_then_the_first_by_path(tmp_path: Path) -> None:
    text, other = documents(2, 3)
    write_files(tmp_path / "data", {"b.txt": text, "a/z.txt": text, "c.txt": text + " ?"})
    write_files(tmp_path / "data", {"n2.txt": other + " 가나", "n1.txt": other + " 다라", "n0.txt": other})
    cleaned(tmp_path / "data", tmp_path / "out")
    start = len(str(tmp_path / "data"))
    assert [row["path"][start:] for row in kept_in(tmp_path / "out")] == ["/c.txt", "/n1.txt"]
    removed = removed_from(tmp_path / "out")
    told = {row["path"][start:]: (row["rule"], row["kept"]["path"][start:]) for row in removed}
    assert told == {
        "/a/z.txt": ("CC502", "/c.txt"), "/b.txt": ("CC501", "/c.txt"),
        "/n0.txt": ("CC503", "/n1.txt"), "/n2.txt": ("CC503", "/n1.txt"),
    }  # fmt: skip


CUT = {
    "nothing": ("plain text", "plain text"),
    "a tag": ("one <b>two</b> three", "one two three"),
    "an address": ("see https://example.com/x for more", "see  for more"),
    "what is left of two": ("a &am<b>p; c", "a  c"),
    "what is left of three": ("x <<i>b<i>> y", "x  y"),
    "a character that nobody can read": ("a\x01b\ufffdc", "abc"),
    "such a character in a tag": ('a <a title="\ufffd\x02">b</a>', "a b"),
    "private ones in a run": ("a \ue000\ue000 =====", "a  "),
}


@pytest.mark.few(2)
@pytest.mark.parametrize("name", CUT)
def test_debris_is_cut_until_none_is_left(name: str, tmp_path: Path, vocabulary: str) -> None:
    text, left = CUT[name]
    write_files(tmp_path / "data", {"a.jsonl": jsonl([text])})
    assert_agreed(tmp_path / "data", tmp_path / "out", vocabulary)
    assert [row["text"] for row in kept_in(tmp_path / "out")] == [left]


def test_nothing_is_left_of_documents_of_debris_alone(tmp_path: Path, vocabulary: str) -> None:
    write_files(tmp_path / "data", {"a.jsonl": jsonl(["<br><br>", "<br> <br>", " \n ", "some text"])})
    made = assert_agreed(tmp_path / "data", tmp_path / "out", vocabulary)
    assert [row["text"] for row in kept_in(tmp_path / "out")] == ["some text"]
    assert made.waterfall.by_rule["empty"].documents == 2  # of which one is a copy: neither has letters


def test_copies_that_show_only_without_debris_go_too(tmp_path: Path, vocabulary: str) -> None:
    """A short text with an address of its own each time: the scan cannot tell, the copy has it once."""
    write_files(tmp_path / "data", {"a.jsonl": jsonl([f"the same text https://example.com/{k}" for k in range(5)])})
    made = assert_agreed(tmp_path / "data", tmp_path / "out", vocabulary)
    assert made.waterfall.by_rule["CC501 after cutting"].documents == 4
    assert made.waterfall.usable.documents == 5
    assert made.after_cutting
    assert [row["document"] for row in kept_in(tmp_path / "out")] == [1]


PIECES = st.sampled_from([
    "한국어 문장을 적는다. ", "some words ", "SOME words", "<b>", "</b>", "<", ">", "&", "amp;", "&nbsp;", "http", "://x.com/a",
    "me@", "example.com", "===", "====", "\ufffd", "\u2fe0" * 3, "\x01", "\n", " ", "010-1234-5678", "www.", "a",
])  # fmt: skip


@hypothesis.settings(examples(25), max_examples=25 if laws.thorough else 4)
@given(texts=st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=12, max_size=40))
def test_before_and_after_agree_whatever_the_text(
    texts: list[str], vocabulary: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    write_files(folder / "data", {"a.jsonl": jsonl(["a text that stays", *texts])})
    assert_agreed(folder / "data", folder / "out", vocabulary)


@pytest.mark.thorough
def test_documents_of_many_blocks_and_files_of_many_units(
    tmp_path: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long document is cut piece by piece, and a tag over two pieces after all; ranges and archives go together."""
    monkeypatch.setattr(units, "LARGEST_UNIT", 1 << 17)
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 15)
    sentences = documents(900, 5, 60)
    dirty = [f"{text} <b>{k}</b> <a\nhref='https://example.com'>" for k, text in enumerate(sentences[:500])]
    write_files(tmp_path / "data", {"long.txt": "\n".join(dirty), "bad.txt": b"abc \xff def\n" * 12_000})
    write_files(tmp_path / "data", {"more.jsonl": jsonl([*sentences[500:], *sentences[500:600]])})
    assert_agreed(tmp_path / "data", tmp_path / "out", vocabulary)
    rows = kept_in(tmp_path / "out")
    assert len(rows) == 402
    assert "<" not in next(row["text"] for row in rows if row["path"].endswith("long.txt"))
    assert [row["document"] for row in rows if row["path"].endswith("more.jsonl")] == [*range(1, 401)]


@pytest.mark.parametrize("jobs", [3, pytest.param(1, marks=pytest.mark.thorough)])
def test_the_bytes_depend_neither_on_jobs_nor_on_the_order_of_paths(run: PlantedRun, tmp_path: Path, jobs: int) -> None:
    names = ("z", "f.zip", "e.jsonl", "d", "cp949", "c.jsonl", "b.jsonl", "a")
    order = [str(run.data / name) for name in names]
    cleaned(order, tmp_path / "first", jobs=1, shard_size=5_000)
    cleaned([*order[3:], *order[:3]], tmp_path / "second", jobs=jobs, shard_size=5_000)
    assert len(files_of(tmp_path / "first")) > 4
    assert files_of(tmp_path / "first") == files_of(tmp_path / "second")


def test_the_manifest_says_what_was_read_written_and_taken_out(tmp_path: Path) -> None:
    write_files(tmp_path / "data", {"a.txt": "one text\n", "b.txt": "one text\n", "c.txt": "another <br>one\n"})
    made = cleaned(tmp_path / "data", tmp_path / "out", nfc=True)
    told = manifest_of(tmp_path / "out")
    assert (told["documents_kept"], told["bytes_kept"]) == (2, 21) == (made.documents_kept, made.bytes_kept)
    assert (told["documents_removed"], told["bytes_removed"]) == (1, 13)
    assert told["removed_by"]["CC501"] == {"documents": 1, "bytes": 9}
    assert told["removed_by"]["debris"] == {"documents": 1, "bytes": 4}
    assert told["settings"]["nfc"] is True
    assert [(one["bytes"], one["hash"]) for one in told["inputs"]] == [
        (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
        for data in (b"one text\n", b"one text\n", b"another <br>one\n")
    ]
    for output in told["outputs"]:
        data = (tmp_path / "out" / output["path"]).read_bytes()
        assert (output["bytes"], output["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
    assert [output["documents"] for output in told["outputs"]] == [2, 2]


def test_what_is_beyond_memory_gives_the_same_bytes(
    run: PlantedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {
        near: ("_IN_MEMORY", "_PART"), homes: ("_CHUNK",), columns: ("_PART_ROWS", "_BLOCK_ROWS"),
        decisions: ("_STRETCH", "_HELD"), rows: ("_AT_ONCE",),
    }  # fmt: skip
    for room, names in small.items():
        for name in names:
            monkeypatch.setattr(room, name, 37)
    cleaned(run.data, tmp_path / "out", shard_size=5_000)
    assert files_of(tmp_path / "out") == files_of(run.out)
