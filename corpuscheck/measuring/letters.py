"""Count the words of a sample that lose letters, and those that another reading of the vocabulary loses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from corpuscheck.errors import asked_about
from corpuscheck.kernels.words import IS_CHUNK, IS_LOST
from corpuscheck.measuring.text import Walker
from corpuscheck.measuring.units import UnitSplitter
from corpuscheck.measuring.words import Suspects
from corpuscheck.profile.letters import LettersPart, smallest
from corpuscheck.profile.sample import Sample
from corpuscheck.reading.batch import batch_of
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.letters import Letters
from corpuscheck.tokenizer.probing import CharacterTable

LONGEST_KEPT = 60
"""Characters of a word that is kept as an example."""


_SPACE = re.compile(r"[^\S\x0b\x0c\x1c-\x1f\x85]+")
"""White space, without the controls that a tokenizer deletes."""


@asked_about("the sample of the corpus")
def letters_part(artefact: Artefact, sample: Sample, code_points: Iterable[int]) -> LettersPart:
    """The words of a sample; `code_points` are those of the whole text."""
    letters = Letters(artefact)
    losing = frozenset(letters.losses(code_points))
    keeps_all = letters.characterwise and not losing
    if keeps_all and artefact.other_reading is None:
        return LettersPart(complete=sample.complete)
    other = _other_reading(artefact, sample)
    if keeps_all:
        return LettersPart(0, 0, {}, *other, complete=sample.complete)
    words = _words(sample)
    further = letters.changed_words(word for word in words if losing.isdisjoint(word))
    changed = {word: n for word, n in words.items() if word in further or not losing.isdisjoint(word)}
    examples = smallest({word: n for word, n in changed.items() if len(word) <= LONGEST_KEPT})
    return LettersPart(words.total(), sum(changed.values()), examples, *other, complete=sample.complete)


def _words(sample: Sample) -> Counter[str]:
    words: Counter[str] = Counter()
    for text, count, _ in sample.items():
        for word, n in Counter(_SPACE.split(text.decode())).items():
            words[word] += n * count
    words.pop("", None)
    return words


def _other_reading(artefact: Artefact, sample: Sample) -> tuple[int, int]:
    """Words, and words with [UNK], where the vocabulary is read the other way."""
    other = artefact.other_reading
    if other is None or other.not_characterwise:
        return 0, 0
    suspects, walker = Suspects(other), Walker(CharacterTable(other), other.longest_word)
    by_count: dict[int, list[bytes]] = {}
    for text, count, _ in sample.items():
        by_count.setdefault(count, []).append(text)
    total = lost = 0
    for count, texts in by_count.items():
        batch = batch_of(texts)
        units = UnitSplitter("document").split(batch)
        walked = walker.walk(batch, units)
        doubtful = walked.spans[walked.spans[:, 3] != IS_LOST]
        asked = suspects.numbers(batch, units, replace(walked, spans=doubtful))
        outcomes = suspects.outcomes[asked]
        chunks = doubtful[:, 3] == IS_CHUNK
        total += count * int(walked.words.sum() + outcomes[chunks, 0].sum())
        lost += count * int(walked.lost.sum() + outcomes[:, 1].sum())
    return total, lost
