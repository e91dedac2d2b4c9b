"""Commands that take their defaults from a configuration file and from the environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any

import click

from corpuscheck.commands.options import Command
from corpuscheck.commands.printing import print_conclusion, print_line
from corpuscheck.commands.progress import tell, watcher
from corpuscheck.errors import UsageError
from corpuscheck.option import options_of
from corpuscheck.settings import Policy, Reading, Settings, Training, settings_from

if TYPE_CHECKING:
    from rich.console import Console

    from corpuscheck.configuration import Configuration
    from corpuscheck.running.corpus import Watch


def _use_configuration(context: click.Context, _: click.Parameter, given: str | None) -> None:
    from pathlib import Path

    from corpuscheck import configuration

    path, passed = (Path(given), ()) if given else configuration.find(Path.cwd())
    for other in passed:
        tell(f"{other.path} is not obeyed: {other.reason}")
    found = configuration.Configuration()
    if path:
        found = configuration.load(path, _known(context), named=bool(given))
    configuration.apply(context, found)
    context.meta["configuration"] = found


def _known(context: click.Context) -> set[str]:
    """The options of scan, which are all that a file may hold."""
    from corpuscheck import configuration

    commands: dict[str, click.Command] = getattr(context.find_root().command, "commands", {})
    return {configuration.option_key(option) for option in commands.get("scan", context.command).params}


def configured(function: Command) -> Command:
    """The command takes defaults from the configuration file and from CORPUSCHECK_* variables, and can show them."""

    @click.option("--show-config", is_flag=True, help="Show each value in force and where it comes from.")
    @click.option(
        "--config", envvar="CORPUSCHECK_CONFIG", metavar="FILE", is_eager=True, expose_value=False,
        callback=_use_configuration,
        help="Configuration file. Default: the nearest corpuscheck.toml or pyproject.toml that has one, up to the root "
        "of the repository or the home folder.",
    )  # fmt: skip
    @click.pass_context
    @wraps(function)
    def command(context: click.Context, /, show_config: bool, **given: Any) -> Any:
        if not show_config:
            return function(context, **given)
        from corpuscheck.configuration import render_origins

        return print_line(render_origins(context, context.meta["configuration"]))

    return command


def settings_of(context: click.Context, given: dict[str, Any]) -> Settings:
    """The settings that the options of a command, its configuration and the environment give. Raises UsageError."""
    from corpuscheck.configuration import blamed, nearer
    from corpuscheck.rules.registry import in_force, policy_of

    found: Configuration = context.meta["configuration"]
    policy_options = {name: given.pop(name) for name in options_of(Policy)}
    if given.pop("no_cache", False):
        given["cache"] = None
    try:
        policy = policy_of(**policy_options, configuration=found, nearer=nearer(context))
        settings = settings_from(policy=policy, **given)
        in_force(settings.limits, policy)  # limits that were given by rule must be possible ones too
        return settings
    except UsageError as error:
        raise UsageError(blamed(str(error), context, found)) from None


@dataclass(frozen=True)
class Call:
    """How a command that reads text and judges nothing was called: the values of its options by their names."""

    context: click.Context
    options: Mapping[str, Any]

    @property
    def quiet(self) -> bool:
        return bool(self.options["quiet"])

    def of(self, kind: type) -> dict[str, Any]:
        """The values that are fields of a dataclass, without those that nobody has given."""
        return {one.name: self.options[one.name] for one in fields(kind) if self.options.get(one.name) is not None}

    def settings(self) -> Settings:
        """The settings that are asked for. Raises UsageError, with the line of the file that is to blame."""
        from corpuscheck.configuration import blamed

        try:
            return settings_from(**self.of(Reading), **self.of(Training), **self.of(Settings))
        except UsageError as error:
            raise UsageError(blamed(str(error), self.context, self.context.meta["configuration"])) from None

    def watch(self) -> Watch:
        return watcher(not (self.quiet or self.options["no_progress"]), self.options["verbose"])

    def print(self, documents: Mapping[str, Callable[[], bytes]], render: Callable[[Console], str]) -> None:
        """Print the answer as text or as one of the documents, and write those to files that are named."""
        print_conclusion(self.options["report_format"], self.options.get("output", ()), documents, render)


def reading(function: Command) -> Command:
    """A command that takes its options as a `Call`, but for those that it names itself."""
    own = list(signature(function).parameters)[1:]

    @configured
    @wraps(function)
    def command(context: click.Context, /, **options: Any) -> Any:
        return function(Call(context, options), **{name: options[name] for name in own})

    return command
