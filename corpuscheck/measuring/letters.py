"""Count the words of a sample that lose letters, and those that another reading of the vocabulary loses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from corpuscheck.measuring.estimating import TOKEN_BYTES
from corpuscheck.profile.letters import LettersPart, bounded
from corpuscheck.profile.sample import Sample
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.letters import Letters

LONGEST_KEPT = 60
"""Characters of a word that is kept as an example."""


def letters_part(artefact: Artefact, sample: Sample, code_points: Iterable[int]) -> LettersPart:
    """From at most `TOKEN_BYTES` of the sample; `code_points` are those of the whole text."""
    small = sample.smaller(TOKEN_BYTES)
    letters = Letters(artefact)
    losing = frozenset(letters.losses(code_points))
    other = _other_reading(artefact, small)
    if letters.characterwise and not losing:
        return LettersPart(0, 0, {}, *other, complete=small.complete)
    occurrences: Counter[str] = Counter()
    for text, count, _ in small.texts():
        for word, n in Counter(text.decode().split()).items():
            occurrences[word] += n * count
    changed = {word: n for word, n in occurrences.items() if not losing.isdisjoint(word) or letters.word_changes(word)}
    examples = bounded({word: n for word, n in changed.items() if len(word) <= LONGEST_KEPT})
    return LettersPart(occurrences.total(), sum(changed.values()), examples, *other, complete=small.complete)


def _other_reading(artefact: Artefact, sample: Sample) -> tuple[int, int]:
    """Words, and words with [UNK], where the vocabulary is read the other way."""
    other = artefact.other_reading
    if other is None:
        return 0, 0
    words = unk_words = 0
    items = list(sample.texts())
    for start in range(0, len(items), 256):
        chunk = items[start : start + 256]
        encodings = other.tokenizer.encode_batch([text.decode() for text, _, _ in chunk], add_special_tokens=False)
        for (_, count, _), encoding in zip(chunk, encodings, strict=True):
            of_token = encoding.word_ids
            words += count * len({word for word in of_token if word is not None})
            lost = {of_token[k] for k, token in enumerate(encoding.ids) if token == other.unk_id}
            unk_words += count * len(lost)
    return words, unk_words
