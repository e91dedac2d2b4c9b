"""What the terminal report says about copies, debris and doubtful documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.clean.copies import Amount, Cleanliness, DocumentPlace
from corpuscheck.clean.document_rules import DOCUMENT_RULES, SHORT_DOCUMENT
from corpuscheck.profile.clean import Tally
from corpuscheck.reports.common import document
from corpuscheck.reports.terminal_normalisation import normalisation_rows
from corpuscheck.reports.terminal_parts import columns, labelled, safe, section
from corpuscheck.result import Result
from corpuscheck.rules.amounts import about, count, percent, plural, size

_LINES = 5


def clean(result: Result) -> Group:
    """The fourth question, its first half: from raw to usable text, and what is doubtful."""
    found = result.cleanliness
    if not found.looked_into:
        told = Text("not all documents were looked into: scan without --no-clean", "dim")
        return section(4, "Is it clean?", "not known", told, *normalisation_rows(result))
    share = percent(found.usable_share)
    return section(
        4,
        "Is it clean?",
        f"{size(found.usable_bytes)} of {size(found.raw_bytes)} usable, {share}",
        waterfall(result),
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
        n = round(step.amount.documents)
        mark = "" if step.amount.exact else "~"
        told = Text(f"{mark}{plural(n, 'document')}", "dim") if n else ""
        table.add_row(f"- {name}", *_lost(step.amount, found.raw_bytes), told)
    debris = Amount(0, found.debris_bytes, exact=found.complete)
    table.add_row("- debris in the rest", *_lost(debris, found.raw_bytes), "")
    target = result.limits.target_bytes
    table.add_row(
        Text("= usable", "bold"),
        Text(size(found.usable_bytes), "bold"),
        percent(found.usable_share),
        f"{percent(found.usable_bytes / target)} of {size(target)}",
    )
    if not found.complete:
        table.add_row("", "", "", Text("~ estimated from a sample of the documents", "dim"))
    if result.profile.reading.trouble_amounts.get("markup"):
        table.add_row("", "", "", Text("XML tags that HTML does not know count as text: --strip-markup", "dim"))
    if found.near is None:
        table.add_row("", "", "", Text("near copies were not looked for", "dim"))
    return table


def _lost(amount: Amount, whole: int) -> tuple[str, str]:
    """Bytes and their share; below two standard errors nothing but that it is less."""
    share = amount.utf8_bytes / whole if whole else 0.0
    mark = "" if amount.exact else "~"
    if not amount.exact and amount.utf8_bytes < 2 * amount.error:
        return f"< {size(2 * amount.error)}", f"< {percent(2 * amount.error / whole)}"
    return f"{mark}{size(amount.utf8_bytes)}", f"{mark}{percent(share)}"


def _pairs(found: Cleanliness) -> Iterator[RenderableType]:
    """An example of each kind of copy, as a pair of places."""
    rows: list[tuple[str | Text, str | Text]] = []
    for name, step in found.steps:
        for kept, copy, similarity in step.pairs[:1]:
            again = f"#{copy.document}" if copy.path == kept.path else document(copy)
            alike = f"  {percent(similarity)} alike" if similarity < 1 else ""
            rows.append((name, Text(f"{document(kept)} = {again}{alike}", "dim")))
    if rows:
        yield labelled(rows)


def _shared_lines(found: Cleanliness) -> Iterator[RenderableType]:
    lines, paragraphs = found.lines, found.paragraphs
    if not lines.repeated.utf8_bytes:
        yield Text("no line stands in two documents", "dim")
        return
    both = f"; paragraphs {percent(paragraphs.share)}" if paragraphs.share else ""
    mark = "" if lines.repeated.exact else "~"
    told = f"{mark}{percent(lines.share)} of the bytes of lines stand in another document too{both} (not subtracted)"
    yield labelled([("repeated lines", told)])
    if found.top_lines:
        yield top_lines(found, _LINES)


def top_lines(found: Cleanliness, most: int) -> Table:
    """The lines that hold most bytes together, and in how many documents each stands."""
    table = columns(("documents", "right"), ("bytes", "right"), ("line", "left"))
    for line in found.top_lines[:most]:
        n = count(line.documents) if line.exact else f"~{about(line.documents)}"
        table.add_row(n, size(line.total_bytes), safe(line.text, limit=60))
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
    rows = [(name, DocumentPlace(w.path, w.number + 1)) for name, tally in tallies for w in tally.worst[:1]]
    if rows:
        yield Text(heading, "dim")
        yield labelled([(f"  {name}", Text(document(place), "dim")) for name, place in rows])


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
