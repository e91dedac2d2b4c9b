"""A title for each question that says what was found, not what was measured: "21 % is copies"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpuscheck.reports.answers import Answer, usable
from corpuscheck.reports.common import Question, domain_answer, of_change, severities_told
from corpuscheck.result.result import Finding, Result
from corpuscheck.text.amounts import percent, size

_DETAIL = re.compile(r";|, (?:such as|most in|the most in|above the limit)\b|: (?=')")
"""Where the details of a message begin."""

_TELLING = {
    Question.ENOUGH: ("CC201",),
    Question.SEEN: ("CC301", "CC302"),
    Question.CLEAN: ("CC416", "CC501", "CC502", "CC503"),
}
"""The rules that find what a measured title says."""

_TOLD = 0.005
"""The least share of the text that a title tells of copies or debris."""


def gist(finding: Finding) -> str:
    """The message without its details."""
    return _DETAIL.split(finding.message, maxsplit=1)[0]


def gravest(result: Result, answer: Answer) -> Finding | None:
    """The first of the gravest findings about a question; no finding where the rules only have a remark."""
    about = (finding for finding in result.findings if finding.rule.startswith(answer.rules))
    return next((finding for finding in about if finding.severity != "info"), None) if answer.rules else None


def headline(result: Result, answer: Answer) -> str:
    """What the answer to a question comes to, as a title."""
    grave = gravest(result, answer)
    if grave and not grave.rule.startswith(_TELLING.get(answer.title, ("none",))):
        return as_title(gist(grave))
    return as_title(_measured(result, answer.title))


def verdict_told(result: Result) -> str:
    """The verdict in a sentence: the gist of the finding that weighs most, of what has changed before others."""
    grave = [finding for finding in result.findings if finding.severity == "error"] or [
        finding for finding in result.findings if finding.severity == "warning"
    ]
    if not grave:
        return as_title(severities_told(result))
    return as_title(gist(next(filter(of_change, grave), grave[0])))


def as_title(sentence: str) -> str:
    """The same with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def _measured(result: Result, question: Question) -> str:
    match question:
        case Question.READ:
            reading = result.profile.reading
            whole = reading.files == reading.measured
            return "all of it can be read" if whole else f"{reading.measured:,} of {reading.files:,} files are read"
        case Question.ENOUGH:
            text, target = result.profile.size.utf8_bytes, result.limits.target_bytes
            enough = text >= target
            return (
                f"{size(text)} is enough" if enough else f"{size(text)} is {percent(text / target)} of {size(target)}"
            )
        case Question.SEEN:
            return _seen(result)
        case Question.ALPHABET:
            return _alphabet(result)
        case Question.CLEAN:
            return _clean(result)
    return _domain(result)


def _seen(result: Result) -> str:
    words, trained = result.profile.words, result.tokenizer.trained
    held_out = trained and words.held_out_words
    rate = words.held_out_unk_rate if held_out else words.unk_rate
    of = "held-out words" if held_out else "words"
    return f"{percent(rate)} of the {of} are lost" if rate else f"none of the {of} is lost"


def _alphabet(result: Result) -> str:
    advice = result.tokenizer.alphabet
    if advice.unavailable:
        return f"not known: {advice.unavailable}"
    if advice.recommended is None:
        return "no alphabet gets under the limit"
    lost = advice.recommended.unk_rate
    return f"{advice.recommended.alphabet:,} characters lose {percent(lost) if lost else 'no word'}"


def _clean(result: Result) -> str:
    found = result.cleanliness
    if not found.looked_into:
        return "not known: not all documents were looked into"
    taken = " and ".join(_taken(result))
    return taken or f"{usable(found)}"


def _taken(result: Result) -> Iterator[str]:
    """21 % is copies, 3.0 % is debris: what there is enough of, the larger first."""
    found = result.cleanliness
    about = "" if found.complete else "about "
    shares = [(found.copies.utf8_bytes, "copies"), (found.debris_bytes, "debris")]
    for held, name in sorted(shares, reverse=True):
        if found.raw_bytes and held / found.raw_bytes >= _TOLD:
            yield f"{about}{percent(held / found.raw_bytes)} is {name}"


def _domain(result: Result) -> str:
    report = result.domain
    if report is None or report.ratio is None or report.unavailable:
        return domain_answer(report)
    return {
        "ordinary": "it looks like general text",
        "unclear": "it is perhaps a domain of its own",
        "specific": "it is a domain of its own",
    }[report.standing]
