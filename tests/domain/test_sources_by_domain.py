"""Each source by itself: what is counted of it, what is said of it, and that neither depends on how it was read."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from support import document_of, scanned, terminal_report, write_files, write_vocabulary

from corpuscheck.domain.bodies import Body, general
from corpuscheck.domain.judging import ENOUGH_GRAMS, sources_against
from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.shipped import shipped
from corpuscheck.kernels.arrays import BUCKETS
from corpuscheck.measuring.domain import language_parts
from corpuscheck.profile.domain import DomainPart, packed_grams
from corpuscheck.profile.domain_sources import CELLS, EVERY, MOST_COMPARED, SourceGrams, in_cells
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.sources import source_id
from corpuscheck.reports.registry import render
from corpuscheck.result.result import Result
from corpuscheck.result.sources import SourceReport, Sources
from corpuscheck.running import units

ONE = SourceGrams.of(1, 100, np.ones((2, BUCKETS), np.int64))


def drawn(body: Body, grams: int = 200_000, documents: int = 60) -> tuple[SourceGrams, dict[int, bytes]]:
    """A source whose text is drawn from a body: its n-grams, and sketches of its documents."""
    dice = np.random.RandomState(5)
    shares = body.shares / body.shares.sum()
    halves = np.array([dice.multinomial(grams // 2, shares) for _ in range(2)])
    sketches = {
        int(dice.randint(1 << 62)): packed_grams(np.sort(dice.choice(BUCKETS, 128, p=shares))) for _ in range(documents)
    }
    return SourceGrams.of(documents, 5 * grams, halves), sketches


def judged(code: str, *names: str, left_out: str = "") -> list[DomainReport]:
    """What is said of sources, each drawn from a body."""
    bodies = {body.name: body for body in shipped(code)}
    found = [drawn(bodies[name]) for name in names]
    part = DomainPart(
        documents=60 * len(names),
        sketches={unit: row for _, rows in found for unit, row in rows.items()},
        homes={unit: number for number, (_, rows) in enumerate(found) for unit in rows},
        sources={number: grams for number, (grams, _) in enumerate(found)},
    )
    reports = sources_against(code, part, [body for body in shipped(code) if body.name != left_out])
    return [reports[number] for number in range(len(names))]


@pytest.mark.parametrize(
    ("code", "domain", "other"),
    [("ko", "civil rulings", "encyclopedia"), ("ko", "statutes", "comments"), ("en", "contracts", "web pages"),
     ("en", "technical docs", "novels"), ("de", "statutes", "novels"), ("zh", "classical poetry", "encyclopedia")],
)  # fmt: skip
def test_a_source_is_what_its_text_is_whatever_the_others_are(code: str, domain: str, other: str) -> None:
    one, two = judged(code, domain, other)
    assert (one.verdict, two.verdict) == ("domain", "general")
    for report, name in ((one, domain), (two, other)):
        assert report.nearest
        assert report.nearest.name == report.mixture[0].name == name
        assert report.mixture[0].share > 0.9
        assert report.documents == report.sketched == 60


@pytest.mark.parametrize(("code", "name"), [("ko", "civil rulings"), ("ko", "reports"), ("en", "contracts")])
def test_a_quarter_of_the_buckets_tells_the_distance_that_all_of_them_tell(code: str, name: str) -> None:
    body = next(body for body in shipped(code) if body.name == name)
    (report,) = judged(code, name, left_out=name)
    assert body.distance
    assert report.distance_bits == pytest.approx(body.distance, rel=0.15)


def test_cells_hold_every_fourth_bucket_and_all_the_rest_together() -> None:
    table = np.arange(2 * BUCKETS).reshape(2, BUCKETS)
    cells = in_cells(table)
    assert cells.shape == (2, CELLS)
    assert (cells[:, :-1] == table[:, ::EVERY]).all()
    assert (cells.sum(axis=1) == table.sum(axis=1)).all()


def test_too_little_of_a_source_gives_no_verdict() -> None:
    body = general(shipped("ko"))[0]
    few, _ = drawn(body, grams=ENOUGH_GRAMS // 2)
    report = sources_against("ko", DomainPart(documents=9, sources={3: few}), shipped("ko"))[3]
    assert (report.verdict, report.reason, report.distance_bits) == ("unknown", "too little text", None)
    assert report.needed_bytes > few.text_bytes
    unknown = sources_against("Greek", DomainPart(documents=9, sources={3: few}), ())[3]
    assert unknown.reason.startswith("no general text is shipped")


tables = st.dictionaries(st.integers(0, 2**64 - 1), st.just(ONE), max_size=8)


@examples(40)
@given(a=tables, b=tables, c=tables)
def test_of_many_sources_those_with_the_smallest_ids_stay_in_whatever_order(
    a: dict[int, SourceGrams], b: dict[int, SourceGrams], c: dict[int, SourceGrams]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("corpuscheck.profile.domain_sources.MOST_COMPARED", 3)
        one, two, three = (DomainPart(1).merge(DomainPart(1, sources=dict(sorted(t.items())[:3]))) for t in (a, b, c))
        whole = one.merge(two).merge(three)
        assert whole == three.merge(one.merge(two)) == one.merge(two, three)
        union = sorted({**a, **b, **c})[:3]
        assert sorted(whole.sources) == union
        for source in union:
            times = sum(source in table for table in (a, b, c))
            assert whole.sources[source].units == times
            assert whole.sources[source].halves.sum() == times * 2 * BUCKETS


def test_the_n_grams_of_the_sources_are_those_of_the_whole() -> None:
    part = sample_part({1: 40, 2: 60})
    assert np.array_equal(part.sources[1].halves + part.sources[2].halves, in_cells(part.tables()))
    assert {source: grams.units for source, grams in part.sources.items()} == {1: 40, 2: 60}
    assert sorted(part.homes) == sorted(part.sketches)
    assert sum(home == 1 for home in part.homes.values()) == 40
    assert part.grams == sample_part({0: 100}).grams  # as if nobody knew of sources
    assert not sample_part({0: 100}).sources


def test_more_sources_than_are_kept_still_count_in_the_whole() -> None:
    part = sample_part(dict.fromkeys(range(1, MOST_COMPARED + 4), 3), words=1500)
    assert sorted(part.sources) == list(range(1, MOST_COMPARED + 1))
    assert sum(grams.halves.sum() for grams in part.sources.values()) < part.tables().sum()


def sample_part(documents: dict[int, int], words: int = 120) -> DomainPart:
    """The part of a sample that has so many documents of each source."""
    homes = [source for source, number in documents.items() for _ in range(number)]
    texts = dict(zip(plain(len(homes), words), homes, strict=True))
    keys = {int.from_bytes(random.Random(text).randbytes(8), "little"): text for text in texts}
    sample = Sample.of(1 << 30, ((key, text.encode(), 1, key) for key, text in keys.items()))
    sources = [texts[keys[key]] for key in sample.hashes.tolist()]
    return language_parts(replace(sample, sources=np.array(sources, np.uint64)), "en")["en"]


def plain(documents: int, words: int = 120, seed: int = 1) -> list[str]:
    """Documents of the words that general English has, with some marks."""
    dice, counts = random.Random(seed), known_words()
    known, weights = list(counts), list(counts.values())
    return [
        " ".join(word + dice.choices(("", ",", "."), (9, 1, 1))[0] for word in dice.choices(known, weights, k=words))
        for _ in range(documents)
    ]


@cache
def known_words() -> Counter[str]:
    """The words of general English, how frequent they are; those of one letter are in no list."""
    return Counter(
        {word: n for body in general(shipped("en")) for word, (_, n) in body.words.counts.items()}
        | {"a": 40_000, "i": 30_000}
    )


def special(documents: int, words: int = 120) -> list[str]:
    """Documents of a few rare words."""
    dice, counts = random.Random(9), known_words()
    rare = sorted(counts, key=lambda word: (counts[word], word))[:150]
    return [" ".join(dice.choices(rare, k=words)) for _ in range(documents)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of general text, one of a domain, one of a few lines."""
    files = {
        "plain/a.txt": "\n".join(plain(70)),
        "special/b.txt": "\n".join(special(70)),
        "short/c.txt": "\n".join(plain(20, 60, 3)),
    }
    return write_files(tmp_path_factory.mktemp("corpus"), files)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Options of a scan that is about the domain: nothing is trained."""
    known = sorted(set("".join(plain(50))) - {" "})
    return {"tokenizer": write_vocabulary(tmp_path_factory.mktemp("v") / "vocab.txt", known), "near_duplicates": False}


def told(sources: list[dict[str, Any]]) -> dict[str, str]:
    return {source["name"].rpartition("/")[2]: source["domain"]["verdict"] for source in sources}


@pytest.fixture(scope="module")
def result(corpus: Path, quick: dict[str, Any]) -> Result:
    return scanned(corpus, document="line", **quick).result


def test_a_corpus_of_a_domain_and_of_general_text_says_so_by_source(result: Result) -> None:
    document = json.loads(render(result, "json"))
    assert told(document["sources"]) == {"plain": "general", "special": "domain", "short": "unknown"}
    for source in document["sources"]:
        assert source["distance_bits"] == source["domain"]["distance_bits"]
        assert (source["domain"]["reason"] == "too little text") == (source["domain"]["verdict"] == "unknown")
    sentence = "special is text of a domain, plain is general text"
    (finding,) = [finding for finding in result.findings if finding.rule == "CC602"]
    assert sentence in finding.message
    for full in (True, False):
        lines = terminal_report(result, 80, full=full).splitlines()
        assert all(len(line) <= 80 for line in lines)
        assert sentence in " ".join(line.strip() for line in lines)
    assert "special is text of a domain" in render(result, "markdown").decode().replace("`", "")
    assert sentence in render(result, "html").decode()


def test_what_is_known_of_a_source_does_not_depend_on_how_it_was_read(
    result: Result, corpus: Path, quick: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one pass over folders of text, and as records in any order, read piece by piece."""
    rows = [
        {"text": line, "source": path.parent.name}
        for path in sorted(corpus.rglob("*.txt"))
        for line in path.read_text("utf-8").splitlines()
    ]
    random.Random(3).shuffle(rows)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    records = write_files(tmp_path, {"records.jsonl": lines})
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 16)
    monkeypatch.setattr(units, "LARGEST_UNIT", 1 << 17)
    named = scanned(records, by="field:source", **quick).result.profile.domain.languages["en"]
    by_folder = result.profile.domain.languages["en"]
    ids = {source_id(str(corpus / name)): source_id(name) for name in ("plain", "special", "short")}
    assert {ids[source]: grams for source, grams in by_folder.sources.items()} == named.sources
    assert {unit: ids[source] for unit, source in by_folder.homes.items()} == named.homes


def test_by_script_a_source_is_judged_as_its_language(tmp_path: Path, quick: dict[str, Any]) -> None:
    files = {"a.txt": "\n".join(plain(70)), "b.txt": "\n".join(f"Ξεσκεπάζω την ψυχοφθόρα {k}" for k in range(40))}
    document = document_of(write_files(tmp_path, files), document="line", by="script", **quick)
    known = {source["name"]: source["domain"] for source in document["sources"]}
    assert known["Latin"]["distance_bits"] == document["domain"]["distance_bits"] is not None
    assert known["Latin"]["verdict"] == document["domain"]["verdict"]
    assert known["Greek"] is None or known["Greek"]["verdict"] == "unknown"


def source(name: str, verdict: Any, size: int = 10) -> SourceReport:
    return SourceReport(name, utf8_bytes=size, share=size / 100, domain=DomainReport("ko", verdict=verdict))


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        ([], ""),
        ([source("a", "domain"), source("b", "domain")], ""),
        ([source("a", "domain"), source("b", "unclear")], ""),
        ([source("a", "general"), source("b", "unknown"), SourceReport("c")], ""),
        ([source("wiki", "general"), source("laws", "domain")], "laws is text of a domain, wiki is general text"),
        (
            [source("b", "domain", 20), source("a", "domain", 30), source("w", "general"), source("v", "general")],
            "a and b are text of a domain, v and w are general text",
        ),
        (
            [*(source(f"s{k}", "domain", 90 - k) for k in range(9)), source("w\x1b[1m", "general")],
            "s0, s1, s2, s3 and 5 more are text of a domain, w\\u001b[1m is general text",
        ),
    ],
)
def test_sources_that_differ_are_told_the_largest_first(sources: list[SourceReport], sentence: str) -> None:
    assert Sources(sources=tuple(sources)).domains_told == sentence
