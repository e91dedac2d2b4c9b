"""The command that writes a clean copy: clean."""

from __future__ import annotations

import click

from corpuscheck._version import __version__
from corpuscheck.cleaning.plan import CleanPlan
from corpuscheck.commands.configured import Call, reading
from corpuscheck.commands.options import (
    READING,
    RUN,
    TEXT_OR_JSON,
    Decorator,
    fields_of,
    option,
    options,
)
from corpuscheck.commands.printing import print_bytes, print_text
from corpuscheck.errors import UsageError
from corpuscheck.settings import Settings

_CLEAN: list[Decorator] = [
    option("-o", "--out", metavar="OUT", help="The folder of the clean copy, which is made."),
    option("--dry-run", is_flag=True, help="Write nothing: say what would stay and what would go."),
    option("--force", is_flag=True, help="Replace an older clean copy of this name."),
    *fields_of(CleanPlan),
    *fields_of(Settings, "near_duplicates", "by", "against", "against_fields"),
]


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@options(_CLEAN, TEXT_OR_JSON, READING, RUN)
@reading
def clean(
    call: Call, /, paths: tuple[str, ...], out: str | None, dry_run: bool, force: bool, report_format: str
) -> None:
    """Write a clean copy of PATH: each text once, without debris, in UTF-8.

    It is what `corpuscheck scan` calls usable. Of copies the longest stays, then the first by path. OUT
    has the text, a list of all that was taken out, and a manifest; PATH is never changed.
    """
    from corpuscheck.api import clean as cleaned

    if not paths:
        raise UsageError("name the files and folders to clean, or set paths in corpuscheck.toml")
    if out is None and not dry_run:
        raise UsageError("name the folder of the clean copy with -o OUT, or say --dry-run")
    made = cleaned(
        list(paths), None if dry_run else out, CleanPlan(**call.of(CleanPlan)), call.settings(), call.watch(),
        processes=True, force=force,
    )  # fmt: skip
    if report_format == "json":
        from corpuscheck.values.json_text import report_bytes

        print_bytes(report_bytes(made.manifest(__version__)))
    else:
        from corpuscheck.reports.terminal.cleaned import render_terminal

        print_text(lambda console: render_terminal(made, console, call.quiet))
