"""The terminal report: read in ten seconds, acted on in a minute."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.printable import printable
from corpuscheck.profile.estimates import Interval
from corpuscheck.reports.common import VERDICTS, tally, where
from corpuscheck.reports.terminal_changes import changes
from corpuscheck.reports.terminal_clean import clean
from corpuscheck.reports.terminal_domain import domain
from corpuscheck.reports.terminal_parts import columns, labelled, safe, section
from corpuscheck.result import CurvePoint, Finding, GuiltyCharacter, LostWord, Result, Verdict
from corpuscheck.rules.amounts import count, files, percent, plural, size

_STYLES: dict[Verdict, str] = {"ready": "bold green", "caution": "bold yellow", "not_ready": "bold red"}
_MARKS = {"error": ("✗", "red"), "warning": ("!", "yellow"), "info": ("·", "cyan")}
_WORST = 10
_EXAMPLES = 5
_PLACES = 3


def terminal() -> Console:
    """Standard output. Off a terminal it is 100 columns wide unless COLUMNS says otherwise."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show a character shows a question mark
    wide = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 100
    return Console(width=wide, highlight=False, markup=False, emoji=False, soft_wrap=False)


def render(result: Result) -> bytes:
    """The report as text of 100 columns without colours."""
    out = io.StringIO()
    render_terminal(result, Console(width=100, file=out, highlight=False, markup=False, emoji=False))
    return out.getvalue().encode()


def render_terminal(result: Result, console: Console, brief: bool = False) -> None:
    """Print the report. Corpus text only ever reaches the console as escaped `Text`, never as markup."""
    sections: tuple[Callable[[Result], Group], ...] = (_verdict, _reading, _size, _tokenizer, _curve, clean, domain)
    with console.capture() as capture:
        for part in sections[:1] if brief else sections:
            console.print(part(result))
        if result.comparison and not brief:
            console.print(changes(result.comparison, result.profile))
    for line in capture.get().splitlines():
        console.file.write(line.rstrip() + "\n")


def _verdict(result: Result) -> Group:
    word, style = VERDICTS[result.verdict], _STYLES[result.verdict]
    return Group(
        Text.assemble((f" {word} ", f"{style} reverse"), "  ", tally(result)),
        *map(_finding, result.findings),
        *(safe(f"{rule.rule} not judged: {rule.reason}", "dim", 600) for rule in result.skipped_rules),
    )


def _finding(finding: Finding) -> Table:
    mark, style = _MARKS[finding.severity]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style), finding.rule, safe(finding.message, limit=600))
    for line in _places(finding):
        grid.add_row("", "", line)
    grid.add_row("", "", Text.assemble(("→ ", "dim"), safe(finding.advice, "dim", limit=600)))
    return grid


def _places(finding: Finding) -> Iterator[Text]:
    """The worst places, where the message does not name the only one."""
    places = finding.places
    if len(places) == 1 and places[0].line is None and places[0].path in finding.message:
        return
    for place in places[:_PLACES]:
        yield Text.assemble(where(place), (f"  {printable(place.detail)}", "dim"))
    if len(places) > _PLACES:
        yield Text(f"… and {len(places) - _PLACES:,} more", "dim")


def _reading(result: Result) -> Group:
    reading = result.profile.reading
    skipped = sum(reading.skipped.values())
    rows: list[tuple[str | Text, str | Text]] = [
        ("files", f"{reading.files:,} found, {reading.measured:,} measured, {skipped:,} skipped")
    ]
    for reason, n in sorted(reading.skipped.items(), key=lambda p: (-p[1], p[0])):
        example = reading.examples[f"skipped: {reason}"][0][1]
        rows.append(("  skipped", Text.assemble(f"{n:,} ", safe(reason), (f"  {printable(example, 300)}", "dim"))))
    if reading.text_fields:
        fields = ", ".join(f"{name} ({files(n)})" for name, n in sorted(reading.text_fields.items()))
        rows.append(("text field", safe(fields, limit=300)))
    encodings = columns(("encoding", "left"), ("files", "right"), ("on disk", "right"))
    for name, n in sorted(reading.encodings.items(), key=lambda p: (-reading.encoding_bytes[p[0]], p[0])):
        encodings.add_row(safe(name), f"{n:,}", size(reading.encoding_bytes[name]))
    parts: list[RenderableType] = [labelled(rows), encodings]
    for kind, n in sorted(reading.troubled_files.items()):
        table = columns((f"{printable(kind)}: {count(reading.trouble_amounts[kind])} in {files(n)}", "left"))
        for amount, path, detail in reading.examples[kind][:_EXAMPLES]:
            table.add_row(Text.assemble(f"{amount:,}  ", safe(path, limit=300), (f"  {printable(detail)}", "dim")))
        if n > _EXAMPLES:
            table.add_row(Text(f"… and {n - _EXAMPLES:,} more; --files FILE lists all", "dim"))
        parts.append(table)
    answer = (
        "all of it"
        if not skipped and not reading.troubled_files
        else f"{reading.measured:,} of {reading.files:,} files"
    )
    return section(1, "Can it be read?", answer, *parts)


def _size(result: Result) -> Group:
    text, limits = result.profile.size, result.limits
    share = text.utf8_bytes / limits.target_bytes
    articles = text.utf8_bytes * limits.articles_per_gb / 10**9
    missing = max(0, limits.target_bytes - text.utf8_bytes)
    rows: list[tuple[str | Text, str | Text]] = [
        (
            "text as UTF-8",
            Text.assemble((size(text.utf8_bytes), "bold"), f"  ({count(text.utf8_bytes)} bytes; 1 GB = 10⁹ bytes)"),
        ),
        ("on disk", size(text.raw_bytes)),
    ]
    if text.nfc_saving:
        rows.append(("after NFC", f"{size(text.nfc_bytes)}, {size(text.nfc_saving)} less"))
    mean = text.mean_document
    rows += [
        (
            "documents",
            f"{count(text.documents)}, {size(mean)} on average, {count(10**9 / mean)} per GB" if mean else "0",
        ),
        ("rule of thumb", Text.assemble(_bar(share), f"  {percent(share)} of {size(limits.target_bytes)}")),
        *_usable(result),
        ("like", f"{plural(round(articles), 'news article')}, at {count(limits.articles_per_gb)} per GB"),
    ]
    if missing:
        by_rule = count(missing * limits.articles_per_gb / 10**9)
        own = f", or {count(missing / mean)} documents like these" if mean else ""
        rows.append(("still missing", f"{size(missing)}: {by_rule} news articles by the rule{own}"))
    return section(2, "Is there enough?", f"{size(text.utf8_bytes)}, {percent(share)} of the rule", labelled(rows))


def _usable(result: Result) -> Iterator[tuple[str | Text, str | Text]]:
    """The same verdict for what is left without copies and debris, where that is less."""
    clean, target = result.cleanliness, result.limits.target_bytes
    if clean.looked_into and clean.usable_bytes < clean.raw_bytes:
        share = clean.usable_bytes / target
        yield (
            "usable",
            Text.assemble(_bar(share), f"  {percent(share)}: without copies and debris"),
        )


def _bar(share: float, width: int = 24) -> Text:
    filled = min(width, int(share * width))
    return Text.assemble(("█" * filled, "green"), ("░" * (width - filled), "dim"))


def _tokenizer(result: Result) -> Group:
    report, words = result.tokenizer, result.profile.words
    origin = "trained here" if report.trained else "loaded from "
    rows: list[tuple[str | Text, str | Text]] = [
        ("tokenizer", Text.assemble(origin, safe("" if report.trained else report.source, limit=300))),
        ("", f"{report.model}, {report.vocab_size:,} pieces, fingerprint {report.fingerprint}"),
        ("normaliser", report.normalizer),
        ("words", count(words.words)),
        ("[UNK] words", Text.assemble((percent(words.unk_rate), "bold"), f"  {count(words.unk_words)} on all text")),
    ]
    if report.trained:
        held = f"{count(words.held_out_unk_words)} of {count(words.held_out_words)} on held-out {report.held_out_unit}s"
        rows.append(("  held out", Text.assemble((percent(words.held_out_unk_rate), "bold"), f"  {held}")))
    documents = result.profile.size.documents
    touched = percent(words.documents_with_unk / documents) if documents else "0 %"
    rows.append(("documents hit", f"{touched}  {count(words.documents_with_unk)} of {count(documents)} hold an [UNK]"))
    if report.tokens:
        rows += _token_rows(result)
    if not report.method.startswith("counted"):
        rows.append(("method", safe(report.method)))
    parts: list[RenderableType] = [labelled(rows)]
    if report.worst_words:
        parts += [Text(), _worst_words(report.worst_words, words.unk_words, report.words_exact)]
        parts += [Text(), _worst_characters(report.worst_characters)] if report.worst_characters else []
    return section(3, "Does the tokenizer see it?", f"{percent(words.unk_rate)} [UNK]", *parts)


def _token_rows(result: Result) -> list[tuple[str | Text, str | Text]]:
    report = result.tokenizer
    assert report.tokens is not None
    per_word = report.tokens_per_word
    sampled = f", estimated from {size(result.profile.estimates.sampled_bytes)}"
    rows: list[tuple[str | Text, str | Text]] = [
        ("tokens", _with_interval(report.tokens, count) + ("" if report.tokens_exact else sampled))
    ]
    per_token = result.profile.size.utf8_bytes / report.tokens.value if report.tokens.value else 0.0
    if per_word:
        rows.append(("", f"{_with_interval(per_word, _two_decimals)} per word, {per_token:.2f} bytes each"))
    return rows


def _two_decimals(value: float) -> str:
    return f"{value:.2f}"


def _with_interval(interval: Interval, shown: object) -> str:
    assert callable(shown)
    if interval.exact:
        return str(shown(interval.value))
    return f"{shown(interval.value)} ({shown(interval.low)} to {shown(interval.high)})"


def _worst_words(words: tuple[LostWord, ...], total: int, exact: bool) -> Table:
    table = columns(("worst words" if exact else "worst words (sampled)", "left"), ("lost", "right"), ("why", "left"))
    for word in words[:_WORST]:
        table.add_row(_highlighted(word), count(word.count), safe(word.cause))
    if len(words) > _WORST:
        shown = sum(word.count for word in words[:_WORST])
        table.add_row(Text("… and others", "dim"), Text(count(max(0, total - shown)), "dim"), "")
    return table


def _highlighted(word: LostWord) -> Text:
    """The word with its guilty characters marked, at most 24 characters of it around the first."""
    raw = word.word
    first = min((raw.find(ch) for ch in word.characters if ch in raw), default=0)
    start = max(0, first - 12) if len(raw) > 24 else 0
    text = Text("…" if start else "")
    for ch in raw[start : start + 24]:
        text.append(printable(ch), "bold red" if ch in word.characters else "")
    return text.append("…") if len(raw) > start + 24 else text


def _worst_characters(characters: tuple[GuiltyCharacter, ...]) -> Table:
    table = columns(
        ("worst characters", "left"), ("", "left"), ("in lost", "right"), ("won back", "right"), ("name", "left")
    )
    for guilty in characters[:_WORST]:
        table.add_row(
            Text(printable(guilty.character), "bold red"),
            guilty.codepoint,
            count(guilty.words_lost),
            count(guilty.words_won_back),
            safe(guilty.name.capitalize()),
        )
    return table


def _curve(result: Result) -> Group:
    advice, limits = result.tokenizer.alphabet, result.limits
    if advice.unavailable:
        return section(None, "What would another alphabet lose?", "not known", Text(advice.unavailable))
    table = columns(("characters", "right"), ("[UNK] words", "right"), ("", "left"))
    highest = max((point.unk_rate for point in _shown_points(result)), default=0.0)
    for point in _shown_points(result):
        marks = [
            name
            for name, at in (
                ("Hugging Face's silent default", 1000),
                (f"smallest under {percent(limits.max_unk_rate)}", advice.smallest.alphabet if advice.smallest else -1),
                ("recommended", advice.recommended.alphabet if advice.recommended else -1),
                ("every character here", advice.characters),
            )
            if at == point.alphabet
        ]
        bar = Text("▇" * max(point.unk_rate > 0, round(24 * point.unk_rate / highest)) if highest else "", "cyan")
        table.add_row(
            f"{point.alphabet:,}", percent(point.unk_rate), Text.assemble(bar, (" " + ", ".join(marks), "dim"))
        )
    notes: list[RenderableType] = [table]
    if advice.sampled and advice.default_rate:
        rate = advice.default_rate
        notes.append(
            Text(f"from a sample; at 1,000 the 95 % interval is {percent(rate.low)} to {percent(rate.high)}", "dim")
        )
    if advice.recommended:
        slots = 2 * advice.recommended.alphabet
        notes.append(
            Text.assemble(
                (f"--limit-alphabet {advice.recommended.alphabet}", "bold"),
                f"  loses {percent(advice.recommended.unk_rate)} and takes {slots:,} places in the vocabulary",
            )
        )
    else:
        notes.append(Text("no alphabet gets under the limit: words over 100 characters are lost by all of them"))
    default = next((p.unk_rate for p in advice.points if p.alphabet == 1000), 0.0)
    answer = f"{percent(default)} [UNK] with the default of 1,000"
    return section(None, "What would another alphabet lose?", answer, *notes)


def _shown_points(result: Result) -> tuple[CurvePoint, ...]:
    return tuple(point for point in result.tokenizer.alphabet.points if point.alphabet >= 500)[:12]
