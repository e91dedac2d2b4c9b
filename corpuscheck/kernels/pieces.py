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

CUT, UNKNOWN = 0, 1
"""The first columns of what is known of a piece: tokens that are no whole characters, and unknown ones."""

MARKED = 4
"""How many bytes the marks can make of one."""

MOST_STEPS = 8


class Pieces(NamedTuple):
    """What a model knows. `partial` tells of an id whether it is no whole character, `sizes` how many bytes it spells.

    The others are those of `merging` and of `tries`.
    """

    kind: int
    partial: Bytes
    sizes: Flags
    rule_keys: Hashes
    rule_values: Ints
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
    """A table of the pieces that were met: their bytes and their tokens, laid end to end.

    `facts` has for each (shattered, unknown tokens, start and end of the first of these); `counts` how often texts of
    each octave held it; `used` how many there are.
    """

    slots: Flags
    hashes: Hashes
    ends: Ints
    arena: Bytes
    token_ends: Ints
    tokens: Flags
    facts: Flags
    counts: Flags
    used: Ints


class Scratch(NamedTuple):
    """Room for what is worked on."""

    text: Bytes
    marked: Bytes
    rows: Ints
    symbols: Ints
    ranks: Ints
    best: Floats
    came: Ints
    by: Ints


class Cuts(NamedTuple):
    """By code point: words that hold it cut, how often it is, the tokens that spell it, the last word that held it."""

    words: Ints
    times: Ints
    tokens: Ints
    seen: Ints


@inlined
def tokens_of(data: Bytes, i: int, stop: int, pieces: Pieces, scratch: Scratch) -> tuple[int, int, int, int]:
    """Write the tokens of a piece to `symbols`; gives (how many, unknown ones, span of the first of these)."""
    if pieces.kind == BPE:
        n, unknown, first, last = symbols_of(
            data, i, stop, pieces.byte_ids, pieces.point_ids, pieces.unk, pieces.fuse, scratch.symbols
        )
        if n > 1:
            n = merge(scratch.symbols, n, pieces.rule_keys, pieces.rule_values, scratch.ranks)
        return n, unknown, first, last
    if pieces.kind == UNIGRAM:
        return best_path(
            data, i, stop, pieces.keys, pieces.children, pieces.ids, pieces.scores, pieces.unk, pieces.unk_score,
            pieces.byte_ids, scratch.best, scratch.came, scratch.by, scratch.symbols,
        )  # fmt: skip
    return longest_matches(
        data, i, stop, pieces.keys, pieces.children, pieces.ids, pieces.inside, pieces.unk, pieces.longest,
        scratch.symbols,
    )  # fmt: skip


@kernel
def slot_of(data: Bytes, i: int, stop: int, h: np.uint64, met: Met) -> int:
    """The slot that holds the piece, or a free one for it."""
    mask = met.slots.shape[0] - 1
    slot = np.int64(h & np.uint64(mask))
    while True:
        row = met.slots[slot]
        if row < 0:
            return slot
        if met.hashes[row] == h:
            begin = met.ends[row - 1] if row else 0
            if met.ends[row] - begin == stop - i:
                same = True
                for j in range(stop - i):
                    if met.arena[at(begin + j)] != data[at(i + j)]:
                        same = False
                        break
                if same:
                    return slot
        slot = (slot + 1) & mask


@kernel
def enter(
    data: Bytes, i: int, stop: int, h: np.uint64, slot: int, symbols: Ints, n: int, partial: Bytes, met: Met
) -> int:
    """Enter a piece with its tokens; gives its row."""
    row = met.used[0]
    met.used[0] = row + 1
    met.slots[slot] = row
    met.hashes[row] = h
    begin = met.ends[row - 1] if row else 0
    for j in range(stop - i):
        met.arena[at(begin + j)] = data[at(i + j)]
    met.ends[row] = begin + stop - i
    begin = met.token_ends[row - 1] if row else 0
    shattered = 0
    for j in range(n):
        met.tokens[at(begin + j)] = symbols[at(j)]
        shattered += partial[at(symbols[at(j)])]
    met.token_ends[row] = begin + n
    met.facts[row, CUT], met.facts[row, UNKNOWN] = shattered, 0
    return row


@kernel
def enter_whole(data: Bytes, ends: Ints, numbers: Ints, partial: Bytes, met: Met) -> None:
    """Enter pieces, laid end to end, that are one token each."""
    start = 0
    for s in range(ends.shape[0]):
        h = hash_bytes(data, start, ends[s])
        slot = slot_of(data, start, ends[s], h, met)
        if met.slots[slot] < 0:
            enter(data, start, ends[s], h, slot, numbers[s : s + 1], 1, partial, met)
        start = ends[s]


@kernel
def row_of(data: Bytes, i: int, stop: int, pieces: Pieces, scratch: Scratch, met: Met) -> int:
    """The row of a piece, which is worked out where it is new; -1 where the library has to tell."""
    h = hash_bytes(data, i, stop)
    slot = slot_of(data, i, stop, h, met)
    if met.slots[slot] >= 0:
        return int(met.slots[slot])
    n, unknown, first, last = tokens_of(data, i, stop, pieces, scratch)
    if n < 0:
        return -1
    row = enter(data, i, stop, h, slot, scratch.symbols, n, pieces.partial, met)
    met.facts[row, UNKNOWN], met.facts[row, 2], met.facts[row, 3] = unknown, first - i, last - i
    return row


@kernel
def cut(data: Bytes, size: int, manner: Manner, pieces: Pieces, scratch: Scratch, met: Met) -> int:
    """Write the rows of the pieces of a text; gives how many, -1 where the library has to tell.

    Each step cuts what the one before it has cut.
    """
    steps, i, n = manner.steps, 0, 0
    levels = steps.shape[0]
    ends = np.zeros(MOST_STEPS + 1, np.int64)
    ends[0] = size
    while i < size:
        kept = True
        for k in range(levels):
            if kept and i >= ends[k + 1]:
                ends[k + 1], kept = step_end(data, i, ends[k], manner.table, steps[k, 0], steps[k, 1], steps[k, 2])
                if not kept:
                    i = ends[k + 1]
        if not kept:
            continue
        row = row_of(data, i, ends[levels], pieces, scratch, met)
        if row < 0:
            return -1
        scratch.rows[at(n)] = row
        n += 1
        i = ends[levels]
    return n


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
        used = met.used[0]
        most = (ends[t] - starts[t]) * manner.growth + 1
        if used + most > met.ends.shape[0] or (used and met.ends[used - 1] + MARKED * most > met.arena.shape[0]):
            return t
        size, changed = normalised(data, starts[t], ends[t], manner, scratch.text)
        n = -1
        if size > 0 and not holds_late(scratch.text, size, manner):
            size = marked(scratch.text, size, manner, scratch.marked)
            n = cut(scratch.marked, size, manner, pieces, scratch, met)
        if n < 0 or (changed and any_unknown(scratch.rows, n, met)):
            out[t, ASIDE] = 1
            continue
        tell(scratch.rows, n, octaves[t], manner.one_word, pieces, met, cuts, out[t])
    return starts.shape[0]


@kernel
def any_unknown(rows: Ints, n: int, met: Met) -> bool:
    """Whether one of the pieces holds something unknown."""
    found = False
    for k in range(n):
        found |= met.facts[at(rows[at(k)]), UNKNOWN] > 0
    return found


@kernel
def tell(rows: Ints, n: int, octave: int, one_word: bool, pieces: Pieces, met: Met, cuts: Cuts, out: Ints) -> None:
    """Sum up the pieces of a text."""
    counts = met.counts[octave]
    word = cuts.seen[-1] + 1
    cuts.seen[-1] = word
    for k in range(n):
        row = rows[at(k)]
        counts[at(row)] += 1
        out[TOKENS] += met.token_ends[at(row)] - (met.token_ends[at(row - 1)] if row else 0)
        if met.facts[at(row), CUT]:
            out[SHATTERED] += 1
            if one_word:
                take_apart(row, 1, word, pieces.sizes, met, cuts)
        if met.facts[at(row), UNKNOWN]:
            out[UNK_WORDS] += 1
            out[UNK_TOKENS] += met.facts[at(row), UNKNOWN]
    out[WORDS] = n
    if one_word:
        out[WORDS] = min(n, 1)
        out[SHATTERED] = min(out[SHATTERED], 1)


@kernel
def take_apart(row: int, times: int, word: int, sizes: Flags, met: Met, cuts: Cuts) -> None:
    """Count the characters of a piece that its tokens cut, for a word of this number that stands so many times."""
    i = met.ends[row - 1] if row else 0
    token = met.token_ends[row - 1] if row else 0
    reached = i + sizes[met.tokens[token]]
    while i < met.ends[row]:
        cp, width = code_point(met.arena, i)
        i += width
        spelled = 1
        while reached < i:
            token += 1
            spelled += 1
            reached += sizes[met.tokens[token]]
        if reached == i and i < met.ends[row]:
            token += 1
            reached += sizes[met.tokens[token]]
        if spelled > 1:
            if cuts.seen[cp] != word:
                cuts.seen[cp] = word
                cuts.words[cp] += times
            cuts.times[cp] += times
            cuts.tokens[cp] += times * spelled


@kernel
def take_all_apart(occurrences: Ints, sizes: Flags, met: Met, cuts: Cuts) -> None:
    """Count the characters that are cut in all pieces; a model that shatters knows all of them."""
    for row in range(occurrences.shape[0]):
        if occurrences[row] and met.facts[row, CUT]:
            word = cuts.seen[-1] + 1
            cuts.seen[-1] = word
            take_apart(row, occurrences[row], word, sizes, met, cuts)
