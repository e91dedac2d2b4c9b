"""The commands for a corpus that several jobs share: survey and merge, and what scan does with a shard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from corpuscheck.commands.configured import Call, reading
from corpuscheck.commands.options import READING, RUN, SHARD, TRAINING, options
from corpuscheck.commands.progress import watcher
from corpuscheck.errors import UsageError

if TYPE_CHECKING:
    from corpuscheck.running.corpus import Watch
    from corpuscheck.settings import Settings

_OF_REPORTS = ("report_format", "outputs", "full", "files_output", "documents_output", "save_tokenizer")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", "output", required=True, metavar="FILE", help="Where the survey is saved.")
@options(SHARD, READING, TRAINING, RUN)
@reading
def survey(call: Call, /, paths: tuple[str, ...], output: str, shard: str | None) -> None:
    """Learn the tokenizer that a scan of PATH would train, for scans that share the text.

    It is the first half of a scan without --tokenizer; `scan --survey FILE` is the other one. With --shard it looks at
    one share of the text, and `merge` makes the survey from all of them.
    """
    from corpuscheck.api import survey as surveyed
    from corpuscheck.running.shares import WorkShare

    share = None if shard is None else WorkShare.parse(shard)
    surveyed(list(paths), share, call.settings(), call.watch(), processes=True).save(output)


@click.command()
@click.argument("profiles", nargs=-1, required=True)
@click.option("-o", "--output", "output", required=True, metavar="FILE", help="Where the sum is saved.")
@options(RUN)
def merge(
    profiles: tuple[str, ...], output: str, jobs: int | None, quiet: bool, no_progress: bool, verbose: bool
) -> None:
    """Add up saved PROFILES of the parts of a corpus, measured with the same tokenizer, into one.

    Of all shards of a scan it makes the profile that one scan would have saved, byte for byte; of all shards of a
    survey, the survey. Files that the shards could not settle alone are read again, so the text must be at hand.
    """
    from corpuscheck.api import merged
    from corpuscheck.settings import available_processors

    watch = watcher(not (quiet or no_progress), verbose)
    merged(profiles, jobs or available_processors(), watch).save(output)


def save_shard(
    context: click.Context, paths: list[str], shard: str, save: str | None, settings: Settings, watch: Watch
) -> None:
    """Measure one share of a corpus and save it. Raises UsageError for what a shard does not have."""
    from corpuscheck.api import scan_shard
    from corpuscheck.running.shares import WorkShare

    share = WorkShare.parse(shard)
    if not save:
        raise UsageError("--shard is for --save: a shard is saved, and merged with the others")
    for given in context.command.params:
        if given.name in _OF_REPORTS and context.get_parameter_source(str(given.name)) is ParameterSource.COMMANDLINE:
            raise UsageError(
                f"{given.opts[0]} is for the whole corpus: merge all shards, then 'corpuscheck report' on the sum"
            )
    scan_shard(paths, share, settings, watch, processes=True).save(save)
