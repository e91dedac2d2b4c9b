"""Prose that is not read is named, with its share of the characters, whatever holds the records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import document_of, documents_in, scanned, write_files, write_vocabulary

from corpuscheck.errors import NothingToScanError
from corpuscheck.reading.formats.prose import is_prose

ROWS = [
    {
        "id": f"a{k:05}",
        "url": f"https://example.org/{k}",
        "date": f"2020-01-{k % 28 + 1:02} 12:00:00",
        "Q": f"질문은 이렇게 묻습니다 {k}?",
        "A": f"답은 이렇게 조금 더 길게 합니다 {k}.",
        "label": ["긍정", "부정"][k % 2],
        "section": ["정치와 사회", "경제와 금융"][k % 2],
    }
    for k in range(300)
]
READ = sum(len(str(row["A"])) for row in ROWS)
LEFT_OUT = sum(len(str(row["Q"])) for row in ROWS)
ENDINGS = ["csv", "tsv", "jsonl", "json", "parquet", "arrow", "columns.json", "index.json", "split.json", "table.json"]


def write(folder: Path, ending: str, rows: list[dict[str, Any]]) -> Path:
    pytest.importorskip("pyarrow")
    frame = pytest.importorskip("pandas").DataFrame(rows)
    path = folder / "corpus" / f"a.{ending}"
    path.parent.mkdir(exist_ok=True)
    if ending in ("csv", "tsv"):
        frame.to_csv(path, index=False, sep="," if ending == "csv" else "\t")
    elif ending == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    elif ending == "parquet":
        frame.to_parquet(path)
    elif ending == "arrow":
        frame.to_feather(path)
    else:
        frame.to_json(path, orient="records" if ending == "json" else ending.partition(".")[0])
    return path


@pytest.mark.few(2)
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_column_of_prose_that_is_not_read_is_a_finding(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path, ending, ROWS)
    texts, record = documents_in(path)
    assert texts == [row["A"] for row in ROWS]
    assert (record.left_out, record.text_characters) == ({"Q": LEFT_OUT}, READ)
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나")
    document = document_of(path.parent, tokenizer=vocabulary)
    (finding,) = (f for f in document["findings"] if f["rule"] == "CC113")
    assert finding["measured"] == pytest.approx(LEFT_OUT / (LEFT_OUT + READ))
    assert "Q with 42.4 % of the characters" in finding["message"]
    assert "--text-field Q" in finding["advice"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_fields_that_were_named_are_what_is_wanted(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path, ending, ROWS)
    texts, record = documents_in(path, text_fields=("Q", "A"))
    assert texts == [f"{row['Q']}\n{row['A']}" for row in ROWS]
    assert record.left_out == {}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_field_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path, ending, ROWS)
    with pytest.raises(NothingToScanError, match="no record has the field 'nobody'; there are: ") as raised:
        scanned(path.parent, text_fields=("nobody",))
    assert all(name in str(raised.value) for name in ("id", "Q", "A"))


def test_a_title_beside_a_long_text_is_reported_but_no_finding(tmp_path: Path) -> None:
    rows = [{"title": f"이것은 제목이다 {k}", "text": f"이것은 본문이다 {k} " * 40} for k in range(30)]
    path = write(tmp_path, "csv", rows)
    document = document_of(path.parent, tokenizer=write_vocabulary(tmp_path / "vocab.txt", "가나"))
    assert [f for f in document["findings"] if f["rule"] == "CC113"] == []
    (left_out,) = document["reading"]["left_out"]
    assert left_out["characters_left_out"] == {"title": sum(len(row["title"]) for row in rows)}


def test_the_share_is_that_of_the_files_alike_not_of_the_corpus(tmp_path: Path) -> None:
    """A small table is not hidden by the large text beside it."""
    path = write(tmp_path, "csv", ROWS)
    write_files(path.parent, {"b.jsonl": json.dumps({"text": "긴 글이다 " * 100_000})})
    document = document_of(path.parent, tokenizer=write_vocabulary(tmp_path / "vocab.txt", "가나"))
    assert [f["rule"] for f in document["findings"]].count("CC113") == 1


@pytest.mark.parametrize(
    ("values", "prose"),
    [
        (["위로해 드립니다.", "여행은 언제나 좋죠."], True),
        (["A man is cutting a cake.", "Two dogs play in the snow."], True),
        (["白居易在龍興寺看殘雪。", "恩情不怕凉飙至。"], True),
        (["ฉันรักภาษาไทยมาก", "เขาไปโรงเรียน"], True),
        (["हिन्दी में लिखा गया पाठ", "यह दूसरा वाक्य है"], True),
        (["정치", "경제"], False),
        (["긍정", "부정"] * 20, False),
        (["World News", "Sports"] * 20, False),
        (["정치와 사회", "경제와 금융"] * 20, False),
        (["2020-01-01 12:00:00", "2021년 3월 4일"], False),
        (["https://example.org/a/b", "https://example.org/c"], False),
        (["a4f2-11", "NWRW1800000021"], False),
        (["12 345 678", "3.5 4.5"], False),
        (["", " "], False),
        ([], False),
    ],
)
def test_labels_identifiers_addresses_and_dates_are_no_prose(values: list[str], prose: bool) -> None:
    assert is_prose(values) is prose
