"""The command line: parse, call, render, exit."""

from __future__ import annotations

import sys
from functools import wraps
from io import StringIO
from typing import TYPE_CHECKING, Any

import click

from corpuscheck import __version__
from corpuscheck.errors import CorpuscheckError, UsageError
from corpuscheck.feasibility.commands import compare, estimate, train
from corpuscheck.options import BASELINE, FORMATS, LIMITS, POLICY, READING, REPORT, SCAN, TOKENIZER, Command, options
from corpuscheck.printable import printable

if TYPE_CHECKING:
    from corpuscheck.api import Scan
    from corpuscheck.configuration import Configuration
    from corpuscheck.result import Result
    from corpuscheck.running.cache import CacheUse
    from corpuscheck.settings import Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="corpuscheck")
def cli() -> None:
    """Is this corpus ready to pretrain a language model on?

    Can it be read? Is there enough? Does the tokenizer see it? What has become of it since the last time?
    """


def _use_configuration(context: click.Context, _: click.Parameter, given: str | None) -> None:
    from pathlib import Path

    from corpuscheck import configuration

    path = Path(given) if given else configuration.find(Path.cwd())
    found = configuration.Configuration()
    if path:
        found = configuration.load(path, {configuration.key_of(option) for option in scan.params})
    configuration.apply(context, found)
    context.meta["configuration"] = found


def _configured(function: Command) -> Command:
    """The command takes defaults from the configuration file and from CORPUSCHECK_* variables, and can show them."""

    @click.option("--show-config", is_flag=True, help="Show each value in force and where it comes from.")
    @click.option(
        "--config", envvar="CORPUSCHECK_CONFIG", metavar="FILE", is_eager=True, expose_value=False,
        callback=_use_configuration,
        help="Configuration file. Default: the nearest corpuscheck.toml or pyproject.toml that has one.",
    )  # fmt: skip
    @click.pass_context
    @wraps(function)
    def configured(context: click.Context, /, show_config: bool, **given: Any) -> Any:
        if not show_config:
            return function(context, **given)
        from corpuscheck.configuration import render_origins

        return click.echo(render_origins(context, context.meta["configuration"]), nl=False)

    return configured


@cli.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@options(READING, TOKENIZER, BASELINE, LIMITS, POLICY, REPORT, SCAN)
@_configured
def scan(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    report_format: str,
    outputs: tuple[str, ...],
    quiet: bool,
    save: str | None,
    files_output: str | None,
    save_tokenizer: str | None,
    verbose: bool,
    no_progress: bool,
    **given: Any,
) -> None:
    """Measure the text under PATH and judge it.

    Reads text, Markdown, HTML and XML, JSON and JSON Lines, CSV and TSV, Parquet and Arrow, each also
    compressed (.gz .bz2 .xz .zst) or inside .zip and .tar. Exit status: 0 ready or caution, 1 not ready,
    2 could not check, 130 interrupted.
    """
    from corpuscheck.api import run_scan
    from corpuscheck.progress import watcher

    if not paths:
        raise UsageError("name the files and folders to scan, or set paths in corpuscheck.toml")
    settings = _settings(context, {**given, "forecast": bool(save)})
    reports = _reports(outputs)
    finished = run_scan(list(paths), settings, watcher(not (quiet or no_progress), verbose), processes=True)
    if save_tokenizer:
        from corpuscheck.tokenizer.training import save as save_artefact

        save_artefact(finished.artefact, save_tokenizer)
    _keep(finished, save, files_output)
    if finished.cache and not (quiet or no_progress):
        _tell_of_cache(finished.cache, printable(settings.cache or ""), verbose)
    _render(finished.result, report_format, reports, quiet)


@cli.command()
@click.argument("profile")
@options(BASELINE, LIMITS, POLICY, REPORT)
@_configured
def report(
    context: click.Context,
    /,
    profile: str,
    report_format: str,
    outputs: tuple[str, ...],
    quiet: bool,
    **given: Any,
) -> None:
    """Judge and render a saved PROFILE again, without reading the corpus."""
    from corpuscheck.api import report as report_on

    _render(report_on(profile, _settings(context, given)), report_format, _reports(outputs), quiet)


@cli.command()
@click.argument("base")
@click.argument("head")
@options(LIMITS, POLICY, REPORT)
@_configured
def diff(
    context: click.Context,
    /,
    base: str,
    head: str,
    report_format: str,
    outputs: tuple[str, ...],
    quiet: bool,
    **given: Any,
) -> None:
    """Judge what has become of a corpus: profile HEAD against profile BASE.

    Make HEAD with `corpuscheck scan --baseline BASE --save HEAD`, so that both have the same tokenizer.
    """
    from corpuscheck.api import report as report_on

    _render(report_on(head, _settings(context, {**given, "baseline": base})), report_format, _reports(outputs), quiet)


@cli.command()
@click.argument("profiles", nargs=-1, required=True)
@click.option("-o", "--output", "output", required=True, metavar="FILE", help="Where the sum is saved.")
def merge(profiles: tuple[str, ...], output: str) -> None:
    """Add up saved PROFILES of the parts of a corpus, measured with the same tokenizer, into one."""
    from corpuscheck.api import merge_profiles

    merge_profiles(profiles).save(output)


@cli.command()
@options(LIMITS, POLICY)
@_configured
def rules(context: click.Context, /, **given: Any) -> None:
    """List all rules with the severities and limits in force."""
    from corpuscheck.reports.rule_list import render_rules

    settings = _settings(context, given)
    click.echo(render_rules(settings.limits, settings.policy), nl=False)


@cli.command()
@click.argument("rule")
@options(LIMITS, POLICY)
@_configured
def explain(context: click.Context, /, rule: str, **given: Any) -> None:
    """Say what a RULE means, why it matters, how to fix it and how to configure it."""
    from corpuscheck.reports.rule_list import render_rule
    from corpuscheck.rules.registry import rule_named

    settings = _settings(context, given)
    click.echo(render_rule(rule_named(rule), settings.limits, settings.policy), nl=False)


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@options(READING, TOKENIZER[:1])
@click.option("--force", is_flag=True, help="Replace a corpuscheck.toml that is there.")
def init(paths: tuple[str, ...], force: bool, **given: Any) -> None:
    """Write a commented corpuscheck.toml, with limits taken from the corpus as it is now."""
    from pathlib import Path

    from corpuscheck.api import run_scan
    from corpuscheck.initial import initial_configuration
    from corpuscheck.profile.profile import write_whole
    from corpuscheck.progress import watcher
    from corpuscheck.settings import CONFIGURATION_FILE, settings_from

    if Path(CONFIGURATION_FILE).exists() and not force:
        raise UsageError(f"{CONFIGURATION_FILE} is there already: --force replaces it")
    finished = run_scan(list(paths), settings_from(**given), watcher(True, False), processes=True)
    write_whole(CONFIGURATION_FILE, initial_configuration(finished.result, paths, given).encode())
    click.echo(f"wrote {CONFIGURATION_FILE}; next: corpuscheck scan --save base.ccp", err=True)


def _settings(context: click.Context, given: dict[str, Any]) -> Settings:
    from corpuscheck.configuration import blamed, nearer
    from corpuscheck.rules.registry import in_force, policy_of
    from corpuscheck.settings import settings_from

    found: Configuration = context.meta["configuration"]
    names = ("select", "ignore", "severity", "limit", "fail_on", "strict")
    policy_options = {name: given.pop(name) for name in names}
    if "cache_dir" in given:
        given["cache"] = None if given.pop("no_cache") else given["cache_dir"]
        del given["cache_dir"]
    if given.get("jobs", 0) is None:
        del given["jobs"]
    try:
        policy = policy_of(**policy_options, configuration=found, nearer=nearer(context))
        settings = settings_from(policy=policy, **given)
        in_force(settings.limits, policy)  # limits that were given by rule must be possible ones too
        return settings
    except UsageError as error:
        raise UsageError(blamed(str(error), context, found)) from None


def _reports(outputs: tuple[str, ...]) -> list[tuple[str, str]]:
    """(format, file) of each --output; a name without a format is JSON."""
    found = []
    for output in outputs:
        name, equals, path = output.partition("=")
        found.append((name, path) if equals and name in FORMATS else ("json", output))
    return found


def _keep(finished: Scan, save: str | None, files_output: str | None) -> None:
    from corpuscheck.profile.profile import write_whole
    from corpuscheck.reports.json_report import render_files

    if save:
        finished.result.profile.save(save)
    if files_output:
        write_whole(files_output, render_files(finished.records))


def _tell_of_cache(use: CacheUse, folder: str, verbose: bool) -> None:
    from corpuscheck.rules.amounts import files, size

    if use.known or verbose:
        kept = f"; {size(use.bytes)} kept in {folder}" if verbose else ""
        damaged = f", {use.damaged:,} damaged entries ignored" if use.damaged else ""
        click.echo(f"{files(use.known)} as before, {use.read:,} read{damaged}{kept}", err=True)
    if use.trouble:
        click.echo(use.trouble, err=True)


def _render(result: Result, name: str, outputs: list[tuple[str, str]], quiet: bool) -> None:
    """Write all reports, print the one for standard output, and leave with the status of the gate."""
    from corpuscheck.profile.profile import write_whole
    from corpuscheck.reports.registry import render

    for other, path in outputs:
        write_whole(path, render(result, other))
    try:
        if name == "text":
            from corpuscheck.reports.terminal import render_terminal, terminal

            render_terminal(result, terminal(), brief=quiet)
        else:
            sys.stdout.buffer.write(render(result, name))
            sys.stdout.buffer.flush()
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
        sys.exit(141)
    except OSError as error:
        _silence_stdout()
        raise CorpuscheckError(f"the report cannot be written to standard output ({error.strerror})") from None
    sys.exit(0 if result.passed else 1)


cli.add_command(estimate)
cli.add_command(train)
cli.add_command(compare)


def main() -> None:
    """Run the command line; every known error is one line on standard error and exit status 2."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        _interrupted()
    except KeyboardInterrupt:
        _interrupted()
    except click.ClickException as error:
        shown = StringIO()
        error.show(shown)
        click.echo("\n".join(_safe(line) for line in shown.getvalue().split("\n")), err=True, nl=False)
        sys.exit(2)
    except CorpuscheckError as error:
        click.echo(f"corpuscheck: {_safe(str(error))}", err=True)
        sys.exit(2)


def _safe(message: str) -> str:
    return printable(message, 10_000)


def _interrupted() -> None:
    click.echo("corpuscheck: interrupted, nothing was concluded", err=True)
    sys.exit(130)


def _silence_stdout() -> None:
    """The reader went away; keep the interpreter from complaining when it flushes."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
