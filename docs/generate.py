"""Write what comes from the code, tables of pages and the options of the functions for Python: python docs/generate.py.

A table stands between <!-- name:begin --> and <!-- name:end -->.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import click

from corpuscheck.cleaning import plan
from corpuscheck.cleaning.plan import CleanPlan
from corpuscheck.cli import cli
from corpuscheck.estimates.draw import Draw
from corpuscheck.estimates.plan import Plan
from corpuscheck.option import options_of
from corpuscheck.peeking.view import View
from corpuscheck.reports.terminal.rules import render_markdown
from corpuscheck.running.signals import COLUMNS
from corpuscheck.settings import Limits, Policy, Reading, Settings, Training

PAGES = Path(__file__).parent
TYPED = PAGES.parent / "corpuscheck" / "options.py"


def options() -> str:
    """All options by command; of an option that several commands share, a row under the first one, with the others."""
    parts, shown = [], set[tuple[str, str]]()
    for name, command in _commands():
        options = [option for option in command.params if isinstance(option, click.Option)]
        rows = [row for option in options if (row := _row(option)) not in shown]
        shown.update(rows)
        if rows:
            parts += [f"## {name}", "| option | meaning | also in |\n|---|---|---|"]
            parts[-1] += "".join(
                f"\n| {first} | {meaning} | {_others(name, (first, meaning))} |" for first, meaning in rows
            )
    return "\n\n".join(parts)


def _commands() -> Iterator[tuple[str, click.Command]]:
    for name, command in cli.commands.items():
        for inner, below in getattr(command, "commands", {}).items():
            yield f"{name} {inner}", below
        if not isinstance(command, click.Group):
            yield name, command


def _row(option: click.Option) -> tuple[str, str]:
    names = [*option.opts, *option.secondary_opts]
    with click.Context(click.Command("corpuscheck")) as context:
        value = "" if option.is_flag else f" {option.make_metavar(context)}"
    meaning = (option.help or "").rstrip()
    if option.show_default and not option.is_flag:
        meaning += f" Default: {option.default}."
    return " ".join(f"`{name}{value}`" for name in names).replace("|", "\\|"), meaning.replace("|", "\\|")


def _others(name: str, row: tuple[str, str]) -> str:
    return ", ".join(
        f"`{other}`" for other, command in _commands()
        if other != name and any(_row(option) == row for option in command.params if isinstance(option, click.Option))
    )  # fmt: skip


def rules() -> str:
    """All rules, as ``corpuscheck rules --format markdown`` prints them."""
    return render_markdown(Limits(), Policy()).rstrip("\n")


def documents() -> str:
    """The columns of ``scan --documents``."""
    rows = (f"| `{name}` | {kind} | {says} |" for name, (kind, says) in COLUMNS.items())
    return "\n".join(["| column | type | what it holds |", "|---|---|---|", *rows])


TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "options": ("options.md", options),
    "rules": ("rules.md", rules),
    "documents": ("documents.md", documents),
}
"""What stands between the markers of a name: on which page, and what makes it."""


def updated(page: str, name: str, table: str) -> str:
    """The page with this table between its markers."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"the page needs one {begin.strip()} and one {end}")
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}{table}\n{end}", page, flags=re.DOTALL)


def typed_options() -> str:
    """The options of the functions for Python, for type checkers and editors: the fields of the settings."""
    own = [name for name in options_of(Settings) if name not in ("preset", "tokenizer", "jobs")]
    groups = (
        ("ReadingOptions(TypedDict", "How files become documents, and by how many workers.",
         [*_typed(Reading), *_typed(Settings, "preset", "jobs")]),
        ("TrainingOptions(ReadingOptions", "And how a tokenizer is trained.", _typed(Training)),
        ("ScanOptions(TrainingOptions",
         "And by what a corpus is judged, what it is compared with, and what is looked for.",
         [*_typed(Limits), *_typed(Policy), *_typed(Settings, *own)]),
        ("EstimateOptions(ReadingOptions", "And what is known of the collection that an estimate is for.",
         [*_typed(Limits, "target_bytes", "articles_per_gb"), *_typed(Plan)]),
        ("PeekOptions(ReadingOptions", "And which documents are shown.", _typed(View)),
        ("CleanOptions(ReadingOptions", "And what is done besides taking out copies and cutting debris.",
         [*_typed(CleanPlan), *_typed(Settings, *plan.SETTINGS)]),
        ("SampleOptions(ReadingOptions", "And how much is drawn.", [*_typed(Draw), *_typed(Settings, "by")]),
    )  # fmt: skip
    classes = (
        f'class {head}, total=False):\n    """{says}"""\n\n' + "\n".join(f"    {line}" for line in lines)
        for head, says, lines in groups
    )
    kinds = sorted(str(field.type) for field in fields(CleanPlan) if hasattr(plan, str(field.type)))
    return "\n\n\n".join((_TYPED_HEAD.format(kinds=", ".join(kinds)), *classes)) + "\n"


def _typed(kind: type, *names: str) -> list[str]:
    """A line for each of the options among the fields, those of these names or all."""
    lines = []
    for field in fields(kind):
        known = options_of(kind).get(field.name)
        if known and (not names or field.name in names):
            types = _TYPES_OF_PATHS if known.path else _TYPES
            hint = types.get(str(field.type), str(field.type))
            lines.append(f"{field.name}: {hint}" + (" | None" if field.name == "jobs" else ""))
    return lines


_TYPES = {"tuple[str, ...]": "Texts"}
_TYPES_OF_PATHS = {"str": "Path", "tuple[str, ...]": "Path | Sequence[Path]", "str | None": "Path | None"}
_TYPED_HEAD = '''\
"""The options of the functions for Python: the fields of `settings`, as a type checker and an editor see them.

Written by docs/generate.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TypedDict

from corpuscheck.cleaning.plan import {kinds}
from corpuscheck.settings import CacheKey, DocumentMode, FailOn, LayoutChoice, ModelName, Severity

Path = str | os.PathLike[str]
Texts = str | Sequence[str]'''


def main() -> None:
    """Write each table into its page, and the options."""
    TYPED.write_text(typed_options(), "utf-8", newline="\n")
    for name, (page, table) in TABLES.items():
        path = PAGES / page
        path.write_text(updated(path.read_text("utf-8"), name, table()), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
