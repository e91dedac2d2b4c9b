"""The command line: its commands, and how every one of them ends."""

from __future__ import annotations

import gc
import sys

import click

from corpuscheck._version import __version__
from corpuscheck.commands.clean import clean
from corpuscheck.commands.domain import reference
from corpuscheck.commands.ending import Commands, ended
from corpuscheck.commands.estimate import compare, estimate, train
from corpuscheck.commands.gate import diff, report, scan
from corpuscheck.commands.peek import peek
from corpuscheck.commands.printing import open_standard_streams
from corpuscheck.commands.rules import explain, init, rules
from corpuscheck.commands.sample import sample
from corpuscheck.commands.shards import merge, survey


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="corpuscheck")
def cli() -> None:
    """Is this corpus ready to pretrain a language model on?

    Can it be read? Is there enough? Does the tokenizer see it? What has become of it since the last time?
    """


for command in (
    scan, report, diff, clean, survey, merge, rules, explain, init, estimate, train, compare, reference, peek, sample,
):  # fmt: skip
    cli.add_command(command)


def main() -> None:
    """Run the command line: what is not a verdict is one line on standard error and exit status 2."""
    gc.set_threshold(100_000, 20, 20)  # tables of a million entries and no circles: looking for them is time lost
    try:
        open_standard_streams()
        status = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except BaseException as error:
        status = ended(error)
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
