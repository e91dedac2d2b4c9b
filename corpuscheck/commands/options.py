"""The options of the commands, in the groups in which they are shared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from corpuscheck.errors import CorpuscheckError
from corpuscheck.settings import LAYOUTS, REPORT_FORMATS

Command = Callable[..., Any]
Option = Callable[[Command], Command]


class _Size(click.ParamType):  # type: ignore[type-arg]  # generic only in new versions of click
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from corpuscheck.settings import parse_size

        if isinstance(value, int) and value >= 0:
            return value
        try:
            return parse_size(str(value))
        except CorpuscheckError as error:
            self.fail(str(error), param, ctx)


class _SizeOrAll(_Size):
    name = "size|all"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from corpuscheck.settings import ALL_TEXT

        return ALL_TEXT if str(value).strip().lower() == "all" else super().convert(value, param, ctx)


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


SIZE = _Size()
SEVERITIES = ("error", "warning", "info")


def options(*groups: Sequence[Option]) -> Option:
    """All options of the groups, in their order."""

    def decorate(function: Command) -> Command:
        for option in reversed([option for group in groups for option in group]):
            function = option(function)
        return function

    return decorate


def _option(*names: str, **attributes: Any) -> Option:
    """An option that an environment variable of its own name can set: CORPUSCHECK_MIN_SIZE for --min-size."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    return click.option(*names, envvar="CORPUSCHECK_" + long[2:].replace("-", "_").upper(), **attributes)


READING: list[Option] = [
    _option("--document", type=click.Choice(["file", "line", "blank-line", "wikiextractor"]), default="file",
            show_default=True, help="What one document is in plain text."),
    _option("--layout", type=click.Choice(LAYOUTS), default="auto", show_default=True,
            help="What files are whose names do not say (.txt, .md, none); auto: their content says."),
    _option("--text-field", "text_fields", multiple=True, metavar="PATH",
            help="Key, column or path that holds the text, such as 'document[].paragraph[].form' (repeat to "
            "join several). Found by itself otherwise."),
    _option("--preset", metavar="NAME",
            help="A known layout: nikl, nikl-spoken, nikl-sentences, aihub-summary, "
            "aihub-mrc, korquad, squad, hf, wikiextractor."),
    _option("--skip-front-matter", is_flag=True, help="Leave out YAML front matter of plain text files."),
    _option("--strip-markup", is_flag=True, help="Read HTML and XML without markup (needs corpuscheck[html])."),
    _option("--encoding", metavar="CODEC", help="Read every file in this encoding instead of detecting it."),
    _option("--hint", metavar="LANG", help="Language of files too short to tell their encoding: ko, ja, …"),
    _option("--include", multiple=True, metavar="PATTERN", help="Only files matching this gitignore pattern."),
    _option("--exclude", multiple=True, metavar="PATTERN", help="No files matching this gitignore pattern."),
]  # fmt: skip
TOKENIZER: list[Option] = [
    _option("--tokenizer", metavar="PATH",
            help="tokenizer.json, vocab.txt, SentencePiece .model or folder. Otherwise one is trained."),
    _option("--vocab-size", type=int, default=32_000, show_default=True, help="Pieces of a trained tokenizer."),
    _option("--character-coverage", type=float, default=0.9995, show_default=True,
            help="Share of the characters that the alphabet must cover."),
    _option("--limit-alphabet", type=int, metavar="N", help="Exactly the N most frequent characters instead."),
    _option("--lowercase", is_flag=True, help="Lowercase and strip accents (this takes Hangul apart)."),
    _option("--train-bytes", type=_SizeOrAll(), default="16MB", show_default=True,
            help="Text to learn longer pieces from, or the word all; the alphabet always comes from all of it."),
    _option("--save-tokenizer", metavar="DIR", help="Keep the tokenizer in this folder."),
]  # fmt: skip
BASELINE: list[Option] = [
    _option("--baseline", metavar="FILE", help="Compare with this saved profile, by its own tokenizer."),
]  # fmt: skip
REFERENCE: list[Option] = [
    _option("--reference", "references", multiple=True, metavar="FILE",
            help="Compare with this general text, from 'corpuscheck reference build' (repeat for several)."),
]  # fmt: skip
LIMITS: list[Option] = [
    _option("--target", "target_bytes", type=SIZE, default="4GB", show_default=True,
            help="The rule of thumb for enough text; 1 GB is 10⁹ bytes."),
    _option("--articles-per-gb", type=int, default=256_000, show_default=True, help="News articles in one GB."),
    _option("--min-size", "min_bytes", type=SIZE, default="0", help="Less text than this is an error."),
    _option("--max-unk-rate", type=float, default=0.01, show_default=True,
            help="A larger share of [UNK] words is an error."),
    _option("--max-unk-increase", type=float, default=0.001, show_default=True,
            help="A larger rise of that share since the baseline is an error (0.001 is 0.1 points)."),
    _option("--max-shrinkage", type=float, default=0.01, show_default=True,
            help="A larger loss of text since the baseline is an error."),
]  # fmt: skip
POLICY: list[Option] = [
    _option("--select", multiple=True, metavar="RULE", help="Judge only these rules, by id, prefix or name."),
    _option("--ignore", multiple=True, metavar="RULE", help="Do not judge these rules."),
    _option("--severity", multiple=True, metavar="RULE=SEVERITY", type=_Assignment(click.Choice(SEVERITIES)),
            help="Judge a rule as error, warning or info."),
    _option("--limit", multiple=True, metavar="RULE=NUMBER", type=_Assignment(click.FLOAT),
            help="Set the limit of a rule."),
    _option("--fail-on", type=click.Choice(["error", "warning", "never"]), default="error", show_default=True,
            help="The least grave finding that gives exit status 1."),
    _option("--strict", is_flag=True, help="A rule that cannot be judged is an error."),
]  # fmt: skip
REPORT: list[Option] = [
    _option("--format", "report_format", type=click.Choice(REPORT_FORMATS), default="text", show_default=True,
            help="What is printed on standard output."),
    _option("--output", "outputs", multiple=True, metavar="FORMAT=FILE",
            help="Also write a report to a file (repeat for several); without FORMAT= it is JSON."),
    _option("--full", is_flag=True, help="Every figure in the text report, not only what matters."),
    _option("-q", "--quiet", is_flag=True, help="No progress, and only findings and verdict in the text report."),
]  # fmt: skip
SCAN: list[Option] = [
    _option("--save", metavar="FILE", help="Save the profile, to be compared and merged later."),
    _option("--files", "files_output", metavar="FILE", help="Write one JSON line for each file found."),
    _option("--clean/--no-clean", default=True, show_default=True,
            help="Look into each document for debris, copies and what is doubtful."),
    _option("--near-duplicates/--no-near-duplicates", default=True, show_default=True,
            help="Find documents that are nearly the same, and what a document repeats."),
    _option("--jobs", type=int, help="Workers. Default: the processors this process may use."),
    _option("--cache-dir", metavar="DIR", default=".corpuscheck_cache", show_default=True,
            help="Where what was measured is kept, so that only changed files are read again."),
    _option("--no-cache", is_flag=True, help="Read everything, keep nothing."),
    _option("--cache-key", type=click.Choice(["mtime", "content"]), default="mtime", show_default=True,
            help="How a changed file is known: by size and time, or by its content."),
    _option("-v", "--verbose", is_flag=True, help="Say what is done at each step, and for how long."),
    _option("--no-progress", is_flag=True, help="No progress display."),
]  # fmt: skip
