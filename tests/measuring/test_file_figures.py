"""What is told of each file by itself: lines, lost words, the first place of a character, copies."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import korean_lines, scanned, shrink_samples, write_files, write_vocabulary

from corpuscheck.api import Scan
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.profile import Profile
from corpuscheck.running import units

LINES = ["가나 다라", "마바 사아", "자차 똻각", "카타 파하", "똻 뷁"]
KNOWN = "".join(LINES).replace("똻", "").replace("뷁", "")


@pytest.fixture
def vocabulary(tmp_path: Path) -> str:
    return write_vocabulary(tmp_path / "vocab.txt", KNOWN)


def records(texts: list[str]) -> str:
    return "".join(json.dumps({"text": text}) + "\n" for text in texts)


CASES: list[tuple[str, str | bytes, dict[str, Any], int | None]] = [
    ("a.txt", "\n".join(LINES), {}, 3),
    ("crlf.txt", "\r\n".join(LINES), {}, 3),
    ("blank.txt", "\n\n" + "\n\n".join(LINES), {}, 7),
    ("blank.txt", "\n\n" + "\n\n".join(LINES), {"document": "line"}, 7),
    ("blank.txt", "\n\n" + "\n\n".join(LINES), {"document": "blank-line"}, 7),
    ("cp949.txt", "\n".join(LINES).encode("cp949"), {"encoding": "cp949"}, 3),
    ("a.txt.gz", gzip.compress("\n".join(LINES).encode(), mtime=0), {}, 3),
    ("front.md", "---\ntitle: x\n---\n" + "\n".join(LINES), {"skip_front_matter": True}, 6),
    ("a.jsonl", "\n" + records(["가\n나", *LINES]), {}, 5),
    ("a.csv", 'id,text\n1,가나 다라\n2,마바\n3,"자차\n다라"\n4,가나 똻\n', {}, 6),
    ("a.tsv", "id\ttext\n1\t가나 다라\n2\t마바 똻\n", {}, 3),
    ("a.json", json.dumps([{"text": line} for line in LINES]), {}, None),
    ("clean.txt", "가나\n다라\n", {}, None),
]


@pytest.mark.few(9)
@pytest.mark.parametrize(("name", "content", "options", "line"), CASES)
def test_line_of_the_first_lost_word(
    name: str, content: str | bytes, options: dict[str, Any], line: int | None, tmp_path: Path, vocabulary: str
) -> None:
    write_files(tmp_path / "corpus", {name: content})
    scan = scanned(tmp_path / "corpus", tokenizer=vocabulary, **options)
    assert [record.first_unk_line for record in scan.records] == [line]
    if line:
        assert scan.result.profile.characters.places[ord("똻")] == (str(tmp_path / "corpus" / name), line)


def test_file_figures_add_up_to_the_corpus(tmp_path: Path, vocabulary: str) -> None:
    lines = korean_lines(300)
    files = {f"{n:02}.txt": "\n".join(lines[n * 10 : n * 10 + 10]) for n in range(30)}
    write_files(tmp_path / "corpus", files)
    profile = scanned(tmp_path / "corpus", tokenizer=vocabulary).result.profile
    rows = profile.files.files.values()
    assert sum(row.words for row in rows) == profile.words.words
    assert sum(row.unk_words for row in rows) == profile.words.unk_words > 0
    assert sum(row.documents for row in rows) == len(files)


@pytest.mark.thorough
@pytest.mark.parametrize("document", ["file", "line"])
def test_figures_do_not_depend_on_how_a_file_was_cut(
    document: str, tmp_path: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink_samples(monkeypatch)
    text = "\n".join(["가나 다라 " * 20] * 3_000 + ["다라 똻"] + korean_lines(3_000))
    write_files(tmp_path / "corpus", {"large.txt": text, "small.txt": "다라 똻"})
    whole = scanned(tmp_path / "corpus", tokenizer=vocabulary, document=document, jobs=1)
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 50_000)
    monkeypatch.setattr(units, "LARGEST_UNIT", 50_000)
    cut = scanned(tmp_path / "corpus", tokenizer=vocabulary, document=document, jobs=2)
    assert cut.records == whole.records
    assert whole.records[0].first_unk_line == 3_001
    assert _without_insides(cut, document).to_bytes() == _without_insides(whole, document).to_bytes()


def _without_insides(scan: Scan, document: str) -> Profile:
    """Of a document that several workers share, each looks for what is repeated within its own part."""
    nothing = Profile()
    shared = ("clean", "near", "lines", "paragraphs", "boilerplate", "documents", "norms") if document == "file" else ()
    return replace(scan.result.profile, **{name: getattr(nothing, name) for name in shared})


def test_equal_texts_are_equal_wherever_they_stand(tmp_path: Path, vocabulary: str) -> None:
    text = "\n".join(korean_lines(500))
    write_files(
        tmp_path / "corpus",
        {
            "a.txt": text,
            "b.txt.gz": gzip.compress(text.encode()),
            "c.jsonl": records([text, "다른 글"]),
            "d.txt": text.encode("utf-16"),
            "e.txt": text + " ",
        },
    )
    profile = scanned(tmp_path / "corpus", tokenizer=vocabulary).result.profile
    rows = profile.documents
    hashes, counts = rows.hashes, rows.counts
    assert len(hashes) == 6
    assert sorted(counts.tolist()) == [1] * 6
    assert max(hashes.tolist().count(h) for h in hashes.tolist()) == 4
    digests = [row.digest for row in profile.files.files.values()]
    assert digests[0] == digests[1] == digests[3] != digests[4]


def test_documents_past_the_bound_are_a_sample_that_merges_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    monkeypatch.setattr(DocumentPart, "MOST", 100)
    dice = np.random.default_rng(7)
    hashes = dice.integers(0, 2**64, 1000, np.uint64)
    ones = np.ones(1000, np.int64)

    def part(chosen: slice) -> DocumentPart:
        size = len(hashes[chosen])
        zeros = np.zeros(size, np.uint64)
        return DocumentPart(
            0, hashes[chosen], zeros, zeros, ones[:size], ones[:size], zeros, ones[:size], ones[:size], ones[:size]
        ).bounded()

    whole = part(slice(None))
    assert not whole.exact
    assert 0 < len(whole) <= 100
    assert part(slice(0, 300)).merge(part(slice(300, 1000))) == whole
    assert part(slice(300, 1000)).merge(part(slice(0, 300))) == whole
    assert DocumentPart.from_state(whole.to_state()) == whole
