"""The command that shows documents: peek."""

from __future__ import annotations

from typing import Any

import click

from corpuscheck.commands.configured import configured
from corpuscheck.commands.options import READING, SIZE, TOKENIZER, Option, options
from corpuscheck.commands.printing import print_bytes, print_paged
from corpuscheck.errors import UsageError

_VIEW: list[Option] = [
    click.option("--rule", metavar="RULE", help="The worst by a rule: CC301, CC401 to CC415, CC501 to CC504."),
    click.option("--word", "words", multiple=True, metavar="TEXT",
                 help="Documents that hold this text, or a character such as U+B63B (repeat for several)."),
    click.option("-n", "--count", type=int, default=5, show_default=True,
                 help="Documents, or pairs of copies (of those 10 at most)."),
    click.option("--seed", type=int, default=0, show_default=True, help="Another seed draws other documents."),
    click.option("--bytes", "excerpt", type=SIZE, default="2kB", show_default=True,
                 help="About how much of each document is shown."),
    click.option("--format", "report_format", type=click.Choice(["text", "json"]), default="text", show_default=True,
                 help="What is printed on standard output."),
    click.option("--no-pager", is_flag=True, help="Print at once, also on a terminal."),
    click.option("--jobs", envvar="CORPUSCHECK_JOBS", type=int,
                 help="Workers. Default: the processors this process may use."),
    click.option("-q", "--quiet", is_flag=True, help="No progress."),
]  # fmt: skip


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@options(_VIEW, READING, TOKENIZER[:-1])
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
    **given: Any,
) -> None:
    """Show documents of PATH: typical ones, the worst by a rule, or those that hold a word.

    Trouble is highlighted; off a terminal it stands between ⟦ and ⟧. Values of what has the shape of
    personal data are masked. Which documents are shown depends on the text alone.
    """
    from corpuscheck.api import peek as look
    from corpuscheck.progress import watcher
    from corpuscheck.settings import settings_from
    from corpuscheck.viewing import View, rule_to_show, word_to_find

    if not paths:
        raise UsageError("name the files and folders to look at, or set paths in corpuscheck.toml")
    named, sought = rule_to_show(rule) if rule else "", tuple(dict.fromkeys(map(word_to_find, words)))
    view = View(named, sought, seed, count, excerpt)
    found = look(list(paths), view, settings_from(**given), watcher(not quiet, False), processes=True)
    if report_format == "json":
        from corpuscheck.reports.peek_json import render

        print_bytes(render(found))
    else:
        from corpuscheck.reports.peek_text import render_terminal

        print_paged(lambda console: render_terminal(found, console), not no_pager)
