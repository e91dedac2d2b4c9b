"""The command line: parse, call, render, exit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from corpuscheck import __version__
from corpuscheck.errors import CorpuscheckError

if TYPE_CHECKING:
    from corpuscheck.api import Scan

EXIT_CODES = {"ready": 0, "caution": 0, "not_ready": 1}


class _Size(click.ParamType):  # type: ignore[type-arg]  # generic only in new versions of click
    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from corpuscheck.settings import parse_size

        if isinstance(value, int):
            return value
        try:
            return parse_size(value)
        except CorpuscheckError as error:
            self.fail(str(error), param, ctx)


SIZE = _Size()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="corpuscheck")
def cli() -> None:
    """Is this corpus ready to pretrain a language model on?

    Can it be read? Is there enough? Does the tokenizer see it?
    """


def _options(*groups: list[Callable[..., Any]]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed([option for group in groups for option in group]):
            function = option(function)
        return function

    return decorate


_READING = [
    click.option("--document", type=click.Choice(["file", "line", "blank-line", "wikiextractor"]), default="file",
                 show_default=True, help="What one document is in plain text."),
    click.option("--text-field", "text_fields", multiple=True, metavar="PATH",
                 help="Key, column or path that holds the text, such as 'document[].paragraph[].form' (repeat to "
                 "join several). Found by itself otherwise."),
    click.option("--preset", metavar="NAME",
                 help="A known layout: nikl, nikl-spoken, nikl-sentences, aihub-summary, "
                 "aihub-mrc, korquad, squad, hf, wikiextractor."),
    click.option("--skip-front-matter", is_flag=True, help="Leave out YAML front matter of plain text files."),
    click.option("--strip-markup", is_flag=True, help="Read HTML and XML without markup (needs corpuscheck[html])."),
    click.option("--encoding", metavar="CODEC", help="Read every file in this encoding instead of detecting it."),
    click.option("--hint", metavar="LANG", help="Language of files too short to tell their encoding: ko, ja, …"),
    click.option("--include", multiple=True, metavar="PATTERN", help="Only files matching this gitignore pattern."),
    click.option("--exclude", multiple=True, metavar="PATTERN", help="No files matching this gitignore pattern."),
]  # fmt: skip
_LIMITS = [
    click.option("--target", "target_bytes", type=SIZE, default="4GB", show_default=True,
                 help="The rule of thumb for enough text; 1 GB is 10⁹ bytes."),
    click.option("--articles-per-gb", type=int, default=256_000, show_default=True, help="News articles in one GB."),
    click.option("--min-size", "min_bytes", type=SIZE, default="0", help="Less text than this is an error."),
    click.option("--max-unk-rate", type=float, default=0.01, show_default=True,
                 help="A larger share of [UNK] words is an error."),
]  # fmt: skip
_TOKENIZER = [
    click.option("--tokenizer", metavar="PATH", help="tokenizer.json, vocab.txt or folder. Otherwise one is trained."),
    click.option("--vocab-size", type=int, default=32_000, show_default=True, help="Pieces of a trained tokenizer."),
    click.option("--character-coverage", type=float, default=0.9995, show_default=True,
                 help="Share of the characters that the alphabet must cover."),
    click.option("--limit-alphabet", type=int, metavar="N", help="Exactly the N most frequent characters instead."),
    click.option("--lowercase", is_flag=True, help="Lowercase and strip accents (this takes Hangul apart)."),
    click.option("--train-bytes", type=SIZE, default="16MB", show_default=True,
                 help="Text to learn longer pieces from; the alphabet always comes from all of it."),
    click.option("--save-tokenizer", metavar="DIR", help="Keep the tokenizer in this folder."),
]  # fmt: skip
_OUTPUT = [
    click.option("--format", "report_format", type=click.Choice(["text", "json"]), default="text", show_default=True,
                 help="What is printed on standard output."),
    click.option("--output", metavar="FILE", help="Also write the JSON report to this file."),
    click.option("--save", metavar="FILE", help="Save the profile, to be compared and merged later."),
    click.option("--files", "files_output", metavar="FILE", help="Write one JSON line for each file found."),
    click.option("--jobs", type=int, help="Workers. Default: the processors this process may use."),
    click.option("-q", "--quiet", is_flag=True, help="No progress, and only the verdict in the text report."),
    click.option("-v", "--verbose", is_flag=True, help="Say what is done at each step, and for how long."),
    click.option("--no-progress", is_flag=True, help="No progress display."),
]  # fmt: skip


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@_options(_READING, _TOKENIZER, _LIMITS, _OUTPUT)
def scan(
    paths: tuple[str, ...],
    report_format: str,
    output: str | None,
    save: str | None,
    files_output: str | None,
    save_tokenizer: str | None,
    quiet: bool,
    verbose: bool,
    no_progress: bool,
    **options: Any,
) -> None:
    """Measure the text under PATH and judge it.

    Reads .txt, .md and files without ending, .jsonl, .json, .csv and .tsv, each also as .gz, .bz2, .xz or
    .zst. Exit status: 0 ready or caution, 1 not ready, 2 could not check, 130 interrupted.
    """
    from corpuscheck.api import run_scan
    from corpuscheck.progress import watcher
    from corpuscheck.settings import settings_from

    if options["jobs"] is None:
        del options["jobs"]
    watch = watcher(not (quiet or no_progress), verbose)
    finished = run_scan(list(paths), settings_from(**options), watch, processes=True)
    if save_tokenizer:
        from corpuscheck.tokenizer.training import save as save_artefact

        save_artefact(finished.artefact, save_tokenizer)
    _write(finished, output, save, files_output)
    try:
        _show(finished, report_format, quiet)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
        sys.exit(141)
    except OSError as error:
        _silence_stdout()
        raise CorpuscheckError(f"the report cannot be written to standard output ({error.strerror})") from None
    sys.exit(EXIT_CODES[finished.result.verdict])


def _write(finished: Scan, output: str | None, save: str | None, files_output: str | None) -> None:
    from corpuscheck.profile.profile import write_whole
    from corpuscheck.reports.json_report import render_files, render_json

    if output:
        write_whole(output, render_json(finished.result))
    if save:
        finished.result.profile.save(save)
    if files_output:
        write_whole(files_output, render_files(finished.records))


def _show(finished: Scan, report_format: str, quiet: bool) -> None:
    if report_format == "json":
        from corpuscheck.reports.json_report import render_json

        sys.stdout.buffer.write(render_json(finished.result))
        sys.stdout.buffer.flush()
        return
    from corpuscheck.reports.terminal import render_terminal, terminal

    render_terminal(finished.result, terminal(), brief=quiet)


def main() -> None:
    """Run the command line; every known error is one line on standard error and exit status 2."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        _interrupted()
    except KeyboardInterrupt:
        _interrupted()
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except CorpuscheckError as error:
        click.echo(f"corpuscheck: {error}", err=True)
        sys.exit(2)


def _interrupted() -> None:
    click.echo("corpuscheck: interrupted, nothing was concluded", err=True)
    sys.exit(130)


def _silence_stdout() -> None:
    """The reader went away; keep the interpreter from complaining when it flushes."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
