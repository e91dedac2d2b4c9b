"""Lines end at LF, CR LF and CR, whatever the encoding and wherever a file is cut; and at nothing else."""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from support import documents_in, scanned, write_files

from corpuscheck.reading.batch import Batch
from corpuscheck.reading.discover import Source
from corpuscheck.reading.documents import SplitReport, split_text
from corpuscheck.reading.kinds import Kind
from corpuscheck.reading.lines import count_line_ends, line_ends, line_start, line_stop, whole_lines
from corpuscheck.reading.ranges import pieces_of
from corpuscheck.settings import DocumentMode, Reading

ENDS = {"LF": "\n", "CR LF": "\r\n", "CR": "\r"}
VERSES = ["동해물과 백두산이", "마르고 닳도록", "하느님이 보우하사", "우리나라 만세"]
NO_LINE_ENDS = "세로\v쪽\f다음\x85줄\u2028문단\u2029끝\x1c\x1d\x1e."

anything = st.lists(st.sampled_from(["\r", "\n", "\r\n", " ", "가", "b"]), max_size=30).map(
    lambda t: "".join(t).encode()
)


def _documents(data: bytes, mode: DocumentMode, block: int) -> tuple[list[bytes], list[int], int]:
    """Documents, the line on which each begins, and the line reached."""
    report = SplitReport()
    batches: list[Batch] = list(split_text((data[k : k + block] for k in range(0, len(data), block)), mode, report))
    texts = [bytes(b.data[s:e]) for b in batches for s, e in zip(b.starts, b.ends, strict=True)]
    lines = [int(line) for b in batches if b.lines is not None for line in b.lines]
    return texts, lines, report.line


@examples(200)
@given(data=anything, block=st.integers(1, 7))
def test_lines_are_those_of_python(data: bytes, block: int) -> None:
    texts, lines, reached = _documents(data, "line", block)
    wanted = [(line, n) for n, line in enumerate(data.splitlines(), 1) if line]
    assert list(zip(texts, lines, strict=True)) == wanted
    assert reached == 1 + len(re.findall(rb"\r\n|\r|\n", data))


@examples(200)
@given(data=anything, block=st.integers(1, 7))
def test_blocks_between_blank_lines_are_those_of_python(data: bytes, block: int) -> None:
    groups: list[list[bytes]] = [[]]
    for line in data.splitlines(keepends=True):
        groups[-1].append(line) if line.strip() else groups.append([])
    wanted = [b"".join(group).rstrip(b"\r\n") for group in groups if group]
    assert _documents(data, "blank-line", block)[0] == wanted


@examples(200)
@given(data=anything)
def test_line_ends_of_bytes(data: bytes) -> None:
    ends = [match.end() - 1 for match in re.finditer(rb"\r\n|\r|\n", data)]
    assert line_ends(np.frombuffer(data, np.uint8)).tolist() == ends
    assert count_line_ends(data) == len(ends)
    assert whole_lines(data) == max((end + 1 for end in ends if data[end:] != b"\r"), default=0)
    for at in (k for k in range(len(data)) if data[k] not in b"\r\n"):
        before, after = [e for e in ends if e < at], [e for e in ends if e >= at]
        assert line_start(data, at) == (before[-1] + 1 if before else 0)
        assert line_stop(data, at, len(data)) == (after[0] + 1 if after else len(data))


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-16-be", "johab", "iso2022_kr"])
@pytest.mark.parametrize("mode", ["line", "blank-line"])
def test_documents_whatever_ends_a_line(tmp_path: Path, mode: DocumentMode, codec: str, end: str) -> None:
    verses = VERSES * 10
    text = (ENDS[end] * (1 if mode == "line" else 2)).join(verses)
    folder = write_files(tmp_path, {"a.txt": text.encode(codec)})
    assert documents_in(folder / "a.txt", document=mode)[0] == verses


@pytest.mark.parametrize("mode", ["line", "blank-line"])
def test_a_file_that_mixes_line_ends(tmp_path: Path, mode: DocumentMode) -> None:
    dice = random.Random(1)
    times = 1 if mode == "line" else 2
    text = "".join(verse + dice.choice(list(ENDS.values())) * times for verse in VERSES * 10)
    text = re.sub("\r\n\r\n\n|\r\r\n\n", "\r\r\n\r\n", text)
    folder = write_files(tmp_path, {"a.txt": text})
    assert documents_in(folder / "a.txt", document=mode)[0] == VERSES * 10


@pytest.mark.parametrize("mode", ["line", "blank-line"])
def test_no_other_character_ends_a_line(tmp_path: Path, mode: DocumentMode) -> None:
    folder = write_files(tmp_path, {"a.txt": NO_LINE_ENDS + "\r\r" + NO_LINE_ENDS})
    assert documents_in(folder / "a.txt", document=mode)[0] == [NO_LINE_ENDS] * 2


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("mode", ["line", "blank-line", "file"])
def test_ranges_of_a_large_file_are_cut_at_any_line_end(tmp_path: Path, mode: DocumentMode, end: str) -> None:
    lines = [f"{n} {verse}" for n in range(8000) for verse in VERSES[:1]]
    data = (ENDS[end] * 2).join(lines).encode()
    path = write_files(tmp_path, {"a.txt": data}) / "a.txt"
    pieces = pieces_of(Source(str(path), len(data), Kind("text")), Reading(document=mode), 50_000)
    assert len(pieces) >= 5
    cuts = [piece.start for piece in pieces[1:]]
    assert all(data[cut - 1 : cut] in (b"\n", b"\r") and data[cut - 1 : cut + 1] != b"\r\n" for cut in cuts)


@pytest.mark.few(1)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("mode", ["line", "blank-line", "file"])
def test_places_are_lines_of_the_file(tmp_path: Path, mode: DocumentMode, end: str) -> None:
    lines = [f"{n} {VERSES[n % 4]}" + ENDS[end] for n in range(3000)] + ["똻"]
    scan = scanned(write_files(tmp_path, {"a.txt": ENDS[end].join(lines)}), document=mode)
    assert scan.result.profile.characters.places[ord("똻")][1] == 6001


def test_lines_of_two_encodings_that_end_at_cr(tmp_path: Path) -> None:
    data = b"".join(f"{verse}\r".encode(codec) for verse in VERSES * 10 for codec in ("utf-8", "cp949"))
    documents, record = documents_in(write_files(tmp_path, {"a.txt": data}) / "a.txt", document="line")
    assert record.encoding == "mixed"
    assert documents == [verse for verse in VERSES * 10 for _ in range(2)]


def test_a_legacy_line_far_behind_a_head_of_ascii_that_ends_at_cr(tmp_path: Path) -> None:
    data = b"id,2024,plain\r" * 20_000 + "\r".join(VERSES).encode("cp949")
    _, record = documents_in(write_files(tmp_path, {"a.txt": data}) / "a.txt", document="line")
    assert record.encoding == "cp949"


@pytest.mark.thorough
def test_lines_that_two_documents_share_may_end_at_cr(tmp_path: Path) -> None:
    files = {f"{n}.txt": f"기사 {n}의 본문이 여기 있다\r모든 권리는 저작권자에게 있습니다\r" for n in range(40)}
    lf = {name: text.replace("\r", "\n") for name, text in files.items()}
    one, other = (scanned(write_files(tmp_path / name, some)) for name, some in (("cr", files), ("lf", lf)))
    lines = [sorted(row[2] for row in scan.result.profile.boilerplate.rows.values()) for scan in (one, other)]
    assert len(lines[0]) == 80
    assert lines[0] == lines[1]
