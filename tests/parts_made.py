"""Parts of a profile, made at random: a strategy for each kind of part."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from corpuscheck.kernels.arrays import BUCKETS, GROUPS
from corpuscheck.profile import letters
from corpuscheck.profile.against import AgainstPart, Benchmark
from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.clean import CleanPart, Tally, Worst, worst_of
from corpuscheck.profile.counts import packed_counts
from corpuscheck.profile.curve import CurvePart
from corpuscheck.profile.distributions import DistributionPart
from corpuscheck.profile.documents import DocumentPart, NormPart
from corpuscheck.profile.domain import DomainPart, LanguageParts, packed_grams
from corpuscheck.profile.domain_sources import CELLS, SourceGrams
from corpuscheck.profile.domain_words import DomainWords
from corpuscheck.profile.estimates import TokenSample
from corpuscheck.profile.files import FileFigures, FilesPart
from corpuscheck.profile.forecast import ForecastPart
from corpuscheck.profile.letters import LettersPart
from corpuscheck.profile.lost import LostWords
from corpuscheck.profile.mojibake import MojibakePart
from corpuscheck.profile.near import BINS, NearPart
from corpuscheck.profile.part import Part
from corpuscheck.profile.reading import ReadingPart
from corpuscheck.profile.repeats import LineSample, RepeatsPart
from corpuscheck.profile.shattered import ShatteredPart
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.sources import LostCharacters, SourceFigures, SourcesPart
from corpuscheck.profile.wholeness import WholenessPart
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.files import FileRecord

n = st.integers(0, 10**6)
names = st.text("abc가힣", min_size=1, max_size=3)
counts = st.dictionaries(names, st.integers(1, 99), max_size=5)
ranks = st.dictionaries(st.integers(0, 50), st.integers(1, 99), max_size=5)
groups = st.dictionaries(st.integers(0, 19), st.integers(1, 99), max_size=5)
sizes = st.builds(SizePart, n, n, n, n)
code_points = st.integers(0, 0x10FFFF)
characters = st.builds(
    CharacterPart,
    st.dictionaries(code_points, st.integers(1, 99), max_size=6),
    st.dictionaries(code_points | st.integers(65, 67), st.tuples(names, st.integers(0, 9)), max_size=3),
)
lost_words = st.dictionaries(st.tuples(st.integers(0, 5), names), st.integers(1, 9), max_size=6).map(
    lambda counts: LostWords(0, counts).bounded()
)
shattered = st.builds(
    ShatteredPart, n, n, n, n, st.dictionaries(names, st.booleans(), max_size=3), lost_words,
    st.dictionaries(code_points, st.tuples(n, n, n), max_size=5),
)  # fmt: skip
some_words = st.builds(
    WordPart, st.sampled_from(["", "f"]), n, n, n, n, n, n, st.dictionaries(names, st.booleans(), max_size=3),
    st.one_of(st.none(), n), lost_words, counts, shattered, n, n,
)  # fmt: skip
words = some_words.map(lambda part: part if part.fingerprint else WordPart())
curves = st.one_of(
    st.just(CurvePart()), st.builds(CurvePart, st.sampled_from("xy"), st.just(7), ranks, n, st.booleans())
)
estimates = st.builds(TokenSample, groups, groups, groups, groups, groups, st.booleans())
mojibake = st.builds(MojibakePart, n, counts, st.just(()))
records = st.builds(
    FileRecord, path=names, status=st.sampled_from(["measured", "skipped"]),
    reason=st.sampled_from(["empty", "binary"]),
    encoding=st.sampled_from(["utf-8", "cp949"]), confidence=st.floats(0, 1), bytes=n, utf8_bytes=n, documents=n,
    invalid_bytes=st.integers(0, 3), bad_records=st.integers(0, 2),
)  # fmt: skip
buckets = st.dictionaries(st.integers(0, GROUPS * BUCKETS - 1), st.integers(1, 99), max_size=5)
sketches = st.dictionaries(
    st.integers(0, 2**64 - 1),
    st.lists(st.integers(0, BUCKETS - 1), max_size=4).map(lambda row: packed_grams(np.sort(np.array(row, np.int64)))),
    max_size=5,
)
frequent = st.dictionaries(names, st.integers(1, 9).map(lambda k: (k, 2 * k)), max_size=6)
domain_words = st.builds(DomainWords, st.integers(1000, 2000), st.integers(0, 9), st.just(0), frequent)
fertilities = st.dictionaries(st.sampled_from("pq"), st.tuples(n, n, n), max_size=2)


def grams_of(counts: dict[int, int]) -> bytes:
    table = np.zeros(GROUPS * BUCKETS, np.int64)
    table[list(counts)] = list(counts.values())
    return packed_counts(table) if counts else b""


def cells_of(counts: dict[int, int]) -> bytes:
    table = np.zeros(2 * CELLS, np.int64)
    table[list(counts)] = list(counts.values())
    return packed_counts(table) if counts else b""


ids = st.integers(0, 2**64 - 1)
homes = st.dictionaries(ids, ids, max_size=5)
cells = st.dictionaries(st.integers(0, 2 * CELLS - 1), st.integers(1, 99), max_size=5)
source_grams = st.dictionaries(ids, st.builds(SourceGrams, n, n, cells.map(cells_of)), max_size=3)
domains = st.builds(DomainPart, n, n, n, buckets.map(grams_of), sketches, domain_words, homes, source_grams)
languages = st.dictionaries(st.sampled_from(["ko", "en", "Greek"]), domains, max_size=2)
readings = st.lists(records, max_size=4).map(ReadingPart.of)
changed_words = st.dictionaries(names, st.integers(1, 99), max_size=6).map(letters.smallest)
wholeness = st.builds(
    WholenessPart,
    st.dictionaries(
        st.tuples(st.integers(0, 19), st.sampled_from(["Latin", "other"])), st.tuples(n, n, n, n, n), max_size=4
    ),
    n,
    n,
    st.booleans(),
)
changes = st.builds(LettersPart, n, n, changed_words, n, n, st.booleans())

few = st.integers(0, 50)
hashes = st.one_of(st.integers(1, 2**64 - 1), st.integers(1, 9), st.sampled_from([2**63, 2**64 - 1]))
figures = st.builds(FileFigures, st.sampled_from(["utf-8", "cp949"]), few, few, few, few, few, hashes)
file_tables = st.dictionaries(st.text("ab가", min_size=1, max_size=3), figures, max_size=12)
rows = st.lists(st.tuples(hashes, st.integers(0, 5), st.integers(1, 9)), max_size=12)


def of_rows(table: list[tuple[int, int, int]]) -> DocumentPart:
    """Texts with equal hashes have equal sizes."""
    texts, homes, counts = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    sizes = [text % 97 for text in texts]
    return DocumentPart(
        0,
        np.array(texts, np.uint64),
        np.array([home % 2 for home in homes], np.uint64),
        np.array(homes, np.uint64),
        np.array(counts, np.int64),
        np.array(sizes, np.int64),
        np.array([text // 2 for text in texts], np.uint64),
        np.array(counts, np.int64),
        np.array([size // 2 for size in sizes], np.int64),
        np.array(counts, np.int64) + 3,
    ).bounded()


def of_norms(table: list[tuple[int, int, int]]) -> NormPart:
    """Texts of one norm differ in size."""
    norms, sizes, debris = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    return NormPart(0, np.array(norms, np.uint64), np.array(sizes, np.int64), np.array(debris, np.int64)).bounded()


def of_signatures(table: list[tuple[int, int, int]]) -> NearPart:
    """Texts with equal norms have equal keys and signatures."""
    norms, homes, places = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    signatures = np.array([[(norm >> k % 48) % 256 for k in range(BINS)] for norm in norms], np.uint8)
    return NearPart(
        0,
        len(norms),
        sum(places),
        np.array([norm // 3 * 7 % 2**64 for norm in norms], np.uint64),
        np.array(norms, np.uint64),
        np.array(homes, np.uint64),
        np.array(places, np.int64),
        np.array([place * 3 for place in places], np.int64),
        np.array(places, np.int64),
        signatures.reshape(-1, BINS),
    ).bounded()


def of_units(table: list[tuple[int, int, int]]) -> RepeatsPart:
    """Equal units have equal sizes."""
    units, _, counts = (list(column) for column in zip(*table, strict=True)) if table else ([], [], [])
    sizes = np.array([unit % 31 for unit in units], np.int64)
    total = int(sizes.sum())
    return RepeatsPart(0, len(units), total, 0, np.array(units, np.uint64), np.array(counts, np.int64), sizes).bounded()


def of_occurrences(table: list[tuple[int, int, int]]) -> LineSample:
    """An occurrence is always of the same line."""
    return LineSample(rows={key: (key % 5, key % 31, f"line {key % 5}") for key, _, _ in table}).bounded()


worst = st.builds(Worst, few, few, st.text("ab가", min_size=1, max_size=2), few, st.integers(0, 2))
tallies = st.lists(worst, max_size=14).map(
    lambda rows: Tally(20, 900, len(rows), sum(row.utf8_bytes for row in rows), 3, 4, worst_of(rows))
)
cleans = st.dictionaries(st.sampled_from(["CC401", "any", "debris: URLs"]), tallies).map(CleanPart)

forecasts = st.one_of(
    st.just(ForecastPart()), st.just(ForecastPart(conflict=True)), st.builds(ForecastPart, n, n, n, n, n, n)
)

over = st.dictionaries(st.sampled_from([512, 2048, 8192]), st.integers(1, 99))
rates = st.dictionaries(st.integers(0, 14), st.integers(1, 99), max_size=5)
lost_characters = st.builds(LostCharacters, st.dictionaries(st.integers(1, 0x10FFFF), st.integers(1, 99), max_size=5))
source_figures = st.builds(
    SourceFigures, n, n, n, n, st.just(0), st.just(0), n, n, counts, counts, ranks, lost_characters
)
sources = st.builds(
    SourcesPart, st.sampled_from(["folder", "path"]), st.booleans(), st.just(0),
    st.dictionaries(names, source_figures, min_size=1, max_size=5),
).map(SourcesPart.bounded)  # fmt: skip

BENCHMARKS = {
    "00ff": Benchmark("eval.jsonl", (("eval.jsonl", 3),), 1, np.array([2, 0, 9], "<u4").tobytes(), b"\x80\0"),
    "aa11": Benchmark("other", (("a", 1), ("b", 1)), 0, np.array([1, 1], "<u4").tobytes(), b"\0"),
}


def of_benchmarks(found: dict[str, bytes], placed: dict[tuple[str, int], tuple[str, int, int]]) -> AgainstPart:
    bits = {name: some[: len(BENCHMARKS[name].shared)] for name, some in found.items()}
    places = {key: place for key, place in placed.items() if key[0] in found}
    return AgainstPart({name: BENCHMARKS[name] for name in found}, bits, places)


against = st.builds(
    of_benchmarks,
    st.dictionaries(st.sampled_from(sorted(BENCHMARKS)), st.binary(min_size=2, max_size=2), max_size=2),
    st.dictionaries(
        st.tuples(st.sampled_from(sorted(BENCHMARKS)), st.integers(0, 1)), st.tuples(names, n, n), max_size=3
    ),
)

KINDS: dict[type[Part], st.SearchStrategy[Any]] = {
    AgainstPart: against,
    ReadingPart: readings,
    SizePart: sizes,
    CharacterPart: characters,
    WordPart: words,
    ShatteredPart: shattered,
    CurvePart: curves,
    TokenSample: estimates,
    MojibakePart: mojibake,
    FilesPart: file_tables.map(lambda table: FilesPart(0, table).bounded()),
    DocumentPart: rows.map(of_rows),
    NormPart: rows.map(of_norms),
    ForecastPart: forecasts,
    CleanPart: cleans,
    NearPart: rows.map(of_signatures),
    RepeatsPart: rows.map(of_units),
    LineSample: rows.map(of_occurrences),
    LanguageParts: st.builds(LanguageParts, languages, fertilities),
    LettersPart: changes,
    WholenessPart: wholeness,
    SourcesPart: sources,
    DistributionPart: st.builds(DistributionPart, ranks, rates, ranks, ranks, over),
}
"""Each kind of part that a profile has."""
