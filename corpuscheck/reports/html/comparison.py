"""Tokenizers side by side as a page: the one to take and why, then what each loses and what it costs."""

from __future__ import annotations

from corpuscheck.estimates.comparison import TokenizerComparison, TokenizerRow
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.answers import Foreign
from corpuscheck.reports.compared import cells_of, remarks
from corpuscheck.reports.headlines import as_title
from corpuscheck.reports.html.page import bytes_of
from corpuscheck.reports.html.parts import (
    Bar,
    Cell,
    Grid,
    Heading,
    HtmlPage,
    PageBlock,
    PageSection,
    Paragraph,
    Room,
    path,
    shown,
)
from corpuscheck.text.amounts import count, percent, size
from corpuscheck.text.printable import printable

_WORDS = 5


def render(compared: TokenizerComparison) -> bytes:
    """One page, at most 300 kB, the same for the same comparison."""
    return bytes_of(lambda room: _page(compared, room))


def _page(compared: TokenizerComparison, room: Room) -> HtmlPage:
    rows = compared.rows[: room.rows]
    taken = compared.recommended
    lead = f"{size(compared.utf8_bytes)} in {count(compared.documents)} documents"
    least = min(rows, key=lambda row: row.judged_rate)
    cheapest = min(rows, key=lambda row: row.judged_tokens)
    sections = (
        PageSection("lost", "What does each lose?", _title(least, f"loses least: {percent(least.judged_rate)}"), "",
                    shown(_lost(rows))),
        PageSection("cost", "What does each cost?", _title(cheapest, "needs the fewest tokens"), "",
                    shown(_cost(rows))),
        PageSection("figures", "", "All figures", "", (_figures(rows), *map(Paragraph, remarks(compared)))),
    )  # fmt: skip
    return HtmlPage(
        kind="corpuscheck compare: which tokenizer fits this text?",
        verdict="TAKE" if taken else "NO RECOMMENDATION",
        tone="fine" if taken else "warning",
        title=printable(taken, LONGEST_PATH) if taken else as_title(compared.reason),
        lead=(*((as_title(compared.reason),) if taken else ()), lead),
        left_out=len(compared.rows) - len(rows),
        sections=sections,
    )


def _title(row: TokenizerRow, what: str) -> str:
    """With the end of the path, which tells it from others where it is whole."""
    return f"{'/'.join(printable(row.name, LONGEST_PATH).split('/')[-2:])} {what}"


def _lost(rows: tuple[TokenizerRow, ...]) -> Grid:
    most = max(row.judged_rate for row in rows) or 1.0
    columns = (
        Heading("tokenizer"),
        Heading("how much", bar=True),
        Heading("lost words", number=True),
        Heading("lost most often"),
    )

    def cells(row: TokenizerRow) -> tuple[Cell, ...]:
        words = Foreign(", ".join(f"{printable(word, 24)} {count(n)}" for word, n in row.worst[:_WORDS]))
        return path(row.name), Bar(row.judged_rate / most, tone="bad"), percent(row.judged_rate), words

    return Grid("", columns, tuple(map(cells, rows)))


def _cost(rows: tuple[TokenizerRow, ...]) -> Grid:
    most = max(row.tokens_per_word.value for row in rows) or 1.0
    columns = (
        Heading("tokenizer"),
        Heading("how many", bar=True),
        Heading("tokens per word", number=True),
        Heading("tokens", number=True),
        Heading("vocabulary", number=True),
    )

    def cells(row: TokenizerRow) -> tuple[Cell, ...]:
        per_word = row.tokens_per_word.value
        return path(row.name), Bar(per_word / most), f"{per_word:.3f}", count(row.tokens.value), count(row.vocab_size)

    return Grid("", columns, tuple(map(cells, rows)))


def _figures(rows: tuple[TokenizerRow, ...]) -> PageBlock:
    columns = (Heading("figure"), *(Heading(path(row.name), number=True) for row in rows))
    return Grid("", columns, tuple((label, *cells) for label, cells in cells_of(rows)))
