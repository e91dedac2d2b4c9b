"""Pieces: count the tokens and words of texts; what becomes of each distinct piece is worked out once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Floats, Hashes, Ints
from corpuscheck.kernels.cutting import step_end
from corpuscheck.kernels.hashing import hash_bytes
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.kernels.merging import merge, symbols_of
from corpuscheck.kernels.reading import Manner, holds_late, marked, normalised
from corpuscheck.kernels.tries import best_path, longest_matches
from corpuscheck.kernels.utf8 import code_point

BPE, UNIGRAM, WORDPIECE = 0, 1, 2

TOKENS, WORDS, SHATTERED, UNK_WORDS, UNK_TOKENS, ASIDE = 0, 1, 2, 3, 4, 5
"""What is known of a text: counts, and whether it is left to the library."""
COLUMNS = 6

# A record of a piece: its bytes, its tokens, how often it was met, how many tokens are no whole characters, how many
# are unknown, the span of the first of these, and the row of its counts by octave, -1 where nothing is to be noted of
# it. Its bytes and its tokens follow.
SIZE, LENGTH, TIMES, CUT, UNKNOWN, SPAN_START, SPAN_END, NOTE = range(8)
HEAD = 8
MOST_WORDS = HEAD + 2
"""How many words of four bytes the records of a text can take for each of its bytes."""

MARKED = 4
"""How many bytes the marks can make of one."""

MOST_STEPS = 8

_HALF, _LOW = np.uint64(33), np.uint64(0xFFFFFFFF)


class Pieces(NamedTuple):
    """What a model knows. `partial` tells of an id whether it is no whole character, `sizes` how many bytes it spells.

    The others are those of `merging` and of `tries`.
    """

    kind: int
    partial: Bytes
    sizes: Flags
    rules: Ints
    byte_ids: Flags
    point_ids: Flags
    fuse: bool
    unk: int
    keys: Hashes
    children: Flags
    ids: Flags
    scores: Floats
    unk_score: float
    inside: int
    longest: int


class Met(NamedTuple):
    """A table of the pieces that were met.

    `slots` hold half of a hash, and where the record of the piece begins, and 1; 0 where they are free. `words` are the
    records, one after the other; `data` is the same memory as bytes. `counts` tell how often texts of each octave held
    a piece that is to be noted. `used` tells how many words and how many rows of counts are.
    """

    slots: Ints
    words: Flags
    data: Bytes
    counts: Flags
    used: Ints


class Scratch(NamedTuple):
    """Room for what is worked on. `stamps` has the number of the last text in which a code point came of another."""

    text: Bytes
    marked: Bytes
    records: Ints
    symbols: Ints
    ranks: Ints
    best: Floats
    came: Ints
    by: Ints
    stamps: Ints


class Cuts(NamedTuple):
    """By code point: words that hold it cut, how often it is, the tokens that spell it, the last word that held it."""

    words: Ints
    times: Ints
    tokens: Ints
    seen: Ints


@inlined
def same_bytes(data: Bytes, i: int, other: Bytes, j: int, size: int) -> bool:
    """Whether two places hold the same."""
    for k in range(size):
        if data[at(i + k)] != other[at(j + k)]:
            return False
    return True


@inlined
def slot_of(data: Bytes, i: int, stop: int, h: np.uint64, slots: Ints, words: Flags, held: Bytes) -> tuple[int, int]:
    """The slot of a piece and its record, or a free slot for it and -1."""
    mask, half = len(slots) - 1, np.int64(h >> _HALF)
    slot = int(np.int64(h & _LOW)) & mask
    while slots[at(slot)] != 0:
        if slots[at(slot)] >> 32 == half:
            record = int(slots[at(slot)] & 0xFFFFFFFF) - 1
            if words[at(record + SIZE)] == stop - i and same_bytes(data, i, held, 4 * (record + HEAD), stop - i):
                return slot, record
        slot = (slot + 1) & mask
    return slot, -1


@inlined
def tokens_at(record: int, size: int) -> int:
    """Where the tokens of a record begin."""
    return record + HEAD + (size + 3) // 4


@kernel
def enter(
    data: Bytes,
    i: int,
    stop: int,
    h: np.uint64,
    symbols: Ints,
    n: int,
    partial: Bytes,
    unknown: int,
    slots: Ints,
    words: Flags,
    held: Bytes,
    used: Ints,
) -> int:
    """Enter a piece with its tokens; gives its record."""
    slot = slot_of(data, i, stop, h, slots, words, held)[0]
    record = used[0]
    slots[slot] = np.int64(h >> _HALF) << 32 | (record + 1)
    for j in range(stop - i):
        held[at(4 * (record + HEAD) + j)] = data[at(i + j)]
    first, cut_ones = tokens_at(record, stop - i), 0
    for j in range(n):
        words[at(first + j)] = symbols[at(j)]
        cut_ones += partial[at(symbols[at(j)])]
    used[0] = first + n
    words[record + SIZE], words[record + LENGTH], words[record + TIMES] = stop - i, n, 0
    words[record + CUT], words[record + UNKNOWN], words[record + NOTE] = cut_ones, unknown, -1
    if cut_ones or unknown:
        words[record + NOTE] = used[1]
        used[1] += 1
    return int(record)


@kernel
def enter_whole(data: Bytes, ends: Ints, numbers: Ints, partial: Bytes, met: Met) -> None:
    """Enter pieces, laid end to end, that are one token each."""
    start = 0
    for s in range(ends.shape[0]):
        h = hash_bytes(data, start, ends[s])
        one = numbers[s : s + 1]
        enter(data, start, ends[s], h, one, 1, partial, 0, met.slots, met.words, met.data, met.used)
        start = ends[s]


@kernel
def cut(data: Bytes, size: int, manner: Manner, pieces: Pieces, scratch: Scratch, met: Met) -> int:
    """Write the records of the pieces of a text; gives how many, -1 where the library has to tell.

    Each step cuts what the one before it has cut.
    """
    steps, table, levels = manner.steps, manner.table, manner.steps.shape[0]
    slots, words, held, used = met.slots, met.words, met.data, met.used
    records, symbols, ranks, best, came, by = (
        scratch.records, scratch.symbols, scratch.ranks, scratch.best, scratch.came, scratch.by
    )  # fmt: skip
    kind, partial, unk, byte_ids = pieces.kind, pieces.partial, pieces.unk, pieces.byte_ids
    rules, point_ids, fuse, scores = pieces.rules, pieces.point_ids, pieces.fuse, pieces.scores
    keys, children, ids, unk_score = pieces.keys, pieces.children, pieces.ids, pieces.unk_score
    ends = np.zeros(MOST_STEPS + 1, np.int64)
    ends[0] = size
    i, count_of = 0, 0
    while i < size:
        kept = True
        for k in range(levels):
            if kept and i >= ends[k + 1]:
                ends[k + 1], kept = step_end(data, i, ends[k], table, steps[k, 0], steps[k, 1], steps[k, 2])
                if not kept:
                    i = int(ends[k + 1])
        if not kept:
            continue
        stop = int(ends[levels])
        h = hash_bytes(data, i, stop)
        record = slot_of(data, i, stop, h, slots, words, held)[1]
        if record < 0:
            if kind == BPE:
                n, unknown, first, last = symbols_of(data, i, stop, byte_ids, point_ids, unk, fuse, symbols)
                if n > 1:
                    n = merge(symbols, n, rules, ranks)
            elif kind == UNIGRAM:
                n, unknown, first, last = best_path(
                    data, i, stop, keys, children, ids, scores, unk, unk_score, byte_ids, best, came, by, symbols
                )
            else:
                n, unknown, first, last = longest_matches(
                    data, i, stop, keys, children, ids, pieces.inside, unk, pieces.longest, symbols
                )
            if n < 0:
                return -1
            record = enter(data, i, stop, h, symbols, n, partial, unknown, slots, words, held, used)
            words[at(record + SPAN_START)], words[at(record + SPAN_END)] = first - i, last - i
        records[at(count_of)] = record
        count_of += 1
        i = stop
    return count_of


@kernel
def count(
    data: Bytes,
    starts: Ints,
    ends: Ints,
    octaves: Ints,
    first: int,
    manner: Manner,
    pieces: Pieces,
    scratch: Scratch,
    met: Met,
    cuts: Cuts,
    out: Ints,
) -> int:
    """Count texts from number `first` on; gives how many are done: fewer than all where the table is too full.

    The figures of each go to `out`, see COLUMNS. With `one_word` characters that are cut are told in `cuts` as well.
    """
    for t in range(first, starts.shape[0]):
        most = (ends[t] - starts[t]) * manner.growth + 1
        if met.used[0] + MOST_WORDS * most > met.words.shape[0] or met.used[1] + most > met.counts.shape[1]:
            return t
        number = scratch.stamps[-1] + 1
        scratch.stamps[-1] = number
        size, changed, deleted = normalised(data, starts[t], ends[t], manner, scratch.text, scratch.stamps, number)
        n = -1
        if size > 0 and not holds_late(scratch.text, size, manner):
            size = marked(scratch.text, size, manner, scratch.marked)
            n = cut(scratch.marked, size, manner, pieces, scratch, met)
        if n < 0 or ((changed or deleted) and any_odd(scratch.records, n, met, scratch.stamps, number, deleted)):
            out[t, ASIDE] = 1
            continue
        tell(scratch.records, n, octaves[t], manner.one_word, pieces.sizes, met, cuts, out[t])
    return len(starts)


@kernel
def any_odd(records: Ints, n: int, met: Met, stamps: Ints, number: int, deleted: bool) -> bool:
    """Whether something unknown in one of the pieces may not be what stands in the text."""
    for k in range(n):
        record = records[at(k)]
        if met.words[at(record + UNKNOWN)]:
            start = 4 * (record + HEAD)
            i, stop = start + met.words[at(record + SPAN_START)], start + met.words[at(record + SPAN_END)]
            while i < stop:
                cp, width = code_point(met.data, i)
                if deleted or stamps[at(cp)] == number:
                    return True
                i += width
    return False


@kernel
def tell(records: Ints, n: int, octave: int, one_word: bool, sizes: Flags, met: Met, cuts: Cuts, out: Ints) -> None:
    """Sum up the pieces of a text."""
    counts, words = met.counts[octave], met.words
    number = cuts.seen[-1] + 1
    cuts.seen[-1] = number
    tokens, shattered, unk_words, unk_tokens = 0, 0, 0, 0
    for k in range(n):
        record = records[at(k)]
        words[at(record + TIMES)] += 1
        tokens += words[at(record + LENGTH)]
        if words[at(record + NOTE)] >= 0:
            counts[at(words[at(record + NOTE)])] += 1
            shattered += words[at(record + CUT)] > 0
            unk_words += words[at(record + UNKNOWN)] > 0
            unk_tokens += words[at(record + UNKNOWN)]
            if one_word and words[at(record + CUT)]:
                take_apart(record, 1, number, sizes, met, cuts)
    out[TOKENS], out[UNK_WORDS], out[UNK_TOKENS] = tokens, unk_words, unk_tokens
    out[WORDS], out[SHATTERED] = (min(n, 1), min(shattered, 1)) if one_word else (n, shattered)


@kernel
def take_apart(record: int, times: int, word: int, sizes: Flags, met: Met, cuts: Cuts) -> None:
    """Count the characters of a piece that its tokens cut, for a word of this number that stands so many times."""
    i, size = 4 * (record + HEAD), int(met.words[record + SIZE])
    stop, token = i + size, tokens_at(record, size)
    reached = i + sizes[met.words[token]]
    while i < stop:
        cp, width = code_point(met.data, i)
        i += width
        spelled = 1
        while reached < i:
            token += 1
            spelled += 1
            reached += sizes[met.words[token]]
        if reached == i and i < stop:
            token += 1
            reached += sizes[met.words[token]]
        if spelled > 1:
            if cuts.seen[cp] != word:
                cuts.seen[cp] = word
                cuts.words[cp] += times
            cuts.times[cp] += times
            cuts.tokens[cp] += times * spelled


@kernel
def take_all(met: Met, noted: Ints, of_ids: Ints) -> int:
    """Write where the record of each row of counts begins, and add to `of_ids` how often each token was met; the pieces
    count from 0 again. Gives how many tokens were no whole characters."""
    record, cut_ones = 0, 0
    while record < met.used[0]:
        first = tokens_at(record, met.words[record + SIZE])
        times = met.words[record + TIMES]
        if met.words[record + NOTE] >= 0:
            noted[met.words[record + NOTE]] = record
        cut_ones += times * met.words[record + CUT]
        for j in range(met.words[record + LENGTH]):
            of_ids[met.words[first + j]] += times
        met.words[record + TIMES] = 0
        record = first + met.words[record + LENGTH]
    return cut_ones


@kernel
def take_all_apart(noted: Ints, times: Ints, sizes: Flags, met: Met, cuts: Cuts) -> None:
    """Count the characters that are cut in the pieces that were met so often. A model that cuts any knows all."""
    for row in range(noted.shape[0]):
        if times[row] and met.words[noted[row] + CUT]:
            word = cuts.seen[-1] + 1
            cuts.seen[-1] = word
            take_apart(noted[row], times[row], word, sizes, met, cuts)
