"""Is it clean? From raw to usable text as a waterfall, lengths of documents, what is doubtful, with examples."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscheck.profile.clean import Tally
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.reports.answers import Foreign, Quiet, Strong, usable, usable_bytes
from corpuscheck.reports.facts import documents_told, lost_told
from corpuscheck.reports.html.distributions import distributions
from corpuscheck.reports.html.parts import Bar, Cell, Folded, Grid, Heading, PageBlock, Room, grid, path, shown
from corpuscheck.result.normalisation import NormalisationRow
from corpuscheck.result.place import Place
from corpuscheck.result.result import Result
from corpuscheck.result.shared import SharedLine
from corpuscheck.result.sums import ERRORS, Amount
from corpuscheck.text.amounts import about, count, estimated, percent, plural, size
from corpuscheck.text.printable import shown_or_codepoint

_CHARACTERS = 3
_PAIRS = 3


def clean(result: Result, room: Room) -> Iterator[PageBlock | None]:
    """The steps, the lengths, then each kind of thing that is no text."""
    if result.cleanliness.looked_into:
        yield _waterfall(result)
    yield from distributions(result.distributions)
    if result.cleanliness.looked_into:
        yield _doubtful(result, room)
        yield _tallies(result, "debris: ", room)
        yield _tallies(result, "shape: ", room)
    yield _normalisation(result, room)
    examples = shown(*_examples(result, room))
    yield Folded("Examples", examples) if examples else None


def _waterfall(result: Result) -> Grid:
    found = result.cleanliness
    whole = found.raw_bytes or 1
    columns = (
        Heading("step"),
        Heading("what is left", bar=True),
        Heading("text", number=True),
        Heading("share", number=True),
        Heading("documents"),
    )
    rows: list[tuple[Cell, ...]] = [("text", Bar(1.0), size(found.raw_bytes), "", "")]
    left = float(found.raw_bytes)
    for name, amount in _steps(result):
        less = left - amount.utf8_bytes
        bar = Bar(left / whole, max(0.0, less) / whole, "bad")
        rows.append((f"− {name}", bar, *lost_told(amount, found.raw_bytes), Quiet(documents_told(amount))))
        left = less
    share = percent(found.usable_share)
    rows.append(
        (Strong("usable"), Bar(found.usable_share, tone="good"), Strong(usable_bytes(found)), Strong(share), "")
    )
    note = "" if found.complete else "~ estimated from a sample of the documents"
    return Grid(usable(found), columns, tuple(rows), note=note)


def _steps(result: Result) -> Iterator[tuple[str, Amount]]:
    found = result.cleanliness
    for name, step in found.steps:
        yield name, step.amount
    yield "debris in the rest", found.debris_left


def _doubtful(result: Result, room: Room) -> Grid | None:
    part = result.profile.clean
    tallies = [(rule, part[rule.id]) for rule in DOCUMENT_RULES if part[rule.id].documents]
    if not tallies:
        return None
    columns = (
        Heading("doubtful documents"),
        Heading("share of the text", bar=True),
        Heading("of the text", number=True),
        Heading("documents", number=True),
        Heading("the worst of them"),
    )
    ranked = sorted(tallies, key=lambda pair: (-pair[1].byte_share, pair[0].id))
    rows = tuple(
        (
            f"{rule.says} ({rule.id})",
            Bar(tally.byte_share, tone="doubt"),
            percent(tally.byte_share),
            count(tally.documents),
            _worst(tally),
        )
        for rule, tally in ranked[: room.rows]
    )
    held = part["any"]
    verb = "is" if held.documents == 1 else "are"
    title = f"{plural(held.documents, 'document')} {verb} doubtful: {size(held.document_bytes)}"
    return Grid(title, columns, rows, len(ranked) - len(rows), "Not subtracted: corpuscheck peek shows them.")


def _worst(tally: Tally) -> Cell:
    return path(_named(tally)) if tally.worst else ""


def _named(tally: Tally) -> str:
    worst = tally.worst[0]
    return Place(worst.path, document=worst.number + 1).named


def _tallies(result: Result, group: str, room: Room) -> Grid | None:
    """Debris, or shapes of personal data: how often, and where most of it is."""
    part = result.profile.clean
    by_bytes = group == "debris: "
    found = sorted(part.named(group).items(), key=lambda p: (-(p[1].amount_bytes if by_bytes else p[1].amount), p[0]))
    if not found:
        return None
    most = max(_much(tally, by_bytes) for _, tally in found) or 1
    columns = (
        Heading("debris" if by_bytes else "shape of personal data"),
        Heading("how much", bar=True),
        Heading("bytes" if by_bytes else "times", number=True),
        Heading("documents", number=True),
        Heading("most in"),
    )

    def row(pair: tuple[str, Tally]) -> tuple[Cell, ...]:
        name, tally = pair
        much = size(tally.amount_bytes) if by_bytes else count(tally.amount)
        return name, Bar(_much(tally, by_bytes) / most, tone="doubt"), much, count(tally.documents), _worst(tally)

    name, first = found[0]
    title = f"Most of the debris is {name}" if by_bytes else f"{count(first.amount)} shapes of {name}"
    note = "" if by_bytes else "Shapes alone: they are not shown, and may be something else."
    return grid(title, columns, found, row, room.rows, note=note)


def _much(tally: Tally, by_bytes: bool) -> int:
    return tally.amount_bytes if by_bytes else tally.amount


def _normalisation(result: Result, room: Room) -> Grid | None:
    """Characters that are written in another way than usual."""
    rows = result.normalisation.troubles
    if not rows:
        return None
    columns = (
        Heading("unusual characters"),
        Heading("times", number=True),
        Heading("share", number=True),
        Heading("such as"),
    )

    def row(found: NormalisationRow) -> tuple[Cell, ...]:
        bound = "at most " if found.kind.bound else ""
        such = ", ".join(shown_or_codepoint(chr(seen.code_point)) for seen in found.characters[:_CHARACTERS])
        return found.kind.name, f"{bound}{count(found.at_most)}", percent(found.share), Foreign(such)

    return grid(f"{rows[0].kind.name}: {count(rows[0].at_most)}", columns, rows, row, room.rows)


def _examples(result: Result, room: Room) -> Iterator[PageBlock | None]:
    """Copies with their twins, lines that many documents have, and text that is not as it was meant."""
    found, profile = result.cleanliness, result.profile
    pairs = [(name, pair) for name, step in found.steps for pair in step.pairs[:_PAIRS]]
    columns: tuple[Heading, ...] = (Heading("copy"), Heading("of"), Heading("kind"), Heading("alike", number=True))

    def pair_row(item: tuple[str, tuple[Place, Place, float]]) -> tuple[Cell, ...]:
        name, (kept, copy, likeness) = item
        return path(copy.named), path(kept.named), name.removesuffix(" copies"), percent(likeness)

    yield grid("Copies", columns, pairs, pair_row, room.rows)
    columns = (Heading("line"), Heading("documents", number=True), Heading("bytes", number=True))
    yield grid("Lines that many documents have", columns, found.top_lines, _line, room.rows)
    columns = (Heading("as it stands"), Heading("as it was meant"), Heading("kind"))
    damaged = [
        example for part in (profile.mojibake, profile.escapes, profile.question_marks) for example in part.examples
    ]
    yield grid("Text that is not as it was meant", columns, damaged, _meant, room.rows)


def _line(line: SharedLine) -> tuple[Cell, ...]:
    n, margin = line.documents, ERRORS * line.error
    held = estimated(line.total_bytes, margin * line.utf8_bytes, line.exact)
    return Foreign(line.text), estimated(n, margin, line.exact, count if line.exact else about), held


def _meant(example: tuple[str, str, str]) -> tuple[Cell, ...]:
    kind, line, meant = example
    return Foreign(line), Foreign(meant) if meant else Quiet("bytes of it are lost"), kind
