from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reading_of import read_all

from corpuscheck.reading import opening
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
    import bz2
    import lzma

    import zstandard

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
