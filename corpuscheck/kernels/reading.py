"""Reading: the text as the pre-tokenizer and the model of a tokenizer get it."""

from __future__ import annotations

from typing import NamedTuple

from corpuscheck.kernels.arrays import Bytes, Flags, Hashes, Ints
from corpuscheck.kernels.cutting import INERT, MAPPED
from corpuscheck.kernels.jit import at, kernel
from corpuscheck.kernels.tries import any_at
from corpuscheck.kernels.utf8 import code_point

_BLANK = 0x20

# What is put before a text: nothing, the lead, or the lead unless the text begins with it.
NO_LEAD, LEAD, MISSING_LEAD = 0, 1, 2
# What becomes of several blanks in a row: they stay, they are one, they are one mark.
KEPT, ONE_BLANK, ONE_MARK = 0, 1, 2


class Literals(NamedTuple):
    """Texts that the library looks for by itself; `begins` tells for each byte whether one begins with it."""

    begins: Bytes
    keys: Hashes
    children: Flags
    ids: Flags


class Manner(NamedTuple):
    """How a tokenizer reads.

    Attributes:
        table: what each code point is.
        mapping, mapped, mapped_ends: the number of what becomes of a code point, and all of these laid end to end.
        raw, late: literals of the text as it is, and as it is normalised.
        steps: rows (kind, bit, digits) of the pre-tokenizer, see `cutting.step_end`.
        lead, leading: what is put before a text, and when.
        mark: what becomes of a blank; itself where this is empty.
        white: where it is not 0, a mark stands before each run of other characters, and these are left out.
        blanks: what becomes of several in a row.
        one_word: all pieces of a text are one word.
        growth: how many bytes can become of one that is normalised.
    """

    table: Flags
    mapping: Flags
    mapped: Bytes
    mapped_ends: Ints
    raw: Literals
    late: Literals
    steps: Ints
    lead: Bytes
    leading: int
    mark: Bytes
    white: int
    blanks: int
    one_word: bool
    growth: int


@kernel
def put(text: Bytes, out: Bytes, n: int) -> int:
    """Write a text; gives where it ends."""
    for j in range(text.shape[0]):
        out[at(n + j)] = text[at(j)]
    return n + len(text)


@kernel
def stands_at(text: Bytes, data: Bytes, i: int, stop: int) -> bool:
    """Whether a text that is not empty stands at byte `i`."""
    if not text.shape[0] or i + text.shape[0] > stop:
        return False
    for j in range(text.shape[0]):
        if data[at(i + j)] != text[at(j)]:
            return False
    return True


@kernel
def normalised(
    data: Bytes, i: int, stop: int, manner: Manner, out: Bytes, stamps: Ints, number: int
) -> tuple[int, bool, bool]:
    """Write the normalised text; gives its length, -1 where it holds what has to be left to the library, whether
    characters became others, which bear the `number` of the text then, and whether any became nothing."""
    n, raw, changed, deleted = 0, manner.raw, False, False
    while i < stop:
        cp, width = code_point(data, i)
        entry = manner.table[at(cp)]
        if not entry & INERT or (
            raw.begins[at(data[at(i)])] and any_at(data, i, stop, raw.keys, raw.children, raw.ids)
        ):
            return -1, False, False
        if entry & MAPPED:
            form, before = manner.mapping[at(cp)], n
            for j in range(manner.mapped_ends[at(form - 1)], manner.mapped_ends[at(form)]):
                out[at(n)] = manner.mapped[at(j)]
                n += 1
            deleted |= n == before
            if n != before + 1 or out[at(before)] != _BLANK:
                changed = True
                while before < n:
                    became, size = code_point(out, before)
                    stamps[at(became)] = number
                    before += size
        else:
            for j in range(width):
                out[at(n + j)] = data[at(i + j)]
            n += width
        i += width
    return n, changed, deleted


@kernel
def marked(text: Bytes, size: int, manner: Manner, out: Bytes) -> int:
    """Write the text with marks for blanks, and with its lead; gives its length."""
    n, i, fresh = 0, 0, True
    if manner.leading == LEAD or (manner.leading == MISSING_LEAD and not begins_led(text, size, manner)):
        n = put(manner.lead, out, n)
    while i < size:
        cp, width = code_point(text, i)
        end = i + width
        if cp == _BLANK and manner.blanks != KEPT:
            while end < size and text[at(end)] == _BLANK:
                end += 1
        merged = end - i > width and manner.blanks == ONE_MARK
        if manner.white and manner.table[at(cp)] & manner.white and not merged:
            fresh = True
        elif manner.white:
            if fresh and not merged and not stands_at(manner.mark, text, i, size):
                n = put(manner.mark, out, n)
            fresh = False
            n = put(manner.mark if merged else text[i:end], out, n)
        elif cp == _BLANK and (manner.mark.shape[0] or merged):
            n = put(manner.mark, out, n)
        else:
            n = put(text[i : i + width], out, n)
        i = end
    return n


@kernel
def begins_led(text: Bytes, size: int, manner: Manner) -> bool:
    """Whether the text, with its blanks marked, begins with the lead."""
    if manner.mark.shape[0] and text[0] == _BLANK:
        return True
    return stands_at(manner.lead, text, 0, size)


@kernel
def holds_late(text: Bytes, size: int, manner: Manner) -> bool:
    """Whether the text holds a literal that is looked for when it is normalised."""
    late = manner.late
    for i in range(size):
        if late.begins[at(text[at(i)])] and any_at(text, i, size, late.keys, late.children, late.ids):
            return True
    return False
