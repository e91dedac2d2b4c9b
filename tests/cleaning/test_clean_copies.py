"""A clean copy: what a scan calls usable, byte for byte, of copies of every kind in containers of every kind."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from pathlib import Path

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
    return write_vocabulary(tmp_path_factory.mktemp("vocabulary") / "vocab.txt", "a")


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
    made = documents(200, 1)
    exact, loud, near, dirty, plain = made[:40], made[40:80], made[80:120], made[120:140], made[140:]
    longer = [text.replace(" ", "  ").upper() + "!!" for text in loud]
    extended = [f"{text} 그리고 {k}" for k, text in enumerate(near)]
    cluster = [f"{documents(1, 9, 150)[0]} {k}" for k in range(1500)]
    write_files(folder, {f"a/{k:03d}.txt": text for k, text in enumerate(exact)})
    write_files(folder, {f"z/{k:03d}.txt": text.encode("utf-16") for k, text in enumerate(exact)})
    write_files(folder, {"b.jsonl": jsonl([*loud, *near]), "c.jsonl": jsonl([*extended, *longer])})
    write_files(folder, {f"cp949/{k:03d}.txt": text.encode("cp949") for k, text in enumerate(plain)})
    write_files(folder, {f"d/{k:03d}.txt": f"{text}\n{DEBRIS}" for k, text in enumerate(dirty)})
    write_files(folder, {"e.jsonl": jsonl(cluster)})
    zipped(folder, "f.zip", {f"{k}.txt": text.encode() for k, text in enumerate(plain[:20])})
    left = [f"{text}\n" + "   " for text in dirty]
    return {*exact, *longer, *extended, *plain, *left, max(cluster, key=len)}


@pytest.mark.thorough
def test_copies_of_every_kind_are_gone_and_all_else_is_there(tmp_path: Path, vocabulary: str) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    truth = planted(data)
    assert_agreed(data, out, vocabulary)
    written = [row["text"] for row in kept_in(out)]
    found = {text for text in written if text in truth}
    assert len(found) >= 0.99 * len(truth)
    assert len(written) - len(found) <= 0.01 * len(truth) + 1  # of the cluster the first of the longest stays
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


@examples(25)
@given(texts=st.lists(st.lists(PIECES, max_size=12).map("".join), min_size=1, max_size=12))
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
    monkeypatch.setattr(units, "LARGEST_UNIT", 1 << 18)
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 16)
    sentences = documents(4000, 5, 60)
    dirty = [f"{text} <b>{k}</b> <a\nhref='https://example.com'>" for k, text in enumerate(sentences[:2000])]
    write_files(tmp_path / "data", {"long.txt": "\n".join(dirty), "bad.txt": b"abc \xff def\n" * 40_000})
    write_files(tmp_path / "data", {"more.jsonl": jsonl([*sentences[2000:], *sentences[2000:2100]])})
    assert_agreed(tmp_path / "data", tmp_path / "out", vocabulary)
    rows = kept_in(tmp_path / "out")
    assert len(rows) == 2002
    assert "<" not in next(row["text"] for row in rows if row["path"].endswith("long.txt"))
    assert [row["document"] for row in rows if row["path"].endswith("more.jsonl")] == [*range(1, 2001)]


@pytest.mark.few(1)
@pytest.mark.parametrize("shared", [False, True])
def test_the_bytes_depend_neither_on_jobs_nor_on_the_order_of_paths(tmp_path: Path, shared: bool) -> None:
    planted(tmp_path / "data")
    one, other = (str(tmp_path / "data" / name) for name in ("a", "z"))
    rest = [str(tmp_path / "data" / name) for name in ("b.jsonl", "c.jsonl", "f.zip", "d")]
    cleaned([one, other, *rest], tmp_path / "first", jobs=1, shard_size=50_000)
    cleaned([*rest, other, one], tmp_path / "second", jobs=3 if shared else 1, shard_size=50_000)
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("first", "second")
    )
    assert len(first) > 4
    assert first == second


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


def test_what_is_beyond_memory_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(tmp_path / "data")
    cleaned(tmp_path / "data", tmp_path / "first")
    for room, name in ((near, "_IN_MEMORY"), (near, "_PART"), (homes, "_CHUNK"), (columns, "_PART_ROWS"),
                       (decisions, "_STRETCH"), (decisions, "_HELD"), (rows, "_AT_ONCE")):  # fmt: skip
        monkeypatch.setattr(room, name, 37)
    cleaned(tmp_path / "data", tmp_path / "second")
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("first", "second")
    )
    assert first == second
