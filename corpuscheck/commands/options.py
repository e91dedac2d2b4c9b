"""The options of the commands, in the groups in which they are shared; most are fields of the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin, get_type_hints

import click

from corpuscheck.errors import UsageError
from corpuscheck.option import Option, options_of
from corpuscheck.settings import REPORT_FORMATS, Limits, Policy, Reading, Settings, Training
from corpuscheck.text.quantities import Notation

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]


class Quantity(click.ParamType):  # type: ignore[type-arg]  # generic only in new versions of click
    """A number as people write it."""

    def __init__(self, notation: Notation) -> None:
        self.name, self._parse = notation.name, notation.parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return self._parse(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


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


def options(*groups: Sequence[Decorator]) -> Decorator:
    """All options of the groups, in their order."""

    def decorate(function: Command) -> Command:
        for add in reversed([add for group in groups for add in group]):
            function = add(function)
        return function

    return decorate


def option(*names: str, **attributes: Any) -> Decorator:
    """An option that an environment variable of its own name can set: CORPUSCHECK_MIN_SIZE for --min-size."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    return click.option(*names, envvar="CORPUSCHECK_" + long[2:].replace("-", "_").upper(), **attributes)


def fields_of(kind: type, *names: str) -> list[Decorator]:
    """The options that are fields of a kind of settings, those of these names or all."""
    hints = get_type_hints(kind)
    return [
        _of_field(name, field, hints[name])
        for name, field in options_of(kind).items()
        if field.flag and (not names or name in names)
    ]


def _of_field(name: str, field: Option, hint: Any) -> Decorator:
    attributes = {"type": Quantity(field.reads)} if field.reads else _taking(hint)
    if field.default not in (None, (), "") and field.default is not False:
        attributes |= {"default": field.default, "show_default": bool(field.default)}
    names = [*filter(None, (field.short, field.flag)), name]
    return option(*names, help=field.help, metavar=field.value or None, **attributes)


def _taking(hint: Any) -> dict[str, Any]:
    """What an option for values of a type is for click."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is bool:
        return {"is_flag": True}
    if hint is int:
        return {"type": int}
    if origin is Literal:
        return {"type": click.Choice(arguments)}
    if origin is tuple:
        return {"multiple": True}
    if origin is Mapping:
        of_rule = _taking(arguments[1]).get("type", click.STRING)
        return {"multiple": True, "type": _Assignment(of_rule)}
    return {}


_RESERVED = ("unused", "special", "model")

READING: list[Decorator] = [*fields_of(Reading), *fields_of(Settings, "preset")]
TOKENIZER = fields_of(Settings, "tokenizer", "tokenizer_pattern")
PATTERN = fields_of(Settings, "tokenizer_pattern")
SURVEY = fields_of(Settings, "survey")
TRAINING = fields_of(Training, *(options_of(Training).keys() - _RESERVED))
RESERVED = fields_of(Training, *_RESERVED)
BASELINE = fields_of(Settings, "baseline")
REFERENCE = fields_of(Settings, "references")
LIMITS = fields_of(Limits)
TARGET = fields_of(Limits, "target_bytes", "articles_per_gb")
POLICY = fields_of(Policy)
REPORT: list[Decorator] = [
    option("--format", "report_format", type=click.Choice(tuple(REPORT_FORMATS)), default="text", show_default=True,
            help="What is printed on standard output."),
    option("--output", "outputs", multiple=True, metavar="FORMAT=FILE",
            help="Also write a report to a file (repeat for several); without FORMAT= it is JSON."),
    option("--full", is_flag=True, help="Every figure in the text report, not only what matters."),
]  # fmt: skip
QUIET: list[Decorator] = [
    option("-q", "--quiet", is_flag=True,
           help="No progress and no remarks; of a judgement in text only findings and verdict."),
    option("--no-progress", is_flag=True, help="No progress display."),
]  # fmt: skip
RUN: list[Decorator] = [
    *fields_of(Settings, "jobs"),
    *QUIET,
    option("-v", "--verbose", is_flag=True, help="Say what is done at each step, and for how long."),
]  # fmt: skip
"""How a command goes about reading a corpus."""
TEXT_OR_JSON: list[Decorator] = [
    click.option("--format", "report_format", type=click.Choice(["text", "json"]), default="text", show_default=True,
                 help="What is printed on standard output."),
]  # fmt: skip
SHARD: list[Decorator] = [
    option("--shard", metavar="I/N", help="Measure the I-th of N shares of the text, for 'corpuscheck merge'."),
]
SCAN: list[Decorator] = [
    option("--save", metavar="FILE", help="Save the profile, to be compared and merged later."),
    *SHARD,
    option("--files", "files_output", metavar="FILE", help="Write one JSON line for each file found."),
    option("--documents", "documents_output", metavar="FILE",
            help="Write a row for each document, as .jsonl.zst or .parquet: what was found of it, and its twin."),
    *fields_of(Settings, "clean", "near_duplicates", "count_tokens", "by", "against", "against_fields", "cache"),
    option("--no-cache", is_flag=True, help="Read everything, keep nothing."),
    *fields_of(Settings, "cache_key", "dask", "work"),
    option("--save-tokenizer", metavar="DIR",
            help="Keep the tokenizer that judged in this folder (the train command makes one from all text)."),
]  # fmt: skip
