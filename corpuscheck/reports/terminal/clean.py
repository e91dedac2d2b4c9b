"""What the terminal report says about copies, debris and doubtful documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.kernels.columns import SHORT_DOCUMENT
from corpuscheck.profile.clean import Tally
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.reports.answers import usable, usable_bytes
from corpuscheck.reports.common import Question
from corpuscheck.reports.facts import documents_told, lost_told
from corpuscheck.reports.terminal.normalisation import normalisation_rows
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section
from corpuscheck.result.copies import Cleanliness
from corpuscheck.result.place import Place
from corpuscheck.result.result import Result
from corpuscheck.result.shared import Shared
from corpuscheck.result.sums import ERRORS
from corpuscheck.text.amounts import about, count, estimated, percent, plural, size

_LINES = 5


def clean(result: Result) -> Group:
    """The fourth question, its first half: from raw to usable text, and what is doubtful."""
    found = result.cleanliness
    if not found.looked_into:
        told = Text("not all documents were looked into: scan without --no-clean", "dim")
        return section(4, Question.CLEAN, "not known", told, *normalisation_rows(result))
    return section(
        4,
        Question.CLEAN,
        usable(found),
        waterfall(result),
        *_not_judged(found),
        *_pairs(found),
        *_shared_lines(found),
        *_doubtful(result),
        *_debris(result),
        *_personal(result),
        *normalisation_rows(result),
    )


def waterfall(result: Result) -> Table:
    """From raw text to usable text, step by step."""
    found = result.cleanliness
    table = columns(("", "left"), ("", "right"), ("", "right"), ("", "left"))
    table.show_header = False
    table.add_row("text", size(found.raw_bytes), "", "")
    for name, step in found.steps:
        table.add_row(f"- {name}", *lost_told(step.amount, found.raw_bytes), Text(documents_told(step.amount), "dim"))
    table.add_row("- debris in the rest", *lost_told(found.debris_left, found.raw_bytes), "")
    target = result.limits.target_bytes
    table.add_row(
        Text("= usable", "bold"),
        Text(usable_bytes(found), "bold"),
        percent(found.usable_share),
        f"{percent(found.usable_bytes / target)} of {size(target)}",
    )
    if not found.complete:
        table.add_row("", "", "", Text("~ estimated from a sample of the documents", "dim"))
    if result.profile.reading.trouble_amounts.get("markup"):
        table.add_row("", "", "", Text("XML tags that HTML does not know count as text: --strip-markup", "dim"))
    return table


def _not_judged(found: Cleanliness) -> Iterator[RenderableType]:
    """Where near copies were not looked for: nobody should take it for none."""
    if found.near is None:
        yield Text("near copies were not looked for", "dim")
    elif found.short.documents:
        share = percent(found.short.utf8_bytes / found.raw_bytes if found.raw_bytes else 0.0)
        told = f"{plural(round(found.short.documents), 'document')} ({share} of the text)"
        verb = "is" if found.short.documents == 1 else "are"
        yield Text(f"{told} {verb} too short to look for near copies", "dim")


def _pairs(found: Cleanliness) -> Iterator[RenderableType]:
    """An example of each kind of copy, as a pair of places."""
    rows: list[tuple[str | Text, str | Text]] = []
    for name, step in found.steps:
        for kept, copy, similarity in step.pairs[:1]:
            again = f"#{copy.document}" if copy.path == kept.path else copy.named
            alike = f"  {percent(similarity)} alike" if similarity < 1 else ""
            rows.append((name, Text(f"{kept.named} = {again}{alike}", "dim")))
    if rows:
        yield labelled(rows)


def _shared_lines(found: Cleanliness) -> Iterator[RenderableType]:
    lines, paragraphs = found.lines, found.paragraphs
    if lines.repeated.exact and not lines.repeated.utf8_bytes:
        yield Text("no line stands in two documents", "dim")
    else:
        both = f"; paragraphs {_share(paragraphs)}" if paragraphs.repeated.certain else ""
        told = f"{_share(lines)} of the bytes of lines stand in another document too{both} (not subtracted)"
        yield labelled([("repeated lines", told)])
    if lines.left_out:
        held = size(lines.left_out)
        yield Text(f"{held} of lines of very long documents were not compared with other documents", "dim")
    if found.top_lines:
        yield top_lines_table(found, _LINES)


def _share(shared: Shared) -> str:
    """What share of the bytes is repeated; within the margin of nothing only that it is less."""
    repeated = shared.repeated
    if repeated.exact or repeated.certain:
        return estimated(shared.share, shared.of_bytes(repeated.margin), repeated.exact, percent)
    return f"< {percent(shared.of_bytes(repeated.utf8_bytes + repeated.margin))}"


def top_lines_table(found: Cleanliness, most: int) -> Table:
    """The lines that hold most bytes together, and in how many documents each stands."""
    table = columns(("documents", "right"), ("bytes", "right"), ("line", "left"))
    for line in found.top_lines[:most]:
        n, margin = line.documents, ERRORS * line.error
        held = estimated(line.total_bytes, margin * line.utf8_bytes, line.exact)
        table.add_row(estimated(n, margin, line.exact, count if line.exact else about), held, safe(line.text, limit=60))
    return table


def _doubtful(result: Result) -> Iterator[RenderableType]:
    part = result.profile.clean
    named, short = part["any"], part["short"]
    tallies = [(rule, part[rule.id]) for rule in DOCUMENT_RULES if part[rule.id].documents]
    if tallies:
        figures = [(name, "right") for name in ("judged", "of them", "of bytes")]
        table = columns(("doubtful documents", "left"), *figures, ("", "left"))
        for rule, tally in tallies:
            table.add_row(
                f"{rule.id} {rule.says}",
                count(tally.judged),
                percent(tally.share),
                percent(tally.byte_share),
                "",
            )
        yield table
        yield from _worst("the worst of them", ((rule.id, tally) for rule, tally in tallies))
        told = f"{plural(named.documents, 'document')} in all ({size(named.document_bytes)}), not subtracted"
        yield Text(f"{told}: corpuscheck peek shows them", "dim")
    else:
        yield Text("no document is doubtful", "dim")
    if short.documents:
        share = percent(short.documents / part.documents)
        yield Text(f"{count(short.documents)} ({share}) are shorter than {SHORT_DOCUMENT} B: too short to judge", "dim")


def _worst(heading: str, tallies: Iterable[tuple[str, Tally]]) -> Iterator[RenderableType]:
    """The worst document of each, on a line of its own, so that its path stays whole."""
    rows = [(name, Place(w.path, document=w.number + 1)) for name, tally in tallies for w in tally.worst[:1]]
    if rows:
        yield Text(heading, "dim")
        yield labelled([(f"  {name}", Text(place.named, "dim")) for name, place in rows])


def _debris(result: Result) -> Iterator[RenderableType]:
    part = result.profile.clean
    found = part.named("debris: ")
    if not found:
        return
    table = columns(("debris", "left"), ("times", "right"), ("bytes", "right"), ("documents", "right"), ("", "left"))
    ranked = sorted(found.items(), key=lambda pair: (-pair[1].amount_bytes, pair[0]))
    for name, tally in ranked:
        share = percent(tally.documents / part.documents)
        table.add_row(name, count(tally.amount), size(tally.amount_bytes), share, "")
    yield table
    yield from _worst("most in", ranked)


def _personal(result: Result) -> Iterator[RenderableType]:
    part = result.profile.clean
    found = part.named("shape: ")
    if not found:
        yield Text("no shapes of personal data were seen, which does not say that there are none", "dim")
        return
    table = columns(("shape of personal data", "left"), ("times", "right"), ("documents", "right"), ("", "left"))
    ranked = sorted(found.items(), key=lambda pair: (-pair[1].amount, pair[0]))
    for name, tally in ranked:
        table.add_row(name, count(tally.amount), count(tally.documents), "")
    yield table
    yield from _worst("most in", ranked)
