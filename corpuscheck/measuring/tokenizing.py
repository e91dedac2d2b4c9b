"""What tokenizers make of the text: words, characters, the alphabet curve, and what is told of each file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpuscheck.measuring.block import Block
from corpuscheck.measuring.curve import CurveCounter
from corpuscheck.measuring.files import FileTally
from corpuscheck.measuring.words import WordCounter
from corpuscheck.measuring.words_of_documents import DocumentWords
from corpuscheck.profile.words import WordPart
from corpuscheck.reading.files import FileRecord
from corpuscheck.tokenizer.ranking import Ranking


class Tokenizing:
    """Counts words with one tokenizer, and with `others`; the curve only where a ranking is known."""

    def __init__(
        self,
        records: Sequence[FileRecord],
        counter: WordCounter,
        others: Sequence[WordCounter] = (),
        ranking: Ranking | None = None,
        document_words: DocumentWords | None = None,
    ) -> None:
        self._counter, self._others = counter, others
        self._files = FileTally(records)
        self._curve = CurveCounter(ranking) if ranking else None
        self._document_words = document_words

    def observe(self, block: Block) -> None:
        counted = self._counter.observe(block.batch, block.units, block.held_out)
        for other in self._others:
            other.observe(block.batch, block.units, block.held_out)
        self._files.observe(block.batch, block.units, counted, block.sums)
        if self._document_words:
            self._document_words.observe(block.batch, block.units, counted)
        if self._curve:
            self._curve.observe(block.batch, block.units, self._counter.walker.characters)

    def finish(self) -> dict[str, Any]:
        curve = {"curve": self._curve.finish()[0]} if self._curve else {}
        return {
            "size": self._counter.walker.size(),
            "characters": self._counter.walker.finish(),
            "words": self._counter.finish(),
            "others": tuple(map(_finished, self._others)),
            "places": self._files.finish(),
            "split": self._document_words.split if self._document_words else {},
            **curve,
        }


def _finished(counter: WordCounter) -> WordPart:
    counter.walker.finish()  # gives its tables back
    return counter.finish()
