"""The command line: its commands, and how every one of them ends."""

from __future__ import annotations

import gc
import sys
from io import StringIO

import click

from corpuscheck import __version__
from corpuscheck.commands.domain import reference
from corpuscheck.commands.feasibility import compare, estimate, train
from corpuscheck.commands.gate import diff, merge, report, scan
from corpuscheck.commands.looking import peek
from corpuscheck.commands.rules import explain, init, rules
from corpuscheck.errors import CorpuscheckError
from corpuscheck.printable import guarded, printable


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="corpuscheck")
def cli() -> None:
    """Is this corpus ready to pretrain a language model on?

    Can it be read? Is there enough? Does the tokenizer see it? What has become of it since the last time?
    """


for command in (scan, report, diff, merge, rules, explain, init, estimate, train, compare, reference, peek):
    cli.add_command(command)


def main() -> None:
    """Run the command line; every known error is one line on standard error and exit status 2."""
    gc.set_threshold(100_000, 20, 20)  # tables of a million entries and no circles: looking for them is time lost
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        _interrupted()
    except KeyboardInterrupt:
        _interrupted()
    except click.ClickException as error:
        shown = StringIO()
        error.show(shown)
        click.echo(guarded("\n".join(_safe(line) for line in shown.getvalue().split("\n"))), err=True, nl=False)
        sys.exit(2)
    except CorpuscheckError as error:
        click.echo(f"corpuscheck: {_safe(str(error))}", err=True)
        sys.exit(2)


def _safe(message: str) -> str:
    return printable(message, 10_000)


def _interrupted() -> None:
    click.echo("corpuscheck: interrupted, nothing was concluded", err=True)
    sys.exit(130)


if __name__ == "__main__":
    main()
