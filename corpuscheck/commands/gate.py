"""The commands that measure and judge: scan, report, diff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from corpuscheck.commands.configured import configured, settings_of
from corpuscheck.commands.options import (
    BASELINE,
    LIMITS,
    POLICY,
    QUIET,
    READING,
    REFERENCE,
    REPORT,
    RUN,
    SCAN,
    SURVEY,
    TOKENIZER,
    TRAINING,
    options,
)  # fmt: skip
from corpuscheck.commands.printing import outputs_of, print_bytes, print_text
from corpuscheck.commands.shards import save_shard
from corpuscheck.errors import ScanError, UsageError
from corpuscheck.settings import REPORT_FORMATS
from corpuscheck.text.printable import printable

if TYPE_CHECKING:
    from corpuscheck.api import Scan
    from corpuscheck.result.result import Result
    from corpuscheck.running.cache import CacheUse


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...")
@options(READING, TOKENIZER, SURVEY, TRAINING, BASELINE, REFERENCE, LIMITS, POLICY, REPORT, SCAN, RUN)
@configured
def scan(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    report_format: str,
    outputs: tuple[str, ...],
    quiet: bool,
    full: bool,
    save: str | None,
    files_output: str | None,
    documents_output: str | None,
    save_tokenizer: str | None,
    shard: str | None,
    verbose: bool,
    no_progress: bool,
    **given: Any,
) -> int:
    """Measure the text under PATH and judge it: files, folders, and addresses such as s3://BUCKET/DATA.

    Reads text, Markdown, HTML and XML, JSON and JSON Lines, CSV and TSV, Parquet and Arrow, each also
    compressed (.gz .bz2 .xz .zst) or inside .zip and .tar. Exit status: 0 ready or caution, 1 not ready,
    2 could not check, 130 interrupted.
    """
    from corpuscheck.api import run_scan
    from corpuscheck.commands.progress import watcher

    if not paths:
        raise UsageError("name the files and folders to scan, or set paths in corpuscheck.toml")
    settings = settings_of(context, {**given, "forecast": bool(save)})
    watch = watcher(not (quiet or no_progress), verbose)
    if shard is not None:
        save_shard(context, list(paths), shard, save, settings, watch)
        return 0
    reports = outputs_of(outputs, REPORT_FORMATS)
    finished = run_scan(list(paths), settings, watch, processes=True, tolerant=True, documents=documents_output or "")
    if save_tokenizer:
        from corpuscheck.tokenizer.training import save as save_artefact

        save_artefact(finished.artefact, save_tokenizer)
    _keep(finished, None if finished.incomplete else save, files_output)
    if finished.cache and not quiet:
        _tell_of_cache(finished.cache, printable(settings.cache or ""), verbose, no_progress)
    status = _render(finished.result, report_format, reports, quiet, full)
    if finished.incomplete:
        raise ScanError(finished.incomplete)
    return status


@click.command()
@click.argument("profile")
@options(BASELINE, REFERENCE, LIMITS, POLICY, REPORT, QUIET)
@configured
def report(
    context: click.Context,
    /,
    profile: str,
    report_format: str,
    outputs: tuple[str, ...],
    quiet: bool,
    full: bool,
    no_progress: bool,
    **given: Any,
) -> int:
    """Judge and render a saved PROFILE again, without reading the corpus."""
    from corpuscheck.api import report as report_on

    return _render(
        report_on(profile, settings_of(context, given)), report_format, outputs_of(outputs, REPORT_FORMATS), quiet, full
    )


@click.command()
@click.argument("base")
@click.argument("head")
@options(REFERENCE, LIMITS, POLICY, REPORT, QUIET)
@configured
def diff(
    context: click.Context,
    /,
    base: str,
    head: str,
    report_format: str,
    outputs: tuple[str, ...],
    quiet: bool,
    full: bool,
    no_progress: bool,
    **given: Any,
) -> int:
    """Judge what has become of a corpus: profile HEAD against profile BASE.

    Make HEAD with `corpuscheck scan --baseline BASE --save HEAD`, so that both have the same tokenizer.
    """
    from corpuscheck.api import report as report_on

    return _render(
        report_on(head, settings_of(context, {**given, "baseline": base})),
        report_format,
        outputs_of(outputs, REPORT_FORMATS),
        quiet,
        full,
    )


def _keep(finished: Scan, save: str | None, files_output: str | None) -> None:
    from corpuscheck.files.writing import write_whole
    from corpuscheck.reports.json.report import render_files

    if save:
        finished.result.profile.save(save)
    if files_output:
        write_whole(files_output, render_files(finished.records))


def _tell_of_cache(use: CacheUse, folder: str, verbose: bool, trouble_alone: bool) -> None:
    from corpuscheck.commands.progress import tell
    from corpuscheck.text.amounts import files, size

    if (use.known or verbose) and not trouble_alone:
        kept = f"; {size(use.bytes)} kept in {folder}" if verbose else ""
        damaged = f", {use.damaged:,} damaged entries ignored" if use.damaged else ""
        tell(f"{files(use.known)} as before, {use.read:,} read{damaged}{kept}")
    if use.trouble:
        tell(use.trouble)


def _render(result: Result, name: str, outputs: list[tuple[str, str]], quiet: bool, full: bool) -> int:
    """Write all reports, print the one for standard output, and give the status of the gate."""
    from corpuscheck.files.writing import write_whole
    from corpuscheck.reports.registry import render

    for other, path in outputs:
        write_whole(path, render(result, other, full))
    if name == "text":
        from corpuscheck.reports.terminal.report import render_terminal

        print_text(lambda console: render_terminal(result, console, quiet, full))
    else:
        print_bytes(render(result, name), commands=name == "github")
    return 0 if result.passed else 1
