"""Configuration: the nearest corpuscheck.toml or [tool.corpuscheck], and where each value in force comes from."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from corpuscheck.errors import UsageError, did_you_mean
from corpuscheck.files.trust import descriptor_of, foreign, inside, open_to_all, user
from corpuscheck.files.urls import hub_name, is_url, named
from corpuscheck.settings import CONFIGURATION_FILE, OPTIONS, REPORT_FORMATS
from corpuscheck.text.printable import printable

SHARED_FILE = "pyproject.toml"
_TABLE = ("tool", "corpuscheck")
_WRITTEN = {"save", "files", "documents", "save-tokenizer", "output", "cache-dir"}
"""Keys that name what is written. A file that was found, not named, can name such places in its own folder alone."""
_PATHS = {"paths", *_WRITTEN, *(known.key for known in OPTIONS.values() if known.path)}
_LARGEST = 1 << 20
_OF_A_RULE = ("severity", "limit", "by")
_NOT_IN_A_FILE = {"help", "config", "show-config"}
_FITTING: dict[str, tuple[tuple[type, ...], str]] = {
    "boolean": ((bool,), "true or false"),
    "count": ((int, float, str), "a whole number"),
    "share": ((int, float, str), 'a share, as in "1%"'),
    "size": ((int, float, str), 'a size, as in "4GB"'),
    "size|all": ((int, float, str), 'a size, as in "16MB", or "all"'),
}
"""What a value may be in a file, by the type of its option; of any other type it is text."""


@dataclass(frozen=True)
class Configuration:
    """One file's settings. `values` are by long option name, `lines` say where each stands, rules as ``rules.CC301``.

    `path` is empty where there is no file.
    """

    path: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, key: str) -> int:
        """The line of a key, else of the table that it is in."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return self.lines.get(key, 1)

    def where(self, key: str) -> str:
        return f"{self.path}:{self.line(key)}"


@dataclass(frozen=True)
class Passed:
    """A configuration file that was found but is not obeyed, and why."""

    path: str
    reason: str


def find(start: Path) -> tuple[Path | None, tuple[Passed, ...]]:
    """The nearest configuration file that is obeyed, in `start` or a folder above it, and those that are not.

    The search ends with the root of a repository or the home folder. What another user has put there is not obeyed,
    nor what lies in a folder above that everybody can write to.
    """
    passed: list[Passed] = []
    home = os.path.realpath(os.path.expanduser("~"))
    for folder in (start, *start.parents):
        for path in (folder / CONFIGURATION_FILE, folder / SHARED_FILE):
            if not os.path.isfile(path):
                continue
            reason = _distrust(path, start)
            if path.name == SHARED_FILE and not _has_section(path, trusted=not reason):
                continue
            if not reason:
                return path, tuple(passed)
            passed.append(Passed(printable(_relative(path), 4096), reason))
        if os.path.lexists(folder / ".git") or os.path.realpath(folder) == home:
            break
    return None, tuple(passed)


def _distrust(path: Path, start: Path) -> str:
    """Why a file that was found is not obeyed; empty where it is."""
    try:
        here = os.stat(start)
        # in a container the superuser works on what belongs to the user outside
        owners = [here] if user() == 0 else []
        if foreign(os.lstat(path), *owners) or foreign(os.stat(path), *owners):
            return "another user owns it"
        if path.parent != start and open_to_all(os.stat(path.parent)):
            return "everybody can write to its folder"
        if open_to_all(os.stat(path)) and not open_to_all(here):
            return "everybody can write to it"
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _has_section(path: Path, trusted: bool) -> bool:
    """Raises UsageError for a file that cannot be read, if it would be obeyed."""
    try:
        return _section(_parsed(path)) is not None
    except UsageError:
        if trusted:
            raise
        return False


def load(path: Path, known: Iterable[str], named: bool = True) -> Configuration:
    """Read a file whose keys are long option names, ``paths`` and ``rules``. Raises UsageError for any other.

    Where it was not `named` but found, also for a place outside of its own folder that it would have written to.
    """
    shown = printable(_relative(path), 4096)
    document = _parsed(path)
    section = _section(document)
    table = section if path.name == SHARED_FILE or section is not None else document
    if not isinstance(table, dict):
        raise UsageError(f"{shown}: there is no [tool.corpuscheck] in it")
    values = {key.replace("_", "-"): value for key, value in table.items() if key != "rules"}
    lines = _lines(_text(path), table is section)
    found = Configuration(shown, values, table.get("rules", {}), lines)
    names = {*known} - _NOT_IN_A_FILE
    for key in values:
        if key not in names:
            raise UsageError(f"{found.where(key)}: unknown key '{key}'{did_you_mean(key, names)}")
    _check_rules(found)
    if not named:
        for key in sorted(_WRITTEN & values.keys()):
            _check_written(path, key, values[key], found.where(key))
    for key in _PATHS & values.keys():
        values[key] = _beside(path, values[key], f"{found.where(key)}: {key}")
    return found


def _check_rules(found: Configuration) -> None:
    if not isinstance(found.rules, dict) or not all(isinstance(table, dict) for table in found.rules.values()):
        raise UsageError(f"{found.where('rules')}: rules are tables, as in [rules.CC301]")
    for rule, table in found.rules.items():
        for key in table:
            if key not in _OF_A_RULE:
                where = found.where(f"rules.{rule}.{key}")
                raise UsageError(f"{where}: unknown key '{key}' of rule {rule}{did_you_mean(key, _OF_A_RULE)}")


def _check_written(path: Path, key: str, value: Any, where: str) -> None:
    """Raises UsageError for a place outside of the file's folder, wherever links lead, or in the folder of git."""
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str) or "\0" in item:
            continue  # is told of as what it is
        kind, equals, file = item.partition("=")
        name = file if key == "output" and equals and kind in REPORT_FORMATS else item
        if is_url(name):
            raise UsageError(
                f"{where}: {key}: {named(name, 200)} is no place in the folder of this file, which was found and not "
                f"named: give --{key} on the command line, or name the file with --config"
            )
        folder = os.path.realpath(path.parent)
        real = os.path.realpath(path.parent / name)
        if not inside(real, folder):
            raise UsageError(
                f"{where}: {key}: {printable(name, 200)} lies outside of the folder of this file, which was found and "
                f"not named: give --{key} on the command line, or name the file with --config"
            )
        if any(part.lower() == ".git" for part in real[len(folder) :].split(os.sep)):
            raise UsageError(f"{where}: {key}: {printable(name, 200)} belongs to git")


def _text(path: Path) -> str:
    with open(descriptor_of(str(path)), "rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError("too large for a configuration file")
    return data.decode("utf-8-sig")


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{printable(_relative(path), 4096)}: cannot be read ({printable(str(reason))})") from None


def _section(document: dict[str, Any]) -> Any:
    table: Any = document
    for name in _TABLE:
        table = table.get(name) if isinstance(table, dict) else None
    return table


def _beside(path: Path, value: Any, name: str) -> Any:
    """Paths in a file are meant from its folder."""
    if isinstance(value, list):
        return [_beside(path, item, name) for item in value]
    if not isinstance(value, str) or "\0" in value:
        raise UsageError(f"{name} must be {'a path' if isinstance(value, str) else 'text'}")
    kind, equals, file = value.partition("=")
    if name.endswith(": output") and equals and kind in REPORT_FORMATS:
        return f"{kind}={_beside(path, file, name)}"
    beside = path.parent / value
    on_hub = name.endswith(": tokenizer") and hub_name(value) is not None and not os.path.lexists(beside)
    return value if os.path.isabs(value) or is_url(value) or on_hub else _relative(beside)


def _relative(path: Path) -> str:
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)


_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\" -]+?)\s*=")


def _lines(text: str, shared: bool) -> dict[str, int]:
    """The line of each key and table by its full name, such as ``rules.CC301.limit``."""
    table: list[str] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _names(header[1])
            full = table
        elif key := _KEY.match(line):
            full = table + _names(key[1])
        else:
            continue
        if shared:
            full = full[len(_TABLE) :] if full[: len(_TABLE)] == list(_TABLE) else []
        name = ".".join(full) if full[:1] == ["rules"] else ".".join(full).replace("_", "-")
        lines.setdefault(name, number)
    return lines


def _names(key: str) -> list[str]:
    return [name.strip().strip('"') for name in key.split(".")]


def apply(context: click.Context, configuration: Configuration) -> None:
    """Make the file's values the defaults of a command. Raises UsageError for one that does not fit its option."""
    defaults: dict[str, Any] = {}
    reports = any(option.name == "outputs" for option in context.command.params)
    for option in context.command.params:
        key = option_key(option)
        if key not in configuration.values or (key in ("format", "output", "by") and not reports):  # of reports alone
            continue
        value = configuration.values[key]
        if key == "tokenizer" and isinstance(value, str) and _takes_many(option):  # one of several to compare
            value = [value]
        try:
            _check(option, value, context)
            defaults[option.name or ""] = value
        except click.BadParameter as error:
            raise UsageError(f"{configuration.where(key)}: {key}: {error.message}") from None
    context.default_map = {**(context.default_map or {}), **defaults}


def _takes_many(option: click.Parameter) -> bool:
    return option.multiple if isinstance(option, click.Option) else option.nargs == -1


def _check(option: click.Parameter, value: Any, context: click.Context) -> None:
    """Raises BadParameter for a value that the option could not take from a command line."""
    many = _takes_many(option)
    if many != isinstance(value, list):
        raise click.BadParameter("must be a list" if many else "must be one value, not a list")
    kinds, says = _FITTING.get(option.type.name, ((str,), "text"))
    for item in value if many else (value,):
        if not isinstance(item, kinds) or (isinstance(item, bool) and bool not in kinds):
            raise click.BadParameter(f"must be {says}")
    option.type_cast_value(context, value)


def option_key(option: click.Parameter) -> str:
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
        key = option_key(option)
        if key in _NOT_IN_A_FILE:
            continue
        source = context.get_parameter_source(option.name or "")
        if source == click.core.ParameterSource.DEFAULT_MAP:
            where = configuration.where(key)
        elif source == click.core.ParameterSource.ENVIRONMENT:
            where = f"environment, {option.envvar}"
        else:
            where = _ORIGINS.get(source, "default") if source else "default"
        rows.append((key, _shown(context.params.get(option.name or "")), where))
    for rule, table in configuration.rules.items():
        for key, value in table.items():
            name = f"rules.{rule}.{key}"
            rows.append((printable(name), _shown(value), configuration.where(name)))
    return rows


def render_origins(context: click.Context, configuration: Configuration) -> str:
    """A line for each value in force."""
    rows = origins(context, configuration)
    widths = [max(len(row[k]) for row in rows) for k in (0, 1)]
    lines = [f"{key:{widths[0]}}  {value:{min(40, widths[1])}}  {where}" for key, value, where in rows]
    return "\n".join([f"# {configuration.path or 'no configuration file'}", *lines]) + "\n"


def blamed(message: str, context: click.Context, configuration: Configuration) -> str:
    """A message that begins with the name of an option, with the line of the file that the option's value is from."""
    for option in context.command.params:
        key = option_key(option)
        from_file = context.get_parameter_source(option.name or "") == click.core.ParameterSource.DEFAULT_MAP
        if from_file and message.startswith(f"--{key} "):
            return f"{configuration.where(key)}: {message}"
    return message


def nearer(context: click.Context) -> set[str]:
    """The names of the options that were given on the command line or by the environment."""
    sources = click.core.ParameterSource.COMMANDLINE, click.core.ParameterSource.ENVIRONMENT
    return {name for name in context.params if context.get_parameter_source(name) in sources}


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value)) or "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else named(str(value), 400)
