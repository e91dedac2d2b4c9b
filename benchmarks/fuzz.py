"""Throw mutated files of every format at the reader, guided by what of it they reach, for as long as asked.

    pip install atheris
    python benchmarks/fuzz.py --seconds 600 [--seed 1] [--failures fuzz-failures]

The first files are made here, from benchmarks/texts and examples: plain text in many codecs, JSON Lines, JSON, nested
JSON, CSV, TSV, HTML, XML, Parquet and Arrow, as they are and in every compression and archive. A mutation changes the
file itself, or the text before it is compressed. It fails when the reader raises anything but a CorpuscheckError, takes
longer than 10 seconds, hands on text that is not UTF-8, or leaves a file that is neither measured nor skipped with a
reason. Each failure is saved under the name it was read by, with its traceback, once for each place it comes from. The
seed fixes how libFuzzer draws, but not what it measures, so two runs part; what failed is in the saved file.
The last line says how many there were; the exit code is 1 when any failed.
"""

from __future__ import annotations

import argparse
import bz2
import faulthandler
import gzip
import hashlib
import io
import json
import lzma
import os
import shutil
import sys
import tarfile
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import atheris
import pyarrow
import pyarrow.feather
import pyarrow.parquet
import zstandard

import corpuscheck.kernels.utf8
import corpuscheck.measuring  # noqa: F401  # Numba cannot compile instrumented code, so this comes before

with atheris.instrument_imports(include=["corpuscheck.reading"]):
    from corpuscheck.errors import CorpuscheckError
    from corpuscheck.reading.discover import discover
    from corpuscheck.reading.files import FileRecord
    from corpuscheck.reading.ranges import pieces_of
    from corpuscheck.reading.reader import read_piece
    from corpuscheck.settings import Reading

HERE = Path(__file__).parent
SLOW, HUNG = 10, 60
PIECE_BYTES = 2000

SETTINGS = (
    Reading(),
    Reading(document="line"),
    Reading(document="blank-line", skip_front_matter=True),
    Reading(document="wikiextractor", hint="ko"),
    Reading(text_fields=("data[].paragraphs[].context",)),
    Reading(text_fields=("text", "title"), strip_markup=True),
    Reading(encoding="cp949"),
    Reading(encoding="utf-8", document="line"),
    Reading(hint="ja"),
    Reading(encoding="utf-16"),
)

CODECS = {
    "ko": ("utf-8", "utf-8-sig", "cp949", "johab", "iso2022_kr", "utf-16", "utf-16-be", "utf-32"),
    "ja": ("cp932", "euc_jp", "iso2022_jp"),
    "zh-cn": ("gb18030", "hz"),
    "zh-tw": ("big5", "big5hkscs"),
    "ru": ("koi8_r", "cp1251"),
    "vi": ("utf-8",),
    "fr": ("cp1252",),
}


def text_of(language: str) -> str:
    """The beginning of one of the texts, in whole lines."""
    return (HERE / "texts" / f"{language}.txt").read_text("utf-8")[:700].rpartition("\n")[0] + "\n"


def plain_files() -> dict[str, bytes]:
    """Name and bytes of files that are not compressed."""
    files = {f"{k}.txt": text_of(k).encode(codec) for k in CODECS for codec in CODECS[k][:1]}
    files |= {f"{k}-{codec}.txt": text_of(k).encode(codec, "ignore") for k in CODECS for codec in CODECS[k][1:]}
    lines = text_of("ko").splitlines() + text_of("fr").splitlines()
    rows = [{"text": line, "title": line[:9], "n": k} for k, line in enumerate(lines)]
    recipes = (HERE.parent / "examples/english-recipes-jsonl/recipes.jsonl").read_bytes()
    files["a.md"] = ("---\ntitle: 가\n---\n" + text_of("ko")).encode()
    files["wiki"] = ('<doc id="1" title="가">\n' + text_of("ko") + "</doc>\n").encode() * 2
    files["recipes.jsonl"] = b"".join(recipes.splitlines(keepends=True)[:5])
    files["a.jsonl"] = "\n".join(json.dumps(row, ensure_ascii=row["n"] == 1) for row in rows).encode()
    files["a.json"] = json.dumps(rows, ensure_ascii=False).encode()
    files["cp949.json"] = json.dumps(rows, ensure_ascii=False).encode("cp949", "ignore")
    nested = {"data": [{"paragraphs": [{"context": line}, {"context": "\ud800"}]} for line in lines]}
    files["nested.json"] = json.dumps(nested, indent=1).encode()
    files["a.csv"] = ("n,text\r\n" + "\r\n".join(f'{row["n"]},"{row["text"]}\n""a"""' for row in rows)).encode()
    files["a.tsv"] = ("n\ttext\n" + "\n".join(f"{row['n']}\t{row['text']}" for row in rows)).encode("utf-16")
    page = "".join(f"<p class=a>{line}&amp;<br><script>x</script></p>" for line in lines)
    files["a.html"] = f'<!DOCTYPE html><html><meta charset="utf-8"><body>{page}</body></html>'.encode()
    files["a.xml"] = f'<?xml version="1.0" encoding="euc-kr"?><a>{"".join(lines)}<![CDATA[x]]></a>'.encode(
        "cp949", "ignore"
    )
    return files | columnar_files(rows)


def columnar_files(rows: list[dict[str, object]]) -> dict[str, bytes]:
    """The same rows as Parquet and Arrow."""
    table = pyarrow.Table.from_pylist(rows)
    parquet, feather = io.BytesIO(), io.BytesIO()
    pyarrow.parquet.write_table(table, parquet, row_group_size=3)
    pyarrow.feather.write_feather(table, feather, compression="uncompressed")
    return {"a.parquet": parquet.getvalue(), "a.arrow": feather.getvalue()}


def zipped(name: str, data: bytes) -> bytes:
    """A zip file with the same member packed in three ways."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for k, how in enumerate((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)):
            archive.writestr(zipfile.ZipInfo(f"{k}/{name}"), data, how)
    return out.getvalue()


def tarred(name: str, data: bytes) -> bytes:
    """A tar file with a folder, a link and a member."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.REGTYPE):
            info = tarfile.TarInfo(f"{int(kind)}-{name}")
            info.type, info.linkname = kind, "x" if kind == tarfile.SYMTYPE else ""
            info.size = len(data) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


WRAPPERS: dict[str, Callable[[str, bytes], bytes]] = {
    "": lambda _, data: data,
    ".gz": lambda _, data: gzip.compress(data, 1, mtime=0),
    ".bz2": lambda _, data: bz2.compress(data, 1),
    ".xz": lambda _, data: lzma.compress(data, preset=0),
    ".zst": lambda _, data: zstandard.compress(data, 1),
    ".zip": zipped,
    ".tar": tarred,
    ".tar.gz": lambda name, data: gzip.compress(tarred(name, data), 1, mtime=0),
}


@dataclass(frozen=True)
class Seed:
    """A first file: its name, its bytes, and how they are packed after a mutation."""

    name: str
    data: bytes
    pack: Callable[[str, bytes], bytes]
    inner: str


def seeds() -> list[Seed]:
    """Every format as it is and in each wrapper, mutated inside; wrapped text also mutated outside."""
    files = plain_files()
    inside = [Seed(name + end, data, pack, name) for name, data in files.items() for end, pack in WRAPPERS.items()]
    packed = [(name, files[name]) for name in ("ko.txt", "ko-cp949.txt", "a.jsonl", "a.csv", "a.parquet")]
    outside = [
        Seed(name + end, pack(name, data), WRAPPERS[""], name)
        for name, data in packed
        for end, pack in WRAPPERS.items()
        if end
    ]
    return outside + inside


@dataclass
class Fuzzing:
    """One run: what is thrown, how many there were, and the failures, by where they came from."""

    seeds: list[Seed]
    folder: Path
    until: float
    current: Path
    inputs: int = 0
    failures: dict[str, str] = field(default_factory=dict)

    def throw(self, data: bytes) -> None:
        """One input: three bytes choose the name and the settings, the others are the file."""
        if time.monotonic() > self.until:
            self.finish()
        if len(data) < 3:
            return
        seed = self.seeds[int.from_bytes(data[:2]) % len(self.seeds)]
        settings = SETTINGS[data[2] % len(SETTINGS)]
        path = self.current / seed.name
        path.write_bytes(seed.pack(seed.inner, data[3:]))
        faulthandler.dump_traceback_later(HUNG, exit=True)  # the file that hangs stays behind
        begun = time.monotonic()
        try:
            check(path, settings)
            if time.monotonic() - begun > SLOW:
                raise TimeoutError(f"longer than {SLOW} seconds")
        except CorpuscheckError:
            pass
        except Exception as error:
            self.save(path, settings, error)
        faulthandler.cancel_dump_traceback_later()
        self.inputs += 1
        path.unlink()

    def save(self, path: Path, settings: Reading, error: Exception) -> None:
        """Keep the file, once for each place that failures come from."""
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} {last.filename}:{last.lineno}"
        if place in self.failures:
            return
        self.failures[place] = name = f"{hashlib.sha256(place.encode()).hexdigest()[:8]}-{path.name}"
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, self.folder / name)
        story = f"{settings}\n{''.join(traceback.format_exception(error))}"
        (self.folder / f"{name}.traceback").write_text(story, "utf-8")

    def finish(self) -> None:
        """The summary. libFuzzer never returns, so the process ends here."""
        kept = f", saved in {self.folder}" if self.failures else ""
        print(f"{self.inputs} inputs, {len(self.failures)} failures{kept}", flush=True)
        shutil.rmtree(self.current)
        os._exit(1 if self.failures else 0)


def check(path: Path, settings: Reading) -> None:
    """Read the file whole and in pieces: what is found is measured or skipped with a reason, and the sums agree."""
    found = discover([path], settings)
    assert len(found.sources) + len(found.skipped) == 1
    assert all(skipped.reason for skipped in found.skipped)
    for source in found.sources:
        records: list[FileRecord] = []
        documents = size = 0
        for piece in pieces_of(source, settings, PIECE_BYTES):
            for batch in read_piece(piece, settings, records, lambda _: None):
                bytes(batch.data).decode("utf-8")
                documents += batch.documents
                size += batch.utf8_bytes
        assert records
        assert all(record.status == "measured" or (record.status == "skipped" and record.reason) for record in records)
        assert sum(record.documents for record in records) == documents
        assert sum(record.utf8_bytes for record in records) == size
        assert all((record.invalid_bytes > 0) == (record.first_invalid_offset is not None) for record in records)


def main() -> None:
    """Write the first files to a temporary folder and let libFuzzer go on from them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--failures", type=Path, default=Path("fuzz-failures"))
    arguments = parser.parse_args()
    current = Path(tempfile.mkdtemp(prefix="corpuscheck-fuzz-"))
    corpus = current / "corpus"
    corpus.mkdir()
    first = seeds()
    for k, seed in enumerate(first):
        (corpus / f"{k:03}").write_bytes(k.to_bytes(2) + bytes([k % len(SETTINGS)]) + seed.data)
    fuzzing = Fuzzing(first, arguments.failures, time.monotonic() + arguments.seconds, current)
    options = [f"-seed={arguments.seed}", "-max_len=20000", "-len_control=0", "-verbosity=0", "-timeout=0"]
    atheris.Setup([sys.argv[0], str(corpus), *options], fuzzing.throw)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
