"""The command that shows documents: peek."""

from __future__ import annotations

import click

from corpuscheck.commands.configured import Call, reading
from corpuscheck.commands.options import (
    READING,
    RUN,
    TEXT_OR_JSON,
    TOKENIZER,
    TRAINING,
    Decorator,
    fields_of,
    option,
    options,
)
from corpuscheck.commands.printing import print_bytes, print_paged
from corpuscheck.errors import UsageError
from corpuscheck.peeking.view import View

_VIEW: list[Decorator] = [
    *fields_of(View),
    option("--no-pager", is_flag=True, help="Print at once, also on a terminal."),
]


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@options(_VIEW, TEXT_OR_JSON, READING, TOKENIZER, TRAINING, RUN)
@reading
def peek(call: Call, /, paths: tuple[str, ...], report_format: str, no_pager: bool) -> None:
    """Show documents of PATH: typical ones, the worst by a rule, or those that hold a word.

    Trouble is highlighted; off a terminal it stands between ⟦ and ⟧. Values of what has the shape of
    personal data are masked. Which documents are shown depends on the text alone.
    """
    from corpuscheck.api import peek as look
    from corpuscheck.peeking.criteria import view_of

    if not paths:
        raise UsageError("name the files and folders to look at, or set paths in corpuscheck.toml")
    found = look(list(paths), view_of(call.of(View)), call.settings(), call.watch(), processes=True)
    if report_format == "json":
        from corpuscheck.reports.json.peek import render

        print_bytes(render(found))
    else:
        from corpuscheck.reports.terminal.peek import render_terminal

        print_paged(lambda console: render_terminal(found, console), not no_pager)
