"""Tries: which pieces begin at a byte, and what Unigram and WordPiece make of a piece of text with them.

A trie is a table from (node, byte) to node. Node 0 is the root; `ids` tells which piece ends at a node, -1 where none.
"""

from __future__ import annotations

import numpy as np

from corpuscheck.kernels.arrays import Bytes, Flags, Floats, Hashes, Ints
from corpuscheck.kernels.hashing import mix
from corpuscheck.kernels.jit import at, inlined, kernel

_BYTE = np.uint64(8)
_ONE = np.uint64(1)


@inlined
def child(node: int, byte: int, keys: Hashes, children: Flags) -> int:
    """The node after a byte; -1 where there is none."""
    mask = np.uint64(keys.shape[0] - 1)
    key = ((np.uint64(node) << _BYTE) | np.uint64(byte)) + _ONE
    slot = mix(key) & mask
    while True:
        if keys[slot] == key:
            return int(children[slot])
        if keys[slot] == 0:
            return -1
        slot = (slot + _ONE) & mask


@kernel
def plant(data: Bytes, ends: Ints, numbers: Ints, keys: Hashes, children: Flags, ids: Flags) -> int:
    """Enter strings, laid end to end, under their numbers; gives the number of nodes."""
    mask = np.uint64(keys.shape[0] - 1)
    nodes, i = 1, 0
    for s in range(ends.shape[0]):
        node = 0
        while i < ends[s]:
            key = ((np.uint64(node) << _BYTE) | np.uint64(data[i])) + _ONE
            slot = mix(key) & mask
            while keys[slot] != 0 and keys[slot] != key:
                slot = (slot + _ONE) & mask
            if keys[slot] == 0:
                keys[slot] = key
                children[slot] = nodes
                nodes += 1
            node = int(children[slot])
            i += 1
        ids[node] = numbers[s]
    return nodes


@kernel
def any_at(data: Bytes, i: int, stop: int, keys: Hashes, children: Flags, ids: Flags) -> bool:
    """Whether any string of the trie stands at byte `i`."""
    node = 0
    while i < stop:
        node = child(node, data[at(i)], keys, children)
        if node < 0:
            return False
        if ids[at(node)] >= 0:
            return True
        i += 1
    return False


@inlined
def width_at(data: Bytes, i: int) -> int:
    """The bytes of the character at byte `i`."""
    b = data[at(i)]
    return 1 if b < 0x80 else 2 if b < 0xE0 else 3 if b < 0xF0 else 4


@kernel
def best_path(
    data: Bytes,
    i: int,
    stop: int,
    keys: Hashes,
    children: Flags,
    ids: Flags,
    scores: Floats,
    unk: int,
    unk_score: float,
    byte_ids: Flags,
    best: Floats,
    came: Ints,
    by: Ints,
    out: Ints,
) -> tuple[int, int, int, int]:
    """The ids of the pieces whose scores have the highest sum; gives (how many, unknown ones, span of the first).

    Characters that are no piece have `unk_score`; several in a row are one unknown token, or their bytes where these
    are pieces. Of paths that are as good, the first that was found stays. How many is -1 where `unk` is needed and
    there is none.
    """
    size = stop - i
    for k in range(size + 1):
        came[at(k)] = -1
    best[0] = 0.0
    start = 0
    while start < size:
        here, width, single = best[at(start)], width_at(data, i + start), False
        node, k = 0, start
        while k < size:
            node = child(node, data[at(i + k)], keys, children)
            if node < 0:
                break
            k += 1
            number = ids[at(node)]
            if number >= 0:
                score = scores[at(number)] + here
                if came[at(k)] < 0 or score > best[at(k)]:
                    best[at(k)], came[at(k)], by[at(k)] = score, start, number
                single |= k - start == width
        if not single:
            k = start + width
            score = unk_score + here
            if came[at(k)] < 0 or score > best[at(k)]:
                if unk < 0:
                    return -1, 0, 0, 0
                best[at(k)], came[at(k)], by[at(k)] = score, start, unk
        start += width
    return path_taken(data, i, size, unk, byte_ids, came, by, out)


@kernel
def path_taken(
    data: Bytes, i: int, size: int, unk: int, byte_ids: Flags, came: Ints, by: Ints, out: Ints
) -> tuple[int, int, int, int]:
    """Write down the path that ends at `size`, see `best_path`."""
    n, unknown, first, last = 0, 0, i, i
    k = size
    while k > 0:
        if by[at(k)] != unk:
            out[at(n)] = by[at(k)]
            n += 1
            k = came[at(k)]
            continue
        end = k
        while k > 0 and by[at(k)] == unk:
            k = came[at(k)]
        if byte_ids[at(0)] >= 0:
            for j in range(end - 1, k - 1, -1):
                out[at(n)] = byte_ids[at(data[at(i + j)])]
                n += 1
        else:
            out[at(n)] = unk
            n += 1
            unknown += 1
            first, last = i + k, i + end
    for j in range(n // 2):
        out[at(j)], out[at(n - 1 - j)] = out[at(n - 1 - j)], out[at(j)]
    return n, unknown, first, last


@kernel
def longest_matches(
    data: Bytes,
    i: int,
    stop: int,
    keys: Hashes,
    children: Flags,
    ids: Flags,
    inside: int,
    unk: int,
    longest: int,
    out: Ints,
) -> tuple[int, int, int, int]:
    """The ids of the longest piece each time, those after the first from the node `inside` on (-1 where there is none).

    Gives (how many, unknown ones, start, end); one unknown token where no piece goes on, or over `longest` characters.
    """
    n, start, characters = 0, i, 0
    for j in range(i, stop):
        characters += data[at(j)] & 0xC0 != 0x80
    while start < stop and characters <= longest:
        node, found, end, k = inside if n else 0, -1, start, start
        while k < stop and node >= 0:
            node = child(node, data[at(k)], keys, children)
            k += 1
            if node >= 0 and ids[at(node)] >= 0:
                found, end = int(ids[at(node)]), k
        if found < 0:
            break
        out[at(n)] = found
        n += 1
        start = end
    if start < stop:
        out[at(0)] = unk
        return 1, 1, i, stop
    return n, 0, i, i
