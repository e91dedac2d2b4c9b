"""What the full terminal report says about files, and about the amount of text."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.common import Question
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import count, estimated, files, percent, plural, size
from corpuscheck.text.printable import printable

_EXAMPLES = 5


def reading(result: Result) -> Group:
    """The first question: files, encodings, and the worst files of each trouble."""
    reading = result.profile.reading
    skipped = sum(reading.skipped.values())
    rows: list[tuple[str | Text, str | Text]] = [
        ("files", f"{reading.files:,} found, {reading.measured:,} measured, {skipped:,} skipped")
    ]
    for reason, n in sorted(reading.skipped.items(), key=lambda p: (-p[1], p[0])):
        example = reading.examples[f"skipped: {reason}"][0][1]
        rows.append(
            ("  skipped", Text.assemble(f"{n:,} ", safe(reason), (f"  {printable(example, LONGEST_PATH)}", "dim")))
        )
    if reading.text_fields:
        fields = ", ".join(f"{name} ({files(n)})" for name, n in sorted(reading.text_fields.items()))
        rows.append(("text field", safe(fields, limit=300)))
    for name, others in sorted(reading.left_out.items()):
        left = f"{', '.join(sorted(others))}: {percent(reading.share_left_out(name))} of the prose beside {name}"
        rows.append(("not read", safe(left, limit=300)))
    encodings = columns(("encoding", "left"), ("files", "right"), ("on disk", "right"))
    for name, n in sorted(reading.encodings.items(), key=lambda p: (-reading.encoding_bytes[p[0]], p[0])):
        encodings.add_row(safe(name), f"{n:,}", size(reading.encoding_bytes[name]))
    parts: list[RenderableType] = [labelled(rows), encodings]
    for kind, n in sorted(reading.troubled_files.items()):
        table = columns((f"{printable(kind)}: {count(reading.trouble_amounts[kind])} in {files(n)}", "left"))
        for amount, path, detail in reading.examples[kind][:_EXAMPLES]:
            table.add_row(
                Text.assemble(f"{amount:,}  ", safe(path, limit=LONGEST_PATH), (f"  {printable(detail)}", "dim"))
            )
        if n > _EXAMPLES:
            table.add_row(Text(f"… and {n - _EXAMPLES:,} more; --files FILE lists all", "dim"))
        parts.append(table)
    answer = (
        "all of it"
        if not skipped and not reading.troubled_files
        else f"{reading.measured:,} of {reading.files:,} files"
    )
    return section(1, Question.READ, answer, *parts)


def enough(result: Result) -> Group:
    """The second question: how much there is, and how much is missing."""
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
    return section(2, Question.ENOUGH, f"{size(text.utf8_bytes)}, {percent(share)} of the rule", labelled(rows))


def _usable(result: Result) -> Iterator[tuple[str | Text, str | Text]]:
    """The same verdict for what is left without copies and debris, where that is less."""
    clean, target = result.cleanliness, result.limits.target_bytes
    if clean.looked_into and clean.usable_bytes < clean.raw_bytes:
        share = clean.usable_bytes / target
        told = estimated(share, clean.usable.margin / target, clean.complete, percent)
        yield (
            "usable",
            Text.assemble(_bar(share), f"  {told}: without copies and debris"),
        )


def _bar(share: float, width: int = 24) -> Text:
    filled = min(width, int(share * width))
    return Text.assemble(("█" * filled, "green"), ("░" * (width - filled), "dim"))
