"""Cutting: pre-tokenizers as loops that find where the piece ends that begins at a byte.

What a code point is comes from a table that was filled by asking the library.
"""

from __future__ import annotations

from corpuscheck.kernels.arrays import Bytes, Flags
from corpuscheck.kernels.jit import at, inlined, kernel
from corpuscheck.kernels.utf8 import code_point

# What a code point is: classes of regular expressions, and from STEP on what each step takes for a match.
LETTER, NUMBER, SPACE, UPPER, LOWER, MARK = 1, 2, 4, 8, 16, 32
ANY = LETTER | NUMBER | SPACE
# Whether it was asked about, whether nothing around it matters to the normaliser, and whether that changes it.
KNOWN, INERT, MAPPED = 64, 128, 256
STEP = 1 << 10
"""The bit of the first step; each has two: for what it cuts at, and for what WORDS takes for a letter."""

# What a step does with characters that match, as the library calls it ...
ISOLATED, CONTIGUOUS, REMOVED, MERGED_WITH_NEXT, MERGED_WITH_PREVIOUS = 0, 1, 2, 3, 4
# ... or the regular expression that it cuts by.
WORDS, GPT2, LLAMA3, O200K = 5, 6, 7, 8
# Or it cuts before the first match of each run.
BEFORE_RUNS = 9

_APOSTROPHE, _BLANK, _NEWLINE, _RETURN, _SLASH, _LONG_S = 0x27, 0x20, 0x0A, 0x0D, 0x2F, 0x17F


@inlined
def look(data: Bytes, i: int, stop: int, table: Flags) -> tuple[int, int]:
    """What the character at byte `i` is, and its width; white space without width at the end."""
    if i >= stop:
        return SPACE, 0
    cp, width = code_point(data, i)
    return table[at(cp)], width


@inlined
def run_end(data: Bytes, i: int, stop: int, table: Flags, mask: int, kind: int) -> int:
    """The end of the run of characters that are `kind` as far as `mask` tells."""
    while i < stop:
        cp, width = code_point(data, i)
        if table[at(cp)] & mask != kind:
            break
        i += width
    return i


@kernel
def at_most(data: Bytes, i: int, stop: int, table: Flags, kind: int, most: int) -> int:
    """The end of a run that has at most so many characters."""
    for _ in range(most):
        entry, width = look(data, i, stop, table)
        if not (width and entry & kind):
            break
        i += width
    return i


@inlined
def small(data: Bytes, i: int, stop: int, fold: bool) -> tuple[int, int]:
    """The ASCII letter at a byte, in lower case where it may `fold`, and its width; 0 where there is none."""
    if i >= stop:
        return 0, 0
    cp, width = code_point(data, i)
    if fold and cp == _LONG_S:
        return 0x73, width
    if fold and 0x41 <= cp <= 0x5A:
        return cp + 0x20, 1
    return (cp, 1) if 0x61 <= cp <= 0x7A else (0, 0)


@kernel
def contraction_end(data: Bytes, i: int, stop: int, fold: bool) -> int:
    """The end of 's, 't, 're, 've, 'm, 'll or 'd at byte `i`; `i` where there is none."""
    if i >= stop or data[at(i)] != _APOSTROPHE:
        return i
    first, width = small(data, i + 1, stop, fold)
    end = i + 1 + width
    if first == 0x73 or first == 0x74 or first == 0x6D or first == 0x64:
        return end
    second, width = small(data, end, stop, fold)
    if (second == 0x65 and (first == 0x72 or first == 0x76)) or (first == 0x6C and second == 0x6C):
        return end + width
    return i


@kernel
def blanks_end(data: Bytes, i: int, stop: int, table: Flags) -> int:
    r"""``\s+(?!\S)|\s+``: white space, without its last character where something else follows."""
    start = last = i
    while i < stop:
        entry, width = look(data, i, stop, table)
        if not entry & SPACE:
            return last if last > start else i
        last = i
        i += width
    return i


@kernel
def gpt2_end(data: Bytes, i: int, stop: int, table: Flags) -> int:
    r"""``'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+``"""
    end = contraction_end(data, i, stop, False)
    if end > i:
        return end
    first = i + 1 if data[at(i)] == _BLANK else i
    entry = look(data, first, stop, table)[0]
    if not entry & SPACE:
        return run_end(data, first, stop, table, ANY, entry & ANY)
    return blanks_end(data, i, stop, table)


@kernel
def spaces_end(data: Bytes, i: int, stop: int, table: Flags) -> int:
    r"""``\s*[\r\n]+|\s+(?!\S)|\s+``: white space up to its last line end, if it has one."""
    end = run_end(data, i, stop, table, SPACE, SPACE)
    while end > i:
        end -= 1
        if data[at(end)] == _NEWLINE or data[at(end)] == _RETURN:
            return end + 1
    return blanks_end(data, i, stop, table)


@kernel
def signs_end(data: Bytes, i: int, stop: int, table: Flags, slash: bool) -> int:
    r"""`` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+``; line ends may have a `slash` among them."""
    first = i + 1 if data[at(i)] == _BLANK else i
    end = run_end(data, first, stop, table, ANY, 0)
    if end == first:
        return spaces_end(data, i, stop, table)
    while end < stop:
        b = data[at(end)]
        if not (b == _NEWLINE or b == _RETURN or (slash and b == _SLASH)):
            break
        end += 1
    return end


@inlined
def may_lead(data: Bytes, i: int, stop: int, table: Flags) -> int:
    r"""The end of ``[^\r\n\p{L}\p{N}]`` at byte `i`; `i` where it does not match."""
    entry, width = look(data, i, stop, table)
    outside = entry & (LETTER | NUMBER) or data[at(i)] == _NEWLINE or data[at(i)] == _RETURN
    return i if outside else i + width


@kernel
def llama3_end(data: Bytes, i: int, stop: int, table: Flags, digits: int) -> int:
    r"""``(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|``, then `signs_end`.

    `digits` is how many numbers go together.
    """
    end = contraction_end(data, i, stop, True)
    if end > i:
        return end
    first = may_lead(data, i, stop, table)
    end = run_end(data, first, stop, table, LETTER, LETTER)
    if end > first:
        return end
    if look(data, i, stop, table)[0] & NUMBER:
        return at_most(data, i, stop, table, NUMBER, digits)
    return signs_end(data, i, stop, table, False)


@kernel
def word_end(data: Bytes, i: int, stop: int, table: Flags) -> int:
    r"""``[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+``; `i` where it does not match.

    What can be on either side is neither UPPER nor LOWER. Where no small letter follows, the last such character is.
    """
    end, last = i, i
    while end < stop:
        entry, width = look(data, end, stop, table)
        if entry & LOWER or not entry & (LETTER | MARK):
            break
        end += width
        if not entry & UPPER:
            last = end
    lower = end
    while lower < stop:
        entry, width = look(data, lower, stop, table)
        if entry & UPPER or not entry & (LETTER | MARK):
            break
        lower += width
    return lower if lower > end else last


@kernel
def capitals_end(data: Bytes, i: int, stop: int, table: Flags) -> int:
    r"""``[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+`` where no small letter follows; `i` where it does not match."""
    while i < stop:
        entry, width = look(data, i, stop, table)
        if entry & LOWER or not entry & (LETTER | MARK):
            break
        i += width
    return i


@kernel
def o200k_end(data: Bytes, i: int, stop: int, table: Flags) -> int:
    r"""``[^\r\n\p{L}\p{N}]?`` and small letters after others, else capitals, each with what `contraction_end` takes;
    ``\p{N}{1,3}|``, then `signs_end`."""
    first = may_lead(data, i, stop, table)
    end = word_end(data, first, stop, table)
    if end == first:
        end = word_end(data, i, stop, table)
        if end == i:
            end = capitals_end(data, first, stop, table)
            if end == first:
                end = capitals_end(data, i, stop, table)
    if end > i:
        return contraction_end(data, end, stop, True)
    if look(data, i, stop, table)[0] & NUMBER:
        return at_most(data, i, stop, table, NUMBER, 3)
    return signs_end(data, i, stop, table, True)


@kernel
def step_end(data: Bytes, i: int, stop: int, table: Flags, kind: int, bit: int, digits: int) -> tuple[int, bool]:
    """Where the piece ends that a step makes of the text from byte `i` on, and whether it is kept."""
    if kind == GPT2:
        return gpt2_end(data, i, stop, table), True
    if kind == LLAMA3:
        return llama3_end(data, i, stop, table, digits), True
    if kind == O200K:
        return o200k_end(data, i, stop, table), True
    entry, width = look(data, i, stop, table)
    if kind == WORDS:
        both = bit | bit << 1
        return run_end(data, i, stop, table, both, entry & both), not entry & bit
    match = entry & bit
    if kind == BEFORE_RUNS:
        return run_end(data, run_end(data, i, stop, table, bit, bit), stop, table, bit, 0), True
    if kind == MERGED_WITH_NEXT:
        return run_end(data, i + width, stop, table, bit, 0), True
    if kind == MERGED_WITH_PREVIOUS:
        end = run_end(data, i, stop, table, bit, 0)
        return end + look(data, end, stop, table)[1], True
    if match and kind == ISOLATED:
        return i + width, True
    return run_end(data, i, stop, table, bit, match), not (match and kind == REMOVED)
