"""Sources in stores: the same figures as in a folder, whatever store, however many workers, whatever goes wrong."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from servers import Answer, Request, Server, files_by_http, serving
from support import everything, korean_lines, scanned, write_files

from corpuscheck.api import Scan
from corpuscheck.reading.discover import discover
from corpuscheck.running import units
from corpuscheck.settings import Reading

fsspec = pytest.importorskip("fsspec")


def uploaded(folder: Path, url: str) -> str:
    system, path = fsspec.core.url_to_fs(url)
    for file in folder.rglob("*"):
        if file.is_file():
            system.pipe_file(f"{path}/{file.relative_to(folder).as_posix()}", file.read_bytes())
    return url


def same_names(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL as the name of a local folder with the same content, which comes first."""
    scheme, _, rest = url.partition("://")
    home = folder.parent / "local"
    place = home / f"{scheme}:" / rest
    place.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(place)
    monkeypatch.chdir(home)
    return url


def figures(scan: Scan) -> tuple[bytes, bytes, bytes]:
    """All that a scan can write; lists of patterns are named by their normalised paths."""
    about = {name: value.replace("://", ":/") for name, value in scan.result.profile.about.items()}
    report, _, records = everything(scan)
    return report, replace(scan.result.profile, about=about).to_bytes(), records


def parquet(texts: list[str]) -> bytes:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet as pq

    out = io.BytesIO()
    table = pa.table({"text": texts, "other": list(range(len(texts)))})
    pq.write_table(table, out, row_group_size=max(1, len(texts) // 4))
    return out.getvalue()


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def tarred(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


def varied(lines: int = 400) -> dict[str, str | bytes]:
    """A file of each kind that is read in a way of its own."""
    text = korean_lines(lines)
    plain = "\n".join(text) + "\n"
    return {
        "plain.txt": plain,
        "old/cp949.txt": "\n".join(korean_lines(50, 2)).replace("뷁", "").replace("쫡", "").encode("cp949", "ignore"),
        "records.jsonl": "".join(f'{{"text": "{line}"}}\n' for line in text),
        "packed.jsonl.gz": gzip.compress("".join(f'{{"text": "{line}"}}\n' for line in text[:90]).encode()),
        "table.parquet": parquet(text),
        "many.zip": zipped({f"{k}.txt": line for k, line in enumerate(text[:20])}),
        "many.tar": tarred({f"{k}.txt": line for k, line in enumerate(text[20:40])}),
        "page.html": f"<html><body><p>{text[0]}</p></body></html>",
        ".hidden/secret.txt": "no text of the corpus",
        ".corpuscheckignore": "drafts/\n",
        "drafts/a.txt": "left out",
        "deep/.corpuscheckignore": "!b.txt\n*.md\n",
        "deep/a.md": "left out too",
        "deep/b.txt": "kept",
        "empty.txt": b"",
        "picture.png": b"\x89PNG\r\n\x1a\n",
        "kept.ccp": b"",
        "이름.txt": "한글 이름",
    }


@pytest.mark.few(1)
@pytest.mark.parametrize("url", ["s3://bucket/corpus", "memory://corpus"])
@pytest.mark.parametrize("options", [{}, {"include": ("*.txt", "*.jsonl")}, {"exclude": ("*.zip", "deep/")}])
def test_a_store_gives_what_a_folder_gives(
    s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, options: dict[str, Any]
) -> None:
    folder = write_files(tmp_path / "corpus", varied())
    uploaded(folder, url)
    from_store = figures(scanned(url, **options))
    assert figures(scanned(same_names(folder, url, monkeypatch), **options)) == from_store


@pytest.mark.thorough
def test_ranges_and_row_groups_in_several_workers_give_the_same(
    s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 15)
    monkeypatch.setattr(units, "LARGEST_UNIT", 1 << 15)
    url = uploaded(write_files(tmp_path / "corpus", varied(3000)), "s3://bucket/corpus")
    found = discover([url], Reading())
    cut = [piece for unit in units.work_units(found.sources, Reading()) for piece in unit if piece.partial]
    assert {piece.source.kind.format for piece in cut} == {"text", "parquet"}
    one, two = (figures(scanned(url, jobs=jobs)) for jobs in (1, 2))
    assert one == two == figures(scanned(same_names(tmp_path / "corpus", url, monkeypatch)))


@pytest.mark.thorough
def test_worker_processes_open_stores_of_their_own(s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpuscheck.running.corpus._LARGE", 1 << 10)
    url = uploaded(write_files(tmp_path / "corpus", varied(200)), "s3://bucket/corpus")
    assert everything(scanned(url, jobs=2, processes=True)) == everything(scanned(url))


@pytest.mark.thorough
def test_several_urls_and_folders_together(s3: Server, tmp_path: Path) -> None:
    text = korean_lines(60)
    url = uploaded(write_files(tmp_path / "far", {"a.txt": "\n".join(text[:30]), "b/c.txt": "나중"}), "s3://bucket/x")
    near = write_files(tmp_path / "near", {"d.txt": "\n".join(text[30:])})
    paths = [record.path for record in scanned([url, near, f"{url}/a.txt", url]).records]
    assert sorted(paths) == sorted([str(near / "d.txt"), f"{url}/a.txt", f"{url}/b/c.txt"])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", {"a.txt", "[x].txt"}),
        ("**/*.txt", {"a.txt", "b/c.txt", "[x].txt"}),
        ("b/?.txt", {"b/c.txt"}),
        ("[ab].txt", {"a.txt"}),
        ("[x].txt", {"[x].txt"}),
    ],
)
def test_wildcards_and_names_that_have_them(s3: Server, tmp_path: Path, pattern: str, names: set[str]) -> None:
    files: dict[str, str | bytes] = {"a.txt": "하나", "b/c.txt": "둘", "d.md": "셋", "[x].txt": "넷"}
    url = uploaded(write_files(tmp_path / "far", files), "s3://bucket/x")
    found = discover([f"{url}/{pattern}"], Reading())
    assert {source.path for source in found.sources} == {f"{url}/{name}" for name in names}


@pytest.mark.thorough
def test_a_long_list_comes_in_pages(s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = uploaded(write_files(tmp_path / "far", {f"{k % 3}/{k}.txt": "x" for k in range(23)}), "s3://bucket/many")
    fsspec.filesystem("s3").pipe_file("bucket/many/", b"")  # as some tools mark a folder
    fsspec.filesystem("s3").pipe_file("bucket/many-others/a.txt", b"x")
    whole = type(fsspec.filesystem("s3")).call_s3
    monkeypatch.setattr(
        type(fsspec.filesystem("s3")), "call_s3", lambda *given, **named: whole(*given, **named, MaxKeys=5)
    )
    told: list[int] = []
    assert len(discover([url], Reading(), told.append).sources) == sum(told) == 23
    assert s3.asked("GET", "list-type=2.*max-keys=5") == 5


@pytest.mark.thorough
def test_of_a_parquet_file_only_the_columns_that_are_read_are_fetched() -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet as pq

    text = korean_lines(4000)
    pictures = np.random.default_rng(7).bytes(2000 * len(text))
    out = io.BytesIO()
    table = pa.table({"picture": [pictures[k * 2000 : (k + 1) * 2000] for k in range(len(text))], "text": text})
    pq.write_table(table, out, row_group_size=500)
    data, sent = out.getvalue(), []
    store = files_by_http({"table.parquet": data})

    def answer(request: Request) -> Answer:
        given = store(request)
        sent.append(len(given[2]) if request.method == "GET" else 0)
        return given

    with serving(answer) as server:
        assert scanned(f"{server.url}/table.parquet").result.profile.size.documents == len(text)
    assert sum(sent) < len(data) / 2
