"""Can it be read, and is there enough? Encodings and damage, and where the corpus stands among published ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log10

from corpuscheck.estimates.laws import LADDER
from corpuscheck.reports.answers import Foreign, Quiet, Strong, Verbatim
from corpuscheck.reports.facts import facts_of_text
from corpuscheck.reports.html.parts import (
    Bar,
    Cell,
    Folded,
    Grid,
    Heading,
    PageBlock,
    Room,
    grid,
    labelled,
    path,
    shown,
)
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import count, files, percent, size

_LEAST = 1_000
"""Bytes at the left end of the ladder."""


def read(result: Result, room: Room) -> Iterator[PageBlock | None]:
    """Encodings, what was skipped, and damage with the files that have it."""
    reading = result.profile.reading
    yield _encodings(result, room)
    yield _damage(result, room)
    if reading.skipped:
        skipped = sorted(reading.skipped.items(), key=lambda pair: (-pair[1], pair[0]))
        columns = (Heading("why"), Heading("files", number=True), Heading("such as"))
        title = f"{files(sum(reading.skipped.values()))} skipped"
        yield grid(title, columns, skipped, lambda pair: _skipped(result, *pair), room.rows)
    yield from _fields(result)
    yield _where(result, room)


def _encodings(result: Result, room: Room) -> Grid:
    reading = result.profile.reading
    total = sum(reading.encoding_bytes.values()) or 1
    found = sorted(reading.encodings.items(), key=lambda pair: (-reading.encoding_bytes[pair[0]], pair[0]))
    columns = (
        Heading("encoding"),
        Heading("share", bar=True),
        Heading("files", number=True),
        Heading("on disk", number=True),
    )

    def row(pair: tuple[str, int]) -> tuple[Cell, ...]:
        held = reading.encoding_bytes[pair[0]]
        return Foreign(pair[0]), Bar(held / total), f"{pair[1]:,}", size(held)

    title = ""
    if found:
        title = f"{percent(reading.encoding_bytes[found[0][0]] / total)} of the bytes are {found[0][0]}"
    return grid(title, columns, found, row, room.rows)


def _damage(result: Result, room: Room) -> Grid | None:
    reading = result.profile.reading
    found = sorted(reading.troubled_files.items(), key=lambda pair: (-pair[1], pair[0]))
    if not found:
        return None
    columns = (
        Heading("damage"),
        Heading("share of the files", bar=True),
        Heading("files", number=True),
        Heading("times", number=True),
    )

    def row(pair: tuple[str, int]) -> tuple[Cell, ...]:
        kind, n = pair
        return kind, Bar(n / max(1, reading.measured), tone="doubt"), f"{n:,}", count(reading.trouble_amounts[kind])

    return grid(f"{found[0][0]}: {files(found[0][1])} of {reading.measured:,}", columns, found, row, room.rows)


def _skipped(result: Result, reason: str, n: int) -> tuple[Cell, ...]:
    examples = result.profile.reading.examples.get(f"skipped: {reason}", ())
    return reason, f"{n:,}", path(examples[0][1]) if examples else ""


def _fields(result: Result) -> Iterator[PageBlock]:
    """The fields of records that were read, and those that hold prose and were not."""
    reading = result.profile.reading
    rows: list[tuple[str, Cell]] = [
        ("text field", (Verbatim(name), f" in {files(n)}")) for name, n in sorted(reading.text_fields.items())[:10]
    ]
    for name, others in sorted(reading.left_out.items())[:10]:
        share = f": {percent(reading.share_left_out(name))} of the prose beside "
        rows.append(("not read", (Foreign(", ".join(sorted(others)[:10])), share, Verbatim(name))))
    if rows:
        yield labelled("", rows)


def _where(result: Result, room: Room) -> Folded | None:
    """The worst files of each kind of damage."""
    reading = result.profile.reading
    columns = (Heading("file"), Heading("times", number=True), Heading("what"))
    each = max(1, room.rows // 6)
    grids = [
        grid(
            f"{kind}: {files(n)}", columns, reading.examples[kind], _example, each, more=n - len(reading.examples[kind])
        )
        for kind, n in sorted(reading.troubled_files.items())[: room.rows]
    ]
    return Folded("Where it is damaged", shown(*grids)) if grids else None


def _example(example: tuple[int, str, str]) -> tuple[Cell, ...]:
    amount, name, detail = example
    return path(name), f"{amount:,}", detail


def enough(result: Result, room: Room) -> Iterator[PageBlock | None]:
    """The corpus on the ladder of published ones, and the figures behind it."""
    text, clean, target = result.profile.size.utf8_bytes, result.cleanliness, result.limits.target_bytes
    rungs: list[tuple[int, str, str, str]] = [(rung.size, rung.name, "", rung.source) for rung in LADDER]
    rungs.append((target, "the rule of thumb", "doubt", ""))
    if clean.looked_into and clean.usable_bytes < text:
        rungs.append((clean.usable_bytes, "usable text of this corpus", "good", ""))
    rungs.append((text, "this corpus", "strong", ""))
    yield ladder(_stands(text), rungs)
    yield labelled("", facts_of_text(result))


def _stands(text: int) -> str:
    """Between which of the published corpora."""
    below = [rung.name for rung in LADDER if rung.size <= text]
    above = [rung.name for rung in LADDER if rung.size > text]
    if not below:
        return f"It is smaller than {above[0]}, the smallest of these published corpora"
    return f"It is larger than {below[-1]}" + (f" and smaller than {above[0]}" if above else "")


def ladder(title: str, rungs: Sequence[tuple[int, str, str, str]]) -> Grid:
    """Amounts of text by size, from (bytes, name, tone, source), as points on a logarithmic scale."""
    most = max(_LEAST * 10, *(rung[0] for rung in rungs))

    def row(rung: tuple[int, str, str, str]) -> tuple[Cell, ...]:
        held, name, tone, source = rung
        at = log10(max(held, _LEAST) / _LEAST) / log10(most / _LEAST)
        return Strong(name) if tone else name, Bar(at, at, f"dot {tone}"), size(held), Quiet(source)

    columns = (Heading("corpus"), Heading("size", bar=True), Heading("text", number=True), Heading("source"))
    note = f"The scale is logarithmic, from {size(_LEAST)} to {size(most)}; sizes of text as the sources give them."
    return grid(title, columns, sorted(rungs), row, len(rungs), note=note)
