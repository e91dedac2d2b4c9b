"""Estimate from the sample: tokens, and the alphabet curve where the ranking comes after the reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from corpuscheck.errors import asked_about
from corpuscheck.kernels.utf8 import LONGEST_PASSAGE
from corpuscheck.measuring.curve import CurveCounter
from corpuscheck.measuring.units import UnitSplitter
from corpuscheck.profile.curve import DEFAULT_ALPHABET, CurvePart
from corpuscheck.profile.estimates import GROUPS, TokenSample
from corpuscheck.profile.mojibake import MojibakePart
from corpuscheck.profile.sample import Sample
from corpuscheck.reading.batch import batch_of
from corpuscheck.reading.encodings import escapes, question_marks
from corpuscheck.reading.encodings.escapes import unescaped
from corpuscheck.reading.encodings.mojibake import Repair, repair
from corpuscheck.reading.encodings.question_marks import replaced_letters
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.probing import CharacterTable
from corpuscheck.tokenizer.ranking import Ranking, segmentation_artefact

_LINE_END = re.compile("\r\n|\n|\r")


def grouped(sample: Sample) -> Iterator[tuple[bytes, int, int]]:
    """(text, count, group): by document where there are enough of them, else by passage."""
    by_document = sample.by_document
    for number, (text, count, key) in enumerate(sample.items()):
        yield text, count, (key if by_document else number) % GROUPS


@asked_about("the sample of the corpus")
def estimate_tokens(artefact: Artefact, sample: Sample) -> TokenSample:
    """Tokens and words of a sample."""
    items = list(grouped(sample))
    tables: tuple[dict[int, int], dict[int, int], dict[int, int]] = ({}, {}, {})
    for start in range(0, len(items), 256):
        chunk = items[start : start + 256]
        texts = [text.decode() for text, _, _ in chunk]
        for (text, count, group), encoded in zip(chunk, artefact.encoder.encode(texts), strict=True):
            for table, amount in zip(tables, (len(text), encoded.tokens, encoded.words), strict=True):
                table[group] = table.get(group, 0) + count * amount
    return TokenSample(*tables, complete=sample.complete and not any(len(t) >= LONGEST_PASSAGE for t, _, _ in items))


def find_mojibake(sample: Sample) -> MojibakePart:
    """Lines of the sample that were decoded wrongly once."""
    return _found(sample, lambda line: None if line.isascii() else repair(line), re.compile("[^\x00-\x7f]"))


def find_escapes(sample: Sample, lines: int) -> MojibakePart:
    """Lines of the same sample, which has so many in all, with escapes that were never resolved."""
    return replace(_found(sample, unescaped, escapes.MAY_HOLD), lines=lines)


def find_question_marks(sample: Sample, lines: int) -> MojibakePart:
    """Lines of the same sample with letters that were replaced by `?`."""
    lost = Repair("letters replaced by ?", "")
    found = _found(sample, lambda line: lost if replaced_letters(line) else None, question_marks.MAY_HOLD)
    return replace(found, lines=lines)


def _found(sample: Sample, look: Callable[[str], Repair | None], needs: re.Pattern[str]) -> MojibakePart:
    """What `look` finds in the lines that hold what it needs, and how many those are."""
    total = MojibakePart()
    for text, count, _ in sample.items():
        passage = text.decode()
        if needs.search(passage) is None:
            continue
        for line in filter(needs.search, _LINE_END.split(passage)):  # U+0085 is a letter gone wrong
            found = look(line)
            if found is None:
                total = replace(total, lines=total.lines + count)
            else:
                example = (found.kind, line[:120], found.text[:120])
                total = total.merge(MojibakePart(count, {found.kind: count}, (example,)))
    return total


def count_lines(sample: Sample) -> int:
    """How many lines of the same sample hold any text."""
    return sum(
        count * sum(1 for line in _LINE_END.split(text.decode()) if line and not line.isspace())
        for text, count, _ in sample.items()
    )


def estimate_curve(ranking: Ranking, sample: Sample, estimates: TokenSample) -> tuple[CurvePart, TokenSample]:
    """The curve of a sample, exact where the sample is the whole text, else with groups for its interval."""
    characters = CharacterTable(segmentation_artefact())
    characters.learn(ranking.ranks)
    by_count: dict[int, list[tuple[bytes, int]]] = {}
    for text, count, group in grouped(sample):
        by_count.setdefault(count, []).append((text, group))
    total = CurvePart()
    words: dict[int, int] = {}
    lost: dict[int, int] = {}
    for count, texts in by_count.items():
        counter = CurveCounter(ranking, GROUPS)
        batch = batch_of([text for text, _ in texts])
        units = UnitSplitter("document").split(batch)
        counter.observe(batch, units, characters, np.array([group for _, group in texts], np.int64))
        for group, part in enumerate(counter.finish()):
            part = replace(
                part, by_rank={rank: n * count for rank, n in part.by_rank.items()}, overlong=part.overlong * count
            )
            total = total.merge(part)
            words[group] = words.get(group, 0) + part.words
            lost[group] = lost.get(group, 0) + part.unk_words(DEFAULT_ALPHABET)
    if sample.complete:
        return total, estimates
    return replace(total, sampled=True), replace(estimates, curve_words=words, curve_lost=lost)
