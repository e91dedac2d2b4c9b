"""What the terminal report says about characters that are written in another way than usual."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from corpuscheck.reports.common import cut_marks
from corpuscheck.reports.terminal.parts import columns
from corpuscheck.result.normalisation import NormalisationRow
from corpuscheck.result.place import Place
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import count, percent, plural, size
from corpuscheck.text.printable import shown_or_codepoint

_CHARACTERS = 3


def normalisation_rows(result: Result) -> Iterator[RenderableType]:
    """The kinds that occur, what NFC saves, and what is usual here; one line where there is nothing."""
    normalisation = result.normalisation
    if normalisation.troubles:
        table = columns(("unusual characters", "left"), ("how many, such as, and where the first one stands", "left"))
        for row in normalisation.troubles:
            table.add_row(row.kind.name, _told(row))
        yield table
    else:
        yield Text("no character is written in an unusual way", "dim")
    if normalisation.nfc_saving > 0:
        share = percent(normalisation.nfc_saving / result.profile.size.utf8_bytes)
        lost = plural(normalisation.saved_by_nfc, "[UNK] word")
        words = f" and {lost}" if normalisation.saved_by_nfc else ""
        yield Text(f"NFC saves {size(normalisation.nfc_saving)}, {share} of the text{words}")
    if normalisation.cut_runs:
        yield Text(cut_marks(normalisation))
    usual = [f"{count(row.occurrences)} {row.kind.name}" for row in normalisation.rows if row.usual]
    if usual:
        yield Text(f"usual in these scripts: {', '.join(usual)}", "dim")


def _told(row: NormalisationRow) -> Text:
    """Amount and share, the most frequent characters, and where the first of them stands."""
    amount = f"{'at most ' if row.kind.bound else ''}{count(row.at_most)}, {percent(row.share)}: "
    shown = ", ".join(shown_or_codepoint(chr(seen.code_point)) for seen in row.characters[:_CHARACTERS])
    first = row.characters[0]
    place = f"\n{Place(first.path, first.line or None).named}" if first.path else ""
    return Text.assemble(amount + shown + (", …" if row.distinct > _CHARACTERS else ""), (place, "dim"))
