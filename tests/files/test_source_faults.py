"""What goes wrong between here and a store: asked for again, told of, or an end with exit status 2; never a part."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from servers import Fault, Server
from support import Main, korean_lines, write_vocabulary
from support import scanned as scanned_by

from corpuscheck.api import Scan
from corpuscheck.errors import ScanError, UsageError
from corpuscheck.files import ranged, remote
from corpuscheck.files.stores import TRIES
from corpuscheck.reports.json.report import render as render_json
from corpuscheck.running import units

fsspec = pytest.importorskip("fsspec")

Web = Callable[..., Server]

TEXT = "\n".join(korean_lines(3000)).encode() + b"\n"
"""Several requests, as small as they are here."""


@pytest.fixture(autouse=True)
def _small_requests(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for module in (ranged, remote):
        monkeypatch.setattr(module, "FIRST_BYTES", 1 << 14)
        monkeypatch.setattr(module, "MOST_BYTES", 1 << 15)
    vocabulary = tmp_path_factory.getbasetemp() / "vocab.txt"
    monkeypatch.setenv("CORPUSCHECK_TOKENIZER", write_vocabulary(vocabulary, "가나다라"))


def scanned(url: str) -> Scan:
    return scanned_by(url, tokenizer=os.environ["CORPUSCHECK_TOKENIZER"], clean=False)


def figures(scan: Scan) -> dict[str, Any]:
    """The report without what it says of the store, and without the port that this server has today."""
    report: dict[str, Any] = json.loads(re.sub(rb"127\.0\.0\.1:\d+", b"", render_json(scan.result)))
    troubles = report["reading"]["troubles"]
    report["reading"]["troubles"] = [trouble for trouble in troubles if trouble["kind"] not in TROUBLES]
    return report


TROUBLES = ("requests repeated", "changed while it was read")


def troubles(scan: Scan) -> dict[str, int]:
    amounts = scan.result.profile.reading.trouble_amounts
    return {kind: amounts[kind] for kind in TROUBLES if kind in amounts}


def put(files: dict[str, bytes]) -> str:
    system = fsspec.filesystem("s3")
    for name, data in files.items():
        system.pipe_file(f"bucket/x/{name}", data)
    return "s3://bucket/x"


@pytest.mark.thorough
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_store_is_asked_again_and_that_is_counted(web: Web, status: int) -> None:
    server = web({"a.txt": TEXT})
    whole = figures(scanned(f"{server.url}/a.txt"))
    server.faults = [Fault("a.txt", status=status, times=3, after=1)]
    scan = scanned(f"{server.url}/a.txt")
    assert figures(scan) == whole
    assert [record.repeated for record in scan.records] == [3]
    assert troubles(scan) == {"requests repeated": 3}


@pytest.mark.few(1)
@pytest.mark.parametrize("ranges", [True, False])
def test_a_connection_that_drops_goes_on_where_it_was(web: Web, ranges: bool) -> None:
    server = web({"a.txt": TEXT}, ranges=ranges)
    whole = figures(scanned(f"{server.url}/a.txt"))
    server.faults = [Fault("a.txt", cut=cut, times=1, after=after) for cut, after in ((0, 0), (1000, 1), (9, 2))]
    scan = scanned(f"{server.url}/a.txt")
    assert figures(scan) == whole
    assert [record.repeated for record in scan.records] == [3 if ranges else 1]


@pytest.mark.thorough
def test_a_server_says_how_long_to_wait(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    server = web({"a.txt": TEXT})
    server.faults = [Fault("a.txt", status=429, times=1, headers={"Retry-After": "7"})]
    scanned(f"{server.url}/a.txt")
    assert 7 in waits


@pytest.mark.few(1)
@pytest.mark.parametrize("fault", [{"status": 503}, {"cut": 100}], ids=str)
@pytest.mark.parametrize("ranges", [True, False])
def test_a_store_that_stays_away_ends_the_scan(
    web: Web, run_main: Main, tmp_path: Path, fault: dict[str, int], ranges: bool
) -> None:
    server = web({"a.txt": TEXT, "b.txt": TEXT[:1000]}, ranges=ranges)
    server.faults = [Fault("a.txt", after=1, **fault)]  # type: ignore[arg-type]
    report = tmp_path / "report.json"
    status, out, err = run_main(
        "scan", f"{server.url}/a.txt", f"{server.url}/b.txt", "--output", report, "--save", tmp_path / "p.ccp"
    )
    assert (status, out) == (2, "")
    assert re.fullmatch(rf"corpuscheck: {server.url}/a\.txt: no answer after {TRIES} tries \(.*\n", err), err
    assert not list(tmp_path.iterdir())


@pytest.mark.thorough
def test_a_file_that_may_not_be_read_is_told_of(s3: Server) -> None:
    url = put({"a.txt": TEXT[:5000], "b.txt": TEXT[5000:9000], "c.jsonl.gz": gzip.compress(b'{"text": "x"}\n')})
    s3.faults = [Fault("/x/[bc]", status=403)]
    scan = scanned(url)
    assert {r.path.rpartition("/")[2]: r.reason for r in scan.records} == {
        "a.txt": None, "b.txt": "permission denied", "c.jsonl.gz": "permission denied",
    }  # fmt: skip
    assert "2 files not measured: 2 permission denied" in {f.message for f in scan.result.findings}


@pytest.mark.thorough
def test_a_file_that_is_gone_is_told_of(s3: Server) -> None:
    url = put({"a.txt": TEXT[:5000], "b.txt": TEXT[5000:9000]})
    s3.faults = [Fault("/x/b.txt", "GET|HEAD", status=404)]
    assert [record.reason for record in scanned(url).records] == [None, "vanished while it was read"]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("list-type", status=403), "cannot be listed (permission denied)"),
        (Fault("continuation-token", status=403), "cannot be listed (permission denied)"),
        (Fault("list-type", status=503), "no answer after"),
        (Fault("list-type", status=404), "no such file or folder"),
    ],
)
def test_a_list_that_is_not_given_ends_the_scan(
    s3: Server, run_main: Main, monkeypatch: pytest.MonkeyPatch, fault: Fault, said: str
) -> None:
    url = put({f"{k}.txt": b"x" for k in range(7)})
    system = type(fsspec.filesystem("s3"))
    whole = system.call_s3
    monkeypatch.setattr(system, "call_s3", lambda *given, **named: whole(*given, **named, MaxKeys=5))
    s3.faults = [fault]
    status, out, err = run_main("scan", url)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.thorough
def test_what_does_not_exist_is_a_line(s3: Server, web: Web, run_main: Main) -> None:
    server = web({})
    for url in ("s3://bucket/none", "s3://none/x", f"{server.url}/none.txt", "nosuch://x/y", f"{server.url}/folder/"):
        status, out, err = run_main("scan", url)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(f"corpuscheck: {url}")


def other(data: bytes, seed: int = 1) -> bytes:
    lines = data.decode().splitlines()
    random.Random(seed).shuffle(lines)
    return "\n".join(lines).encode() + b"\n"


@pytest.mark.few(1)
@pytest.mark.parametrize("store", ["s3", "http", "whole http"])
@pytest.mark.parametrize(
    ("size", "longer"),
    [
        (2000, 500), (len(TEXT), 0),
        pytest.param(2000, 0, marks=pytest.mark.thorough), pytest.param(len(TEXT), 500, marks=pytest.mark.thorough),
    ],
)  # fmt: skip
def test_a_file_that_changes_is_read_again(
    s3: Server, web: Web, monkeypatch: pytest.MonkeyPatch, store: str, size: int, longer: int
) -> None:
    old = TEXT[:size].decode("utf-8", "ignore").encode()
    new = other(old) + old[: longer and old.index(b"\n") + 1]
    if store == "s3":
        url, name, server = put({"a.txt": old}), "x/a.txt", s3
        expected = figures(scanned(put({"a.txt": new}) and url))
        put({"a.txt": old})
        change = lambda: put({"a.txt": new})  # noqa: E731
    else:
        files = {"a.txt": old}
        server = web(files, ranges=store == "http")
        url, name = f"{server.url}/a.txt", "a.txt"
        expected = figures(scanned(f"{web({'a.txt': new}).url}/a.txt"))
        change = lambda: files.update({"a.txt": new}) or ""  # noqa: E731
    server.faults = [Fault(name, times=1, then=change)]
    scan = scanned(url)
    assert [record.changed for record in scan.records] == [True]
    assert troubles(scan) == {"changed while it was read": 1}
    assert figures(scan) == expected


@pytest.mark.thorough
def test_a_range_of_a_file_that_changes_makes_it_read_whole(s3: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 15)
    url = put({"a.txt": TEXT})
    new = other(TEXT)
    s3.faults = [Fault("x/a.txt", times=1, after=30, then=lambda: put({"a.txt": new}))]
    scan = scanned(url)
    assert [record.changed for record in scan.records] == [True]
    put({"a.txt": new})
    s3.faults = []
    assert figures(scan) == figures(scanned(url))


@pytest.mark.thorough
def test_a_file_that_never_stays_the_same_ends_the_scan(s3: Server, run_main: Main) -> None:
    url = put({"a.txt": TEXT[:5000], "b.txt": TEXT[:3000]})
    number = iter(range(1000))
    s3.faults = [Fault("x/b.txt", then=lambda: put({"b.txt": other(TEXT[:3000], next(number))}))]
    status, out, err = run_main("scan", url)
    assert (status, out) == (2, "")
    assert err == f"corpuscheck: {url}/b.txt: it changed while it was read, twice; the scan is incomplete\n"


def test_what_is_read_ahead_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    size = 300 * ranged.MOST_BYTES

    def read(start: int, stop: int) -> bytes:
        asked.append((start, stop))
        return bytes(stop - start)

    file = ranged.RemoteFile(read, size, size)
    for _ in range(40):
        file.read(1 << 20)
        assert max(stop for _, stop in asked) - file.tell() <= 5 * ranged.MOST_BYTES
    file.close()


@pytest.mark.parametrize("seed", range(20))
def test_a_file_in_a_store_reads_and_seeks_as_a_file_does(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranged, "FIRST_BYTES", 64)
    monkeypatch.setattr(ranged, "MOST_BYTES", 512)
    monkeypatch.setattr(ranged, "_KEPT_BYTES", 1024)
    dice = random.Random(seed)
    data = dice.randbytes(dice.choice((0, 1, 63, 64, 5000, 20_000)))
    file = ranged.RemoteFile(lambda start, stop: data[start:stop], len(data), dice.choice((len(data), len(data) // 2)))
    at = 0
    for _ in range(300):
        if dice.random() < 0.3:
            whence, offset = dice.choice(((0, dice.randrange(len(data) + 9)), (2, -dice.randrange(len(data) + 1))))
            at = offset if whence == 0 else len(data) + offset
            assert file.seek(offset, whence) == at
        wanted = dice.choice((0, 1, 10, 100, 700, 3000, -1) if dice.random() < 0.1 else (1, 10, 100))
        part = data[at:] if wanted < 0 else data[at : at + wanted]
        assert file.read(wanted) == part
        at += len(part)
        assert file.tell() == at
    file.close()


def test_errors_of_addresses_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="gs://bucket/x: needs what reads gs:// addresses: pip install 'corpuscheck"):
        scanned("gs://bucket/x")
    assert issubclass(ScanError, Exception)
