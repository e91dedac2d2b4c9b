"""The head of the terminal report: what was read, a line for each question, a table where one explains a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.common import DOMAIN_TITLE, domain_answer, encodings, how_far
from corpuscheck.reports.terminal_changes import figures, newly_lost, title_of, what_changed
from corpuscheck.reports.terminal_clean import top_lines, usable_text, waterfall
from corpuscheck.reports.terminal_findings import MARKS
from corpuscheck.reports.terminal_parts import safe
from corpuscheck.reports.terminal_tokenizer import worst_words
from corpuscheck.result import Finding, Result
from corpuscheck.rules.amounts import about, count, estimated, files, percent, plural, size

_ROWS = 5
_LINES = 3
_WORDS = 3
_REASONS = 3
_QUESTION = 27
"""Cells of the longest question."""


def summary(result: Result) -> Iterator[RenderableType]:
    """What has changed comes first where that is asked, then what was read, then the questions."""
    if result.comparison:
        title = title_of(result.comparison)
        yield _question(result, ("CC7",), title, what_changed(result.comparison))
        yield _below(figures(result.comparison, result.profile))
        yield from _tables(result, ("CC7",))
        yield ""
    yield from _head(result)
    yield ""
    for families, title, tell in _QUESTIONS:
        yield _question(result, families, title, tell(result))
        yield from _tables(result, families)
    yield ""


def _head(result: Result) -> Iterator[RenderableType]:
    reading, text = result.profile.reading, result.profile.size
    found = files(reading.files) if reading.files == reading.measured else f"{files(reading.files)} found"
    read = "" if reading.files == reading.measured else f", {reading.measured:,} read"
    mean = f", {size(text.mean_document)} on average" if text.documents > 1 else ""
    yield Text(f"{found}{read}: {size(text.utf8_bytes)} of text in {plural(text.documents, 'document')}{mean}", "bold")
    skipped = sorted(reading.skipped.items(), key=lambda pair: (-pair[1], pair[0]))
    more = f" and {len(skipped) - _REASONS:,} more reasons" if len(skipped) > _REASONS else ""
    left_out = ", ".join(f"{n:,} {reason}" for reason, n in skipped[:_REASONS]) + more
    yield safe(encodings(result.profile) + (f"; skipped: {left_out}" if left_out else ""), limit=LONGEST_PATH)


def _question(result: Result, families: tuple[str, ...], title: str, answer_: str) -> RenderableType:
    grave = next((finding.severity for finding in _of(result, families)), None)
    mark, style = MARKS[grave] if grave else ("-", "dim") if answer_.startswith("not known") else ("✓", "green")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(min_width=_QUESTION)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style), Text(f"{title} ", "bold"), safe(answer_, limit=LONGEST_PATH))
    return grid


def _of(result: Result, families: tuple[str, ...]) -> Iterator[Finding]:
    return (finding for finding in result.findings if finding.rule.startswith(families))


def _below(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, 2))


def _readable(result: Result) -> str:
    reading, found = result.profile.reading, list(_of(result, ("CC1",)))
    named = ", ".join(dict.fromkeys(finding.name.replace("-", " ") for finding in found))
    if reading.files != reading.measured:
        measured = f"{reading.measured:,} of {files(reading.files)}"
    else:
        measured = "" if any(finding.severity != "info" for finding in found) else "all of it"
    return "; ".join(filter(None, (measured, named)))


def _enough(result: Result) -> str:
    text, target = result.profile.size, result.limits.target_bytes
    if text.utf8_bytes >= target:
        return f"{size(text.utf8_bytes)}, the rule of thumb says {size(target)}"
    return f"{size(text.utf8_bytes)}, {percent(text.utf8_bytes / target)} of {size(target)}"


def _seen(result: Result) -> str:
    words, report = result.profile.words, result.tokenizer
    held_out = f", {percent(words.held_out_unk_rate)} held out" if report.trained else ""
    origin = "trained here" if report.trained else f"from {report.source}"
    lost = f"{percent(words.unk_rate)} of {plural(words.words, 'word')} are [UNK]{held_out}"
    other = report.other_reading
    assumed = f"; {report.normalizer} is assumed, read otherwise it loses {percent(other.unk_rate)}" if other else ""
    return f"{lost}; {report.model}, {report.vocab_size:,} pieces, {origin}{assumed}"


def _clean(result: Result) -> str:
    found, part = result.cleanliness, result.profile.clean
    if not found.looked_into:
        return "not known: not all documents were looked into"
    doubtful = part["any"].documents
    told = [f"{usable_text(found)} of {size(found.raw_bytes)} usable, {percent(found.usable_share)}"]
    copies = found.copies
    if (copies.exact and copies.documents) or copies.certain:
        n = estimated(copies.documents, copies.documents_margin, copies.exact, count if copies.exact else about)
        told += [f"{n} {'copy' if n == '1' else 'copies'}"]
    told += [f"{count(doubtful)} doubtful {'document' if doubtful == 1 else 'documents'}"] if doubtful else []
    return "; ".join(told)


def _domain(result: Result) -> str:
    report = result.domain
    if report is None or report.ratio is None:
        return domain_answer(report)
    words = ", ".join(word.word for word in report.words[:_WORDS])
    return f"{domain_answer(report)}: {how_far(report)}" + (f"; most distinctive {words}" if words else "")


_QUESTIONS: tuple[tuple[tuple[str, ...], str, Callable[[Result], str]], ...] = (
    (("CC1",), "Can it be read?", _readable),
    (("CC2",), "Is there enough?", _enough),
    (("CC3",), "Does the tokenizer see it?", _seen),
    (("CC4", "CC5"), "Is it clean?", _clean),
    (("CC6",), DOMAIN_TITLE, _domain),
)


def _lost_words(result: Result) -> RenderableType | None:
    report = result.tokenizer
    return (
        worst_words(report.worst_words, result.profile.words.unk_words, report.words_exact, _ROWS)
        if report.worst_words
        else None
    )


def _lines(result: Result) -> RenderableType | None:
    return top_lines(result.cleanliness, _LINES) if result.cleanliness.top_lines else None


def _newly_lost(result: Result) -> RenderableType | None:
    return newly_lost(result.comparison.newly_lost, _ROWS) if result.comparison else None


_EXPLAINED: tuple[tuple[tuple[str, ...], Callable[[Result], RenderableType | None]], ...] = (
    (("CC301", "CC302"), _lost_words),
    (("CC501", "CC502", "CC503", "CC416"), waterfall),
    (("CC504",), _lines),
    (("CC701", "CC702", "CC703"), _newly_lost),
)
"""Which findings a table explains."""


def _tables(result: Result, families: tuple[str, ...]) -> Iterator[RenderableType]:
    found = {finding.rule for finding in result.findings if finding.severity != "info"}
    for rules, table in _EXPLAINED:
        if any(rule.startswith(families) for rule in rules) and not found.isdisjoint(rules):
            told = table(result)
            if told:
                yield _below(told)
