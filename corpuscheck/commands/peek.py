"""The command that shows documents: peek."""

from __future__ import annotations

from typing import Any

import click

from corpuscheck.commands.configured import configured, reading_settings
from corpuscheck.commands.options import (
    READING,
    RUN,
    TEXT_OR_JSON,
    TOKENIZER,
    TRAINING,
    Decorator,
    Quantity,
    option,
    options,
)
from corpuscheck.commands.printing import print_bytes, print_paged
from corpuscheck.errors import UsageError
from corpuscheck.text.quantities import COUNT, size_in

_VIEW: list[Decorator] = [
    option("--rule", metavar="RULE", help="The worst by a rule: CC301, CC401 to CC415, CC501 to CC504."),
    option("--word", "words", multiple=True, metavar="TEXT",
                 help="Documents that hold this text, or a character such as U+B63B (repeat for several)."),
    option("-n", "--count", type=Quantity(COUNT), default=5, show_default=True,
                 help="Documents, or pairs of copies (of those 10 at most)."),
    option("--seed", type=int, default=0, show_default=True, help="Another seed draws other documents."),
    option("--bytes", "excerpt", type=Quantity(size_in("kB", least=0)), default="2kB", show_default=True,
                 help="About how much of each document is shown."),
    option("--no-pager", is_flag=True, help="Print at once, also on a terminal."),
]  # fmt: skip


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@options(_VIEW, TEXT_OR_JSON, READING, TOKENIZER, TRAINING, RUN)
@configured
def peek(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    rule: str | None,
    words: tuple[str, ...],
    count: int,
    seed: int,
    excerpt: int,
    report_format: str,
    no_pager: bool,
    quiet: bool,
    no_progress: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """Show documents of PATH: typical ones, the worst by a rule, or those that hold a word.

    Trouble is highlighted; off a terminal it stands between ⟦ and ⟧. Values of what has the shape of
    personal data are masked. Which documents are shown depends on the text alone.
    """
    from corpuscheck.api import peek as look
    from corpuscheck.commands.progress import watcher
    from corpuscheck.peeking.criteria import View, rule_to_show, word_to_find

    if not paths:
        raise UsageError("name the files and folders to look at, or set paths in corpuscheck.toml")
    named, sought = rule_to_show(rule) if rule else "", tuple(dict.fromkeys(map(word_to_find, words)))
    view = View(named, sought, seed, count, excerpt)
    watch = watcher(not (quiet or no_progress), verbose)
    found = look(list(paths), view, reading_settings(context, given), watch, processes=True)
    if report_format == "json":
        from corpuscheck.reports.json.peek import render

        print_bytes(render(found))
    else:
        from corpuscheck.reports.terminal.peek import render_terminal

        print_paged(lambda console: render_terminal(found, console), not no_pager)
