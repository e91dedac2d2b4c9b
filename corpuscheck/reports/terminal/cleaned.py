"""A clean copy on a terminal: what stays of the text, step by step."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.cleaning.outcome import Cleaned
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.reports.common import left_out_told
from corpuscheck.reports.terminal.console import text_on
from corpuscheck.reports.terminal.parts import columns, safe
from corpuscheck.text.amounts import count, percent, plural
from corpuscheck.text.printable import printable

_NAMES = {
    "CC501": "exact copies",
    "CC502": "normalised copies",
    "CC503": "near copies",
    "debris": "debris in the rest",
    "CC710": "texts of benchmarks",
    "empty": "documents of nothing else",
    "CC501 after cutting": "exact copies that this shows",
    "CC502 after cutting": "normalised copies that this shows",
    "CC503 after cutting": "near copies that this shows",
    "debris after cutting": "debris that this shows",
    **{rule.id: f"{rule.id} {rule.name}" for rule in DOCUMENT_RULES},
}

_OF_SCAN = ("CC501", "CC502", "CC503", "debris")


def render_terminal(cleaned: Cleaned, console: Console, quiet: bool = False) -> str:
    """The waterfall, and where the copy lies."""
    told = [] if quiet else list(_told(cleaned))
    return text_on(console, [waterfall(cleaned), *told])


def waterfall(cleaned: Cleaned) -> Table:
    """From what was read to what is written, in bytes: figures that a scan of the corpus and of the copy tell too."""
    table = columns(("", "left"), ("bytes", "right"), ("", "right"), ("documents", "right"))
    of = cleaned.waterfall.read.utf8_bytes
    for name, size, documents in steps_of(cleaned):
        style = "bold" if name.startswith("=") else ""
        share = percent(size / of if of else 0.0)
        table.add_row(Text(name, style), Text(count(size), style), share, Text(count(documents), style))
    return table


def steps_of(cleaned: Cleaned) -> list[tuple[str, int, int]]:
    """The steps by name, with the bytes and documents that go or stay."""
    fall = cleaned.waterfall
    further = [rule for rule in fall.by_rule if rule not in _OF_SCAN]
    steps = [
        ("text", fall.read),
        *((f"- {_NAMES[rule]}", fall.by_rule[rule]) for rule in _OF_SCAN),
        ("= usable", fall.usable),
        *((f"- {_NAMES[rule]}", fall.by_rule[rule]) for rule in further),
    ]
    rows = [(name, amount.utf8_bytes, amount.documents) for name, amount in steps]
    if fall.changed_bytes:
        sign = "+" if fall.changed_bytes > 0 else "-"
        rows.append((f"{sign} what changes in the text", abs(fall.changed_bytes), 0))
    written = "= to be written" if cleaned.dry_run else "= written"
    return [*rows, (written, fall.kept.utf8_bytes, fall.kept.documents)]


def _told(cleaned: Cleaned) -> Iterator[RenderableType]:
    if cleaned.after_cutting:
        yield Text("a scan of the corpus does not count copies and debris that show only when debris is cut", "dim")
    if cleaned.estimated:
        yield Text("these figures are exact; a scan of so many documents estimates copies from a sample", "dim")
    for benchmark in cleaned.settings["against"]:
        short, shared = benchmark["documents_too_short"], benchmark["documents_of_shared_text"]
        if told := left_out_told(short, shared):
            yield Text(f"{printable(benchmark['name'], 200)}: {told}", "dim")
    if cleaned.not_read:
        yield Text(f"{plural(len(cleaned.not_read), 'file')} could not be read: a scan says which and why", "yellow")
    if cleaned.folder is not None:
        where = (
            f"{cleaned.folder}: {plural(len(cleaned.outputs) - 1, 'file')} of text, removed.jsonl.zst, manifest.json"
        )
        yield safe(where)
