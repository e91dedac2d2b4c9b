"""The figures of the word counters, and what the tokenizer itself says about the same documents."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from corpuscheck.measuring.units import Unit, UnitSplitter
from corpuscheck.measuring.words import WordCounter, walked_with, word_counter
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.batch import Batch, batch_of
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.probing import CharacterTable


class Figures(NamedTuple):
    words: int
    unk_words: int
    unk_tokens: int
    documents: int


@cache
def characters(artefact: Artefact) -> CharacterTable:
    return CharacterTable(walked_with(artefact))


def counter_of(artefact: Artefact) -> WordCounter:
    return word_counter(artefact, characters(artefact))


def counted(artefact: Artefact, batches: Iterable[Batch], unit: Unit = "document", share: float = 0.0) -> WordPart:
    """What one counter makes of batches that follow each other."""
    counter, splitter = counter_of(artefact), UnitSplitter(unit)
    for batch in batches:
        units = splitter.split(batch)
        counter.observe(batch, units, units.held_out(share))
    return counter.finish()


def whole(texts: Iterable[str]) -> Batch:
    return batch_of([text.encode() for text in texts])


def figures(part: WordPart) -> Figures:
    return Figures(part.words, part.unk_words, part.unk_tokens, part.documents_with_unk)


def truth(artefact: Artefact, texts: Iterable[str]) -> Figures:
    """Every document encoded by the tokenizer, the [UNK] counted."""
    words = unk_words = unk_tokens = documents = 0
    for text in texts:
        encoding = artefact.tokenizer.encode(text, add_special_tokens=False)
        places, ids = encoding.word_ids, encoding.ids
        lost = [place for place, token in zip(places, ids, strict=True) if token == artefact.unk_id]
        words += max((place for place in places if place is not None), default=-1) + 1
        unk_words += len(set(lost))
        unk_tokens += len(lost)
        documents += bool(lost)
    return Figures(words, unk_words, unk_tokens, documents)
