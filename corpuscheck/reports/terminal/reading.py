"""What the full terminal report says about files, and about the amount of text."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.common import Question
from corpuscheck.reports.facts import facts_of_text
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section, told
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import count, files, percent, size
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
    text, target = result.profile.size, result.limits.target_bytes
    shares = {"rule of thumb": text.utf8_bytes / target, "usable": result.cleanliness.usable_bytes / target}
    rows = [
        (label, Text.assemble(_bar(shares[label]), "  ", told(pieces)) if label in shares else told(pieces))
        for label, pieces in facts_of_text(result)
    ]
    share = f"{percent(text.utf8_bytes / target)} of the rule"
    return section(2, Question.ENOUGH, f"{size(text.utf8_bytes)}, {share}", labelled(rows))


def _bar(share: float, width: int = 24) -> Text:
    filled = min(width, int(share * width))
    return Text.assemble(("█" * filled, "green"), ("░" * (width - filled), "dim"))
