"""The commands for before a corpus is collected: estimate, train, compare."""

from __future__ import annotations

from functools import partial
from typing import Any

import click
from click.core import ParameterSource

from corpuscheck.commands.configured import configured, reading_settings
from corpuscheck.commands.domain import compare_profiles
from corpuscheck.commands.options import (
    READING,
    RESERVED,
    RUN,
    TARGET,
    TEXT_OR_JSON,
    TOKENIZER,
    TRAINING,
    Decorator,
    Quantity,
    option,
    options,
)
from corpuscheck.commands.printing import print_conclusion, print_line
from corpuscheck.errors import UsageError
from corpuscheck.settings import Reading
from corpuscheck.text.printable import printable
from corpuscheck.text.quantities import COUNT, NUMBER, SHARE, size_in

_TEXT_OPTIONS = {
    *Reading.__dataclass_fields__, "preset", "tokenizer",
}  # fmt: skip

_OUTPUT: list[Decorator] = [
    *TEXT_OR_JSON,
    click.option("--output", metavar="FILE", help="Also write it as JSON to this file."),
]  # fmt: skip
_PLAN: list[Decorator] = [
    option("--articles", type=Quantity(COUNT), metavar="N", help="Documents that there are, where no text is at hand."),
    option("--mean-bytes", type=Quantity(size_in("kB")), metavar="SIZE", help="Their mean size."),
    option("--available", type=Quantity(COUNT), metavar="N", help="Documents that could be had in all."),
    option("--per-day", type=Quantity(NUMBER), metavar="N", help="Documents that can be collected in a day."),
    option("--usable", type=Quantity(SHARE), metavar="SHARE",
            help="Share of the text that survives cleaning, such as 80%."),
    *TARGET,
    option("--params", "parameters", type=Quantity(COUNT), metavar="N", help="A model size to feed, such as 110M."),
    option("--epochs", type=Quantity(COUNT), default=4, show_default=True,
            help="Passes over the text that you would make."),
]  # fmt: skip


@click.command()
@click.argument("paths", nargs=-1, metavar="[SAMPLE|PROFILE]")
@options(_PLAN, READING, TOKENIZER, _OUTPUT, RUN)
@configured
def estimate(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    articles: int | None,
    mean_bytes: int | None,
    available: int | None,
    per_day: float | None,
    usable: float | None,
    target_bytes: int,
    articles_per_gb: int,
    parameters: int | None,
    epochs: int,
    report_format: str,
    output: str | None,
    quiet: bool,
    no_progress: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """How much is missing, how long will it take, and what will a tokenizer lose at full size?

    From a SAMPLE of the text (files and folders), from a saved PROFILE (.ccp), or from --articles and
    --mean-bytes alone. A sample must be drawn at random: the first documents of a sorted corpus are none.
    """
    from corpuscheck.api import estimate as estimated
    from corpuscheck.commands.progress import watcher
    from corpuscheck.configuration import nearer
    from corpuscheck.estimates.estimate import Plan

    if (articles is not None or mean_bytes is not None) and "paths" not in nearer(context):
        paths = ()  # those of the configuration file are not what was asked for
    plan = Plan(target_bytes, articles_per_gb, articles, mean_bytes, available, per_day, usable, parameters, epochs)
    if not paths:
        _no_text_options(context, "plain numbers")
    elif len(paths) == 1 and paths[0].endswith(".ccp"):
        _no_text_options(context, "a saved profile")
    settings, watch = reading_settings(context, given), watcher(not (quiet or no_progress), verbose)
    told = estimated(list(paths), plan, settings, watch, processes=True)
    from corpuscheck.reports.json import estimate as estimate_json
    from corpuscheck.reports.terminal import estimate as estimate_text

    text = partial(estimate_text.render_terminal, told)
    print_conclusion(report_format, output, estimate_json.render(told), text)


def _no_text_options(context: click.Context, source: str, verb: str = "estimate from") -> None:
    """Raises UsageError for an option that says how to read or encode text, where none is read."""
    for given in context.command.params:
        about_text = given.name in _TEXT_OPTIONS
        if about_text and context.get_parameter_source(str(given.name)) is ParameterSource.COMMANDLINE:
            raise UsageError(f"{given.opts[0]} is for a sample: nothing is read to {verb} {source}")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", "folder", required=True, metavar="DIR", help="Where the tokenizer is saved.")
@options(READING, TRAINING, RESERVED, RUN)
@configured
def train(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    folder: str,
    quiet: bool,
    no_progress: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """Train the WordPiece tokenizer that this corpus should be pretrained with.

    It is made from all of the text: the alphabet from every character, longer pieces from a sample (--train-bytes, or
    all). It is judged by another one, made in the same way without a tenth of the documents, on that tenth.
    Writes tokenizer.json, vocab.txt and tokenizer_config.json, as transformers loads them, and a card.
    """
    from corpuscheck.api import train as trained
    from corpuscheck.commands.progress import watcher
    from corpuscheck.rules.tokenizer import said_of_letters
    from corpuscheck.text.amounts import percent

    settings, watch = reading_settings(context, given), watcher(not (quiet or no_progress), verbose)
    finished = trained(list(paths), folder, settings, watch, processes=True)
    if not quiet:
        judged = "nothing was held out to judge it by"
        if finished.held_out:
            lost = percent(finished.judged.held_out_unk_rate)
            judged = f"one made without the held-out {finished.unit}s loses {lost} of their words"
        print_line(
            f"{finished.artefact.vocab_size:,} pieces from all of the text, "
            f"fingerprint {finished.artefact.fingerprint}; {judged}; saved in {printable(folder, 300)}"
        )
        if settings.training.lowercase and finished.letters.characters:
            told = said_of_letters(finished.letters)
            click.echo(f"warning: --lowercase strips accents: {told}; train without it", err=True)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--tokenizer", "tokenizers", multiple=True, metavar="PATH", help="A tokenizer to compare (repeat).")
@click.option("--train", "train_one", is_flag=True, help="Also one that is trained on this text.")
@options(READING, TRAINING, _OUTPUT, RUN)
@configured
def compare(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    tokenizers: tuple[str, ...],
    train_one: bool,
    report_format: str,
    output: str | None,
    quiet: bool,
    no_progress: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """Put several tokenizers side by side on the same text, and say which one to take.

    Where every PATH is a saved profile or a reference (.ccp), these are compared instead: how far their texts are from
    each other, and which words set them apart.
    """
    from corpuscheck.api import compare_tokenizers
    from corpuscheck.commands.progress import watcher
    from corpuscheck.reports.json import comparison as comparison_json
    from corpuscheck.reports.terminal import comparison as comparison_text

    if all(path.endswith(".ccp") for path in paths):
        _no_text_options(context, "saved profiles", "compare")
        if tokenizers or train_one:
            raise UsageError("saved profiles are compared with each other: name two or more, and no tokenizers")
        compare_profiles(paths, report_format, output)
        return
    settings, watch = reading_settings(context, given), watcher(not (quiet or no_progress), verbose)
    compared = compare_tokenizers(list(paths), tokenizers, train_one, settings, watch)
    text = partial(comparison_text.render_terminal, compared)
    print_conclusion(report_format, output, comparison_json.render(compared), text)
