"""Several tokenizers on the same text: what each loses, and what each costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from corpuscheck.measuring.estimating import estimate_tokens
from corpuscheck.measuring.wholeness import wholeness
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.wholeness import WholenessPart
from corpuscheck.profile.words import WordPart
from corpuscheck.text.amounts import percent
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.values.brief import brief
from corpuscheck.values.presentable import Presentable

LONGEST_SEQUENCE = 512
_SPECIAL = 2
PERCENTILES = (50, 90, 99)
_MUCH_BETTER = 0.9


@dataclass(frozen=True)
class TokenizerRow:
    """One tokenizer. [UNK] figures are counted; what has an interval comes from a sample of the text.

    `tokens` and `bytes_per_token` are of all of this text. `lengths` are the 50th, 90th and 99th percentiles of tokens
    per document, `too_long` the share of documents that do not fit into a sequence of 512 with [CLS] and [SEP].
    `held_out_rate` is there where one tokenizer was trained on the rest of the text, which flatters it elsewhere: then
    `tokens_per_word` is of held-out text too, for all. `unknown` is the way of what it does not know, see
    `tokenizer.unknown`; `wholeness` is of a sample.
    """

    __repr__ = brief

    name: str
    model: str
    fingerprint: str
    vocab_size: int
    pieces_used: int
    words: int
    unk_words: int
    held_out_rate: float | None
    documents_with_unk: int
    worst: tuple[tuple[str, int], ...]
    tokens_per_word: Interval
    bytes_per_token: Interval
    tokens: Interval
    lengths: tuple[float, ...]
    too_long: float
    shattered_words: int = 0
    held_out_shattered_rate: float | None = None
    unknown: str = "token"
    wholeness: WholenessPart = field(default_factory=WholenessPart)

    @property
    def shattered_rate(self) -> float:
        return self.shattered_words / self.words if self.words else 0.0

    @property
    def judged_loss(self) -> float:
        """The share of words that are [UNK] or shattered."""
        held_out = self.held_out_shattered_rate
        return self.judged_rate + (self.shattered_rate if held_out is None else held_out)

    @property
    def unk_rate(self) -> float:
        return self.unk_words / self.words if self.words else 0.0

    @property
    def judged_rate(self) -> float:
        return self.unk_rate if self.held_out_rate is None else self.held_out_rate

    @property
    def judged_tokens(self) -> float:
        """What as much text would take that none of the tokenizers has learned from."""
        return self.tokens.value if self.held_out_rate is None else self.tokens_per_word.value * self.words

    @property
    def charged_tokens(self) -> float:
        """The same with a token for each byte of the lost words, as losing them must not look cheap."""
        return self.judged_tokens + self.charge

    @property
    def charge(self) -> float:
        """A token for each byte of the lost words."""
        return self.judged_rate * self.tokens.value * self.bytes_per_token.value


@dataclass(frozen=True)
class TokenizerComparison(Presentable):
    """The rows in the order asked for, the one to take ('' where that cannot be told), and why.

    `not_judged` tells that nothing was held out to judge the tokenizer by that was trained here.
    """

    __repr__ = brief

    utf8_bytes: int
    documents: int
    sampled_bytes: int
    rows: tuple[TokenizerRow, ...]
    recommended: str
    reason: str
    not_judged: bool = False


@dataclass(frozen=True)
class ComparedText:
    """What the figures come from: a sample of the text, less of it for what takes long, the part that was held out, and
    all documents' sizes."""

    sample: Sample
    small: Sample
    held_out: Sample | None
    documents: DocumentPart
    utf8_bytes: int


def row_of(artefact: Artefact, words: WordPart, judged: WordPart, texts: ComparedText, name: str) -> TokenizerRow:
    """The figures of one tokenizer; `judged` are its words where some are held out."""
    sample, none = texts.sample, Interval(0, 0, 0)
    per_word = estimate_tokens(artefact, sample).tokens_per_word() or none
    tokens = per_word.times(words.words)
    if words.encoded_tokens is not None:
        tokens = Interval(words.encoded_tokens, words.encoded_tokens, words.encoded_tokens)
    if texts.held_out:
        per_word = estimate_tokens(artefact, texts.held_out.smaller(sample.budget)).tokens_per_word() or none
    per_byte = tokens.times(1 / texts.utf8_bytes)
    lengths, too_long = _lengths(texts.documents, per_byte.value)
    kept = wholeness(artefact, texts.small)
    lost = sorted(words.lost.words().items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    return TokenizerRow(
        name=name,
        model=artefact.model_type,
        fingerprint=artefact.fingerprint,
        vocab_size=artefact.vocab_size,
        pieces_used=kept.used,
        words=words.words,
        unk_words=words.unk_words,
        held_out_rate=judged.held_out_unk_rate if texts.held_out else None,
        documents_with_unk=words.documents_with_unk,
        worst=tuple(lost),
        tokens_per_word=per_word,
        bytes_per_token=_inverse(per_byte),
        tokens=tokens,
        lengths=lengths,
        too_long=too_long,
        shattered_words=words.shattered.words,
        held_out_shattered_rate=judged.held_out_shattered_rate if texts.held_out else None,
        unknown=artefact.unknown.way,
        wholeness=kept,
    )


def _inverse(interval: Interval) -> Interval:
    if not interval.value:
        return interval
    return Interval(1 / interval.value, 1 / interval.high, 1 / interval.low if interval.low else 1 / interval.value)


def _lengths(documents: DocumentPart, tokens_per_byte: float) -> tuple[tuple[float, ...], float]:
    """Percentiles of tokens per document from their bytes, and the share over a sequence."""
    counts, sizes = documents.counts, documents.sizes
    if not len(sizes):
        return (), 0.0
    order = np.argsort(sizes, kind="stable")
    reached = np.cumsum(counts[order])
    places = [int(np.searchsorted(reached, p / 100 * reached[-1])) for p in PERCENTILES]
    tokens = sizes * tokens_per_byte + _SPECIAL
    return (
        tuple(float(sizes[order[place]]) * tokens_per_byte for place in places),
        float(counts[tokens > LONGEST_SEQUENCE].sum() / reached[-1]),
    )


def recommend(rows: Sequence[TokenizerRow], not_judged: bool = False) -> tuple[str, str]:
    """The tokenizer to take, and why: what is lost or shattered counts first, then what it costs.

    `not_judged` tells that there is one more, trained here, that nothing was held out to judge by.
    """
    if not_judged:
        why = "nothing was held out to judge the one trained here by, as the text is too short"
        if len(rows) < 2:
            return "", why
        name, reason = recommend(rows)
        return name, f"{reason}; {why}"
    least = min(rows, key=lambda row: (row.judged_loss, row.charged_tokens, row.name))
    hardly_more = [row for row in rows if row.judged_loss <= max(2 * least.judged_loss, 0.001)]
    shortest = min(hardly_more, key=lambda row: (row.charged_tokens, row.judged_loss, row.name))
    fewest = min(rows, key=lambda row: (row.judged_tokens, row.judged_loss, row.name))
    if least is fewest:
        return least.name, f"it loses least ({percent(least.judged_loss)} of the words) and needs the fewest tokens"
    if shortest.charged_tokens < _MUCH_BETTER * least.charged_tokens:
        fewer = percent(1 - shortest.judged_tokens / least.judged_tokens)
        return shortest.name, (
            f"it needs {fewer} fewer tokens than {least.name} and loses hardly more "
            f"({percent(shortest.judged_loss)} against {percent(least.judged_loss)})"
        )
    return least.name, (
        f"it loses least: {percent(least.judged_loss)} of the words, {fewest.name} {percent(fewest.judged_loss)}"
    )
