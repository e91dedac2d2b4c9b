"""Sources: which there are, what is counted of each, and that the figures of all add up to those of the corpus."""

from __future__ import annotations

import csv
import json
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pytest
from pyarrow import parquet
from support import REPOSITORY, Main, document_of, korean_lines, scanned, terminal_report, write_files, write_vocabulary
from tokenizer_zoo import byte_level_bpe

from corpuscheck.api import merge_profiles
from corpuscheck.errors import UsageError
from corpuscheck.profile.distributions import DistributionPart
from corpuscheck.profile.documents import DocumentPart, NormPart
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.part import Part
from corpuscheck.profile.sources import (
    MOST_CHARACTERS,
    MOST_SOURCES,
    LostCharacters,
    SourceFigures,
    SourcesPart,
)
from corpuscheck.reading import opening, ranges
from corpuscheck.reading.discover import discover
from corpuscheck.result.by_source import apportioned
from corpuscheck.result.result import Result
from corpuscheck.rules.conclude import conclude
from corpuscheck.running import units
from corpuscheck.running.units import work_units
from corpuscheck.settings import Limits, Policy, Reading

LINES = korean_lines(600)
BLOCK = 1 << 16


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> str:
    characters = sorted(set("".join(LINES[:50])) - set(" \n"))
    return write_vocabulary(tmp_path_factory.mktemp("vocabulary") / "vocab.txt", characters[: len(characters) // 2])


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units and blocks so small that a file of some kilobytes is cut."""
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    monkeypatch.setattr(units, "LARGEST_UNIT", 1 << 13)
    monkeypatch.setattr(ranges, "_PROBE_BYTES", 16)
    monkeypatch.setattr(opening, "BLOCK_BYTES", BLOCK)


def pieces_of(folder: Path, name: str) -> int:
    """How many pieces a file is read in."""
    found = work_units(discover([folder], Reading()).sources, Reading())
    return sum(piece.source.path.endswith(name) for unit in found for piece in unit)


def size_of(content: str) -> int:
    return len(content.encode())


def text(k: int, lines: int = 6) -> str:
    return "\n".join(LINES[k * lines : (k + 1) * lines]) + "\n"


def mixed(folder: Path) -> Path:
    """Three sources: one that copies another one and itself, one by itself, one that has markup in it."""
    files = {f"wiki/{k}.txt": text(k) for k in range(12)}
    files |= {f"news/a/{k}.txt": text(k) for k in range(4, 16)} | {f"news/b/{k}.txt": text(15) for k in range(3)}
    files |= {f"web/{k}.txt": f"<p>http://example.com/{k}</p> {text(30 + k)}" for k in range(9)}
    return write_files(folder, files)


def check_sums(result: Result) -> None:
    """Over all sources the figures are those of the corpus."""
    sources, profile, clean = result.sources.sources, result.profile, result.cleanliness
    sums = {
        "files": profile.reading.measured,
        "documents": profile.size.documents,
        "utf8_bytes": profile.size.utf8_bytes,
        "words": profile.words.words,
        "unk_words": profile.words.unk_words,
        "usable_bytes": clean.usable_bytes,
        "debris_bytes": round(clean.debris_bytes),
        "doubtful_documents": profile.clean["any"].documents,
    }
    assert {name: sum(getattr(one, name) for one in sources) for name in sums} == sums
    copies = sum(one.copies_inside_bytes + one.copies_elsewhere_bytes for one in sources)
    assert copies == round(clean.copies.utf8_bytes)
    assert sum(one.share for one in sources) == pytest.approx(1)
    for one in sources:
        parts = one.usable_bytes, one.copies_inside_bytes, one.copies_elsewhere_bytes, one.debris_bytes
        assert sum(parts) == one.utf8_bytes
        assert min(parts) >= 0


def test_each_source_has_its_own_figures_and_they_add_up(tmp_path: Path, vocabulary: str) -> None:
    result = scanned(mixed(tmp_path), tokenizer=vocabulary).result
    check_sums(result)
    sources = {one.name: one for one in result.sources.sources}
    assert sorted(sources) == ["news", "web", "wiki"]
    assert result.sources.by == "folder"
    assert result.sources.found
    for name, one in sources.items():
        texts = [path.read_bytes() for path in (tmp_path / name).rglob("*.txt")]
        assert (one.files, one.documents, one.utf8_bytes) == (len(texts), len(texts), sum(map(len, texts)))
        assert one.encodings == {"utf-8": one.utf8_bytes}
        assert next(iter(one.scripts)) in ("Hangul", "Latin")
    assert sources["web"].debris_bytes > 0 == sources["wiki"].debris_bytes


@pytest.mark.few(1)
@pytest.mark.parametrize("document", ["file", "line"])
def test_the_worst_character_of_a_source_is_the_one_that_most_lost_words_have_first(
    document: str, tmp_path: Path, vocabulary: str
) -> None:
    known = set("".join(piece.removeprefix("##") for piece in Path(vocabulary).read_text("utf-8").split()))
    result = scanned(mixed(tmp_path), tokenizer=vocabulary, document=document).result
    for one in result.sources.sources:
        texts = [path.read_text("utf-8") for path in (tmp_path / one.name).rglob("*.txt")]
        words = re.findall(r"\w+|[^\w\s]", "\n".join(texts))
        first = Counter(next(ch for ch in word if ch not in known) for word in words if set(word) - known)
        most = max(first.values())
        assert one.worst_character == min(ch for ch, n in first.items() if n == most)


def test_of_too_many_lost_characters_none_is_the_worst() -> None:
    many = LostCharacters(dict.fromkeys(range(1, MOST_CHARACTERS + 1), 1))
    assert many.bounded().worst == "\x01"
    beyond = many.merge(LostCharacters({0x10000: 9}))
    assert beyond == beyond.merge(many) == many.merge(beyond)
    assert beyond.worst is None


def test_copies_are_told_apart_by_whether_the_source_has_the_text_twice_or_shares_it(
    tmp_path: Path, vocabulary: str
) -> None:
    result = scanned(mixed(tmp_path), tokenizer=vocabulary, near_duplicates=False).result
    news = result.sources.of("news")
    kept, twice = [], Counter[str]()
    for path in sorted((tmp_path / "news").rglob("*.txt")):
        twice[path.read_text()] += 1
        kept.append(path.read_text())
    inside = sum((n - 1) * len(one.encode()) for one, n in twice.items())
    shared = sum(len(text(k).encode()) for k in range(4, 12))
    assert news
    assert news.copies_inside_bytes == inside
    wiki = result.sources.of("wiki")
    assert wiki
    assert news.copies_elsewhere_bytes + wiki.copies_elsewhere_bytes == shared
    (overlap,) = result.sources.overlaps
    assert {overlap.one, overlap.other} == {"wiki", "news"}
    assert (overlap.documents, overlap.utf8_bytes) == (8, shared)


def test_of_a_text_that_two_sources_have_the_first_by_path_is_kept(tmp_path: Path, vocabulary: str) -> None:
    first, second = {f"small/{k}.txt": text(k) for k in range(3)}, {f"wide/{k}.txt": text(k) for k in range(9)}
    result = scanned(write_files(tmp_path, first | second), tokenizer=vocabulary).result
    check_sums(result)
    kept = {one.name: one.usable_bytes for one in result.sources.sources}
    assert kept == {"small": sum(map(size_of, first.values())), "wide": sum(size_of(text(k)) for k in range(3, 9))}


WAYS = {
    "folder": ["news", "web", "wiki"],
    "folder:2": ["news/a", "news/b", "web", "wiki"],
    "path": [],
    "file": None,
}


@pytest.mark.few(1)
@pytest.mark.parametrize(("by", "names"), WAYS.items())
def test_sources_are_told_apart_as_was_asked_for(
    by: str, names: list[str] | None, tmp_path: Path, vocabulary: str
) -> None:
    result = scanned(mixed(tmp_path), tokenizer=vocabulary, by=by).result
    found = sorted(one.name for one in result.sources.sources)
    assert found == (
        sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.txt")) if names is None else names
    )
    if found:
        check_sums(result)
        assert result.sources.by == by
        assert not result.sources.found


OBVIOUS = {
    "sub-folders": (["wiki/a.txt", "news/b.txt"], [""], ["news", "wiki"]),
    "several paths": (["x/wiki/a.txt", "x/news/b.txt"], ["x/wiki", "x/news"], ["news", "wiki"]),
    "several files": (["wiki.txt", "news.txt"], ["wiki.txt", "news.txt"], ["news.txt", "wiki.txt"]),
    "below a common folder": (["all/wiki/a.txt", "all/news/b.txt"], [""], ["news", "wiki"]),
    "one folder": (["wiki/a.txt", "wiki/b.txt"], [""], []),
    "no folder": (["a.txt", "b.txt"], [""], []),
    "numbered pieces": (["00/a.txt", "01/b.txt"], [""], []),
    "named pieces": (["part-1/a.txt", "part-2/b.txt"], [""], []),
    "pieces of WikiExtractor": (["AA/wiki_00", "AB/wiki_00"], [""], []),
    "years": (["2019/a.txt", "2020/a.txt"], [""], []),
    "parts to train and test on": (["train/a.txt", "test/b.txt"], [""], ["test", "train"]),
    "numbered files": (
        ["train-00000-of-2.txt", "train-00001-of-2.txt"],
        ["train-00000-of-2.txt", "train-00001-of-2.txt"],
        [],
    ),
    "many paths": ([f"source {k}x/a.txt" for k in range(41)], [f"source {k}x" for k in range(41)], []),
    "paths of many kinds": (["wiki.txt", "b/news.txt"], ["wiki.txt", "b"], ["b", "wiki.txt"]),
    "one path in another": (["all/x.txt", "all/web/y.txt"], ["all", "all/web"], [".", "web"]),
    "too many": ([f"source {k}/a.txt" for k in range(41)], [""], []),
}


@pytest.mark.few(4)
@pytest.mark.parametrize(("files", "paths", "names"), OBVIOUS.values(), ids=OBVIOUS)
def test_sources_are_found_where_they_are_obvious(
    files: list[str], paths: list[str], names: list[str], tmp_path: Path, vocabulary: str
) -> None:
    write_files(tmp_path, {name: text(k % 90) for k, name in enumerate(files)})
    result = scanned([tmp_path / path for path in paths], tokenizer=vocabulary).result
    assert sorted(one.name for one in result.sources.sources) == names
    assert result.sources.found


def test_a_folder_that_holds_next_to_nothing_is_no_reason_to_tell_sources_apart(
    tmp_path: Path, vocabulary: str
) -> None:
    files = {f"wiki/{k}.txt": text(k) for k in range(60)} | {"about/readme.txt": "한 줄\n"}
    assert not scanned(write_files(tmp_path, files), tokenizer=vocabulary).result.sources


@pytest.mark.parametrize("by", ["folders", "folder:0", "folder:-1", "field", "", "Folder", "path:2"])
def test_what_is_no_way_to_tell_sources_apart_is_refused(by: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--by"):
        scanned(write_files(tmp_path, {"a.txt": "x"}), by=by)


def test_members_of_an_archive_have_its_folders(tmp_path: Path, vocabulary: str) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for k in range(8):
            archive.writestr(f"{('wiki', 'news')[k % 2]}/{k}.txt", text(k))
    result = scanned(tmp_path / "all.zip", tokenizer=vocabulary, by="folder:2").result
    check_sums(result)
    assert sorted(one.name for one in result.sources.sources) == ["news", "wiki"]


def test_however_it_is_read_the_sources_are_the_same(tmp_path: Path, vocabulary: str) -> None:
    mixed(tmp_path / "corpus")
    once, cached = (
        scanned(tmp_path / "corpus", tokenizer=vocabulary, jobs=jobs, cache=cache)
        for jobs, cache in ((1, None), (2, str(tmp_path / "cache")))
    )
    again = scanned(tmp_path / "corpus", tokenizer=vocabulary, cache=str(tmp_path / "cache"))
    assert once.result.profile.to_bytes() == cached.result.profile.to_bytes() == again.result.profile.to_bytes()


@pytest.mark.thorough
def test_what_the_cache_knows_of_a_file_holds_while_its_source_does(tmp_path: Path, vocabulary: str) -> None:
    mixed(tmp_path / "corpus")
    options: dict[str, Any] = {"tokenizer": vocabulary, "cache": str(tmp_path / "cache")}
    scanned(tmp_path / "corpus", **options)
    write_files(tmp_path / "corpus", {"books/1.txt": text(80)})
    more = scanned(tmp_path / "corpus", **options)
    assert more.cache
    assert more.cache.read < len(more.records)
    by_file = scanned(tmp_path / "corpus", **options, by="folder:2")
    fresh = scanned(tmp_path / "corpus", tokenizer=vocabulary, by="folder:2")
    assert by_file.result.profile.to_bytes() == fresh.result.profile.to_bytes()
    check_sums(by_file.result)


def test_shards_make_the_sources_of_the_whole(tmp_path: Path, vocabulary: str) -> None:
    mixed(tmp_path)
    whole = scanned([tmp_path / name for name in ("news", "web", "wiki")], tokenizer=vocabulary).result
    for name in ("news", "web", "wiki"):
        scanned(tmp_path / name, tokenizer=vocabulary, by="path").result.profile.save(tmp_path / f"{name}.ccp")
    merged = merge_profiles([str(tmp_path / f"{name}.ccp") for name in ("wiki", "news", "web")])
    assert merged.sources.sources == whole.profile.sources.sources
    assert merged.documents == whole.profile.documents
    result = conclude(merged, Limits(), Policy())
    check_sums(result)
    assert result.sources.sources == whole.sources.sources
    assert result.sources.overlaps == whole.sources.overlaps


@pytest.mark.thorough
@pytest.mark.usefixtures("small_units")
def test_a_long_document_that_several_workers_share_counts_for_its_source(tmp_path: Path, vocabulary: str) -> None:
    long = "\n".join(" ".join(random.Random(k).choices(LINES, k=4)) for k in range(300))
    write_files(tmp_path, {"long/1.txt": long, "short/1.txt": text(1), "short/2.txt": text(2)})
    result = scanned(tmp_path, tokenizer=vocabulary, by="folder", near_duplicates=False).result
    assert pieces_of(tmp_path, "long/1.txt") > 3
    check_sums(result)


def test_of_more_sources_than_can_be_kept_the_rest_is_one_in_any_order() -> None:
    parts = [SourcesPart("file", False, sources={f"s{k}": SourceFigures(1, 1, k)}) for k in range(3 * MOST_SOURCES)]
    together = SourcesPart().merge(*parts)
    some, others = SourcesPart().merge(*parts[::2]), reduce(SourcesPart.merge, parts[1::2], SourcesPart())
    assert some.merge(others) == others.merge(some) == together
    assert MOST_SOURCES // 4 < len(together.sources) <= MOST_SOURCES
    assert together.everything.utf8_bytes == sum(range(3 * MOST_SOURCES))
    assert SourcesPart.from_state(json.loads(json.dumps(together.to_state()))) == together


def test_a_corpus_of_more_sources_than_can_be_kept_still_adds_up(
    tmp_path: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpuscheck.profile.sources.MOST_SOURCES", 8)
    write_files(tmp_path, {f"{k}.txt": text(k // 2) for k in range(40)})
    result = scanned(tmp_path, tokenizer=vocabulary, by="file").result
    assert 2 < len(result.sources) <= 9
    assert result.sources.others
    check_sums(result)


def test_the_json_report_has_them_as_its_schema_says(tmp_path: Path, vocabulary: str) -> None:
    document = document_of(mixed(tmp_path), tokenizer=vocabulary)
    schema = json.loads((REPOSITORY / "corpuscheck/reports/schema.json").read_text())
    jsonschema.validate(document, schema)
    assert {source["name"] for source in document["sources"]} == {"news", "web", "wiki"}
    assert document["sources_told_apart"]["by"] == "folder"


def test_a_hostile_name_is_harmless(tmp_path: Path, vocabulary: str) -> None:
    files = {"\x1b[31mred\u202e/a.txt": text(1), "</style><script>/b.txt": text(2), "|`x`|/c.txt": text(3)}
    result = scanned(write_files(tmp_path, files), tokenizer=vocabulary).result
    assert len(result.sources) == 4 - 1
    assert "\x1b" not in terminal_report(result)
    assert "\u202e" not in terminal_report(result)


SHARES = {
    "whole numbers stay": (7, {"a": 3.0, "b": 4.0}, {"a": 3, "b": 4}),
    "the largest remainders get what is left": (10, {"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 4, "b": 3, "c": 3}),
    "nothing to share": (5, {"a": 0.0}, {"a": 0}),
}


@pytest.mark.parametrize(("total", "shares", "found"), SHARES.values(), ids=SHARES)
def test_an_amount_is_shared_out_in_whole_numbers(total: int, shares: dict[str, float], found: dict[str, int]) -> None:
    assert apportioned(total, shares) == found


RECORDS = [
    ("wiki", text(0)), ("news", text(1)), ("wiki", text(2)), ("news", text(2)), (None, text(3)), ("wiki", text(0)),
    (2020, text(4)), (["a", "b"], text(5)),
]  # fmt: skip


def as_jsonl(folder: Path) -> str:
    rows = [{"text": one, "meta": {"set": source}, "source": source} for source, one in RECORDS]
    write_files(folder, {"a.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)})
    return "2020"


def as_json(folder: Path) -> str:
    rows = [{"text": one, "meta": {"set": source}, "source": source} for source, one in RECORDS]
    write_files(folder, {"a.json": json.dumps(rows, ensure_ascii=False)})
    return "2020"


def as_csv(folder: Path) -> str:
    with (folder / "a.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "source"])
        rows.writerows([one, source if isinstance(source, str | int) else ""] for source, one in RECORDS)
    return "2020"


def as_parquet(folder: Path) -> str:
    sources = [source if isinstance(source, str) else None for source, _ in RECORDS]
    columns = {"text": [one for _, one in RECORDS], "source": sources, "meta": [{"set": s} for s in sources]}
    parquet.write_table(pa.table(columns), folder / "a.parquet", row_group_size=3)
    return "(none)"


FIELDS = [
    (as_jsonl, "source"), (as_jsonl, "meta.set"), (as_json, "source"), (as_json, "meta.set"), (as_csv, "source"),
    (as_parquet, "source"), (as_parquet, "meta.set"),
]  # fmt: skip


@pytest.mark.few(3)
@pytest.mark.parametrize(("write", "field"), FIELDS)
def test_records_name_their_source(write: Callable[[Path], str], field: str, tmp_path: Path, vocabulary: str) -> None:
    year = write(tmp_path)
    result = scanned(tmp_path, tokenizer=vocabulary, by=f"field:{field}").result
    expected = Counter[str]()
    for source, one in RECORDS:
        name = source if isinstance(source, str) else year if source == 2020 else "(none)"
        expected[name] += len(one.encode())
    assert {one.name: one.utf8_bytes for one in result.sources.sources} == expected
    assert {one.files for one in result.sources.sources} == {1}
    assert sum(one.usable_bytes for one in result.sources.sources) == result.cleanliness.usable_bytes
    wiki = result.sources.of("wiki")
    assert wiki
    assert wiki.copies_inside_bytes == len(text(0).encode())


OBVIOUS_FIELDS = {
    "source": (lambda k: {"source": f"s{k % 3}"}, "field:source"),
    "inside": (lambda k: {"meta": {"pile_set_name": f"s{k % 3}"}}, "field:meta.pile_set_name"),
    "addresses": (lambda k: {"source": f"https://example.com/{k % 3}"}, "path"),
    "another one each time": (lambda k: {"source": f"page {k}"}, "path"),
    "always the same": (lambda k: {"source": "wiki"}, "path"),
    "no such field": (lambda k: {"id": k}, "path"),
}


@pytest.mark.few(2)
@pytest.mark.parametrize(("further", "by"), OBVIOUS_FIELDS.values(), ids=OBVIOUS_FIELDS)
def test_a_field_is_found_where_it_obviously_names_sources(
    further: Callable[[int], dict[str, Any]], by: str, tmp_path: Path, vocabulary: str
) -> None:
    rows = [json.dumps({"text": text(k), **further(k)}, ensure_ascii=False) + "\n" for k in range(60)]
    write_files(tmp_path, {"1.jsonl": "".join(rows[:30]), "2.jsonl": "".join(rows[30:])})
    result = scanned(tmp_path, tokenizer=vocabulary).result
    assert (result.sources.by, result.sources.found, bool(result.sources)) == (by, True, by != "path")


def test_a_field_is_a_name_and_never_an_expression(tmp_path: Path, vocabulary: str) -> None:
    as_jsonl(tmp_path)
    result = scanned(tmp_path, tokenizer=vocabulary, by="field:length(text)").result
    assert not result.sources
    assert result.sources.by == "field:length(text)"


def test_files_without_records_have_no_source_by_a_field(tmp_path: Path, vocabulary: str) -> None:
    as_jsonl(tmp_path)
    write_files(tmp_path, {"b.txt": text(20)})
    none = scanned(tmp_path, tokenizer=vocabulary, by="field:source").result.sources.of("(none)")
    assert none
    assert none.files == 2


@pytest.mark.usefixtures("small_units")
def test_a_file_of_records_that_is_read_in_parts_names_the_same_sources(tmp_path: Path, vocabulary: str) -> None:
    long = "\n".join(LINES[:20])
    rows = ({"text": f"{k} {long[k % 90 :]}", "source": f"s{k % 3}"} for k in range(300))
    write_files(tmp_path, {"a.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)})
    result = scanned(tmp_path, tokenizer=vocabulary, by="field:source", near_duplicates=False).result
    assert [(one.files, one.documents) for one in result.sources.sources] == [(1, 100)] * 3
    assert (tmp_path / "a.jsonl").stat().st_size > 4 * BLOCK
    assert sum(one.utf8_bytes for one in result.sources.sources) == result.profile.size.utf8_bytes


def test_documents_of_each_script_can_be_sources(tmp_path: Path, vocabulary: str) -> None:
    files = {"a.txt": text(1), "b.txt": "plain English words here\n" * 9, "c.txt": text(2)}
    result = scanned(write_files(tmp_path, files), tokenizer=vocabulary, by="script").result
    check_sums(result)
    assert {one.name: one.documents for one in result.sources.sources} == {"Hangul": 2, "Latin": 1}
    with pytest.raises(UsageError, match="--clean"):
        scanned(tmp_path, by="script", clean=False)


def lossy(folder: Path) -> Path:
    """Two sources, one of which loses every word."""
    write_files(folder, {f"good/{k}.txt": "가 나 다\n" * 40 for k in range(1, 3)})
    return write_files(folder, {"bad/1.txt": "뷁 쀍 뛟 괅\n" * 40})


def test_a_rule_that_is_judged_by_source_names_it(tmp_path: Path) -> None:
    tokenizer = write_vocabulary(tmp_path / "vocab.txt", "가나다")
    lossy(tmp_path / "corpus")
    result = scanned(tmp_path / "corpus", tokenizer=tokenizer, per_source=("CC301", "CC416")).result
    found = {(f.rule, f.message.partition(":")[0]): f for f in result.findings if f.rule in ("CC301", "CC416")}
    assert set(found) == {("CC301", "bad"), ("CC416", "good")}
    assert found["CC301", "bad"].measured == 1.0


def test_shattered_words_are_counted_by_source(tmp_path: Path) -> None:
    write_files(tmp_path / "corpus", {f"ko/{k}.txt": text(k) for k in range(4)} | {"en/1.txt": "a b a b ab\n" * 40})
    byte_level_bpe().save(str(tmp_path / "tokenizer.json"))
    result = scanned(tmp_path / "corpus", tokenizer=str(tmp_path / "tokenizer.json"), per_source=("CC304",)).result
    sources = {one.name: one for one in result.sources.sources}
    assert sources["en"].shattered_words == 0
    assert sources["ko"].shattered_rate > 0.5
    assert result.sources.sources[0].name == "ko"
    assert sum(one.shattered_words for one in result.sources.sources) == result.profile.words.shattered.words
    assert {f.message.partition(":")[0] for f in result.findings if f.rule == "CC304"} == {"ko"}


def test_where_there_is_one_source_the_rule_is_judged_of_the_whole(tmp_path: Path) -> None:
    tokenizer = write_vocabulary(tmp_path / "vocab.txt", "가")
    write_files(tmp_path / "corpus", {"a.txt": "뷁 쀍\n" * 40})
    result = scanned(tmp_path / "corpus", tokenizer=tokenizer, per_source="CC301").result
    (finding,) = [one for one in result.findings if one.rule == "CC301"]
    assert finding.message.startswith("100 %")


def test_the_configuration_says_which_rules_are_judged_by_source(
    tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_vocabulary(tmp_path / "vocab.txt", "가나다")
    lossy(tmp_path / "corpus")
    write_files(tmp_path, {"corpuscheck.toml": 'tokenizer = "vocab.txt"\n[rules.CC301]\nby = "source"\n'})
    status, out, _ = run_main("scan", "corpus", "--format", "json")
    assert status == 1
    assert any(f["rule"] == "CC301" and f["message"].startswith("bad: ") for f in json.loads(out)["findings"])


WRONG = {
    "no rule of sources": ('[rules.CC201]\nby = "source"\n', "CC201 is not judged by source; CC301, CC304, CC416"),
    "another word": ('[rules.CC301]\nby = "folder"\n', "by can be source"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_judged_by_source_is_refused(
    text: str, message: str, tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, {"corpuscheck.toml": text, "corpus/a.txt": "x"})
    status, _, err = run_main("scan", "corpus")
    assert status == 2
    assert message in err


def test_a_comparison_tells_which_source_has_changed(tmp_path: Path) -> None:
    tokenizer = write_vocabulary(tmp_path / "vocab.txt", "가나다")
    corpus = lossy(tmp_path / "corpus")
    scanned(corpus, tokenizer=tokenizer).result.profile.save(tmp_path / "base.ccp")
    write_files(corpus, {"good/9.txt": "쀍 가\n"})
    result = scanned(corpus, baseline=str(tmp_path / "base.ccp")).result
    assert result.comparison
    (changed,) = result.comparison.sources
    assert (changed.name, changed.documents_before, changed.documents) == ("good", 2, 3)
    assert changed.unk_rate_before == 0 < changed.unk_rate
    assert "changed sources" in terminal_report(result)


def test_where_documents_are_a_sample_the_sums_are_still_those_of_the_corpus(
    tmp_path: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in (DocumentPart, NormPart, NearPart):
        monkeypatch.setattr(kind, "MOST", 200)
    small = {"wiki": range(900), "news": range(600, 1200), "copy": range(900)}
    for name, numbers in small.items():
        write_files(tmp_path, {f"{name}/1.txt": "".join(f"{k} 번째 {LINES[k % 600]}\n" for k in numbers)})
    result = scanned(tmp_path, tokenizer=vocabulary, document="line").result
    sources = result.sources
    assert not sources.complete
    assert sum(one.usable_bytes for one in sources.sources) == result.cleanliness.usable_bytes
    copies = sum(one.copies_inside_bytes + one.copies_elsewhere_bytes for one in sources.sources)
    assert copies == round(result.cleanliness.copies.utf8_bytes)
    shares = {frozenset((one.one, one.other)): one.share_of_one for one in sources.overlaps}
    assert shares[frozenset(("wiki", "copy"))] == pytest.approx(1, abs=0.3)
    assert all(one.error > 0 for one in sources.sources)


def source(**figures: Any) -> SourcesPart:
    return SourcesPart("path", False, sources={"wiki": SourceFigures(1, 1, 5, **figures)})


BENT: dict[str, Part] = {
    "a bin of lengths that cannot be": source(lengths={99_999: 1}),
    "more lost words than words": source(words=8, unk_words=9),
    "a level that cannot be": SourcesPart(level=65),
    "a bin of lines that cannot be": DistributionPart(lines={99_999: 1}),
    "a bin of rates that cannot be": DistributionPart(unk_rates={99: 1}),
}


@pytest.mark.parametrize("part", BENT.values(), ids=BENT)
def test_a_profile_that_was_bent_is_refused(part: Part) -> None:
    state = json.loads(json.dumps(part.to_state()))
    with pytest.raises(ValueError, match="cannot be"):
        type(part).from_state(state)
