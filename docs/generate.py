"""Write the tables of the pages that come from the code: python docs/generate.py.

A table stands between <!-- name:begin --> and <!-- name:end -->.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from corpuscheck.cli import cli
from corpuscheck.reports.rule_list import render_markdown
from corpuscheck.settings import Limits, Policy

PAGES = Path(__file__).parent


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


TABLES: dict[str, tuple[str, Callable[[], str]]] = {"options": ("options.md", options), "rules": ("rules.md", rules)}
"""What stands between the markers of a name: on which page, and what makes it."""


def updated(page: str, name: str, table: str) -> str:
    """The page with this table between its markers."""
    begin, end = f"<!-- {name}:begin -->\n", f"<!-- {name}:end -->"
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"the page needs one {begin.strip()} and one {end}")
    return re.sub(f"{begin}.*?{end}", lambda _: f"{begin}{table}\n{end}", page, flags=re.DOTALL)


def main() -> None:
    """Write each table into its page."""
    for name, (page, table) in TABLES.items():
        path = PAGES / page
        path.write_text(updated(path.read_text("utf-8"), name, table()), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
