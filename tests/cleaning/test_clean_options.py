"""What else is done to the text when it is asked for, and the forms in which it is written."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cleaning_of import assert_agreed, cleaned, kept_in, removed_from
from support import korean_lines, scanned, write_files, write_vocabulary

from corpuscheck.errors import UsageError

PROSE = " ".join(korean_lines(8, 3))


def written(folder: Path, text: str, **options: Any) -> str:
    """What becomes of one text."""
    line = json.dumps({"text": text}, ensure_ascii=False) + "\n"
    write_files(folder / "data", {"a.jsonl": line})
    cleaned(folder / "data", folder / "out", **options)
    (row,) = kept_in(folder / "out")
    return str(row["text"])


def test_text_is_as_it_was_unless_something_is_asked_for(tmp_path: Path) -> None:
    text = unicodedata.normalize("NFD", "한국어 문장") + " 010-1234-5678 í•œêµ­ì–´ ﬁ\r\n\ttab"
    assert written(tmp_path, text) == text


def test_nfc(tmp_path: Path) -> None:
    text = unicodedata.normalize("NFD", "한국어 문장과 Café")
    assert written(tmp_path, text, nfc=True) == "한국어 문장과 Café"


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("value", "mask"),
    [("010-1234-5678", "[PHONE]"), ("02-123-4567", "[PHONE]"), ("900101-1234568", "[ID]"),
     ("4111 1111 1111 1111", "[CARD]"), ("192.168.10.24", "[IP]")],
)  # fmt: skip
def test_personal_data_is_masked_as_a_scan_counts_it(tmp_path: Path, value: str, mask: str) -> None:
    made = written(tmp_path, f"{PROSE} 번호는 {value} 입니다.", mask_personal_data=True)
    assert made == f"{PROSE} 번호는 {mask} 입니다."
    shapes = scanned(tmp_path / "out").result.profile.clean.named("shape: ")
    assert not shapes


def test_numbers_that_look_korean_stay_where_nothing_is_korean(tmp_path: Path) -> None:
    text = "The serial number of the part is 010-1234-5678, as the manual says on its first page."
    assert written(tmp_path, text, mask_personal_data=True) == text


def test_mojibake_is_repaired_line_by_line(tmp_path: Path) -> None:
    line = korean_lines(1, 4)[0]
    broken = line.encode().decode("latin-1")
    assert written(tmp_path, f"{PROSE}\n{broken}\n{PROSE}", repair_mojibake=True) == f"{PROSE}\n{line}\n{PROSE}"


def test_lines_of_boilerplate_are_taken_out(tmp_path: Path) -> None:
    write_files(tmp_path, {"lines.txt": "무단 전재 금지\n  Subscribe now!  \n"})
    text = "기사 본문\n무단 전재 금지 \n무단 전재 금지에 대하여\nSubscribe now!"
    made = written(tmp_path, text, strip_boilerplate=str(tmp_path / "lines.txt"))
    assert made == "기사 본문\n무단 전재 금지에 대하여"


def test_documents_that_a_rule_names_are_dropped(tmp_path: Path) -> None:
    digits = " ".join(str(n) for n in range(100_000, 100_200))
    rows = [PROSE, digits, "가" * 300]
    write_files(tmp_path / "data", {"a.jsonl": "".join(json.dumps({"text": text}) + "\n" for text in rows)})
    made = cleaned(tmp_path / "data", tmp_path / "out", drop=("CC401",))
    assert [row["text"] for row in kept_in(tmp_path / "out")] == [PROSE, "가" * 300]
    assert (made.waterfall.by_rule["CC401"].documents, made.waterfall.usable.documents) == (1, 3)
    assert [row["rule"] for row in removed_from(tmp_path / "out")] == ["CC401"]
    cleaned(tmp_path / "data", tmp_path / "out", force=True, drop=("few-letters, CC405", "CC407"))
    assert {row["rule"] for row in removed_from(tmp_path / "out")} >= {"CC401"}


@pytest.mark.parametrize("rule", ["CC301", "CC501", "nonsense", "CC4"])
def test_other_rules_cannot_be_dropped(tmp_path: Path, rule: str) -> None:
    with pytest.raises(UsageError, match=rule):
        cleaned(tmp_path, tmp_path / "out", drop=(rule,))


def test_all_options_together_leave_nothing_for_the_next_scan(tmp_path: Path) -> None:
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "a")
    broken = korean_lines(1, 4)[0].encode().decode("latin-1")
    decomposed = unicodedata.normalize("NFD", PROSE) + "끝"
    texts = [f"{PROSE} <b>010-1234-5678</b>\n{broken}\n&amp;lt;", f"{PROSE} 02-123-4567", decomposed]
    write_files(tmp_path / "data", {"a.jsonl": "".join(json.dumps({"text": text}) + "\n" for text in texts)})
    assert_agreed(
        tmp_path / "data", tmp_path / "out", vocabulary, nfc=True, mask_personal_data=True, repair_mojibake=True
    )


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp949", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_becomes_utf_8(tmp_path: Path, encoding: str) -> None:
    text = "\n".join(korean_lines(40, 6)) + "\n"
    write_files(tmp_path / "data", {"a.txt": text.encode(encoding)})
    cleaned(tmp_path / "data", tmp_path / "out")
    assert [row["text"] for row in kept_in(tmp_path / "out")] == [text]


def _several(folder: Path) -> list[str]:
    texts = korean_lines(30, 7)
    lines = "".join(json.dumps({"text": text, "source": "둘"}, ensure_ascii=False) + "\n" for text in texts[10:])
    write_files(folder, {f"one/{k}.txt": text for k, text in enumerate(texts[:10])})
    write_files(folder, {"two/b.jsonl": lines})
    return texts


def test_parquet(tmp_path: Path) -> None:
    texts = _several(tmp_path / "data")
    cleaned(tmp_path / "data", tmp_path / "out", to="parquet", shard_size=500)
    cleaned(tmp_path / "data", tmp_path / "lines")
    table = pa.concat_tables(map(pq.read_table, sorted((tmp_path / "out").glob("*.parquet"))))
    assert table.to_pylist() == kept_in(tmp_path / "lines")
    assert sorted(table["text"].to_pylist()) == sorted(texts)
    assert len([*(tmp_path / "out").glob("*.parquet")]) > 3


def test_text_mirrors_the_tree(tmp_path: Path) -> None:
    texts = _several(tmp_path / "data")
    cleaned(tmp_path / "data", tmp_path / "out", to="text")
    assert [(tmp_path / "out" / "one" / f"{k}.txt").read_text("utf-8") for k in range(10)] == texts[:10]
    assert (tmp_path / "out" / "two" / "b.jsonl" / "00000020.txt").read_text("utf-8") == texts[-1]
    assert scanned(tmp_path / "out").result.profile.size.utf8_bytes == sum(len(text.encode()) for text in texts)


@pytest.mark.parametrize(
    ("by", "sources"), [("folder", {"one", "two"}), ("field:source", {"(none)", "둘"}), ("path", None)]
)
def test_each_document_says_its_source(tmp_path: Path, by: str, sources: set[str] | None) -> None:
    _several(tmp_path / "data")
    cleaned(tmp_path / "data", tmp_path / "out", by=by)
    found = {row["source"].removeprefix(f"{tmp_path}/data/") for row in kept_in(tmp_path / "out")}
    assert found == (sources or {str(tmp_path / "data")})
