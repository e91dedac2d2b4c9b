"""Count the words of a sample that a tokenizer keeps whole, and the tokens of the others, by script."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from corpuscheck.errors import asked_about
from corpuscheck.measuring.estimating import grouped
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.wholeness import WHITE_SPACE, WholenessPart
from corpuscheck.text.scripts import COMMON, script_of
from corpuscheck.tokenizer.artefact import Artefact

_AT_ONCE = 256


@asked_about("the sample of the corpus")
def wholeness(artefact: Artefact, sample: Sample) -> WholenessPart:
    """The words of a sample, in the groups that its intervals come from."""
    items = list(grouped(sample))
    sums: dict[tuple[int, str], list[int]] = {}
    used: set[int] = set()
    for start in range(0, len(items), _AT_ONCE):
        chunk = items[start : start + _AT_ONCE]
        texts = [text.decode() for text, _, _ in chunk]
        for text, (_, count, group), (ids, spans) in zip(texts, chunk, artefact.encoder.words(texts), strict=True):
            used.update(ids)
            met = Counter((text[first:last], tokens, held) for first, last, tokens, held in spans)
            for (word, tokens, held), times in met.items():
                row = sums.setdefault((group, _script(word)), [0, 0, 0, 0, 0])
                times *= count
                row[0] += times * bool(word)
                row[1] += times * (bool(word) and tokens == 1 and not held)
                row[2] += times * (bool(word) and tokens > 1)
                row[3] += times * tokens
                row[4] += times * len(word)
    rows = {key: (row[0], row[1], row[2], row[3], row[4]) for key, row in sums.items()}
    return WholenessPart(
        rows, len(used - {artefact.unk_id} if artefact.unknown.way == "dropped" else used), sample.size, sample.complete
    )


@lru_cache(maxsize=1 << 16)
def _script(word: str) -> str:
    """That of its first letter."""
    if not word:
        return WHITE_SPACE
    return next((script for script in map(script_of, map(ord, word)) if script != COMMON), COMMON)
