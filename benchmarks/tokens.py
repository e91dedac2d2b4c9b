"""Count the tokens of a text by kernels and by encoding every document, and print the ratio of the medians of CPU time.

    python benchmarks/tokens.py TEXT... --tokenizer TOKENIZER... [--megabytes 20] [--runs 3]

Texts are UTF-8 files, one document to about 4 kB of lines. Both sides begin with the tokenizer loaded; that of kernels
has met no piece yet, and asks the tokenizer about each character as it is met. Tokens must be equal.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import numpy as np

from corpuscheck.kernels.arrays import Ints
from corpuscheck.measuring.encoding import TextCounter
from corpuscheck.measuring.piecewise import Piecewise
from corpuscheck.measuring.units import UnitSplitter
from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import load

_DOCUMENT, _BATCH = 4000, 4 << 20


def documents(path: str, size: int) -> Iterator[bytes]:
    """Lines, some of them together."""
    with Path(path).open("rb") as file:
        while size > 0 and (lines := file.readlines(_DOCUMENT)):
            size -= sum(map(len, lines))
            yield b"".join(lines)


def batches(texts: Sequence[bytes]) -> Iterator[tuple[Batch, Ints]]:
    """A few megabytes at a time, with the characters in them."""
    group: list[bytes] = []
    for number, text in enumerate(texts, 1):
        group.append(text)
        if sum(map(len, group)) >= _BATCH or number == len(texts):
            held = np.unique(np.frombuffer(b"".join(group).decode().encode("utf-32-le"), np.uint32)).astype(np.int64)
            yield batch_of(group), held
            group = []


def by_kernels(artefact: Artefact, made: Sequence[tuple[Batch, Ints]]) -> tuple[int, int]:
    """Tokens, and texts that were left to the library."""
    counter = TextCounter(artefact, (), None if artefact.recipe.reason else Piecewise(artefact))
    splitter = UnitSplitter("document")
    for batch, new in made:
        counter.observe(batch, splitter.split(batch), new, lambda *_: None, lambda *_: None)
    counter.finish(lambda *_: None)
    return counter.tokens, counter.encoded


def by_encoding(artefact: Artefact, texts: Sequence[str]) -> tuple[int, int]:
    """Tokens, and all texts."""
    total = 0
    for start in range(0, len(texts), 64):
        found = artefact.tokenizer.encode_batch_fast(list(texts[start : start + 64]), add_special_tokens=False)
        total += sum(map(len, found))
    return total, len(texts)


def timed(count: Callable[[], tuple[int, int]], runs: int) -> tuple[float, tuple[int, int]]:
    """The median of the CPU seconds, and what was counted."""
    seconds = []
    for _ in range(runs):
        begun = time.process_time()
        counted = count()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds), counted


def main() -> int:
    """Each tokenizer on each text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--tokenizer", action="append", required=True)
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    different = 0
    for path in given.texts:
        texts = list(documents(path, int(given.megabytes * 1e6)))
        size, decoded, made = sum(map(len, texts)) / 1e6, [text.decode() for text in texts], list(batches(texts))
        for name in given.tokenizer:
            artefact = load(name)
            by_kernels(artefact, made[:1])  # compiles
            kernels, (tokens, left) = timed(lambda: by_kernels(artefact, made), given.runs)  # noqa: B023
            library, (truth, _) = timed(lambda: by_encoding(artefact, decoded), given.runs)  # noqa: B023
            different += tokens != truth
            print(
                f"{Path(path).name} {Path(name).name}: {size / kernels:.1f} MB/s, library {size / library:.1f} MB/s, "
                f"{library / kernels:.1f} times; {left} of {len(texts)} texts left to it; {tokens} tokens"
                + (f", but it gives {truth}" if tokens != truth else "")
            )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
