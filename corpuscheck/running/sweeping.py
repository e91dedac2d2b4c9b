"""Sweep: tokenizers of several sizes from one pass over the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log2

import numpy as np

from corpuscheck.errors import UsageError
from corpuscheck.kernels.arrays import Ints
from corpuscheck.measuring.estimating import estimate_tokens
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.sample import Sample
from corpuscheck.reading.discover import Found
from corpuscheck.result.swept import SizeRow, Sweep
from corpuscheck.running.corpus import Corpus, Watch
from corpuscheck.running.scanning import surveyed_text
from corpuscheck.settings import Settings
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.ranking import rank
from corpuscheck.tokenizer.training import train

_AT_ONCE = 256


def swept(found: Found, sizes: Sequence[int], settings: Settings, watch: Watch, processes: bool) -> Sweep:
    """A tokenizer of each size, made without the held-out part of the text and judged on it.

    Raises UsageError where nothing is held out, TokenizerError where a vocabulary cannot hold its alphabet.
    """
    training = settings.training
    of_sizes = [replace(settings, training=replace(training, vocab_size=size)) for size in sorted(set(sizes))]
    unit, survey = surveyed_text(Corpus(found.sources, settings, watch, processes), settings, whole=True)
    held_out, rest = survey.sample.parted(training.held_out_share)
    held_out, seen = held_out.smaller(settings.budgets.tokens), rest.smaller(settings.budgets.tokens)
    if not held_out.size or not rest.size:
        raise UsageError("--sweep: nothing is held out to judge by, as the text is too short")
    ranking, sample = rank(survey.training.counts, training.lowercase), rest.smaller(training.train_bytes)
    rows = []
    with watch("training", 0, 0):
        for each in of_sizes:
            rows.append(_row(train(ranking, sample, each.training), each.training.vocab_size, seen, held_out))
    return Sweep(_model(settings), unit, sample.size, held_out.size, tuple(rows))


def _model(settings: Settings) -> str:
    return {"wordpiece": "WordPiece", "bpe": "BPE", "unigram": "Unigram"}[settings.training.model]


def _row(artefact: Artefact, size: int, seen: Sample, held_out: Sample) -> SizeRow:
    per_word = estimate_tokens(artefact, held_out).tokens_per_word() or Interval(0, 0, 0)
    words = lost = 0
    for text, count, _ in held_out.items():
        (encoded,) = artefact.encoder.encode([text.decode()])
        unknown = {word for token, word, _, _ in encoded.watched if token == artefact.unk_id}
        words += count * encoded.words
        lost += count * (len(unknown) + len(encoded.shattered))
    known, new = _counts(artefact, seen), _counts(artefact, held_out)
    amount = sum(count * len(text) for text, count, _ in held_out.items())
    tokens = int(new.sum())
    share = (known + 1) / (known.sum() + len(known))
    bits = sum(-log2(share[token]) * int(new[token]) for token in np.flatnonzero(new).tolist())
    return SizeRow(
        size, artefact.vocab_size, artefact.fingerprint, lost / words if words else 0.0, per_word,
        amount / tokens if tokens else 0.0, bits / amount,
    )  # fmt: skip


def _counts(artefact: Artefact, sample: Sample) -> Ints:
    """How often each token stands in a sample."""
    counts = np.zeros(artefact.tokenizer.get_vocab_size(), np.int64)
    items = [(text.decode(), count) for text, count, _ in sample.items()]
    for start in range(0, len(items), _AT_ONCE):
        chunk = items[start : start + _AT_ONCE]
        found = artefact.tokenizer.encode_batch([text for text, _ in chunk], add_special_tokens=False)
        for (_, count), encoding in zip(chunk, found, strict=True):
            np.add.at(counts, np.array(encoding.ids, np.int64), count)
    return counts
