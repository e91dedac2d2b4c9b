"""A title for each question that says what was found, not what was measured: "21 % is copies"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpuscheck.domain.telling import domain_answer
from corpuscheck.reports.answers import Answer, answers, usable
from corpuscheck.reports.common import Question, of_change, severities_told
from corpuscheck.result.result import Finding, Result
from corpuscheck.text.amounts import percent, size

_DETAIL = re.compile(r";|, (?:such as|most in|the most in|above the limit)\b|: (?='|\d\.\d+ bits)")
"""Where the details of a message begin."""

_TELLING = ("CC201", "CC301", "CC302", "CC416", "CC501", "CC502", "CC503")
"""The rules that find what a measured title says; they come before others of their question."""

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
    about = [finding for finding in result.findings if answer.rules and finding.rule.startswith(answer.rules)]
    grave = gravest(result, answer)
    as_grave = [finding for finding in about if grave and finding.severity == grave.severity]
    if grave and (grave.rule in result.policy.per_source or not any(map(_telling, as_grave))):
        return as_title(gist(grave))
    return as_title(_measured(result, answer.title))


def _telling(finding: Finding) -> bool:
    return finding.rule in _TELLING


def verdict_told(result: Result) -> str:
    """Why the verdict is what it is: what a change has done, else the title of the question that weighs most."""
    first = next(iter(by_weight(result)), None)
    if first is None or first.severity == "info":
        return as_title(severities_told(result))
    asked = (answer for answer in answers(result) if answer.rules and first.rule.startswith(answer.rules))
    answer = None if of_change(first) else next(asked, None)
    return headline(result, answer) if answer else as_title(gist(first))


def by_weight(result: Result) -> list[Finding]:
    """The findings, the gravest first, of them those of a change, then by how much of the corpus is affected."""
    weights = {answer.rules: _weight(result, answer.title) for answer in answers(result) if answer.rules}

    def order(finding: Finding) -> tuple[int, bool, float, bool]:
        weight = next((weights[rules] for rules in weights if finding.rule.startswith(rules)), 0.0)
        return _SEVERITIES.index(finding.severity), not of_change(finding), -weight, not _telling(finding)

    return sorted(result.findings, key=order)


_SEVERITIES = ("error", "warning", "info")

_TOO_LITTLE = 0.01
"""What affects less of a corpus weighs less than that there is too little of it."""


def _weight(result: Result, question: Question) -> float:
    """How much of the corpus is affected by what is wrong."""
    reading, words = result.profile.reading, result.profile.words
    match question:
        case Question.READ:
            affected = reading.files - reading.measured + max(reading.troubled_files.values(), default=0)
            return affected / max(1, reading.files)
        case Question.SEEN:
            rates = (words.unk_rate, words.held_out_unk_rate, words.shattered_rate, words.held_out_shattered_rate)
            return max(rates)
        case Question.CLEAN:
            doubtful = result.profile.clean["any"].byte_share
            return max(1 - result.cleanliness.usable_share, doubtful) if result.cleanliness.looked_into else 0.0
    return _TOO_LITTLE if question == Question.ENOUGH else 0.0


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
            share = f"{percent(text / target)} of the {size(target)} rule of thumb"
            return f"{size(text)} of text is {'enough' if text >= target else share}"
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
    shattered = words.held_out_shattered_rate if held_out else words.shattered_rate
    of = "held-out words" if held_out else "words"
    told = [
        f"{percent(share)} of the {of} are {how}" for share, how in ((rate, "lost"), (shattered, "shattered")) if share
    ]
    return ", ".join(told) or f"none of the {of} is lost"


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
    if report is None or report.verdict == "unknown":
        return domain_answer(report)
    return {
        "general": "it looks like general text",
        "unclear": "it is perhaps a domain of its own",
        "domain": "it is a domain of its own",
    }[report.verdict]
