"""The facts behind an answer, as labels and sentences in pieces: the same in every medium that has room for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.answers import Strong
from corpuscheck.result.result import LettersReport, Result, TokenizerReport
from corpuscheck.result.sums import Amount
from corpuscheck.text.amounts import about, count, estimated, percent, plural, size
from corpuscheck.text.printable import printable

Fact = tuple[str, tuple[str, ...]]
"""A label, empty where it is that of the fact before, and what is told in pieces."""


def facts_of_text(result: Result) -> Iterator[Fact]:
    """How much there is, and how much is missing."""
    text, limits = result.profile.size, result.limits
    yield "text as UTF-8", (Strong(size(text.utf8_bytes)), f"  ({count(text.utf8_bytes)} bytes; 1 GB = 10⁹ bytes)")
    yield "on disk", (size(text.raw_bytes),)
    if text.nfc_saving:
        yield "after NFC", (f"{size(text.nfc_bytes)}, {size(text.nfc_saving)} less",)
    mean = text.mean_document
    per_gb = f"{count(text.documents)}, {size(mean)} on average, {count(10**9 / mean)} per GB" if mean else "0"
    yield "documents", (per_gb,)
    yield "rule of thumb", (f"{percent(text.utf8_bytes / limits.target_bytes)} of {size(limits.target_bytes)}",)
    clean, target = result.cleanliness, limits.target_bytes
    if clean.looked_into and clean.usable_bytes < clean.raw_bytes:
        share = estimated(clean.usable_bytes / target, clean.usable.margin / target, clean.complete, percent)
        yield "usable", (f"{share}: without copies and debris",)
    articles = plural(round(text.utf8_bytes * limits.articles_per_gb / 10**9), "news article")
    yield "like", (f"{articles}, at {count(limits.articles_per_gb)} per GB",)
    if missing := max(0, target - text.utf8_bytes):
        by_rule = count(missing * limits.articles_per_gb / 10**9)
        own = f", or {count(missing / mean)} documents like these" if mean else ""
        yield "still missing", (f"{size(missing)}: {by_rule} news articles by the rule{own}",)


def facts_of_tokenizer(result: Result) -> Iterator[Fact]:
    """What it is, what it loses, and how many tokens it makes."""
    report, words = result.tokenizer, result.profile.words
    origin = "trained here" if report.trained else f"loaded from {printable(report.source, LONGEST_PATH)}"
    yield "tokenizer", (origin,)
    yield "", (f"{report.model}, {report.vocab_size:,} pieces, fingerprint {report.fingerprint}",)
    yield "normaliser", (printable(report.normalizer, 300),)
    yield from _assumption(report)
    yield from _letters(report.letters)
    yield "words", (count(words.words),)
    yield "[UNK] words", (Strong(percent(words.unk_rate)), f"  {count(words.unk_words)} on all text")
    if report.trained:
        held = f"{count(words.held_out_unk_words)} of {count(words.held_out_words)} on held-out {report.held_out_unit}s"
        yield "  held out", (Strong(percent(words.held_out_unk_rate)), f"  {held}")
    documents = result.profile.size.documents
    touched = percent(words.documents_with_unk / documents) if documents else "0 %"
    yield "documents hit", (f"{touched}  {count(words.documents_with_unk)} of {count(documents)} hold an [UNK]",)
    yield from _shattered(result)
    yield from _tokens(result)
    yield from _unknown(report)
    yield from _wholeness(report)
    if not report.method.startswith("counted"):
        yield "method", (printable(report.method),)


def _shattered(result: Result) -> Iterator[Fact]:
    """Words in tokens that are no whole characters; nothing where there are none."""
    report, words = result.tokenizer, result.profile.words
    shattered, documents = words.shattered, result.profile.size.documents
    if not shattered.words:
        return
    yield (
        "shattered words",
        (Strong(percent(words.shattered_rate)), f"  {count(shattered.words)} in pieces of characters"),
    )
    if report.trained:
        held = f"{count(shattered.held_out_words)} of {count(words.held_out_words)} on held-out {report.held_out_unit}s"
        yield "  held out", (Strong(percent(words.held_out_shattered_rate)), f"  {held}")
    touched = percent(shattered.documents / documents) if documents else "0 %"
    yield "documents hit", (f"{touched}  {count(shattered.documents)} of {count(documents)} hold a shattered word",)
    if words.encoded_tokens and report.shattered.tokens_if_whole is not None:
        fewer = count(report.shattered.tokens_if_whole)
        characters = plural(report.shattered.distinct, "character")
        yield "", (f"{fewer} tokens instead of {count(words.encoded_tokens)}, were {characters} whole",)


def _assumption(report: TokenizerReport) -> Iterator[Fact]:
    """How a vocabulary was read that no file explains, and what it loses in the other way."""
    if report.assumed:
        yield "", (printable(report.assumed, 300),)
    if other := report.other_reading:
        where = "" if other.exact else " in a sample"
        told = f"read as {other.normalizer}, it would lose {percent(other.unk_rate)} of the words{where}"
        yield "", (printable(told),)


def _letters(letters: LettersReport) -> Iterator[Fact]:
    """What the normaliser takes from the letters, where it takes anything."""
    if letters.characters or letters.words_changed:
        where = "" if letters.words_exact else " of a sample"
        words = f", and {percent(letters.words_share)} of the words{where}" if letters.words else ""
        yield "letters lost", (f"{percent(letters.share)} of the characters change or vanish{words}",)


def _tokens(result: Result) -> Iterator[Fact]:
    report = result.tokenizer
    if report.tokens is None:
        return
    per_word = report.tokens_per_word
    sampled = f", estimated from {size(result.profile.estimates.sampled_bytes)}"
    yield "tokens", (_with_interval(report.tokens, count) + ("" if report.tokens_exact else sampled),)
    if per_word:
        per_token = result.profile.size.utf8_bytes / report.tokens.value if report.tokens.value else 0.0
        yield "", (f"{_with_interval(per_word, '{:.2f}'.format)} per word, {per_token:.2f} bytes each",)


def _unknown(report: TokenizerReport) -> Iterator[Fact]:
    """What [UNK] does not show of the unknown; nothing where it is what it seems."""
    unknown = report.unknown
    if unknown.way == "dropped":
        yield "unknown", ("dropped in silence: it has no unknown token, and no bytes to spell characters in",)
    elif unknown.way == "ordinary":
        yield "unknown", (f"becomes '{printable(unknown.token, 24)}', which has another use as well",)
    if unknown.fused_words:
        nearly = "" if unknown.exact else "about "
        one = f"{nearly}{count(unknown.fused_characters)} characters of {count(unknown.fused_words)} words"
        yield "", (f"neighbours become one token: {one}",)


def _wholeness(report: TokenizerReport) -> Iterator[Fact]:
    """Words that are one token, and pieces that occur."""
    found = report.wholeness
    if found.whole_rate:
        sample = size(found.sampled_bytes)
        yield "whole words", (f"{_with_interval(found.whole_rate, percent)} in {sample}",)
        share = percent(found.used / report.vocab_size) if report.vocab_size else "0 %"
        yield "pieces used", (f"at least {share}  {count(found.used)} of {count(report.vocab_size)} in {sample}",)


def _with_interval(interval: Interval, shown: Callable[[float], str]) -> str:
    if interval.exact:
        return shown(interval.value)
    return f"{shown(interval.value)} ({shown(interval.low)} to {shown(interval.high)})"


def lost_told(amount: Amount, whole: int) -> tuple[str, str]:
    """Bytes and their share; within the margin of nothing only that it is less."""
    share = amount.utf8_bytes / whole if whole else 0.0
    if not amount.exact and not amount.certain:
        most = min(float(whole), amount.utf8_bytes + amount.margin)
        return f"< {size(most)}", f"< {percent(most / whole if whole else 0.0)}"
    return estimated(amount.utf8_bytes, amount.margin, amount.exact), percent(share)


def documents_told(amount: Amount) -> str:
    """3 documents, or about as many; nothing where there is none for sure."""
    n = round(amount.documents)
    if amount.exact:
        return plural(n, "document") if n else ""
    return f"{estimated(n, amount.documents_margin, False, about)} documents" if amount.certain else ""
