"""The command that draws documents at random: sample."""

from __future__ import annotations

import os
import re
from dataclasses import replace

import click

from corpuscheck.commands.configured import Call, reading
from corpuscheck.commands.options import READING, RUN, Decorator, fields_of, options
from corpuscheck.commands.printing import print_line
from corpuscheck.errors import UsageError
from corpuscheck.estimates.draw import Draw
from corpuscheck.text.printable import printable
from corpuscheck.text.quantities import parse_share

_SHARE = re.compile(r"[0-9.,eE+-]+\s*[%‰]")

_DRAW: list[Decorator] = [
    click.option("-o", "--output", "output", required=True, metavar="PLACE",
                 help="A folder, for sample.jsonl.zst in it, or a file whose name ends in .jsonl.zst."),
    *fields_of(Draw),
    click.option("--by", "ways", metavar="WAY",
                 help="Draw as much of each source: by source, as a scan tells them apart by itself, or by folder, "
                 "path, file or field:NAME."),
    click.option("--force", is_flag=True, help="Write over a sample that is there already."),
]  # fmt: skip


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH... [SHARE]")
@options(_DRAW, READING, RUN)
@reading
def sample(call: Call, /, paths: tuple[str, ...], output: str, ways: str | None, force: bool) -> None:
    """Draw whole documents of PATH at random, and write them as JSON Lines: a SHARE such as 1%, or --documents or
    --bytes.

    What is drawn depends on the text of each document and the seed alone: it is the same in whatever order and format
    the files come. Of each document there is its text, its path, its number in the file, and its source.
    """
    from corpuscheck.api import sample as drawn_from
    from corpuscheck.reports.drawn import told

    *first, last = paths
    draw = dict(call.of(Draw))
    if _SHARE.fullmatch(last) and not os.path.lexists(last):
        if draw.get("share") is not None:
            raise UsageError(f"{printable(last, 20)} and --share: say one of them")
        paths, draw["share"] = tuple(first), parse_share(last)
    if not paths:
        raise UsageError("name the files and folders to draw from")
    settings = replace(call.settings(), by=None)
    asked = call.context.get_parameter_source("ways") is click.core.ParameterSource.COMMANDLINE
    if asked and ways != "source":
        settings = replace(settings, by=ways)
    drawn = drawn_from(
        list(paths), Draw(**draw, equal=asked), output, settings, call.watch(), processes=True, force=force
    )
    if not call.quiet:
        for line in told(drawn):
            print_line(line)
