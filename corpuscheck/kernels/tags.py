"""Tags: what a parser of markup would have to hold, counted before it is asked."""

from __future__ import annotations

from corpuscheck.kernels.arrays import Bytes
from corpuscheck.kernels.jit import kernel


@kernel
def tags_and_attributes(data: Bytes) -> tuple[int, int]:
    """The tags, and the sum of the squares of their numbers of attributes: each is compared with those before it."""
    tags, squares = 0, 0
    inside, between = False, False
    attributes, quote, last = 0, 0, 0
    for i in range(data.shape[0]):
        b = data[i]
        if not inside:
            if last == 0x3C and (0x41 <= b & 0xDF <= 0x5A or b == 0x5F or b == 0x3A or b >= 0x80):
                inside, between = True, False
                attributes = 0
                tags += 1
        elif quote:
            if b == quote:
                quote = 0
                between = True
        elif b == 0x3E:
            inside = False
            squares += attributes * attributes
        elif (b == 0x22 or b == 0x27) and last == 0x3D:
            quote = b
        elif b == 0x20 or b == 0x2F or 0x09 <= b <= 0x0D:
            between = True
        elif between and b != 0x3D:
            attributes += 1
            between = False
        if (b != 0x20 and not 0x09 <= b <= 0x0D) or not inside:
            last = b
    return tags, squares + (attributes * attributes if inside else 0)


@kernel
def tag_bytes(data: Bytes, longest: int) -> int:
    """The bytes of all that looks like a tag of at most `longest` bytes."""
    total = 0
    start = -1
    for i in range(data.shape[0]):
        b = data[i]
        if b == 0x3C:
            start = i
        elif start >= 0 and i == start + 1:
            if not (0x41 <= b & 0xDF <= 0x5A or b == 0x21 or b == 0x3F or b == 0x2F):
                start = -1
        elif b == 0x3E:
            if start >= 0 and i - start < longest:
                total += i - start + 1
            start = -1
    return total
