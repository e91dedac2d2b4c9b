"""The options of the commands, in the groups in which they are shared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import click

from corpuscheck.errors import UsageError
from corpuscheck.quantities import (
    LEAST_WITHOUT_UNIT,
    Parser,
    parse_count,
    parse_number,
    parse_share,
    parse_size,
    parse_size_or_all,
)
from corpuscheck.settings import LAYOUTS, REPORT_FORMATS

Command = Callable[..., Any]
Option = Callable[[Command], Command]


class Quantity(click.ParamType):  # type: ignore[type-arg]  # generic only in new versions of click
    """A number as people write it, read by one of the parsers of `corpuscheck.quantities`."""

    def __init__(self, name: str, parse: Parser) -> None:
        self.name, self._parse = name, parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._parse(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


def size_in(usual: str, least: int = LEAST_WITHOUT_UNIT) -> Quantity:
    """A size; fewer bytes than the least, without a unit, were meant in the usual one."""
    return Quantity("size", partial(parse_size, usual=usual, least=least))


COUNT = Quantity("count", parse_count)
NUMBER = Quantity("number", parse_number)
SHARE = Quantity("share", parse_share)


class _Assignment(click.ParamType):  # type: ignore[type-arg]
    """``CC301=0.02``: a rule and what it is set to, as a pair."""

    name = "rule=value"

    def __init__(self, of: click.ParamType[Any]) -> None:
        self._of = of

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Any]:
        if isinstance(value, tuple):
            return value
        rule, equals, text = str(value).partition("=")
        if not equals:
            self.fail(f"'{value}' is not RULE=VALUE, as in CC301=...", param, ctx)
        return rule.strip(), self._of.convert(text.strip(), param, ctx)


SEVERITIES = ("error", "warning", "info")


def options(*groups: Sequence[Option]) -> Option:
    """All options of the groups, in their order."""

    def decorate(function: Command) -> Command:
        for add in reversed([add for group in groups for add in group]):
            function = add(function)
        return function

    return decorate


def option(*names: str, **attributes: Any) -> Option:
    """An option that an environment variable of its own name can set: CORPUSCHECK_MIN_SIZE for --min-size."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    return click.option(*names, envvar="CORPUSCHECK_" + long[2:].replace("-", "_").upper(), **attributes)


READING: list[Option] = [
    option("--document", type=click.Choice(["file", "line", "blank-line", "wikiextractor"]), default="file",
            show_default=True, help="What one document is in plain text."),
    option("--layout", type=click.Choice(LAYOUTS), default="auto", show_default=True,
            help="What files are whose names do not say (.txt, .md, none); auto: their content says."),
    option("--text-field", "text_fields", multiple=True, metavar="PATH",
            help="Key, column or path that holds the text, such as 'document[].paragraph[].form' (repeat to "
            "join several). Found by itself otherwise."),
    option("--preset", metavar="NAME",
            help="A known layout: nikl, nikl-spoken, nikl-sentences, aihub-summary, "
            "aihub-mrc, korquad, squad, hf, wikiextractor."),
    option("--skip-front-matter", is_flag=True, help="Leave out YAML front matter of plain text files."),
    option("--strip-markup", is_flag=True, help="Read HTML and XML without markup (needs corpuscheck[html])."),
    option("--encoding", metavar="CODEC", help="Read every file in this encoding instead of detecting it."),
    option("--hint", metavar="LANG", help="Language of files too short to tell their encoding: ko, ja, …"),
    option("--include", multiple=True, metavar="PATTERN", help="Only files matching this gitignore pattern."),
    option("--exclude", multiple=True, metavar="PATTERN", help="No files matching this gitignore pattern."),
    option("--follow-links", is_flag=True, help="Follow symbolic links that lead out of PATH or to hidden files."),
]  # fmt: skip
TOKENIZER: list[Option] = [
    option("--tokenizer", metavar="PATH",
            help="tokenizer.json, vocab.txt, SentencePiece .model or folder. Otherwise one is trained."),
    option("--vocab-size", type=COUNT, default=32_000, show_default=True, help="Pieces of a trained tokenizer."),
    option("--character-coverage", type=SHARE,
            help="The fewest characters that make up this share of the text. Default: all, while there is room."),
    option("--limit-alphabet", type=COUNT, metavar="N", help="Exactly the N most frequent characters instead."),
    option("--lowercase", is_flag=True, help="Lowercase and strip accents (this takes Hangul apart)."),
    option("--train-bytes", type=Quantity("size|all", parse_size_or_all), default="16MB", show_default=True,
            help="Text to learn longer pieces from, or the word all; the alphabet always comes from all of it."),
    option("--save-tokenizer", metavar="DIR",
            help="Keep the tokenizer that judged in this folder (the train command makes one from all text)."),
]  # fmt: skip
RESERVED: list[Option] = [
    option("--unused", type=COUNT, default=0, metavar="N",
            help="Keep N places for later, as pieces [unused0], [unused1], …"),
    option("--special", multiple=True, metavar="TOKEN", help="A further special token, such as [DOC] (repeat)."),
]  # fmt: skip
BASELINE: list[Option] = [
    option("--baseline", metavar="FILE", help="Compare with this saved profile, by its own tokenizer."),
]  # fmt: skip
REFERENCE: list[Option] = [
    option("--reference", "references", multiple=True, metavar="FILE",
            help="Compare with this general text, from 'corpuscheck reference build' (repeat for several)."),
]  # fmt: skip
LIMITS: list[Option] = [
    option("--target", "target_bytes", type=size_in("GB"), default="4GB", show_default=True,
            help="The rule of thumb for enough text; 1 GB is 10⁹ bytes."),
    option("--articles-per-gb", type=COUNT, default=256_000, show_default=True, help="News articles in one GB."),
    option("--min-size", "min_bytes", type=size_in("MB"), default="0", help="Less text than this is an error."),
    option("--max-unk-rate", type=SHARE, default=0.01, show_default=True,
            help="A larger share of [UNK] words is an error."),
    option("--max-unk-increase", type=SHARE, default=0.001, show_default=True,
            help="A larger rise of that share since the baseline is an error (0.001 is 0.1 points)."),
    option("--max-shrinkage", type=SHARE, default=0.01, show_default=True,
            help="A larger loss of text since the baseline is an error."),
]  # fmt: skip
POLICY: list[Option] = [
    option("--select", multiple=True, metavar="RULE", help="Judge only these rules, by id, prefix or name."),
    option("--ignore", multiple=True, metavar="RULE", help="Do not judge these rules."),
    option("--severity", multiple=True, metavar="RULE=SEVERITY", type=_Assignment(click.Choice(SEVERITIES)),
            help="Judge a rule as error, warning or info."),
    option("--limit", multiple=True, metavar="RULE=NUMBER", type=_Assignment(click.STRING),
            help="Set the limit of a rule, such as 2% or 30k."),
    option("--fail-on", type=click.Choice(["error", "warning", "never"]), default="error", show_default=True,
            help="The least grave finding that gives exit status 1."),
    option("--strict", is_flag=True, help="A rule that cannot be judged is an error."),
]  # fmt: skip
REPORT: list[Option] = [
    option("--format", "report_format", type=click.Choice(REPORT_FORMATS), default="text", show_default=True,
            help="What is printed on standard output."),
    option("--output", "outputs", multiple=True, metavar="FORMAT=FILE",
            help="Also write a report to a file (repeat for several); without FORMAT= it is JSON."),
    option("--full", is_flag=True, help="Every figure in the text report, not only what matters."),
]  # fmt: skip
QUIET: list[Option] = [
    option("-q", "--quiet", is_flag=True,
           help="No progress and no remarks; of a judgement in text only findings and verdict."),
    option("--no-progress", is_flag=True, help="No progress display."),
]  # fmt: skip
RUN: list[Option] = [
    option("--jobs", type=COUNT, help="Workers. Default: the processors this process may use."),
    *QUIET,
    option("-v", "--verbose", is_flag=True, help="Say what is done at each step, and for how long."),
]  # fmt: skip
"""How a command goes about reading a corpus."""
TEXT_OR_JSON: list[Option] = [
    click.option("--format", "report_format", type=click.Choice(["text", "json"]), default="text", show_default=True,
                 help="What is printed on standard output."),
]  # fmt: skip
SCAN: list[Option] = [
    option("--save", metavar="FILE", help="Save the profile, to be compared and merged later."),
    option("--files", "files_output", metavar="FILE", help="Write one JSON line for each file found."),
    option("--clean/--no-clean", default=True, show_default=True,
            help="Look into each document for debris, copies and what is doubtful."),
    option("--near-duplicates/--no-near-duplicates", default=True, show_default=True,
            help="Find documents that are nearly the same, and what a document repeats."),
    option("--cache-dir", metavar="DIR", default=".corpuscheck_cache", show_default=True,
            help="Where what was measured is kept, so that only changed files are read again."),
    option("--no-cache", is_flag=True, help="Read everything, keep nothing."),
    option("--cache-key", type=click.Choice(["mtime", "content"]), default="mtime", show_default=True,
            help="How a changed file is known: by size and time, or by its content."),
]  # fmt: skip
