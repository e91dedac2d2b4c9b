"""CC2: is there enough?"""

from __future__ import annotations

from collections.abc import Iterable

from corpuscheck.rules.normalisation import places_of
from corpuscheck.rules.rule import Evidence, Observation, Rule, rate_after_nfc
from corpuscheck.text.amounts import count, percent, plural, size


def below_target(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The text is smaller than the rule of thumb for decent performance in a domain, about 4 GB.

    More is better; the rule is a practitioner's, not a law.

    Fix: collect more text of this domain, or set another goal with --target.
    """
    text, target = evidence.profile.size, round(limit)
    if text.utf8_bytes < target:
        missing = target - text.utf8_bytes
        documents = f", about {count(missing / text.mean_document)} documents like these" if text.mean_document else ""
        yield Observation(
            f"{size(text.utf8_bytes)} of text, {percent(text.utf8_bytes / target)} of the {size(target)} rule of thumb",
            text.utf8_bytes,
            advice=f"collect {size(missing)} more{documents}; or set another goal with --target",
        )


def below_minimum(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The text is smaller than --min-size, the least that this project accepts.

    As a gate it tells that text went missing.

    Fix: add text, or lower --min-size.
    """
    text, least = evidence.profile.size.utf8_bytes, round(limit)
    if text < least:
        yield Observation(
            f"{size(text)} of text is less than the {size(least)} required by --min-size",
            text,
            advice=f"add {size(least - text)} of text",
        )


def decomposed(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The text is not in NFC: composing it saves bytes, so the size above flatters.

    Decomposed Hangul takes 2.3 times the bytes, and a vocabulary made of composed text loses most of it.

    Fix: unicodedata.normalize('NFC', text) over the whole corpus before training.
    """
    text = evidence.profile.size
    share = text.nfc_saving / text.utf8_bytes if text.utf8_bytes else 0.0
    if share > limit:
        saved = evidence.tokenizer.saved_by_nfc
        words = f" and {plural(saved, '[UNK] word')}" if saved else ""
        rates = percent(evidence.profile.words.unk_rate), percent(rate_after_nfc(evidence))
        better = f": {rates[0]} -> {rates[1]} [UNK]" if saved else ""
        yield Observation(
            f"the text is not in NFC: composing it saves {size(text.nfc_saving)} ({percent(share)}){words}",
            share,
            places_of(evidence.normalisation.of("composed by NFC")),
            f"normalise the corpus to NFC before training (unicodedata.normalize('NFC', text)){better}",
        )


RULES = (
    Rule("CC201", "below-target", "warning", below_target, unit="bytes", option="target_bytes", floor="at least"),
    Rule("CC202", "below-minimum", "error", below_minimum, unit="bytes", option="min_bytes", floor="at least"),
    Rule("CC203", "decomposed-text", "warning", decomposed, 0.001, "share"),
)
