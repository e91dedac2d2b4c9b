"""scan --documents: a row for each document, which pandas reads in one line, and which agrees with the report."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from support import Main, korean_lines, scanned, write_files

from corpuscheck.cleaning import columns
from corpuscheck.errors import UsageError
from corpuscheck.kernels.columns import PII
from corpuscheck.running import signals, units
from corpuscheck.running.signals import COLUMNS

pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

PROSE = [" ".join(korean_lines(4, 50 + k)) for k in range(60)]
LOUD = "Read THIS, please: the court held that the contract was void, and the parties went home."
TEXTS = [
    *PROSE[:20],
    PROSE[3],  # 21: the same
    LOUD,
    LOUD.replace(",", " -").lower(),  # 23: normalised
    "call 415-555-2671 or write to me@example.com from 192.168.10.20",
    "<div class=a>text</div> " + PROSE[20],
    "{" * 5 + "abc" + "}" * 2,
    "",
    "12:30 17:45 !!! 99.5 | 33.1 | 20 | 48.0 " * 12,
]


def jsonl(texts: list[str], **more: str) -> str:
    return "".join(json.dumps({"text": text, **more}, ensure_ascii=False) + "\n" for text in texts)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_files(
        tmp_path / "data",
        {"a/one.jsonl": jsonl(TEXTS), "b/two.jsonl": jsonl([PROSE[5], *PROSE[30:], PROSE[30] + "!"])},
    )


def rows_of(run_main: Main, data: Path, place: Path, *options: str) -> Any:
    status, _, errors = run_main("scan", data, "--documents", place, "--no-progress", *options)
    assert status in (0, 1), errors
    return pd.read_parquet(place) if place.suffix == ".parquet" else pd.read_json(place, lines=True)


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["d.jsonl.zst", "d.parquet"])
def test_a_row_for_each_document_in_one_line_of_pandas(name: str, data: Path, tmp_path: Path, run_main: Main) -> None:
    rows = rows_of(run_main, data, tmp_path / name, "--by", "folder")
    texts = TEXTS
    assert list(rows.columns) == list(COLUMNS)
    assert len(rows) == len(texts) + 32
    mine = rows[rows.path == f"{data}/a/one.jsonl"]
    assert mine.document.tolist() == list(range(1, len(texts) + 1))
    assert mine.id.tolist() == [f"{data}/a/one.jsonl#{k + 1}" for k in range(len(texts))]
    assert mine.bytes.tolist() == [len(text.encode()) for text in texts]
    assert mine.ccnet_length.tolist() == [len(text) for text in texts]
    assert mine.rps_doc_word_count.tolist() == [len(text.split()) for text in texts]
    assert mine.rps_doc_curly_bracket.tolist() == pytest.approx(
        [(text.count("{") + text.count("}")) / max(1, len(text)) for text in texts]
    )
    assert set(rows.source) == {f"{data}/a", f"{data}/b"}
    assert rows.hash.str.fullmatch("[0-9a-f]{16}").all()
    assert rows.groupby("hash").ngroups == len(set(texts) | {PROSE[5], *PROSE[30:], PROSE[30] + "!"})


def test_copies_name_the_document_that_is_kept(data: Path, tmp_path: Path, run_main: Main) -> None:
    rows = rows_of(run_main, data, tmp_path / "d.parquet").set_index("id")
    told = {
        name: (row.copy_of_path.rpartition("/")[2], int(row.copy_of_document), row.copy_kind)
        for name, row in rows[rows.copy_kind.notna()].iterrows()
    }
    one, two = f"{data}/a/one.jsonl", f"{data}/b/two.jsonl"
    assert told == {
        f"{one}#21": ("one.jsonl", 4, "exact"),
        f"{one}#22": ("one.jsonl", 23, "normalised"),
        f"{two}#1": ("one.jsonl", 6, "exact"),
        f"{two}#2": ("two.jsonl", 32, "normalised"),
    }


@pytest.mark.thorough
def test_the_rows_add_up_to_the_report(data: Path, tmp_path: Path, run_main: Main) -> None:
    place = tmp_path / "d.jsonl.zst"
    rows = rows_of(run_main, data, place, "--output", f"json={tmp_path / 'r.json'}")
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert len(rows) == report["size"]["documents"]
    assert rows.bytes.sum() == report["size"]["utf8_bytes"]
    assert rows.words.sum() == report["tokenizer"]["words"]
    assert rows.unk_words.sum() == report["tokenizer"]["unk_words"]
    profile = scanned(data).result.profile
    for rule, tally in profile.clean.tallies.items():
        if rule.startswith("CC4"):
            assert rows.rules.map(lambda ids, rule=rule: rule in ids).sum() == tally.documents, rule
    for shape, column in zip(PII, [name for name in COLUMNS if name.startswith("pii_")], strict=True):
        assert rows[column].sum() == profile.clean[f"shape: {shape}"].amount, shape
    scripts = {name.removeprefix("script: "): one.documents for name, one in profile.clean.named("script: ").items()}
    assert rows.script.value_counts().to_dict() == {name: n for name, n in scripts.items() if n}
    debris = sum(tally.amount_bytes for name, tally in profile.clean.tallies.items() if name.startswith("debris: "))
    assert rows[rows.script != "none"].debris_bytes.sum() <= debris
    assert rows.pii_email_address.sum() == rows.pii_phone_number.sum() == rows.pii_ip_address.sum() == 1


def test_ranges_and_jobs_give_the_same_bytes(
    data: Path, tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(data, {"c/long.jsonl": jsonl([" ".join(korean_lines(3, 900 + k)) for k in range(300)])})
    rows_of(run_main, data, tmp_path / "whole.jsonl.zst")
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    for jobs in ("1", "3"):
        place = tmp_path / f"{jobs}.jsonl.zst"
        rows_of(run_main, data, place, "--jobs", jobs)
        assert place.read_bytes() == (tmp_path / "whole.jsonl.zst").read_bytes()


@pytest.mark.thorough
def test_a_text_that_work_units_share_is_one_row(
    tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(korean_lines(800, 3))
    write_files(tmp_path / "data", {"a.txt": text, "b.txt": text, "c.txt": PROSE[0]})
    whole = rows_of(run_main, tmp_path / "data", tmp_path / "whole.parquet")
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    rows = rows_of(run_main, tmp_path / "data", tmp_path / "cut.parquet")
    assert sorted(rows.id) == sorted(whole.id)
    rows, whole = (table.set_index("id").sort_index() for table in (rows, whole))
    same = [name for name in rows.columns if name not in ("rules", "words", "unk_words")]
    assert rows[same].equals(whole[same])
    assert rows.words.sum() == whole.words.sum()
    assert rows.copy_kind.fillna("").tolist() == ["", "exact", ""]


@pytest.mark.thorough
def test_many_documents_are_compared_a_part_at_a_time(
    data: Path, tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(2)
    texts = [f"{dice.randrange(200)} 번째 문서입니다" for _ in range(900)]
    write_files(data, {"many.jsonl": jsonl(texts)})
    before = rows_of(run_main, data, tmp_path / "a.jsonl.zst")
    monkeypatch.setattr(columns, "_PART_ROWS", 50)
    monkeypatch.setattr(signals, "_AT_ONCE", 64)
    after = rows_of(run_main, data, tmp_path / "b.jsonl.zst")
    assert before.equals(after)
    mine = after[after.path.str.endswith("many.jsonl")]
    assert mine.copy_kind.isna().sum() == len(set(texts))


@pytest.mark.thorough
def test_with_a_cache_every_document_has_its_row(data: Path, tmp_path: Path, run_main: Main) -> None:
    cache = ("--cache-dir", str(tmp_path / "cache"))
    for name in ("a", "b"):
        rows = rows_of(run_main, data, tmp_path / f"{name}.jsonl.zst", *cache)
        assert len(rows) == len(TEXTS) + 32


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--documents", "d.csv"), ".jsonl.zst or .parquet"),
        (("--documents", "d.parquet", "--no-clean"), "--clean"),
        (("--documents", "d.parquet", "--dask", "local"), "--dask"),
        (("--documents", "d.parquet", "--shard", "1/2", "--save", "s.ccp"), "--documents"),
    ],
)
def test_what_cannot_be_written(
    options: tuple[str, ...], message: str, data: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, errors = run_main("scan", data, *options)
    assert status == 2
    assert message in errors
    assert not (tmp_path / "d.parquet").exists()


def test_from_python(data: Path, tmp_path: Path) -> None:
    from corpuscheck.api import run_scan
    from corpuscheck.settings import settings_from

    run_scan(str(data), settings_from(jobs=1), documents=str(tmp_path / "d.parquet"))
    assert len(pd.read_parquet(tmp_path / "d.parquet")) == len(TEXTS) + 32
    with pytest.raises(UsageError):
        run_scan(str(data), settings_from(jobs=1), documents="d.txt")
