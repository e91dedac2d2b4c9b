"""The commands about the rules themselves: rules, explain, init."""

from __future__ import annotations

from typing import Any

import click

from corpuscheck.commands.configured import configured, settings_of
from corpuscheck.commands.options import LIMITS, POLICY, READING, RUN, TOKENIZER, options
from corpuscheck.commands.printing import print_line
from corpuscheck.errors import UsageError


@click.command()
@click.option(
    "--format",
    "report_format",
    type=click.Choice(["text", "markdown"]),
    default="text",
    show_default=True,
    help="What is printed on standard output.",
)
@options(LIMITS, POLICY)
@configured
def rules(context: click.Context, /, report_format: str, **given: Any) -> None:
    """List all rules with the severities and limits in force."""
    from corpuscheck.reports.terminal.rules import render_markdown, render_rules

    settings = settings_of(context, given)
    render = render_markdown if report_format == "markdown" else render_rules
    print_line(render(settings.limits, settings.policy))


@click.command()
@click.argument("rule")
@options(LIMITS, POLICY)
@configured
def explain(context: click.Context, /, rule: str, **given: Any) -> None:
    """Say what a RULE means, why it matters, how to fix it and how to configure it."""
    from corpuscheck.reports.terminal.rules import render_rule
    from corpuscheck.rules.registry import rule_named

    settings = settings_of(context, given)
    print_line(render_rule(rule_named(rule), settings.limits, settings.policy))


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@options(READING, TOKENIZER, RUN)
@click.option("--force", is_flag=True, help="Replace a corpuscheck.toml that is there.")
def init(
    paths: tuple[str, ...],
    force: bool,
    jobs: int | None,
    quiet: bool,
    no_progress: bool,
    verbose: bool,
    **given: Any,
) -> None:
    """Write a commented corpuscheck.toml, with limits taken from the corpus as it is now."""
    from pathlib import Path

    from corpuscheck.api import run_scan
    from corpuscheck.commands.initial import initial_configuration
    from corpuscheck.commands.progress import tell, watcher
    from corpuscheck.files.urls import without_secrets
    from corpuscheck.files.writing import write_whole
    from corpuscheck.settings import CONFIGURATION_FILE, settings_from

    if Path(CONFIGURATION_FILE).exists() and not force:
        raise UsageError(f"{CONFIGURATION_FILE} is there already: --force replaces it")
    watch = watcher(not (quiet or no_progress), verbose)
    finished = run_scan(list(paths), settings_from(jobs=jobs, **given), watch, processes=True)
    shown = tuple(map(without_secrets, paths))
    write_whole(CONFIGURATION_FILE, initial_configuration(finished.result, shown, given).encode())
    if not quiet:
        tell(f"wrote {CONFIGURATION_FILE}; next: corpuscheck scan --save base.ccp")
