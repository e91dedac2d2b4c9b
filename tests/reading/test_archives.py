from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from reading_of import read_all
from support import scanned, write_vocabulary

from corpuscheck.reading import opening
from corpuscheck.reading.containers import zips
from corpuscheck.settings import Reading

TEXT = "오늘은 날씨가 맑고 바람이 약하게 붑니다.\n"


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tarred(members: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_members_of_a_zip_are_files_of_their_own(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"b.txt": TEXT.encode(), "뉴스/c.txt": TEXT.encode("cp949")})
    documents, records = read_all(path)
    assert documents == [TEXT, TEXT]
    assert [r.path for r in records] == [f"{path}!/b.txt", f"{path}!/뉴스/c.txt"]
    assert [r.encoding for r in records] == ["utf-8", "cp949"]


@pytest.mark.parametrize(
    ("encoding", "name"), [("cp949", "뉴스와 날씨.txt"), ("utf-8", "뉴스와 날씨.txt"), ("cp437", "café.txt")]
)
def test_zip_names_without_a_utf8_mark(tmp_path: Path, encoding: str, name: str) -> None:
    raw = name.encode(encoding)
    path = zipped(tmp_path / "a.zip", {"x" * len(raw): TEXT.encode()})
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    _, records = read_all(path)
    assert records[0].path.endswith(f"!/{name}")


@pytest.mark.parametrize("compression", ["", "gz", "bz2", "xz", "zst"])
def test_tar_in_every_compression(tmp_path: Path, compression: str) -> None:
    data = tarred([("a/b.txt", TEXT.encode()), ("a/c.jsonl", b'{"text": "one"}\n{"text": "two"}\n')])
    squeeze: dict[str, Callable[[bytes], bytes]] = {
        "": bytes,
        "gz": gzip.compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "zst": zstandard.compress,
    }
    path = tmp_path / f"a.tar{'.' * bool(compression)}{compression}"
    path.write_bytes(squeeze[compression](data))
    documents, _ = read_all(path)
    assert documents == [TEXT, "one", "two"]


def test_one_level_of_nesting_is_read_and_the_next_is_named(tmp_path: Path) -> None:
    innermost = tarred([("deep.txt", b"too deep")])
    inner = tarred([("in.txt", TEXT.encode()), ("more.tar", innermost)])
    path = zipped(
        tmp_path / "a.zip",
        {"inner.tar": inner, "inner2.zip": zipped(tmp_path / "x", {"z.txt": b"zip in zip"}).read_bytes()},
    )
    documents, records = read_all(path)
    assert documents == [TEXT, "zip in zip"]
    assert {r.reason for r in records if r.status == "skipped"} == {"archive in an archive in an archive"}


def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    names = ["../../etc/passwd.txt", "/absolute.txt", "a\nb\x1b[31m.txt"]
    path = tmp_path / "a.tar"
    path.write_bytes(tarred([(name, TEXT.encode()) for name in names]))
    documents, records = read_all(path)
    assert documents == [TEXT] * 3
    assert [r.path.partition("!/")[2] for r in records] == names
    assert not (tmp_path.parent / "etc").exists()


def test_duplicate_names_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(tarred([("a.txt", b"first"), ("a.txt", b"second")]))
    _, records = read_all(path)
    assert [r.path.partition("!/")[2] for r in records] == ["a.txt", "a.txt#2"]


def test_links_devices_empty_hidden_and_binary_members_are_skipped_with_reasons(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, kind in (
            ("link.txt", tarfile.SYMTYPE),
            ("hard.txt", tarfile.LNKTYPE),
            ("fifo.txt", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        for name, data in (
            ("empty.txt", b""),
            (".hidden.txt", b"x"),
            ("p.txt", b"\x89PNG\r\n\x1a\n\0\0"),
            ("ok.txt", b"fine"),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    path = tmp_path / "a.tar"
    path.write_bytes(out.getvalue())
    documents, records = read_all(path)
    assert documents == ["fine"]
    assert [r.reason for r in records] == [
        "link in an archive", "link in an archive", "not a regular file", "empty", "hidden", "binary (png)", None,
    ]  # fmt: skip


def test_what_stands_before_the_cut_of_a_tar_is_read(tmp_path: Path) -> None:
    data = tarred([("a.txt", TEXT.encode()), ("b.txt", TEXT.encode() * 100), ("c.txt", TEXT.encode())])
    path = tmp_path / "a.tar"
    path.write_bytes(data[: 512 * 4])
    documents, records = read_all(path)
    assert documents[0] == TEXT
    assert any(r.damage or (r.status == "skipped" and "damaged" in (r.reason or "")) for r in records)


def test_a_zip_without_its_end_is_skipped(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"b.txt": TEXT.encode() * 50})
    path.write_bytes(path.read_bytes()[:60])
    documents, records = read_all(path)
    assert documents == []
    assert [r.status for r in records] == ["skipped"]


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"b.txt": TEXT.encode()})
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    path.write_bytes(bytes(data))
    _, records = read_all(path)
    assert [r.reason for r in records] == ["encrypted"]


def test_bombs_end_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BOMB_BYTES", 1 << 20)
    path = tmp_path / "bomb.txt.gz"
    path.write_bytes(gzip.compress(b"a" * (8 << 20)))
    _, records = read_all(path)
    assert "decompression bomb" in (records[0].damage or "")
    assert records[0].utf8_bytes < 4 << 20


def test_include_chooses_among_members(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"b.txt": b"text", "c.jsonl": b'{"text": "json"}'})
    assert read_all(path.parent, Reading(include=("*.jsonl",)))[0] == ["json"]
    assert read_all(path.parent, Reading(exclude=("*.jsonl",)))[0] == ["text"]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "outer.zip"])
def test_an_archive_without_members_is_accounted_for(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith(".tar"):
        path.write_bytes(tarred([]))
    else:
        zipped(path, {"inner.tar": tarred([])} if name == "outer.zip" else {})
    _, records = read_all(path, Reading(include=("*",)))
    assert [(r.status, r.reason) for r in records] == [("skipped", "empty")]


def test_a_damaged_header_is_not_the_end_of_a_tar(tmp_path: Path) -> None:
    data = bytearray(tarred([("a.txt", TEXT.encode()), ("b.txt", TEXT.encode())]))
    data[1024 + 100] ^= 0xFF
    path = tmp_path / "a.tar"
    path.write_bytes(data)
    documents, records = read_all(path)
    assert documents == [TEXT]
    assert [(r.status, r.reason) for r in records] == [("measured", None), ("skipped", "damaged tar data")]


SQUEEZE: dict[str, Callable[[bytes], bytes]] = {
    "tar": bytes,
    "tar.gz": gzip.compress,
    "tgz": gzip.compress,
    "tar.bz2": bz2.compress,
    "tbz2": bz2.compress,
    "tar.xz": lzma.compress,
    "txz": lzma.compress,
    "tar.zst": zstandard.compress,
}


@pytest.mark.parametrize("outer", ["zip", "tar"])
@pytest.mark.parametrize("inner", ["zip", *SQUEEZE])
def test_every_kind_of_archive_inside_another(tmp_path: Path, outer: str, inner: str) -> None:
    plain = tarred([("t.txt", TEXT.encode())])
    data = zipped(tmp_path / "x", {"t.txt": TEXT.encode()}).read_bytes() if inner == "zip" else SQUEEZE[inner](plain)
    path = tmp_path / f"a.{outer}"
    members = {f"in.{inner}": data, "o.txt": b"after it"}
    if outer == "zip":
        zipped(path, members)
    else:
        path.write_bytes(tarred(list(members.items())))
    documents, records = read_all(path)
    assert documents == [TEXT, "after it"]
    assert [r.path for r in records] == [f"{path}!/in.{inner}!/t.txt", f"{path}!/o.txt"]


def _raw_zip(files: list[tuple[bytes, int]]) -> bytes:
    """A zip of stored members, all of them `TEXT`, with these names and flags."""
    data = TEXT.encode()
    sizes = struct.pack("<III", zlib.crc32(data), len(data), len(data))
    out, directory = bytearray(), bytearray()
    for name, flags in files:
        directory += struct.pack("<IHHHHHH", 0x02014B50, 20, 20, flags, 0, 0, 33) + sizes
        directory += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, len(out)) + name
        out += struct.pack("<IHHHHH", 0x04034B50, 20, flags, 0, 0, 33) + sizes
        out += struct.pack("<HH", len(name), 0) + name + data
    end = struct.pack(
        "<IHHHHIIH", 0x06054B50, 0, 0, len(files) & 0xFFFF, len(files) & 0xFFFF, len(directory), len(out), 0
    )
    return bytes(out + directory + end)


@pytest.mark.parametrize(
    ("name", "flags", "shown", "documents"),
    [
        (b"", 0, "(no name)", 1),
        ("한글.txt".encode("cp949"), 0x800, "한글.txt", 2),
        (b"\xed\xa0\x80.txt", 0x800, None, 2),
        ("한글.txt".encode(), 0x800, "한글.txt", 2),
    ],
)
def test_one_bad_name_in_a_zip_loses_nothing_else(
    tmp_path: Path, name: bytes, flags: int, shown: str | None, documents: int
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(_raw_zip([(name, flags), (b"good.txt", 0)]))
    found, records = read_all(path)
    assert found == [TEXT] * documents
    assert [r.status for r in records] == ["measured" if documents == 2 else "skipped", "measured"]
    assert shown is None or records[0].path == f"{path}!/{shown}"


@pytest.mark.parametrize("portion", [1 << 20, 400])
def test_a_zip_is_the_same_in_whatever_portions_its_directory_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    monkeypatch.setattr(zips, "_PORTION", portion)
    korean = [f"뉴스{k}.txt".encode("cp949") for k in range(20)]
    names = [b"a.txt", *korean, b"a.txt", b"folder/", b"a.txt", b"a.txt#2", *(b"%d.txt" % k for k in range(50))]
    for front in (b"", b"#!/bin/sh\n" * 9):
        path = tmp_path / f"{len(front)}.zip"
        path.write_bytes(front + _raw_zip([(name, 0x800 * (k % 2)) for k, name in enumerate(names)]))
        documents, records = read_all(path)
        assert documents == [TEXT] * (len(names) - 1)
        shown = ["a.txt", *(name.decode("cp949") for name in korean), "a.txt#2", "a.txt#3", "a.txt#2#2"]
        assert [r.path.partition("!/")[2] for r in records] == [*shown, *(f"{k}.txt" for k in range(50))]


def test_a_zip_behind_four_gigabytes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        file.truncate(5 << 30)  # nothing of it is on disk
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("a.txt", "한글.txt"):
            archive.writestr(name, TEXT)
    with path.open("rb") as file:
        texts = {member.name: member.opened().read().decode() for member in zips.zip_members(file)}
    assert texts == {"a.txt": TEXT, "한글.txt": TEXT}


@pytest.mark.parametrize(
    ("place", "value"), [(-10, 1 << 31), (-6, 0xFFFFFFF0), (-10, 3), (-22, 0), (-2, 7)],
    ids=["a size beyond the file", "an offset beyond the file", "a size too small", "no end", "a comment that is cut"],
)  # fmt: skip
def test_a_zip_whose_end_lies_is_damaged_and_never_more(tmp_path: Path, place: int, value: int) -> None:
    data = bytearray(_raw_zip([(b"a.txt", 0), (b"b.txt", 0)]))
    data[place : place + (4 if place < -2 else 2) or None] = value.to_bytes(4 if place < -2 else 2, "little")
    (tmp_path / "a.zip").write_bytes(data)
    _, records = read_all(tmp_path / "a.zip")
    assert records
    assert all(r.status == "skipped" or r.path.endswith(("a.txt", "b.txt")) for r in records)


@pytest.mark.parametrize("members", [5_000, pytest.param(20_000, marks=pytest.mark.thorough)])
def test_the_members_of_a_zip_take_no_more_memory_the_more_there_are(tmp_path: Path, members: int) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(_raw_zip([(b"%d.txt" % k, 0) for k in range(members)]))
    with path.open("rb") as file:
        tracemalloc.start()
        assert sum(1 for _ in zips.zip_members(file)) == members
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 24_000_000 + 150 * members


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size = size
    return info.tobuf(tarfile.USTAR_FORMAT)


DATA = TEXT.encode()
STORED = DATA + bytes(-len(DATA) % 512)
BROKEN: dict[str, tuple[list[bytes], list[str], list[tuple[str, str]]]] = {
    "a damaged header": (
        [_header("a.txt", len(DATA)), STORED, b"\x07" * 512, STORED, _header("c.txt", len(DATA)), STORED, bytes(1024)],
        [TEXT, TEXT],
        [("!/a.txt", ""), ("", "damaged tar data"), ("!/c.txt", "")],
    ),
    "a member cut in the middle": (
        [_header("a.txt", 100_000), STORED, _header("b.txt", len(DATA)), STORED, bytes(1024)],
        [TEXT, TEXT],
        [("!/a.txt", "truncated"), ("!/b.txt", "")],
    ),
    "a member cut in the middle of a long archive": (
        [_header("a.txt", 4 * 512), STORED, *[_header("b.txt", len(DATA)), STORED] * 9, bytes(1024)],
        [TEXT] * 10,
        [("!/a.txt", "truncated"), ("!/b.txt", ""), *((f"!/b.txt#{k}", "") for k in range(2, 10))],
    ),
    "a last member that is cut": (
        [_header("a.txt", len(DATA)), STORED, _header("b.txt", 100_000), DATA * 50],
        [TEXT, TEXT * 50],
        [("!/a.txt", ""), ("!/b.txt", "truncated")],
    ),
    "an end inside a header": (
        [_header("a.txt", len(DATA)), STORED, _header("b.txt", 5)[:100]],
        [TEXT],
        [("!/a.txt", ""), ("", "damaged tar data")],
    ),
    "a size beyond all measure": (
        [_header("a.txt", 7 << 30), DATA],
        [TEXT],
        [("!/a.txt", "truncated")],
    ),
}


@pytest.mark.parametrize("row", BROKEN)
@pytest.mark.parametrize("form", ["tar", "tar.gz", "zip"])
def test_what_is_readable_of_a_broken_tar_is_read(tmp_path: Path, row: str, form: str) -> None:
    parts, documents, found = BROKEN[row]
    path, place = tmp_path / f"a.{form}", tmp_path / f"a.{form}"
    data = b"".join(parts)
    path.write_bytes(gzip.compress(data) if form == "tar.gz" else data)
    if form == "zip":
        zipped(path, {"in.tar": data})
        place = tmp_path / "a.zip!/in.tar"
    texts, records = read_all(path)
    told = [(r.path.removeprefix(str(place)), r.damage or r.reason or "") for r in records]
    if form != "tar" and "in the middle" in row:  # there is no going back
        assert any(what for _, what in told)
        return
    assert texts == documents
    assert [name for name, _ in told] == [name for name, _ in found]
    assert all(
        what.startswith(said) and bool(what) == bool(said) for (_, what), (_, said) in zip(told, found, strict=True)
    )


def test_members_of_a_bomb_are_refused_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BOMB_BYTES", 1 << 20)
    path = zipped(tmp_path / "a.zip", {f"{k}.txt": b"a " * 200_000 for k in range(6)})
    documents, records = read_all(path)
    assert len(documents) == 2
    assert ["decompression bomb" in (r.reason or "") for r in records] == [False] * 2 + [True] * 4


def test_a_bomb_is_read_as_far_as_it_may_be_in_every_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "BOMB_BYTES", 1 << 21)
    zipped(tmp_path / "a.zip", {"b.txt": b"a " * (4 << 20)})
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(b"a " * (4 << 20)))
    (tmp_path / "c.tar.gz").write_bytes(gzip.compress(tarred([("b.txt", b"a " * (4 << 20))])))
    _, records = read_all(tmp_path)
    assert ["decompression bomb" in (r.damage or "") for r in records] == [True] * 3
    assert {r.utf8_bytes >> 20 for r in records} == {1, 2}


def test_entries_that_share_their_data_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = _raw_zip([(b"a.txt", 0), (b"b.txt", 0)])
    path.write_bytes(data.replace(struct.pack("<I", data.rindex(b"PK\x03\x04")) + b"b.txt", bytes(4) + b"a.txt"))
    documents, records = read_all(path)
    assert documents == [TEXT]
    assert "shares its data" in (records[1].reason or "")


@pytest.mark.parametrize(
    ("options", "read"),
    [
        ({"exclude": ("in.zip",)}, ["o.txt"]),
        ({"include": ("deep.txt",)}, ["in.zip!/deep.txt"]),
        ({"include": ("in.zip",)}, []),
        ({"exclude": ("deep.txt",)}, ["in.zip!/more.tar", "o.txt"]),
    ],
)
def test_patterns_and_nested_archives(tmp_path: Path, options: dict[str, tuple[str, ...]], read: list[str]) -> None:
    inner = zipped(tmp_path / "x", {"deep.txt": DATA, "more.tar": tarred([("deep.txt", DATA)])}).read_bytes()
    path = zipped(tmp_path / "a.zip", {"in.zip": inner, "o.txt": DATA})
    _, records = read_all(path, Reading(**options))  # type: ignore[arg-type]
    assert [r.path.partition("!/")[2] for r in records] == read


@pytest.mark.parametrize("form", ["zip", "tar", "nested", "files"])
def test_uncertain_members_are_settled_by_the_majority(tmp_path: Path, form: str) -> None:
    short = {"ga.txt": "가".encode("cp949"), "kkk.txt": "ㅋㅋㅋ".encode("cp949")}
    members = {**short, **{f"big{k}.txt": (TEXT * (9 + k)).encode("cp949") for k in range(3)}}
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    if form == "files":
        for name, data in members.items():
            (corpus / name).write_bytes(data)
    elif form == "tar":
        (corpus / "a.tar").write_bytes(tarred(list(members.items())))
    else:
        inner = {"in.tar": tarred(list(members.items()))} if form == "nested" else members
        zipped(corpus / "a.zip", inner)
    scan = scanned(corpus, tokenizer=write_vocabulary(tmp_path / "vocab.txt", "가"))
    records = {r.path.rpartition("/")[2]: r for r in scan.records}
    assert len(scan.records) == 5
    assert {r.encoding for r in scan.records} == {"cp949"}
    assert {records[name].how for name in short} == {"the corpus's own majority"}
    assert scan.result.profile.size.documents == 5
    assert scan.result.profile.size.utf8_bytes == sum(len(data.decode("cp949").encode()) for data in members.values())
