"""Configuration: the nearest corpuscheck.toml or [tool.corpuscheck], and where each value in force comes from."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from corpuscheck.errors import UsageError
from corpuscheck.printable import printable
from corpuscheck.settings import CONFIGURATION_FILE

SHARED_FILE = "pyproject.toml"
_TABLE = ("tool", "corpuscheck")
_PATHS = {"tokenizer", "baseline", "cache-dir", "paths"}
_OF_A_RULE = ("severity", "limit")
PREFIX = "CORPUSCHECK"


@dataclass(frozen=True)
class Configuration:
    """One file's settings. `values` are by long option name, `lines` say where each stands, rules as ``rules.CC301``.

    `path` is empty where there is no file.
    """

    path: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def where(self, key: str) -> str:
        return f"{self.path}:{self.lines[key]}" if key in self.lines else self.path


def find(start: Path) -> Path | None:
    """The nearest configuration file, in `start` or a folder above it; only that one counts."""
    for folder in (start, *start.parents):
        if (folder / CONFIGURATION_FILE).is_file():
            return folder / CONFIGURATION_FILE
        shared = folder / SHARED_FILE
        if shared.is_file() and _section(_parsed(shared)) is not None:
            return shared
    return None


def load(path: Path, known: Iterable[str]) -> Configuration:
    """Read a file whose keys are long option names, ``paths`` and ``rules``. Raises UsageError for any other."""
    shown = printable(_relative(path), 4096)
    document = _parsed(path)
    table = _section(document) if path.name == SHARED_FILE else document
    if not isinstance(table, dict):
        raise UsageError(f"{shown}: there is no [tool.corpuscheck] in it")
    lines = _lines(path.read_text("utf-8", "replace"), path.name == SHARED_FILE)
    values = {key.replace("_", "-"): value for key, value in table.items() if key != "rules"}
    names = {*known, "paths"}
    for key in values:
        if key not in names:
            raise UsageError(f"{shown}:{lines.get(key, 1)}: unknown key '{printable(key)}'{_close(key, names)}")
    rules = table.get("rules", {})
    _check_rules(rules, shown, lines)
    for key in _PATHS & values.keys():
        values[key] = _beside(path, values[key], f"{shown}:{lines.get(key, 1)}: {key}")
    return Configuration(shown, values, rules, lines)


def _check_rules(rules: Any, shown: str, lines: Mapping[str, int]) -> None:
    if not isinstance(rules, dict) or not all(isinstance(table, dict) for table in rules.values()):
        raise UsageError(f"{shown}: rules are tables, as in [rules.CC301]")
    for rule, table in rules.items():
        for key in table:
            if key not in _OF_A_RULE:
                line = lines.get(f"rules.{rule}", 1)
                message = f"unknown key '{printable(key)}' of rule {printable(rule)}{_close(key, _OF_A_RULE)}"
                raise UsageError(f"{shown}:{line}: {message}")


def _close(key: str, names: Iterable[str]) -> str:
    close = get_close_matches(key, list(names), 1)
    return f": did you mean '{close[0]}'?" if close else ""


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{printable(str(path), 4096)}: cannot be read ({printable(str(reason))})") from None


def _section(document: dict[str, Any]) -> Any:
    table: Any = document
    for name in _TABLE:
        table = table.get(name) if isinstance(table, dict) else None
    return table


def _beside(path: Path, value: Any, name: str) -> Any:
    """Paths in a file are meant from its folder."""
    if isinstance(value, list):
        return [_beside(path, item, name) for item in value]
    if not isinstance(value, str):
        raise UsageError(f"{name} must be text")
    return value if os.path.isabs(value) else _relative(path.parent / value)


def _relative(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)


_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def _lines(text: str, shared: bool) -> dict[str, int]:
    """The line of each key; of a rule the line of its limit, else of its table."""
    prefix = ".".join(_TABLE)
    table = ""
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = header[1].replace('"', "").replace(" ", "")
            table = table.removeprefix(prefix).lstrip(".") if shared and table.startswith(prefix) else table
            if shared and not header[1].strip().startswith(prefix):
                table = "\0"
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            if not table:
                lines.setdefault(key[1].replace("_", "-"), number)
            elif table.startswith("rules.") and key[1] == "limit":
                lines[table] = number
    return lines


def apply(context: click.Context, configuration: Configuration) -> None:
    """Make the file's values the defaults of a command. Raises UsageError for one that does not fit its option."""
    defaults: dict[str, Any] = {}
    for option in context.command.params:
        key = key_of(option)
        if key not in configuration.values:
            continue
        value = configuration.values[key]
        try:
            defaults[option.name or ""] = _checked(option, value, context)
        except click.BadParameter as error:
            raise UsageError(f"{configuration.where(key)}: {key}: {error.message}") from None
    context.default_map = {**(context.default_map or {}), **defaults}


def _checked(option: click.Parameter, value: Any, context: click.Context) -> Any:
    many = option.multiple if isinstance(option, click.Option) else option.nargs == -1
    if many != isinstance(value, list):
        raise click.BadParameter("must be a list" if many else "must be one value, not a list")
    if isinstance(option, click.Option) and option.is_flag != isinstance(value, bool):
        raise click.BadParameter("must be true or false" if option.is_flag else "must not be true or false")
    return option.type_cast_value(context, value)


def key_of(option: click.Parameter) -> str:
    """The name of an option in a configuration file: its long name without dashes."""
    if isinstance(option, click.Argument):
        return option.name or ""
    return next((name[2:] for name in option.opts if name.startswith("--")), "")


_ORIGINS = {
    click.core.ParameterSource.COMMANDLINE: "command line",
    click.core.ParameterSource.DEFAULT: "default",
}


def origins(context: click.Context, configuration: Configuration) -> list[tuple[str, str, str]]:
    """(key, value, where it comes from) for every option of a command, then for the rules of the file."""
    rows: list[tuple[str, str, str]] = []
    for option in context.command.params:
        key = key_of(option)
        if key in ("help", "show-config", "config"):
            continue
        source = context.get_parameter_source(option.name or "")
        if source == click.core.ParameterSource.DEFAULT_MAP:
            where = configuration.where(key)
        elif source == click.core.ParameterSource.ENVIRONMENT:
            where = f"environment, {PREFIX}_{(option.name or '').upper()}"
        else:
            where = _ORIGINS.get(source, "default") if source else "default"
        rows.append((key, _shown(context.params.get(option.name or "")), where))
    for rule, table in configuration.rules.items():
        rows += [(f"rules.{rule}.{key}", _shown(v), configuration.where(f"rules.{rule}")) for key, v in table.items()]
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value)) or "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else printable(str(value), 400)
