"""Spans of text as wholes: the hash of each, the lines that end in it, and copies of some of them laid end to end."""

from __future__ import annotations

from corpuscheck.kernels.arrays import Bytes, Hashes, Ints
from corpuscheck.kernels.hashing import hash_bytes
from corpuscheck.kernels.jit import kernel
from corpuscheck.kernels.utf8 import ends_line


@kernel
def hash_spans(data: Bytes, starts: Ints, ends: Ints, out: Hashes) -> None:
    """The hash of each span."""
    for k in range(starts.shape[0]):
        out[k] = hash_bytes(data, starts[k], ends[k])


@kernel
def count_ends(data: Bytes, starts: Ints, ends: Ints, out: Ints) -> None:
    """How many lines end in each span."""
    for k in range(starts.shape[0]):
        found = 0
        for i in range(starts[k], ends[k]):
            found += ends_line(data, i, data.shape[0])
        out[k] = found


@kernel
def gather(data: Bytes, starts: Ints, ends: Ints, out: Bytes) -> None:
    """The spans, one after another."""
    n = 0
    for k in range(starts.shape[0]):
        for i in range(starts[k], ends[k]):
            out[n] = data[i]
            n += 1
