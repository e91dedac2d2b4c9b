"""The questions that a report answers: one list for every medium, in plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpuscheck.domain.telling import domain_answer, how_far
from corpuscheck.reports.common import Question, cut_marks, encodings
from corpuscheck.result.copies import Cleanliness
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import about, count, estimated, files, percent, plural, size

_WORDS, _WORDS_IN_BRIEF = 5, 3


class Verbatim(str):
    """A word of the corpus, or what a person would paste: code, where a medium has that."""

    __slots__ = ()


class Strong(str):
    """The figure that matters in a sentence."""

    __slots__ = ()


class Quiet(str):
    """What may be overlooked."""

    __slots__ = ()


class Foreign(str):
    """Running text that may hold names from the corpus."""

    __slots__ = ()


@dataclass(frozen=True)
class Answer:
    """A question, the rules that it is about, by how their ids begin, and what is known.

    `brief` is for beside the findings of these rules, empty where these say all; `whole` stands alone.
    """

    title: Question
    rules: tuple[str, ...]
    brief: str
    whole: tuple[str, ...]


def answers(result: Result) -> Iterator[Answer]:
    """In the order in which they are asked."""
    yield Answer(Question.READ, ("CC1",), _read_in_brief(result), _read(result))
    yield Answer(Question.ENOUGH, ("CC2",), _enough_in_brief(result), _enough(result))
    yield Answer(Question.SEEN, ("CC3",), _seen_in_brief(result), _seen(result))
    yield Answer(Question.ALPHABET, (), "", _alphabet(result))
    yield Answer(Question.CLEAN, ("CC4", "CC5"), _clean_in_brief(result), _clean(result))
    yield Answer(Question.DOMAIN, ("CC6",), _domain_in_brief(result), _domain(result))


def _read_in_brief(result: Result) -> str:
    reading = result.profile.reading
    found = [finding for finding in result.findings if finding.rule.startswith("CC1")]
    named = ", ".join(dict.fromkeys(finding.name.replace("-", " ") for finding in found))
    if reading.files != reading.measured:
        measured = f"{reading.measured:,} of {files(reading.files)}"
    else:
        measured = "" if any(finding.severity != "info" for finding in found) else "all of it"
    return "; ".join(filter(None, (measured, named)))


def _read(result: Result) -> tuple[str, ...]:
    reading = result.profile.reading
    return f"{count(reading.measured)} of {count(reading.files)} files: ", Foreign(encodings(result.profile))


def _enough_in_brief(result: Result) -> str:
    text, target = result.profile.size, result.limits.target_bytes
    if text.utf8_bytes >= target:
        return f"{size(text.utf8_bytes)}, the rule of thumb says {size(target)}"
    return f"{size(text.utf8_bytes)}, {percent(text.utf8_bytes / target)} of {size(target)}"


def _enough(result: Result) -> tuple[str, ...]:
    text, target = result.profile.size, result.limits.target_bytes
    share = percent(text.utf8_bytes / target)
    return (f"{size(text.utf8_bytes)} of text in {count(text.documents)} documents, {share} of {size(target)}",)


def _seen_in_brief(result: Result) -> str:
    words, report = result.profile.words, result.tokenizer
    held_out = f", {percent(words.held_out_unk_rate)} held out" if report.trained else ""
    origin = "trained here" if report.trained else f"from {report.source}"
    lost = f"{percent(words.unk_rate)} of {plural(words.words, 'word')} are [UNK]{held_out}"
    if words.shattered.words:
        held = f", {percent(words.held_out_shattered_rate)} held out" if report.trained else ""
        lost += f", {percent(words.shattered_rate)} are shattered{held}"
    other = report.other_reading
    assumed = f"; {report.normalizer} is assumed, read otherwise it loses {percent(other.unk_rate)}" if other else ""
    return f"{lost}; {report.model}, {report.vocab_size:,} pieces, {origin}{assumed}"


def _seen(result: Result) -> tuple[str, ...]:
    words = result.profile.words
    told = [f"{percent(words.unk_rate)} of {count(words.words)} words are ", Verbatim("[UNK]")]
    for k, word in enumerate(result.tokenizer.worst_words[:_WORDS]):
        told += [", " if k else ", most often ", Verbatim(word.word), f" {count(word.count)}"]
    if words.shattered.words:
        told.append(f"; {percent(words.shattered_rate)} are shattered into pieces of characters")
        for k, cut in enumerate(result.tokenizer.shattered.characters[:_WORDS]):
            told += [", " if k else ", most often ", Verbatim(cut.character), f" {count(cut.words)}"]
    return tuple(told)


def _alphabet(result: Result) -> tuple[str, ...]:
    advice = result.tokenizer.alphabet
    if advice.unavailable:
        return "not known: ", Foreign(advice.unavailable)
    if advice.recommended is None:
        return ("no alphabet gets under the limit",)
    option = Verbatim(f"--limit-alphabet {advice.recommended.alphabet}")
    return option, f" loses {percent(advice.recommended.unk_rate)}"


_NOT_LOOKED = "not known: not all documents were looked into"


def _clean_in_brief(result: Result) -> str:
    found, copies = result.cleanliness, result.cleanliness.copies
    if not found.looked_into:
        return _NOT_LOOKED
    told = [usable(found)]
    if (copies.exact and copies.documents) or copies.certain:
        n = _copies(result)
        told.append(f"{n} {'copy' if n == '1' else 'copies'}")
    doubtful = result.profile.clean["any"].documents
    told += [f"{count(doubtful)} doubtful {'document' if doubtful == 1 else 'documents'}"] if doubtful else []
    return "; ".join(told)


def _clean(result: Result) -> tuple[str, ...]:
    if not result.cleanliness.looked_into:
        return _NOT_LOOKED, _cut_marks(result)
    doubtful = result.profile.clean["any"].documents
    told = f"{usable(result.cleanliness)}; {_copies(result)} copies, {count(doubtful)} doubtful documents"
    return told, _cut_marks(result)


def _cut_marks(result: Result) -> str:
    return f"; {cut_marks(result.normalisation)}" if result.normalisation.cut_runs else ""


def usable_bytes(found: Cleanliness) -> str:
    """about 1.20 GB"""
    return estimated(found.usable_bytes, found.usable.margin, found.complete)


def usable(found: Cleanliness) -> str:
    """1.20 GB of 1.30 GB usable, 92 %"""
    return f"{usable_bytes(found)} of {size(found.raw_bytes)} usable, {percent(found.usable_share)}"


def _copies(result: Result) -> str:
    copies = result.cleanliness.copies
    return estimated(copies.documents, copies.documents_margin, copies.exact, count if copies.exact else about)


def _domain_in_brief(result: Result) -> str:
    report = result.domain
    if report is None or report.distance_bits is None:
        return domain_answer(report)
    words = ", ".join(word.word for word in report.words[:_WORDS_IN_BRIEF])
    return f"{domain_answer(report)}: {how_far(report)}" + (f"; most distinctive {words}" if words else "")


def _domain(result: Result) -> tuple[str, ...]:
    report = result.domain
    if report is None or report.distance_bits is None:
        return (Foreign(domain_answer(report)),)
    told: list[str] = [Foreign(f"{domain_answer(report)}: {how_far(report)}")]
    for k, word in enumerate(report.words[:_WORDS]):
        told += [", " if k else "; most distinctive ", Verbatim(word.word)]
    return tuple(told)
