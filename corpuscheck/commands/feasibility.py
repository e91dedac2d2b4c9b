"""The commands for before a corpus is collected: estimate, train, compare."""

from __future__ import annotations

import re
from typing import Any

import click
from click.core import ParameterSource

from corpuscheck.commands.domain import compare_profiles
from corpuscheck.commands.options import READING, SIZE, TOKENIZER, Option, options
from corpuscheck.commands.printing import print_bytes, print_text
from corpuscheck.errors import UsageError
from corpuscheck.printable import printable
from corpuscheck.settings import Reading

_COUNT = re.compile(r"([0-9][0-9_,]*\.?[0-9]*)\s*([kmb]?)$", re.IGNORECASE)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}


class _Parameters(click.ParamType):  # type: ignore[type-arg]  # generic only in new versions of click
    name = "count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = _COUNT.match(str(value).strip())
        if match is None:
            self.fail(f"'{value}' is not a number of parameters, such as 110M or 1.3B", param, ctx)
        return round(float(match[1].replace(",", "").replace("_", "")) * _FACTORS[match[2].lower()])


_TEXT_OPTIONS = {
    *Reading.__dataclass_fields__, "preset", "tokenizer",
}  # fmt: skip

_OUTPUT: list[Option] = [
    click.option("--format", "report_format", type=click.Choice(["text", "json"]), default="text", show_default=True,
                 help="What is printed on standard output."),
    click.option("--output", metavar="FILE", help="Also write the estimate as JSON to this file."),
    click.option("--jobs", type=int, help="Workers. Default: the processors this process may use."),
    click.option("-q", "--quiet", is_flag=True, help="No progress."),
]  # fmt: skip


@click.command(context_settings={"auto_envvar_prefix": "CORPUSCHECK"})
@click.argument("paths", nargs=-1, metavar="[SAMPLE|PROFILE]")
@click.option("--articles", type=int, metavar="N", help="Documents that there are, where no text is at hand.")
@click.option("--mean-bytes", type=SIZE, metavar="SIZE", help="Their mean size.")
@click.option("--available", type=int, metavar="N", help="Documents that could be had in all.")
@click.option("--per-day", type=float, metavar="N", help="Documents that can be collected in a day.")
@click.option("--usable", type=float, metavar="SHARE", help="Share of the text that survives cleaning, such as 0.8.")
@click.option("--target", "target_bytes", type=SIZE, default="4GB", show_default=True, help="The size aimed at.")
@click.option("--articles-per-gb", type=int, default=256_000, show_default=True, help="News articles in one GB.")
@click.option("--params", "parameters", type=_Parameters(), metavar="N", help="A model size to feed, such as 110M.")
@click.option("--epochs", type=int, default=4, show_default=True, help="Passes over the text that you would make.")
@options(READING, TOKENIZER[:1], _OUTPUT)
@click.pass_context
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
    **given: Any,
) -> None:
    """How much is missing, how long will it take, and what will a tokenizer lose at full size?

    From a SAMPLE of the text (files and folders), from a saved PROFILE (.ccp), or from --articles and
    --mean-bytes alone. A sample must be drawn at random: the first documents of a sorted corpus are none.
    """
    from corpuscheck.api import estimate as estimated
    from corpuscheck.feasibility.estimate import Plan
    from corpuscheck.profile.profile import write_whole
    from corpuscheck.progress import watcher
    from corpuscheck.settings import settings_from

    plan = Plan(target_bytes, articles_per_gb, articles, mean_bytes, available, per_day, usable, parameters, epochs)
    if not paths:
        _no_text_options(context, "plain numbers")
    elif len(paths) == 1 and paths[0].endswith(".ccp"):
        _no_text_options(context, "a saved profile")
    told = estimated(list(paths), plan, settings_from(**given), watcher(not quiet, False), processes=True)
    from corpuscheck.reports import estimate_json, estimate_text

    if output:
        write_whole(output, estimate_json.render(told))
    if report_format == "json":
        print_bytes(estimate_json.render(told))
    else:
        print_text(lambda console: estimate_text.render_terminal(told, console))


def _no_text_options(context: click.Context, source: str, verb: str = "estimate from") -> None:
    """Raises UsageError for an option that says how to read or encode text, where none is read."""
    for option in context.command.params:
        about_text = option.name in _TEXT_OPTIONS
        if about_text and context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE:
            raise UsageError(f"{option.opts[0]} is for a sample: nothing is read to {verb} {source}")


@click.command(context_settings={"auto_envvar_prefix": "CORPUSCHECK"})
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-o", "--output", "folder", required=True, metavar="DIR", help="Where the tokenizer is saved.")
@options(READING, TOKENIZER[1:-1])
@click.option("--jobs", type=int, help="Workers. Default: the processors this process may use.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def train(paths: tuple[str, ...], folder: str, quiet: bool, **given: Any) -> None:
    """Train the WordPiece tokenizer that this corpus should be pretrained with.

    The alphabet comes from all of the text, longer pieces from a sample of it (--train-bytes, or all).
    Writes tokenizer.json, vocab.txt and tokenizer_config.json, as transformers loads them, and a card.
    """
    from corpuscheck.api import train as trained
    from corpuscheck.progress import watcher
    from corpuscheck.rules.amounts import percent
    from corpuscheck.settings import settings_from

    finished = trained(list(paths), folder, settings_from(**given), watcher(not quiet, False), processes=True)
    if not quiet:
        words = finished.result.profile.words
        click.echo(
            f"{finished.artefact.vocab_size:,} pieces, fingerprint {finished.artefact.fingerprint}; "
            f"{percent(words.held_out_unk_rate)} [UNK] on held-out text; saved in {printable(folder, 300)}"
        )


@click.command(context_settings={"auto_envvar_prefix": "CORPUSCHECK"})
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--tokenizer", "tokenizers", multiple=True, metavar="PATH", help="A tokenizer to compare (repeat).")
@click.option("--train", "train_one", is_flag=True, help="Also one that is trained on this text.")
@options(READING, TOKENIZER[1:-1], _OUTPUT)
@click.pass_context
def compare(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    tokenizers: tuple[str, ...],
    train_one: bool,
    report_format: str,
    output: str | None,
    quiet: bool,
    **given: Any,
) -> None:
    """Put several tokenizers side by side on the same text, and say which one to take.

    Where every PATH is a saved profile or a reference (.ccp), these are compared instead: how far their texts are from
    each other, and which words set them apart.
    """
    from corpuscheck.api import compare_tokenizers
    from corpuscheck.profile.profile import write_whole
    from corpuscheck.progress import watcher
    from corpuscheck.reports import comparison_text
    from corpuscheck.settings import settings_from

    if all(path.endswith(".ccp") for path in paths):
        _no_text_options(context, "saved profiles", "compare")
        if tokenizers or train_one:
            raise UsageError("saved profiles are compared with each other: name two or more, and no tokenizers")
        compare_profiles(paths, report_format, output)
        return
    compared = compare_tokenizers(list(paths), tokenizers, train_one, settings_from(**given), watcher(not quiet, False))
    if output:
        write_whole(output, comparison_text.render_json(compared))
    if report_format == "json":
        print_bytes(comparison_text.render_json(compared))
    else:
        print_text(lambda console: comparison_text.render_terminal(compared, console))
