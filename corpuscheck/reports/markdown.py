"""Markdown: a comment in a pull request, or a job's summary. Always under 1 MiB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpuscheck.reports.common import (
    DOMAIN_TITLE,
    VERDICTS,
    cut_marks,
    domain_answer,
    encodings,
    how_far,
    of_change,
    tally,
)
from corpuscheck.reports.markdown_changes import changes
from corpuscheck.reports.markdown_text import bullets, code, code_of, details, prose, table
from corpuscheck.result import Finding, Place, Result, SkippedRule
from corpuscheck.rules.amounts import about, count, estimated, percent, size

_WORDS = 5


def render(result: Result) -> bytes:
    """The verdict; what has changed, where that is asked, and the findings about it; then all findings and figures."""
    change = [finding for finding in result.findings if of_change(finding)]
    others = [finding for finding in result.findings if not of_change(finding)]
    parts = (
        f"## corpuscheck: {VERDICTS[result.verdict]}",
        tally(result),
        *(changes(result.comparison, result.profile, _findings(change)) if result.comparison else ()),
        "### The whole corpus" if result.comparison else "",
        _findings(others if result.comparison else result.findings),
        details("Where", bullets(_places(result), _place)),
        details("Not judged", bullets(result.skipped_rules, _skipped)),
        table(("question", "answer"), tuple(_answers(result)), tuple),
    )
    return ("\n\n".join(filter(None, parts)) + "\n").encode()


def _findings(findings: Sequence[Finding]) -> str:
    return table(("", "rule", "what was found", "what to do"), findings, _finding)


def _finding(finding: Finding) -> tuple[str, str, str, str]:
    name = f"{prose(finding.rule)} {prose(finding.name)}"
    paths = [place.path for place in finding.places[:1]]
    return finding.severity, name, prose(finding.message, names=paths), prose(finding.advice)


def _skipped(rule: SkippedRule) -> str:
    return f"{prose(rule.rule)} {prose(rule.name)}: {prose(rule.reason)}"


def _places(result: Result) -> list[tuple[str, Place]]:
    """The worst places of the findings in turn: each finding has its first before any has its second."""
    every = [(n, f.rule, place) for f in result.findings for n, place in enumerate(f.places)]
    return [(rule, place) for _, rule, place in sorted(every, key=lambda found: found[0])]


def _place(found: tuple[str, Place]) -> str:
    rule, place = found
    return f"{prose(rule)} {code_of(place)} {prose(place.detail)}".rstrip()


def _answers(result: Result) -> Iterator[tuple[str, str]]:
    reading, text, words = result.profile.reading, result.profile.size, result.profile.words
    share = percent(text.utf8_bytes / result.limits.target_bytes)
    yield (
        "Can it be read?",
        f"{count(reading.measured)} of {count(reading.files)} files: {prose(encodings(result.profile))}",
    )
    yield (
        "Is there enough?",
        f"{size(text.utf8_bytes)} of text in {count(text.documents)} documents, {share} of "
        f"{size(result.limits.target_bytes)}",
    )
    lost = ", ".join(f"{code(word.word, 40)} {count(word.count)}" for word in result.tokenizer.worst_words[:_WORDS])
    yield (
        "Does the tokenizer see it?",
        f"{percent(words.unk_rate)} of {count(words.words)} words are `[UNK]`"
        + (f", most often {lost}" if lost else ""),
    )
    yield "What would another alphabet lose?", _alphabet(result)
    marks = f"; {cut_marks(result.normalisation)}" if result.normalisation.cut_runs else ""
    yield "Is it clean?", _clean(result) + marks
    yield DOMAIN_TITLE, _domain(result)


def _clean(result: Result) -> str:
    clean = result.cleanliness
    if not clean.looked_into:
        return "not known: not all documents were looked into"
    copies = clean.copies
    n = estimated(copies.documents, copies.documents_margin, copies.exact, count if copies.exact else about)
    doubtful = result.profile.clean["any"].documents
    return (
        f"{estimated(clean.usable_bytes, clean.usable.margin, clean.complete)} of {size(clean.raw_bytes)} usable, "
        f"{percent(clean.usable_share)}; {n} copies, {count(doubtful)} doubtful documents"
    )


def _domain(result: Result) -> str:
    report = result.domain
    if report is None:
        return domain_answer(report)
    words = ", ".join(code(word.word, 40) for word in report.words[:_WORDS])
    return prose(f"{domain_answer(report)}: {how_far(report)}") + (f"; most distinctive {words}" if words else "")


def _alphabet(result: Result) -> str:
    advice = result.tokenizer.alphabet
    if advice.unavailable:
        return f"not known: {prose(advice.unavailable)}"
    if advice.recommended is None:
        return "no alphabet gets under the limit"
    return f"`--limit-alphabet {advice.recommended.alphabet}` loses {percent(advice.recommended.unk_rate)}"
