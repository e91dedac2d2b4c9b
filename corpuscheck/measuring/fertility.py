"""Tokens per word of a general tokenizer beside those of the one that a scan uses, on the same text."""

from __future__ import annotations

from collections.abc import Sequence

from corpuscheck.errors import asked_about
from corpuscheck.profile.domain import FertilitySums, digest_of
from corpuscheck.profile.sample import Sample
from corpuscheck.tokenizer.artefact import Artefact


@asked_about("the sample of the corpus")
def fertility(
    sample: Sample, artefact: Artefact, general: Sequence[Artefact], held_out_share: float, budget: int
) -> dict[str, FertilitySums]:
    """Tokens and words by each general tokenizer, of at most `budget` bytes of the sample.

    `held_out_share` of the documents were kept from the training: where they are enough, only these count.
    """
    if not general:
        return {}
    held_out = sample.parted(held_out_share)[0]
    if held_out.size >= budget // 10:
        sample = held_out
    texts = [text.decode() for text, _, _ in sample.smaller(budget).items()]
    own, words = _encoded(artefact, texts)
    return {digest_of(other.definition): (_encoded(other, texts)[0], own, words) for other in general}


def _encoded(artefact: Artefact, texts: Sequence[str]) -> tuple[int, int]:
    """(tokens, words)"""
    found = artefact.encoder.encode(texts)
    return sum(encoded.tokens for encoded in found), sum(encoded.words for encoded in found)
