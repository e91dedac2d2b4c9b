"""scan --documents: a row for each document, which pandas reads in one line, and which agrees with the report."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cleaning_of import cleaned, removed_from
from support import Main, korean_lines, scanned, write_files, write_vocabulary

from corpuscheck.api import run_scan
from corpuscheck.cleaning import columns
from corpuscheck.kernels.columns import PII
from corpuscheck.running import signals, units
from corpuscheck.running.signals import COLUMNS
from corpuscheck.settings import settings_from

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


FILES = {"a/one.jsonl": jsonl(TEXTS), "b/two.jsonl": jsonl([PROSE[5], *PROSE[30:], PROSE[30] + "!"])}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("signals")
    write_files(place / "data", FILES)
    write_vocabulary(place / "vocab.txt", sorted(set("".join(PROSE[:20]))))
    return place


@pytest.fixture(scope="module")
def data(place: Path) -> Path:
    return place / "data"


@pytest.fixture(scope="module")
def scan_to(place: Path) -> Callable[..., Any]:
    """Scan a folder with rows of documents to a file; gives the rows."""

    def call(data: Path, name: str | Path, **options: Any) -> Any:
        settings = settings_from(**{"jobs": 1, "tokenizer": str(place / "vocab.txt"), **options})
        run_scan(str(data), settings, documents=str(place / name))
        return read(place / name)

    return call


def read(place: Path) -> Any:
    return pd.read_parquet(place) if place.suffix == ".parquet" else pd.read_json(place, lines=True)


@pytest.fixture(scope="module")
def tables(data: Path, scan_to: Callable[..., Any]) -> dict[str, Any]:
    """The same rows from both kinds of file."""
    return {name: scan_to(data, f"d{name}", by="folder") for name in (".jsonl.zst", ".parquet")}


@pytest.mark.parametrize("name", [".jsonl.zst", ".parquet"])
def test_a_row_for_each_document_in_one_line_of_pandas(name: str, data: Path, tables: dict[str, Any]) -> None:
    rows = tables[name]
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


def test_both_kinds_of_file_say_the_same(tables: dict[str, Any]) -> None:
    lines, columns = (table.astype(object).where(table.notna(), None) for table in tables.values())
    for name, (kind, _) in COLUMNS.items():
        expected = [*map(plain, columns[name])]
        assert [*map(plain, lines[name])] == (pytest.approx(expected) if kind == "share" else expected), name


def plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def test_polars_reads_it_in_one_line(place: Path, tables: dict[str, Any]) -> None:
    polars = pytest.importorskip("polars")
    for name, table in tables.items():
        rows = (polars.read_parquet if name == ".parquet" else polars.read_ndjson)(place / f"d{name}")
        assert rows.columns == list(COLUMNS)
        assert rows["bytes"].to_list() == table.bytes.tolist()
        assert (
            rows["copy_kind"].to_list() == table.copy_kind.astype(object).where(table.copy_kind.notna(), None).tolist()
        )


def test_copies_name_the_document_that_is_kept(data: Path, tables: dict[str, Any]) -> None:
    rows = tables[".parquet"].set_index("id")
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


def test_the_rows_add_up_to_the_report(data: Path, place: Path, tables: dict[str, Any]) -> None:
    rows = tables[".jsonl.zst"]
    result = scanned(data, tokenizer=str(place / "vocab.txt")).result
    report, profile = result.to_dict(), result.profile
    assert len(rows) == report["size"]["documents"]
    assert rows.bytes.sum() == report["size"]["utf8_bytes"]
    assert rows.words.sum() == report["tokenizer"]["words"]
    assert rows.unk_words.sum() == report["tokenizer"]["unk_words"]
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


@pytest.mark.parametrize(
    ("jobs", "processes"), [(1, False), (3, False), pytest.param(2, True, marks=pytest.mark.thorough)]
)
def test_ranges_and_jobs_give_the_same_bytes(
    jobs: int, processes: bool, place: Path, scan_to: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_files(
        place / "long", {**FILES, "c/long.jsonl": jsonl([" ".join(korean_lines(3, k)) for k in range(60)])}
    )
    if not (place / "whole.jsonl.zst").exists():
        scan_to(data, "whole.jsonl.zst")
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    settings = settings_from(jobs=jobs, tokenizer=str(place / "vocab.txt"))
    run_scan(str(data), settings, documents=str(place / "cut.jsonl.zst"), processes=processes)
    assert (place / "cut.jsonl.zst").read_bytes() == (place / "whole.jsonl.zst").read_bytes()


@pytest.mark.thorough
def test_a_text_that_work_units_share_is_one_row(
    tmp_path: Path, scan_to: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(korean_lines(300, 3))
    write_files(tmp_path / "data", {"a.txt": text, "b.txt": text, "c.txt": PROSE[0]})
    whole = scan_to(tmp_path / "data", tmp_path / "whole.parquet")
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    rows = scan_to(tmp_path / "data", tmp_path / "cut.parquet")
    assert rows.id.tolist() == whole.id.tolist()
    assert rows.nearest.notna().tolist() == [True, True, True]
    same = [name for name in rows.columns if name not in ("rules", "words", "unk_words")]
    assert rows[same].equals(whole[same])
    assert rows.words.sum() == whole.words.sum()
    assert rows.copy_kind.fillna("").tolist() == ["", "exact", ""]


@pytest.mark.thorough
def test_many_documents_are_compared_a_part_at_a_time(
    tmp_path: Path, scan_to: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(2)
    texts = [f"{dice.randrange(200)} 번째 문서입니다" for _ in range(900)]
    data = write_files(tmp_path / "data", {**FILES, "many.jsonl": jsonl(texts)})
    before = scan_to(data, tmp_path / "a.jsonl.zst")
    monkeypatch.setattr(columns, "_PART_ROWS", 50)
    monkeypatch.setattr(signals, "_AT_ONCE", 64)
    after = scan_to(data, tmp_path / "b.jsonl.zst")
    assert before.equals(after)
    mine = after[after.path.str.endswith("many.jsonl")]
    assert mine.copy_kind.isna().sum() == len(set(texts))


RULES = {"CC501": "exact", "CC502": "normalised", "CC503": "near"}


def copies_of_every_kind(place: Path) -> Path:
    """Documents of which some are copies: of several kinds, over files and folders, in chains and clusters."""
    dice = random.Random(4)
    texts = [" ".join(korean_lines(9, 3000 + k)) for k in range(40)]
    more = [text[:-9] + "고침" for text in texts[:12]]  # near ones
    more += [text.replace(" ", "  ") for text in texts[8:16]]
    more += texts[14:22] + [text + " 끝" for text in texts[5:9]] + ["", "", "!!!", "!!!", "<b>" + texts[30] + "</b>"]
    every = [*texts, *more, *more[:5]]
    dice.shuffle(every)
    parts = {f"{name}.jsonl": jsonl(every[k::4]) for k, name in enumerate(("b/one", "a/two", "a/three", "z"))}
    return write_files(place, parts | {"single.txt": texts[0], "a/single.txt": more[0]})


def test_rows_and_a_clean_copy_say_the_same_of_each_document(tmp_path: Path, scan_to: Callable[..., Any]) -> None:
    data = copies_of_every_kind(tmp_path / "data")
    cleaned(data, tmp_path / "out")
    removed = {
        (row["path"], row["document"]): (RULES[row["rule"]], row["kept"]["path"], row["kept"]["document"])
        for row in removed_from(tmp_path / "out")
        if row["rule"] in RULES
    }
    rows = scan_to(data, tmp_path / "d.parquet")
    told = {
        (row.path, row.document): (row.copy_kind, row.copy_of_path, row.copy_of_document)
        for row in rows[rows.copy_kind.notna()].itertuples()
    }
    assert told == removed
    assert {kind for kind, _, _ in told.values()} == set(RULES.values())
    without = scan_to(data, tmp_path / "without.parquet", near_duplicates=False)
    assert set(without.copy_kind.dropna()) == {"exact", "normalised"}


LANDMARKS = {
    "en: contracts": "The Licensee shall indemnify and hold harmless the Licensor from any breach of this Agreement, "
    "and neither party may assign its rights hereunder without the prior written consent of the other party.",
    "en: technical docs": "This function returns a tuple of the arguments; if the keyword is set to None, the default"
    " encoding is used. Call close() on the object when you are done, or use it as a context manager.",
    "ko: statutes": "제5조(허가의 취소) 시장·군수 또는 구청장은 제3조제2항에 따른 허가를 받은 자가 다음 각 호의 어느 "
    "하나에 해당하는 경우에는 대통령령으로 정하는 바에 따라 그 허가를 취소하거나 영업의 정지를 명할 수 있다.",
    "ko: civil rulings": "원고는 피고에게 이 사건 토지에 관하여 소유권이전등기절차를 이행하라는 판결을 구하나, 원심은 "
    "이러한 법리를 오해하여 판결에 영향을 미친 위법이 있으므로 원심판결을 파기하고 사건을 환송한다.",
}


def test_the_nearest_landmark_is_told_where_it_can_be(tmp_path: Path, scan_to: Callable[..., Any]) -> None:
    texts = [*LANDMARKS.values(), *(unicodedata.normalize("NFD", text) for text in LANDMARKS.values())]
    texts += [text.upper() for text in LANDMARKS.values()] + ["짧다", "short", "", "1234 5678 " * 30, "Ελληνικά " * 40]
    data = write_files(tmp_path / "data", {"a.jsonl": jsonl(texts), "b.txt": LANDMARKS["ko: statutes"] * 400})
    rows = scan_to(data, tmp_path / "d.jsonl.zst")
    assert rows.nearest.fillna("").tolist() == [*LANDMARKS] * 3 + [""] * 5 + ["ko: statutes"]


@pytest.mark.thorough
def test_sources_of_a_reference_are_landmarks_too(
    tmp_path: Path, scan_to: Callable[..., Any], sample: Path, profile: Path
) -> None:
    rows = scan_to(sample, tmp_path / "d.parquet", references=(str(profile),))
    assert rows.nearest.dropna().str.contains(profile.stem).mean() > 0.5


@pytest.mark.thorough
def test_with_a_cache_every_document_has_its_row(
    data: Path, tmp_path: Path, tables: dict[str, Any], scan_to: Callable[..., Any]
) -> None:
    for name in ("a", "b"):
        rows = scan_to(data, tmp_path / f"{name}.parquet", by="folder", cache=str(tmp_path / "cache"))
        assert rows.equals(tables[".parquet"])


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
