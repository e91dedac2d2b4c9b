"""sample: whole documents at random, the same ones whatever they lie in."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from support import Main, korean_lines, write_files

from corpuscheck import sample
from corpuscheck.errors import UsageError
from corpuscheck.profile.drawn import EVERYTHING, DrawBound, DrawnPart, shared_out
from corpuscheck.running import units

TEXTS = [" ".join(korean_lines(1 + k % 4, k)) for k in range(400)]


def rows_of(place: Path) -> list[dict[str, Any]]:
    data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(place.read_bytes())).read()
    return [json.loads(line) for line in data.decode().splitlines()]


def texts_of(place: Path) -> list[str]:
    return sorted(row["text"] for row in rows_of(place))


def jsonl(texts: Iterable[str]) -> str:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)


def drawn(run_main: Main, tmp_path: Path, data: Path | str, *options: str) -> Path:
    place = tmp_path / f"out{len(list(tmp_path.glob('out*')))}"
    status, _, errors = run_main("sample", str(data), "-o", str(place), *options)
    assert status == 0, errors
    return place / "sample.jsonl.zst"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    return write_files(tmp_path / "lines", {"a.jsonl": jsonl(TEXTS)})


AMOUNTS: dict[str, tuple[str, ...]] = {
    "a share": ("25%",),
    "a number": ("--documents", "60"),
    "bytes": ("--bytes", "20kB"),
    "another seed": ("--documents", "60", "--seed", "7"),
}


@pytest.mark.few(1)
@pytest.mark.parametrize("amount", AMOUNTS.values(), ids=AMOUNTS)
def test_the_same_documents_from_any_container_in_any_order(
    amount: tuple[str, ...], lines: Path, tmp_path: Path, run_main: Main
) -> None:
    backwards = TEXTS[::-1]
    others = {
        "files": {f"{k:03}.txt": text for k, text in enumerate(backwards)},
        "zip": {"all.zip": in_zip(backwards)},
        "mixed": {"a.jsonl.gz": gzip.compress(jsonl(TEXTS[:100]).encode()), "b.parquet": in_parquet(TEXTS[100:])},
        "utf-16": {"a.jsonl": jsonl(backwards).encode("utf-16")},
    }
    expected = texts_of(drawn(run_main, tmp_path, lines, *amount))
    assert 0 < len(expected) < len(TEXTS)
    for name, files in others.items():
        folder = write_files(tmp_path / name, files)  # type: ignore[arg-type]
        assert texts_of(drawn(run_main, tmp_path, folder, *amount)) == expected, name


_TEXT = st.text(st.sampled_from("가나다라마 abc.\n"), min_size=1, max_size=40).map(str.strip).filter(bool)


def in_parquet(texts: list[str]) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), written)
    return written.getvalue()


def in_zip(texts: list[str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for k, text in enumerate(texts):
            packed.writestr(f"{k}.txt", text)
    return written.getvalue()


_CONTAINERS: dict[str, Callable[[list[str]], bytes]] = {
    "a.jsonl": lambda texts: jsonl(texts).encode(),
    "b.jsonl.gz": lambda texts: gzip.compress(jsonl(texts).encode()),
    "c.parquet": in_parquet,
    "d.zip": in_zip,
    "e.json": lambda texts: json.dumps([{"text": text} for text in texts]).encode(),
}


@examples(40)
@given(
    st.lists(st.tuples(_TEXT, st.sampled_from([*_CONTAINERS, "folder"])), min_size=2, max_size=40),
    st.one_of(st.integers(1, 30).map(lambda n: {"documents": n}), st.integers(40, 400).map(lambda n: {"bytes": n})),
    st.integers(0, 9),
    st.randoms(use_true_random=False),
)
def test_files_formats_and_order_change_nothing(
    placed: list[tuple[str, str]], amount: dict[str, Any], seed: int, dice: random.Random
) -> None:
    """Copies, too: each is one document, wherever it lies."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_files(place, {"one/a.jsonl": jsonl(text for text, _ in placed)})
        dice.shuffle(placed)
        files: dict[str, bytes] = {
            f"many/folder/{k}.txt": text.encode() for k, (text, name) in enumerate(placed) if name == "folder"
        }
        for name, packed in _CONTAINERS.items():
            if texts := [text for text, of in placed if of == name]:
                files[f"many/{name}"] = packed(texts)
        write_files(place, files)
        told = []
        for name in ("one", "many"):
            try:
                made = sample(place / name, place / f"{name}-drawn", seed=seed, jobs=1, **amount)
                told.append((texts_of(Path(made.path)), made.documents, made.bytes, made.needed))
            except UsageError as error:
                told.append(str(error))  # type: ignore[arg-type]  # none is small enough
    assert told[0] == told[1]


def test_a_file_that_is_cut_into_ranges_gives_the_same_with_the_same_numbers(
    lines: Path, tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [drawn(run_main, tmp_path, lines, *amount).read_bytes() for amount in AMOUNTS.values()]
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    after = [drawn(run_main, tmp_path, lines, *amount, "--jobs", "3").read_bytes() for amount in AMOUNTS.values()]
    assert before == after


def test_a_row_says_where_the_document_is(lines: Path, tmp_path: Path, run_main: Main) -> None:
    rows = rows_of(drawn(run_main, tmp_path, lines, "--documents", "50"))
    assert len(rows) == 50
    for row in rows:
        assert list(row) == ["text", "path", "document", "source"]
        assert row["path"] == f"{lines}/a.jsonl"
        assert TEXTS[row["document"] - 1] == row["text"]


def test_a_smaller_sample_is_in_a_larger_one_and_another_seed_draws_others(
    lines: Path, tmp_path: Path, run_main: Main
) -> None:
    small, large, other = (
        set(texts_of(drawn(run_main, tmp_path, lines, *amount)))
        for amount in (("10%",), ("20%",), ("10%", "--seed", "3"))
    )
    assert small < large
    assert small != other
    assert 15 <= len(small) <= 70


def test_as_many_as_asked_for_and_no_more_bytes(lines: Path, tmp_path: Path, run_main: Main) -> None:
    for n in (1, 60, 400, 900):
        assert len(rows_of(drawn(run_main, tmp_path, lines, "--documents", str(n)))) == min(n, 400)
    for most in (1000, 20_000):
        texts = texts_of(drawn(run_main, tmp_path, lines, "--bytes", f"{most}B"))
        assert most / 2 < sum(len(text.encode()) for text in texts) <= most


def test_copies_are_drawn_as_documents_are(tmp_path: Path, run_main: Main) -> None:
    folder = write_files(tmp_path / "copies", {"a.jsonl": jsonl(["the same"] * 300 + TEXTS[:20])})
    for n in (1, 5, 100, 310):
        assert len(rows_of(drawn(run_main, tmp_path, folder, "--documents", str(n)))) == n
    backwards = write_files(tmp_path / "backwards", {"a.jsonl": jsonl(TEXTS[:20] + ["the same"] * 300)})
    assert texts_of(drawn(run_main, tmp_path, folder, "--documents", "25")) == texts_of(
        drawn(run_main, tmp_path, backwards, "--documents", "25")
    )


@pytest.mark.parametrize("way", ["source", "folder", "field:from"])
@pytest.mark.parametrize("amount", [("--documents", "90"), ("22.5%",)], ids=["number", "share"])
def test_equal_shares_and_all_of_what_has_less(
    way: str, amount: tuple[str, ...], tmp_path: Path, run_main: Main
) -> None:
    def of(name: str, texts: list[str]) -> str:
        return "".join(json.dumps({"text": text, "from": name}) + "\n" for text in texts)

    parts = {"large": TEXTS[:250], "middle": TEXTS[250:390], "small": TEXTS[390:]}
    folder = write_files(tmp_path / "parts", {f"{name}/a.jsonl": of(name, texts) for name, texts in parts.items()})
    rows = rows_of(drawn(run_main, tmp_path, folder, *amount, "--by", way))
    counts = Counter(row["source"].rpartition("/")[2] for row in rows)
    assert counts == {"large": 40, "middle": 40, "small": 10}


@pytest.mark.thorough
def test_it_says_what_it_takes_to_forecast(lines: Path, tmp_path: Path, run_main: Main) -> None:
    few = run_main("sample", str(lines), "--documents", "20", "-o", str(tmp_path / "few"))[1]
    assert "to forecast from it, draw about" in few
    needed = few.split("draw about ")[1].split(" ")[0]
    place = str(tmp_path / "enough.jsonl.zst")
    enough = run_main("sample", str(lines), "--documents", str(int(needed) + 60), "-o", place)[1]
    assert f"corpuscheck estimate {place} --available 400" in enough
    status, told, _ = run_main("estimate", place, "--available", "400", "--format", "json")
    assert status == 0
    assert json.loads(told)["documents"] == int(needed) + 60


def test_a_scan_of_the_sample_reads_every_document(lines: Path, tmp_path: Path, run_main: Main) -> None:
    place = drawn(run_main, tmp_path, lines, "--documents", "60")
    told = json.loads(run_main("scan", str(place.parent), "--format", "json")[1])
    assert told["size"]["documents"] == 60
    pandas = pytest.importorskip("pandas")
    assert len(pandas.read_json(place, lines=True)) == 60


def test_nothing_is_written_among_what_is_read_or_over_what_is_there(
    lines: Path, tmp_path: Path, run_main: Main
) -> None:
    for place in (lines, lines / "sample", lines / "s.jsonl.zst"):
        status, _, errors = run_main("sample", str(lines), "10%", "-o", str(place), "--force")
        assert status == 2
        assert "choose a place outside" in errors
    assert os.listdir(lines) == ["a.jsonl"]
    place = drawn(run_main, tmp_path, lines, "10%")
    before = place.read_bytes()
    for output in (place, place.parent):
        status, _, errors = run_main("sample", str(lines), "20%", "-o", str(output))
        assert status == 2
        assert "--force" in errors
        assert place.read_bytes() == before
        assert run_main("sample", str(lines), "20%", "-o", str(output), "--force")[0] == 0
        assert place.read_bytes() != before
        place.write_bytes(before)
    assert sorted(os.listdir(place.parent)) == ["sample.jsonl.zst"]


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no amount": ((), "in one way"),
    "two amounts": (("10%", "--documents", "5"), "in one way"),
    "a share twice": (("10%", "--share", "5%"), "one of them"),
    "none": (("--documents", "0"), "above zero"),
    "too small a share": (("0.0000001%",), "none of 400 documents"),
    "too few bytes": (("--bytes", "1B"), "larger than that"),
    "scripts": (("10%", "--by", "script"), "folder, path, file"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_drawn(
    options: tuple[str, ...], message: str, lines: Path, tmp_path: Path, run_main: Main
) -> None:
    status, _, errors = run_main("sample", str(lines), *options, "-o", str(tmp_path / "out"))
    assert status == 2
    assert message in errors
    assert not (tmp_path / "out" / "sample.jsonl.zst").exists()


# the state


def part_of(rows: list[tuple[int, int, int, int]], **most: int) -> DrawnPart:
    sources, keys = (np.array([row[k] for row in rows], np.uint64) for k in (0, 1))
    sizes, counts = (np.array([row[k] for row in rows], np.int64) for k in (2, 3))
    totals: dict[int, tuple[int, int]] = {}
    for source, _, size, count in rows:
        documents, total = totals.get(source, (0, 0))
        totals[source] = documents + count, total + size * count
    return DrawnPart(most.get("documents", 0), most.get("bytes", 0), sources, keys, sizes, counts, totals)


@pytest.mark.parametrize("most", [{"documents": 7}, {"bytes": 300}], ids=["documents", "bytes"])
def test_keys_merge_exactly_in_any_order(most: dict[str, int]) -> None:
    dice = np.random.default_rng(3)
    keys = dice.integers(0, 1 << 40, 60)
    rows = [(int(k % 3), int(keys[k % 41]), 10 + int(keys[k % 41] % 50), 1) for k in range(60)]
    whole = part_of(rows, **most).bounded()
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(60)
        cut = [part_of([rows[k] for k in order[start : start + 9]], **most).bounded() for start in range(0, 60, 9)]
        assert cut[0].merge(*cut[1:]) == whole
        assert DrawnPart().merge(*(DrawnPart.from_state(part.to_state()) for part in cut)) == whole


def test_bounds_by_hand() -> None:
    part = part_of([(1, 10, 5, 2), (1, 20, 5, 3), (1, 30, 5, 1), (2, 15, 5, 1)], documents=5).bounded()
    assert part.bounds() == {1: DrawBound(20, 2), 2: EVERYTHING}
    exactly = part_of([(0, 10, 5, 2), (0, 20, 5, 1), (0, 30, 5, 1)], documents=3).bounded()
    assert exactly.bounds() == {0: DrawBound(30, 0)}
    assert shared_out({1: 100, 2: 3, 3: 50}, 90) == {2: 3, 3: 43, 1: 44}
