"""Compressions: all that is intact is read, and parts of what was split are named as such."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import struct
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from in_time import in_time
from reading_of import read_all
from support import write_files

from corpuscheck.reading.containers import compressions
from corpuscheck.reading.containers.splits import JOIN, SPLIT_RAR, SPLIT_ZIP
from corpuscheck.reading.kinds import kind_of

ONE, TWO = "첫 부분.\n".encode(), "둘째 부분.\n".encode()
SKIPPABLE = struct.pack("<II", 0x184D2A5E, 5) + b"notes"
NULS = bytes(512)
zstd = zstandard.ZstdCompressor().compress


def gzip_named(name: bytes, data: bytes) -> bytes:
    """Compressed with an extra field, the name of a file, a comment and a checksum of these."""
    head = b"\x1f\x8b\x08\x1e" + bytes(6) + struct.pack("<H", 4) + b"more" + name + b"\0a comment\0"
    return head + struct.pack("<H", zlib.crc32(head) & 0xFFFF) + gzip.compress(data)[10:]


def broken(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 0xFF
    return bytes(changed)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("members.gz", gzip.compress(ONE) + gzip.compress(TWO)),
        ("zeros at the end.gz", gzip.compress(ONE + TWO) + NULS),
        ("zeros between.gz", gzip.compress(ONE) + NULS + gzip.compress(TWO)),
        ("long name.gz", gzip_named(b"n" * 3_000_000, ONE) + gzip_named(b"n" * 100_000, TWO)),
        ("megabytes of zeros.gz", gzip.compress(ONE) + bytes(9_000_000) + gzip.compress(TWO) + bytes(9_000_000)),
        ("empty member.gz", gzip.compress(b"") + gzip.compress(ONE + TWO)),
        ("streams.bz2", bz2.compress(ONE) + bz2.compress(TWO)),
        ("empty stream.bz2", bz2.compress(b"") + bz2.compress(ONE + TWO)),
        ("zeros at the end.bz2", bz2.compress(ONE + TWO) + NULS),
        ("zeros between.bz2", bz2.compress(ONE) + NULS + bz2.compress(TWO)),
        ("streams.xz", lzma.compress(ONE) + lzma.compress(TWO)),
        ("padding.xz", lzma.compress(ONE) + bytes(8) + lzma.compress(TWO) + bytes(4)),
        ("no check.xz", lzma.compress(ONE + TWO, check=lzma.CHECK_NONE)),
        ("crc32.xz", lzma.compress(ONE + TWO, check=lzma.CHECK_CRC32)),
        ("sha256.xz", lzma.compress(ONE + TWO, check=lzma.CHECK_SHA256)),
        ("old.lzma", lzma.compress(ONE + TWO, format=lzma.FORMAT_ALONE)),
        ("frames.zst", zstd(ONE) + zstd(TWO)),
        ("empty frame.zst", zstd(b"") + zstd(ONE + TWO)),
        ("skippable.zst", SKIPPABLE + zstd(ONE) + SKIPPABLE + zstd(TWO) + SKIPPABLE),
        ("long ending.zstd", zstd(ONE + TWO)),
        ("other ending.gz", zstd(ONE + TWO)),
        ("no ending", lzma.compress(ONE + TWO)),
        ("part-00000", gzip.compress(ONE + TWO)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_member_of_an_intact_file_is_read(tmp_path: Path, name: str, data: bytes) -> None:
    write_files(tmp_path, {name: data})
    documents, (record,) = read_all(tmp_path)
    assert (documents, record.damage) == ([(ONE + TWO).decode()], None)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.gz", gzip.compress(ONE) + b"garbage"),
        ("zeros.gz", gzip.compress(ONE) + bytes(100_000) + b"garbage"),
        ("checksum.gz", broken(gzip.compress(ONE), -8)),
        ("length.gz", broken(gzip.compress(ONE), -1)),
        ("second.gz", gzip.compress(ONE) + broken(gzip.compress(TWO), 2)),
        ("a.bz2", bz2.compress(ONE) + b"garbage"),
        ("a.xz", lzma.compress(ONE) + b"garbage"),
        ("a.zst", zstd(ONE) + b"garbage"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_follows_and_cannot_be_read_is_told(tmp_path: Path, name: str, data: bytes) -> None:
    write_files(tmp_path, {name: data})
    documents, (record,) = read_all(tmp_path)
    assert documents == [ONE.decode()]
    assert "damaged" in str(record.damage)


@pytest.mark.few(1)
@pytest.mark.parametrize("options", [["--long=31", "-3"], ["--long=30", "--ultra", "-22"], ["--long=28"], ["-19"]])
def test_zstd_with_any_window(tmp_path: Path, options: list[str]) -> None:
    if shutil.which("zstd") is None:
        pytest.skip("no zstd here")
    done = subprocess.run(["zstd", "-q", "-c", *options], input=(ONE + TWO) * 1000, capture_output=True, check=True)
    write_files(tmp_path, {"a.txt.zst": done.stdout})
    documents, (record,) = read_all(tmp_path)
    assert (documents, record.damage) == ([((ONE + TWO) * 1000).decode()], None)


def test_a_window_beyond_the_memory_names_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressions, "LARGEST_WINDOW", 1 << 20)
    parameters = zstandard.ZstdCompressionParameters(window_log=25, write_content_size=False)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    write_files(tmp_path, {"a.txt.zst": packed.compress(ONE) + packed.flush()})
    (record,) = read_all(tmp_path)[1]
    assert "window needs 32 MiB" in str(record.reason)
    assert "zstd --long=27" in str(record.reason)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *((name, JOIN) for name in (
            "a.zip.001", "a.7z.001", "a.7z.012", "a.tar.001", "a.tar.gzaa", "a.tar.gz.aa", "a.tar.gz-ab", "a.tgzab",
            "a.gz.partaa", "a.gz.part0", "a.tar.gz.part-01", "a.tar.bz2.part_2", "a.zst.00", "a.tar.zst.ac",
            "a.jsonl.gz.001", "a.ZIP.001", "a.warc.gz.part1",
        )),
        *((name, SPLIT_ZIP) for name in ("a.z01", "a.z12", "b.Z99")),
        *((name, SPLIT_RAR) for name in ("a.part1.rar", "a.part02.rar", "a.r00", "a.r17")),
        *((name, "") for name in (
            "a.part1.txt", "part-00000", "part-00000.gz", "wiki_00", "a.001", "a.txt.001", "a.gz", "a.tar.gz.txt",
            "a.zip.md", "z01.txt", "a.2023", "xab", "a.json.gz", "a.part0",
        )),
    ],
)  # fmt: skip
def test_parts_of_archives_are_known_by_their_names(name: str, reason: str) -> None:
    assert kind_of(name).skip == reason


@pytest.mark.parametrize("name", ["corpus.part0", "corpus.part-aa", "corpus.001", "xaa", "corpus.aa"])
@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress, zstd, lambda data: b"PK\x03\x04" + data])
def test_other_parts_are_known_by_their_content(tmp_path: Path, name: str, pack: object) -> None:
    assert callable(pack)
    data = pack(TWO * 50 + bytes(range(256)))
    write_files(tmp_path, {name: data[: len(data) * 2 // 3], f"{name}b.part2": bytes(range(256)) * 8})
    assert {r.reason for r in read_all(tmp_path)[1]} == {JOIN}
    write_files(tmp_path, {name: ONE})
    assert read_all(tmp_path / name)[0] == [ONE.decode()]


def test_a_zip_in_volumes_as_zip_writes_it(tmp_path: Path) -> None:
    if shutil.which("zip") is None:
        pytest.skip("no zip here")
    noise = b"".join(b"%d %d\n" % (n * n, n**3 % 65537) for n in range(60_000))
    write_files(tmp_path, {f"{k}.txt": noise[k * 1000 :] for k in range(3)})
    command = ["zip", "-q", "-s", "64k", "-1", "volumes.zip", "0.txt", "1.txt", "2.txt"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    volumes = sorted(path for path in tmp_path.iterdir() if path.name.startswith("volumes"))
    assert len(volumes) > 3
    for path in volumes:
        known = kind_of(path.name).skip or read_all(path)[1][0].reason
        assert known == SPLIT_ZIP


def test_an_ordinary_zip_is_no_volume(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.txt", ONE)
        archive.comment = b"a comment"
    assert read_all(tmp_path)[0] == [ONE.decode()]


@pytest.mark.parametrize("name", ["a.tgz", "a.tar.gz", "a.tar", "a.tar.xz"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd])
def test_a_tar_is_packed_as_its_first_bytes_say(tmp_path: Path, name: str, pack: object) -> None:
    assert callable(pack)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.txt").write_bytes(ONE)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(tmp_path / "in" / "b.txt", "b.txt")
    write_files(tmp_path / "out", {name: pack(out.getvalue())})
    assert read_all(tmp_path / "out")[0] == [ONE.decode()]


@pytest.mark.parametrize("name", ["a.txt.lz4", "a.br", "a.Z", "a.lz", "a.jsonl.lzo", "a.snappy"])
def test_compressions_that_are_not_read_are_named(name: str) -> None:
    assert "decompress it first" in kind_of(name).skip


@pytest.mark.parametrize("dictionary", [2**32 - 1, 1 << 31, 321 << 20])
@pytest.mark.parametrize("first", [True, False])
def test_lzma_in_a_zip_that_asks_for_gigabytes_is_skipped_with_the_reason(
    tmp_path: Path, dictionary: int, first: bool
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_LZMA) as archive:
        for name in ("a.txt", "b.txt"):
            archive.writestr(name, ONE * 50)
    data = held.getvalue()
    before = b"\x09\x04\x05\x00\x5d"  # a version, the length of the properties, and the first of them
    place = (data.find(before) if first else data.rfind(before)) + len(before)
    (tmp_path / "a.zip").write_bytes(data[:place] + dictionary.to_bytes(4, "little") + data[place + 4 :])
    documents, records = read_all(tmp_path / "a.zip")
    assert documents == [(ONE * 50).decode()]
    reasons = [record.reason for record in records]
    assert reasons[not first] == "needs over 320 MiB of memory to decompress"
    assert reasons[first] is None


EMPTY = {"bz2": bz2.compress(b""), "gz": gzip.compress(b""), "xz": lzma.compress(b""), "zst": zstandard.compress(b"")}


@pytest.mark.few(6)
@pytest.mark.parametrize("ending", EMPTY)
@pytest.mark.parametrize("size", [10, 1_000_000, pytest.param(3_000_000, marks=pytest.mark.thorough)])
def test_empty_streams_without_end_are_read_over(tmp_path: Path, ending: str, size: int) -> None:
    packs: dict[str, Callable[[bytes], bytes]] = {
        "bz2": bz2.compress, "gz": gzip.compress, "xz": lzma.compress, "zst": zstandard.compress,
    }  # fmt: skip
    pack = packs[ending]
    empty = EMPTY[ending] * (size // len(EMPTY[ending]) + 1)
    (tmp_path / f"a.txt.{ending}").write_bytes(empty + pack(ONE) + empty + pack(TWO) + empty)
    with in_time():
        documents, (record,) = read_all(tmp_path)
    assert (documents, record.damage) == ([(ONE + TWO).decode()], None)


@pytest.mark.parametrize("size", [1, 7, 512, 1 << 20])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_gzip_comes_in_portions_of_at_most_what_is_asked_for(size: int, level: int) -> None:
    data = (ONE + TWO) * 300 + bytes(20_000) + bytes(range(256)) * 8
    packed = gzip.compress(data[:30_000], level) + gzip_named(b"name", data[30_000:])
    read = compressions.unpacked(io.BytesIO(packed), "gzip")
    parts = list(iter(lambda: read(size), b""))
    assert b"".join(parts) == data
    assert max(map(len, parts)) <= size


@pytest.mark.parametrize("cut", [3, 11, 30, -8, -1])
def test_gzip_that_is_cut_anywhere_says_so(cut: int) -> None:
    read = compressions.unpacked(io.BytesIO(gzip.compress(ONE * 100)[:cut]), "gzip")
    with pytest.raises(EOFError):
        list(iter(lambda: read(1 << 20), b""))
