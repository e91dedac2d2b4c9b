"""The kernels that look into documents against plain Python, compiled and not (also with NUMBA_DISABLE_JIT=1)."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples

from corpuscheck.kernels import alike, debris, inspection, numbers, shingles, tallying, utf8
from corpuscheck.kernels import columns as counted
from corpuscheck.kernels.arrays import CODE_POINTS
from corpuscheck.kernels.columns import (
    BYTES,
    COLUMNS,
    CONTROLS,
    DEBRIS,
    FIRST_DEBRIS,
    FIRST_PII,
    KINDS,
    LATIN_RUNS,
    LETTERS,
    LINE_ENDS,
    LONG_WORDS,
    PII,
    REPEATED,
    REPLACEMENTS,
    RUN_BYTES,
    SAMPLED,
    SHORT_DOCUMENT,
    SPACES,
    UNREADABLE,
    WORDS,
)
from corpuscheck.kernels.words import UNPROBED, WORD, find_unprobed
from corpuscheck.measuring.kinds import characters, folds, kinds
from corpuscheck.measuring.tallying import NAMES, Tallies
from corpuscheck.profile.clean import CleanPart, Worst, worst_of
from corpuscheck.profile.document_rules import DOCUMENT_RULES, Counts
from corpuscheck.reading.batch import batch_of
from corpuscheck.reading.files import FileRecord
from corpuscheck.text.scripts import SCRIPTS

pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")
calm = examples(30)
pieces = st.sampled_from(
    ["가나", "다람쥐", "ab", "Éa", "zzzzz", "ㅋㅋㅋㅋㅋㅋ", "𝔘𝔘𝔘𝔘𝔘𝔘", "æøå", "ÃÂÃÂ", "\xad", "\x01", "\ufffd", "\ue000",
     "か\u3099", "가나다", "\u1112\u1161\u11ab", "\u1161", "中", "-----", "....", " ", "  ", "\n",
     "\xa0", "x" * 70, "7", "😀"]
)  # fmt: skip
documents = st.lists(st.lists(pieces, max_size=40).map("".join), min_size=1, max_size=4)
BASE = 0x9E3779B97F4A7C15


def forms(kernel: Any) -> list[Callable[..., Any]]:
    """The kernel as compiled, and the Python it was compiled from."""
    return [kernel, getattr(kernel, "py_func", kernel)]


def array(data: bytes) -> Any:
    return np.frombuffer(data, np.uint8)


@pytest.mark.thorough
@calm
@given(text=st.lists(pieces, max_size=80).map("".join), before=st.integers(0, 3), size=st.sampled_from([7, 64, 1024]))
def test_stretches_decode_to_the_characters_of_the_text(text: str, before: int, size: int) -> None:
    data = array(b"a" * before + text.encode())
    scratch, out = np.zeros(len(data) + 1, np.int32), np.zeros(len(data) + 1, np.int32)
    starts = np.zeros(len(data) + 1, np.uint8)
    for decode in forms(utf8.decode):
        n, start = 0, before
        while start < len(data):
            stop = utf8.stretch_end(data, start, len(data), size)
            n, start = decode(data, start, stop, scratch, starts, out, n), stop
        assert "".join(map(chr, out[:n].tolist())) == text


@pytest.mark.parametrize(
    "bad", [b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\x80", "가".encode()[:2]]
)
@pytest.mark.parametrize("plain", ["a", "가", "é", "😀"])
def test_a_wrong_byte_is_found_wherever_it_stands_in_long_text(bad: bytes, plain: str) -> None:
    text = plain.encode() * 200
    width = len(plain.encode())
    assert utf8.is_utf8(array(text))
    for place in [*range(0, 12 * width, width), *range(240 // width * width, 276, width), len(text) - width, len(text)]:
        assert not utf8.is_utf8(array(text[:place] + bad + text[place:]))


@calm
@given(texts=documents)
def test_characters_runs_and_words_are_those_of_plain_python(texts: list[str]) -> None:
    batch = batch_of([text.encode() for text in texts])
    for inspect in forms(inspection.inspect):
        rows, totals = np.zeros((len(texts), COLUMNS), np.int64), np.zeros(len(texts), np.uint64)
        begins, stops = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int64)
        prefix = np.zeros(len(batch.data) + len(texts) + 1, np.uint64)
        inspect(batch.data, batch.starts, batch.ends, characters(), rows, totals, prefix, begins, stops)
        for d, text in enumerate(texts):
            assert expected_counts(text) == {k: int(rows[d, k]) for k in expected_counts(text)}
            assert prefix[begins[d] : stops[d] + 1].tolist() == list(hashes_of_beginnings(folded(text)))
            assert totals[d] == prefix[stops[d]]


def expected_counts(text: str) -> dict[int, int]:
    kind = [int(kinds()[ord(ch)]) for ch in text]
    blank = [k in (SPACES, LINE_ENDS) for k in kind]
    words = [len(list(group)) for is_blank, group in groupby(blank) if not is_blank]
    runs = [(ch, len(list(group))) for ch, group in groupby(text)]
    latin = [len(list(g)) for yes, g in groupby("\x80" <= ch < "\u0100" and ch not in "\xa0\xad" for ch in text) if yes]
    unreadable = [ch for ch, k in zip(text, kind, strict=True) if CONTROLS <= k <= REPLACEMENTS]
    solid = [(ch, n) for ch, n in runs if kinds()[ord(ch)] not in (SPACES, LINE_ENDS)]
    return {
        **{k: Counter(kind)[k] for k in range(KINDS)},
        WORDS: len(words),
        LONG_WORDS: sum(n > inspection.LONG_WORD for n in words),
        RUN_BYTES: sum(n * len(ch.encode()) for ch, n in solid if n >= inspection.LONG_RUN),
        LATIN_RUNS: sum(n for n in latin if n >= inspection.LATIN_RUN),
        FIRST_DEBRIS + 2 * UNREADABLE: len(unreadable),
        FIRST_DEBRIS + 2 * UNREADABLE + 1: len("".join(unreadable).encode()),
    }


def folded(text: str) -> str:
    """Letters and digits in lower case; jamo and voicing marks joined as NFC joins them."""
    return unicodedata.normalize("NFC", "".join(chr(cp) for cp in (int(folds()[ord(ch)]) for ch in text) if cp))


def hashes_of_beginnings(text: str) -> Any:
    h = 0
    yield h
    for ch in text:
        h = (h * BASE + ord(ch)) % 2**64
        yield h


@pytest.mark.parametrize("cut", [None, 300, 6000])
def test_shingles_are_the_smallest_hashes_and_a_set_remembers_stretches(cut: int | None) -> None:
    dice = random.Random(7)
    words = ["".join(dice.choices("가나다라마바사아자차카타파하", k=30)) for _ in range(60)]
    text = "".join(dice.choices(words, k=350))
    prefix = np.array(list(hashes_of_beginnings(text)), np.uint64)
    smallest, sampled, repeated, known = [shingles.EMPTY] * shingles.BINS, 0, 0, set()
    for k in range(shingles.SHORT[0], len(text) + 1):
        h = (int(prefix[k]) - int(prefix[k - 5]) * pow(BASE, 5, 2**64)) % 2**64
        h = ((h ^ h >> 32) * 0xD6E8FEB86659FD93) % 2**64
        smallest[h >> 57] = min(smallest[h >> 57], h >> 25 & 0xFFFFFFFF)
        if h >> 22 & 7 == 0 and k >= shingles.LONG[0]:
            sampled, stretch = sampled + 1, text[k - shingles.LONG[0] : k]
            repeated += stretch in known
            known.add(stretch)
    table, bins = np.zeros(1 << 15, np.uint64), np.full((1, shingles.BINS), shingles.EMPTY, np.uint64)
    row, one = np.zeros((1, COLUMNS), np.int64), np.zeros(1, np.int64)
    overlap = shingles.LONG[0]
    spans = [(0, len(text))] if cut is None else [(0, cut), (cut, len(text))]
    for number, (first, last) in enumerate(spans):
        shingles.shingle(
            prefix, one + first, one + last, np.ones(1, np.uint8), one, number > 0, number + 1 < len(spans),
            table, bins, row,
        )  # fmt: skip
    if cut is None:
        assert bins[0].tolist() == smallest
        assert (row[0, SAMPLED], row[0, REPEATED]) == (sampled, repeated)
    else:  # only what lies across the cut is not seen
        assert sampled - overlap <= row[0, SAMPLED] <= sampled
        assert repeated - overlap <= row[0, REPEATED] <= repeated
        assert repeated > 100


@pytest.mark.parametrize("slots", [64, 1 << 15])
def test_a_set_says_what_it_has_held_as_long_as_there_is_room(slots: int) -> None:
    dice = random.Random(3)
    hashes = [dice.randrange(2**64) for _ in range(300)] * 2
    table, known = np.full(slots, 7, np.uint64), set()
    mask = shingles.begin_set(table, 300)
    assert mask == min(slots, 4096) - 1
    for h in hashes:
        held = shingles.remembered(table, mask, np.uint64(h))
        assert held <= (h in known)  # it may forget, but invents nothing
        assert held or h not in known or mask == 63
        known.add(h)


@pytest.mark.thorough
def test_an_empty_bin_borrows_from_the_first_that_it_asks_and_that_is_not_empty() -> None:
    dice = random.Random(5)
    bins = np.full((6, shingles.BINS), shingles.EMPTY, np.uint64)
    for d, filled in enumerate((1, 2, 20, 64, 100, 128)):
        for b in dice.sample(range(shingles.BINS), filled):
            bins[d, b] = dice.randrange(2**32 - 1)
    for sign in forms(shingles.sign):
        signatures, keys = np.zeros(bins.shape, np.uint8), np.zeros(len(bins), np.uint64)
        sign(bins, signatures, keys)
        for row, signature, key in zip(bins.tolist(), signatures.tolist(), keys.tolist(), strict=True):
            assert signature == [mixed(row[o] * shingles.BINS + o) & 0xFF for o in map(lender_in(row), range(128))]
            assert key == mixed(min(row))


def mixed(x: int) -> int:
    for _ in range(2):
        x = ((x ^ x >> 32) * 0xD6E8FEB86659FD93) % 2**64
    return x ^ x >> 32


def lender_in(row: list[int]) -> Callable[[int], int]:
    def lender(b: int) -> int:
        asked = (b, *(mixed(b * 4096 + attempt) >> 57 for attempt in range(1, 4097)))
        return next(other for other in asked if row[other] != shingles.EMPTY)

    return lender


@calm
@given(text=st.text("0123456789-. )(가a+/", max_size=40))
def test_a_plain_number_is_one_without_any_shape(text: str) -> None:
    data = array(text.encode())
    for i, ch in enumerate(text.encode()):
        if 0x30 <= ch <= 0x39:
            for plain in forms(numbers.plain_number_end):
                end = plain(data, i, len(data))
                assert end == 0 or numbers.number_shape(data, 0, i, len(data)) == (end, -1)


@calm
@given(
    text=st.lists(
        st.sampled_from(["가나다 ", "plain ", "w", "ww", "W", "<", "&", ":", "@", "7", "+", "=", "|", "’", "é", "😀"]),
        max_size=60,
    ).map("".join)
)
def test_what_is_passed_over_begins_nothing(text: str) -> None:
    data, table = array(text.encode()), debris.triggers()
    for next_trigger in forms(debris.next_trigger):
        i = 0
        while i < len(data):
            found = next_trigger(data, i, len(data), table)
            passed = bytes(data[i : found + 1]).lower()
            assert all(table[b] == 0 or b == ord("w") for b in passed[:-1] if found < len(data))
            assert b"ww" not in passed[:-1]
            i = found + 1


@calm
@given(text=st.lists(pieces, max_size=120).map("".join))
def test_characters_that_were_never_probed_are_listed_once(text: str) -> None:
    data = array(text.encode())
    for find in forms(find_unprobed):
        table, out = np.full(CODE_POINTS, WORD, np.int32), np.zeros(len(data) + 1, np.int64)
        table[[ord(ch) for ch in "나a😀7"]] = UNPROBED
        n = find(data, 0, len(data), table, out)
        assert [chr(cp) for cp in out[:n].tolist()] == [ch for ch in dict.fromkeys(text) if ch in "나a😀7"]


def counted_documents(many: int, seed: int) -> Any:
    """Rows of counts as documents might have them: of all lengths, some of nothing but one kind."""
    dice = np.random.default_rng(seed)
    rows = dice.integers(0, 40, (many, COLUMNS)) * (dice.random((many, COLUMNS)) < 0.3)
    rows[:, BYTES] = dice.choice([0, 1, 150, 199, 200, 201, 999], many)
    for d, script in enumerate(dice.integers(0, LETTERS, many // 2)):
        rows[d, script] += 500
    rows[: many // 5, :LETTERS] = 0
    return rows.astype(np.int64)


def _share(part: Any, whole: Any) -> float:
    return float(part) / float(max(whole, 1))


def _long(row: Any, score: float) -> float | None:
    return score if row[BYTES] >= 200 else None


def _letters(row: Any) -> Any:
    return row[: len(SCRIPTS)].sum()


def _visible(row: Any, *columns: int) -> float:
    kinds = row[: len(SCRIPTS) + 10].sum() - row[counted.SPACES] - row[counted.LINE_ENDS]
    return _share(sum(row[column] for column in columns), kinds)


def _from_lines(least: int, row: Any, score: float) -> float | None:
    return _long(row, score) if row[counted.LINES] >= least else None


def _of_words(row: Any) -> float | None:
    unspaced = sum(row[SCRIPTS.index(name)] for name in ("Han", "Kana", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"))
    spaced = _share(unspaced, _letters(row)) <= 0.3
    return _long(row, _share(row[counted.LONG_WORDS], row[counted.WORDS])) if spaced else None


def _of_short_lines(row: Any) -> float:
    unended = _share(row[counted.ENDED_LINES], row[counted.LINES]) < 0.12
    return _share(row[counted.SHORT_LINES], row[counted.LINES]) if unended else 0.0


def _of_repeats(row: Any) -> float:
    return _share(row[counted.REPEATED], row[counted.SAMPLED]) if row[counted.SAMPLED] >= 8 else 0.0


DEFINED: dict[str, Callable[[Any], float | None]] = {
    "CC401": lambda row: _long(row, 1 - _visible(row, *range(len(SCRIPTS)))),
    "CC402": lambda row: _long(row, _visible(row, counted.DIGITS)),
    "CC403": lambda row: _long(row, _visible(row, counted.PUNCTUATION, counted.SYMBOLS, counted.BRACES)),
    "CC404": lambda row: _long(row, _of_repeats(row)),
    "CC405": lambda row: _from_lines(5, row, _share(row[counted.REPEATED_LINE_BYTES], row[counted.LINE_BYTES])),
    "CC406": lambda row: _from_lines(10, row, _of_short_lines(row)),
    "CC407": lambda row: _long(row, _share(row[counted.RUN_BYTES], row[BYTES])),
    "CC408": lambda row: _visible(row, counted.CONTROLS, counted.PRIVATE, counted.REPLACEMENTS) if row[BYTES] else None,
    "CC409": lambda row: _long(row, _visible(row, counted.LATIN_RUNS)),
    "CC410": _of_words,
    "CC411": lambda row: _long(row, _visible(row, counted.BRACES)),
    "CC412": lambda row: _from_lines(5, row, _share(row[counted.BULLET_LINES], row[counted.LINES])),
}
"""The score of a document by each rule, as `docs/method.md` tells it; None where it is not judged."""

BEYOND = dict(zip(DEFINED, (0.5, 0.4, 0.35, 0.3, 0.2, 0.8999, 0.1, 0.001, 0.02, 0.02, 0.01, 0.9), strict=True))


def expected_tallies(rows: Any, records: list[FileRecord], files: Any, places: Any) -> dict[str, tuple[Any, ...]]:
    """What the rules, as they are defined over arrays, make of the documents."""
    counts, sizes, everything = Counts(rows), rows[:, BYTES], np.ones(len(rows), np.bool_)
    named, found = ~everything, {}

    def enter(name: str, judged: Any, hit: Any, score: Any, amount: Any = None, extent: Any = None) -> None:
        chosen = np.flatnonzero(hit)
        worst = [Worst(int(score[k]), int(sizes[k]), records[files[k]].path, int(places[k])) for k in chosen]
        totals = [int(x[chosen].sum()) if x is not None else 0 for x in (amount, extent)]
        found[name] = (
            judged.sum(), sizes[judged].sum(), len(chosen), sizes[chosen].sum(), *totals,
            () if name == "short" else worst_of(worst),
        )  # fmt: skip

    for rule in DOCUMENT_RULES:
        judged = [DEFINED[rule.id](row) for row in rows]
        applies, score = np.array([s is not None for s in judged]), np.array([s or 0.0 for s in judged])
        assert applies.tolist() == rule.applies(counts).tolist()
        assert score[applies].tolist() == rule.score(counts)[applies].tolist()
        hit = applies & (score > BEYOND[rule.id])
        assert hit.tolist() == rule.names(counts).tolist()
        named |= hit
        enter(rule.id, applies, hit, np.round(score * 1e6))
    enter("any", everything, named, sizes)
    enter("short", everything, sizes < SHORT_DOCUMENT, sizes)
    for k, name in enumerate(DEBRIS):
        amount, extent = rows[:, FIRST_DEBRIS + 2 * k], rows[:, FIRST_DEBRIS + 2 * k + 1]
        enter(f"debris: {name}", amount > 0, amount > 0, amount, amount, extent)
    for k, name in enumerate(PII):
        amount = rows[:, FIRST_PII + k]
        enter(f"shape: {name}", amount > 0, amount > 0, amount, amount)
    of = [script_of_document(row) for row in rows[:, :LETTERS].tolist()]
    for name in dict.fromkeys(of):
        mask = np.array([other == name for other in of])
        enter(f"script: {name}", mask, mask, rows[:, :LETTERS].sum(1))
    return {name: tally for name, tally in found.items() if tally[2] or name[:6] not in ("debris", "shape:", "script")}


def script_of_document(letters: list[int]) -> str:
    total = sum(letters)
    if not total:
        return "none"
    groups = [(name,) for name in SCRIPTS] + [("Han", "Kana"), ("Hangul", "Han")]
    shares = [(sum(letters[SCRIPTS.index(name)] for name in group) / total, " and ".join(group)) for group in groups]
    return next((name for share, name in shares if share >= 0.7), "mixed")


def tallied(rows: Any, records: list[FileRecord], files: Any, places: Any, step: int) -> CleanPart:
    tallies = Tallies(records)
    for first in range(0, len(rows), step):
        part = slice(first, first + step)
        tallies.add(rows[part], files[part], places[part])
    return tallies.finish()


@pytest.mark.parametrize("step", [1, 7, 400])
def test_documents_are_tallied_as_the_rules_say_however_many_come_at_once(step: int) -> None:
    rows = counted_documents(400, 1)
    records = [FileRecord("b"), FileRecord("a")]
    files, places = np.arange(400) // 200, np.arange(400)
    part = tallied(rows, records, files, places, step)
    assert {name: tuple(vars(tally).values()) for name, tally in part.tallies.items()} == expected_tallies(
        rows, records, files, places
    )


def test_nothing_is_tallied_of_no_documents() -> None:
    assert tallied(np.zeros((0, COLUMNS), np.int64), [], np.zeros(0, np.int64), np.zeros(0, np.int64), 1) == CleanPart()


def test_the_kernel_has_a_tally_for_each_name() -> None:
    assert len(NAMES) == len(set(NAMES)) == len(DOCUMENT_RULES) + tallying.MIXED + 1
    assert vars(tallying)["SHORT_DOCUMENT"] == SHORT_DOCUMENT


@calm
@given(keys=st.lists(st.integers(0, 20), max_size=30))
def test_repeated_keys_are_marked_wherever_they_stand(keys: list[int]) -> None:
    for kernel in forms(alike.repeated):
        out = np.zeros(len(keys), np.uint8)
        kernel(np.array(keys, np.uint64), np.full(64, -1, np.int32), out)
        assert out.tolist() == [keys.count(key) > 1 for key in keys]
