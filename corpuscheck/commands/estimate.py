"""The commands for before a corpus is collected: estimate, train, compare."""

from __future__ import annotations

from functools import partial

import click
from click.core import ParameterSource

from corpuscheck.commands.configured import Call, reading
from corpuscheck.commands.options import (
    PATTERN,
    READING,
    RESERVED,
    RUN,
    TARGET,
    TEXT_OR_JSON,
    TOKENIZER,
    TRAINING,
    Decorator,
    fields_of,
    options,
)
from corpuscheck.commands.printing import print_line
from corpuscheck.errors import UsageError
from corpuscheck.estimates.plan import Plan
from corpuscheck.settings import Reading
from corpuscheck.text.printable import printable
from corpuscheck.text.quantities import parse_count

_TEXT_OPTIONS = {
    *Reading.__dataclass_fields__, "preset", "tokenizer", "tokenizer_pattern",
}  # fmt: skip

_OUTPUT: list[Decorator] = [
    click.option("--format", "report_format", type=click.Choice(["text", "json", "html"]), default="text",
                 show_default=True, help="What is printed on standard output."),
    click.option("--output", "output", multiple=True, metavar="FORMAT=FILE",
                 help="Also write it to a file, as json or html (repeat for both); without FORMAT= it is JSON."),
]  # fmt: skip
_PLAN: list[Decorator] = [
    *fields_of(Plan, "articles", "mean_bytes", "available", "per_day", "usable"),
    *TARGET,
    *fields_of(Plan, "parameters", "epochs"),
]


@click.command()
@click.argument("paths", nargs=-1, metavar="[SAMPLE|PROFILE]")
@options(_PLAN, READING, TOKENIZER, _OUTPUT, RUN)
@reading
def estimate(call: Call, /, paths: tuple[str, ...]) -> None:
    """How much is missing, how long will it take, and what will a tokenizer lose at full size?

    From a SAMPLE of the text (files and folders), from a saved PROFILE (.ccp), or from --articles and
    --mean-bytes alone. A sample must be drawn at random: the first documents of a sorted corpus are none.
    """
    from corpuscheck.api import estimate as estimated
    from corpuscheck.configuration import nearer

    plan = Plan(**call.of(Plan))
    if (plan.articles is not None or plan.mean_bytes is not None) and "paths" not in nearer(call.context):
        paths = ()  # those of the configuration file are not what was asked for
    if not paths:
        _no_text_options(call.context, "plain numbers")
    elif len(paths) == 1 and paths[0].endswith(".ccp"):
        _no_text_options(call.context, "a saved profile")
    told = estimated(list(paths), plan, call.settings(), call.watch(), processes=True)
    from corpuscheck.reports.html import estimate as estimate_html
    from corpuscheck.reports.json import estimate as estimate_json
    from corpuscheck.reports.terminal import estimate as estimate_text

    documents = {"json": partial(estimate_json.render, told), "html": partial(estimate_html.render, told)}
    call.print(documents, partial(estimate_text.render_terminal, told))


def _no_text_options(context: click.Context, source: str, verb: str = "estimate from") -> None:
    """Raises UsageError for an option that says how to read or encode text, where none is read."""
    for given in context.command.params:
        about_text = given.name in _TEXT_OPTIONS
        if about_text and context.get_parameter_source(str(given.name)) is ParameterSource.COMMANDLINE:
            raise UsageError(f"{given.opts[0]} is for a sample: nothing is read to {verb} {source}")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", "folder", metavar="DIR", help="Where the tokenizer is saved.")
@click.option("--sweep", metavar="COUNT,COUNT,…", help="Instead, say what vocabularies of these sizes would do.")
@options(READING, TRAINING, RESERVED, TEXT_OR_JSON, RUN)
@reading
def train(call: Call, /, paths: tuple[str, ...], folder: str | None, sweep: str | None) -> None:
    """Train the tokenizer that this corpus should be pretrained with: WordPiece, or what --model says.

    It is made from all of the text: the alphabet from every character, longer pieces from a sample (--train-bytes, or
    all). It is judged by another one, made in the same way without a tenth of the documents, on that tenth.
    Writes tokenizer.json, tokenizer_config.json and for WordPiece vocab.txt, as transformers loads them, and a card.

    With --sweep 8k,16k,32k nothing is saved: a tokenizer of each size is made without the held-out tenth and judged on
    it, after one pass over the text.

    Where PATH is a survey (.ccp), or all shards of one, it is the tokenizer that was judged by in the scans that share
    the text, and there is no card.
    """
    from corpuscheck.api import save_tokenizer_of
    from corpuscheck.api import train as trained
    from corpuscheck.rules.tokenizer import said_of_letters
    from corpuscheck.text.amounts import percent

    settings = call.settings()
    if sweep is not None:
        _sweep(call, paths, sweep, folder)
        return
    if folder is None:
        raise UsageError("say where the tokenizer is saved (-o DIR), or --sweep 8k,16k,32k for what sizes would do")
    if all(path.endswith(".ccp") for path in paths):
        made = save_tokenizer_of(paths, folder, settings.jobs, call.watch())
        if not call.quiet:
            print_line(f"{made.vocab_size:,} pieces, fingerprint {made.fingerprint}; saved in {printable(folder, 300)}")
        return
    finished = trained(list(paths), folder, settings, call.watch(), processes=True)
    if not call.quiet:
        judged = "nothing was held out to judge it by"
        if finished.held_out:
            lost = percent(finished.judged.held_out_unk_rate + finished.judged.held_out_shattered_rate)
            judged = f"one made without the held-out {finished.unit}s loses {lost} of their words"
        print_line(
            f"{finished.artefact.vocab_size:,} pieces from all of the text, "
            f"fingerprint {finished.artefact.fingerprint}; {judged}; saved in {printable(folder, 300)}"
        )
        if settings.training.lowercase and finished.letters.characters:
            told = said_of_letters(finished.letters)
            click.echo(f"warning: --lowercase strips accents: {told}; train without it", err=True)


def _sweep(call: Call, paths: tuple[str, ...], sizes: str, folder: str | None) -> None:
    from corpuscheck.api import sweep
    from corpuscheck.reports.json import sweep as sweep_json
    from corpuscheck.reports.terminal import sweep as sweep_text

    if folder is not None:
        raise UsageError("--sweep saves nothing: leave out -o, and train with the --vocab-size that you choose")
    if all(path.endswith(".ccp") for path in paths):
        raise UsageError("--sweep reads text: name files or folders, and no surveys")
    counts = [parse_count(part) for part in sizes.split(",")]
    found = sweep(list(paths), counts, call.settings(), call.watch(), processes=True)
    call.print({"json": partial(sweep_json.render, found)}, partial(sweep_text.render_terminal, found))


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--tokenizer", "tokenizers", multiple=True, metavar="PATH", help="A tokenizer to compare (repeat).")
@click.option("--train", "train_one", is_flag=True, help="Also one that is trained on this text.")
@click.option("--by", "words_by", type=click.Choice(["script"]), help="Also what the words of each script take.")
@options(PATTERN, READING, TRAINING, _OUTPUT, RUN)
@reading
def compare(
    call: Call, /, paths: tuple[str, ...], tokenizers: tuple[str, ...], train_one: bool, words_by: str | None
) -> None:
    """Put several tokenizers side by side on the same text, and say which one to take.

    Where every PATH is a saved profile or a reference (.ccp), these are compared instead: how far their texts are from
    each other, and which words set them apart.
    """
    from corpuscheck.api import compare_profiles, compare_tokenizers
    from corpuscheck.reports.html import comparison as comparison_html
    from corpuscheck.reports.html import sides as sides_html
    from corpuscheck.reports.json import comparison as comparison_json
    from corpuscheck.reports.json import sides as sides_json
    from corpuscheck.reports.terminal import comparison as comparison_text
    from corpuscheck.reports.terminal import sides as sides_text

    if all(path.endswith(".ccp") for path in paths):
        _no_text_options(call.context, "saved profiles", "compare")
        if tokenizers or train_one or words_by:
            raise UsageError("saved profiles are compared with each other: name two or more, and no tokenizers")
        sides = compare_profiles(paths)
        pages = {"json": partial(sides_json.render, sides), "html": partial(sides_html.render, sides)}
        call.print(pages, partial(sides_text.render_terminal, sides))
        return
    compared = compare_tokenizers(list(paths), tokenizers, train_one, call.settings(), call.watch())
    documents = {"json": partial(comparison_json.render, compared), "html": partial(comparison_html.render, compared)}
    call.print(documents, partial(comparison_text.render_terminal, compared, by_script=words_by == "script"))
