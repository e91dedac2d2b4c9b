"""Standard output: a report as bytes or on a console, to readers that may go away and disks that may be full."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from corpuscheck.errors import CorpuscheckError
from corpuscheck.text.printable import guarded

if TYPE_CHECKING:
    from rich.console import Console


def print_bytes(report: bytes, commands: bool = False) -> None:
    """Print a finished report; only one that is made of commands to a runner may hold them."""
    if not commands:
        report = guarded(report.decode()).encode()
    with _to_standard_output():
        sys.stdout.buffer.write(report)
        sys.stdout.buffer.flush()


def print_text(render: Callable[[Console], str]) -> None:
    """Print what `render` gives for a console as wide as the terminal."""
    from corpuscheck.reports.terminal.console import terminal

    with _to_standard_output():
        console = terminal()
        console.file.write(render(console))


def outputs_of(outputs: Iterable[str], formats: Collection[str]) -> list[tuple[str, str]]:
    """(format, file) of each --output; a name without a format is JSON."""
    found = []
    for output in outputs:
        name, equals, path = output.partition("=")
        found.append((name, path) if equals and name in formats else ("json", output))
    return found


def print_conclusion(
    name: str, outputs: Iterable[str], documents: Mapping[str, Callable[[], bytes]], render: Callable[[Console], str]
) -> None:
    """Write the documents to the files that are named, and print one, or the text, by the name of the format."""
    from corpuscheck.files.writing import write_whole

    for other, path in outputs_of(outputs, documents):
        write_whole(path, documents[other]())
    if name in documents:
        print_bytes(documents[name]())
    else:
        print_text(render)


def print_paged(render: Callable[[Console], str], paged: bool) -> None:
    """Print what `render` gives for a console, with a pager where that is a terminal and too small for it."""
    from corpuscheck.commands.paging import pager_of
    from corpuscheck.reports.terminal.console import plain_terminal, terminal

    with _to_standard_output():
        console = terminal()
        pager = pager_of(os.environ) if paged and console.is_terminal and sys.stdin.isatty() else None
        if pager:
            text = render(console if pager.colours else plain_terminal(console.width))
            if text.count("\n") >= console.height and pager.show(text):
                return
        console.file.write(render(console))


def print_line(text: str) -> None:
    """Print what a command has to say; the last line ends with a line feed."""
    with _to_standard_output():
        click.echo(guarded(text.removesuffix("\n")))


@contextmanager
def _to_standard_output() -> Iterator[None]:
    """Raises CorpuscheckError where nothing can be written, BrokenPipeError where the reader went away."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence()
        raise _unwritable(error) from None


def _unwritable(error: OSError) -> CorpuscheckError:
    why = "it is closed" if isinstance(error, io.UnsupportedOperation) else error.strerror
    return CorpuscheckError(f"the report cannot be written to standard output ({why})")


def output_error(error: BaseException) -> BaseException | None:
    """What keeps standard output from taking what was printed; None where nothing does."""
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError) and _raised_in_click(error):
        silence()
        return _unwritable(error)
    try:
        sys.stdout.flush()
    except BrokenPipeError as gone:
        return gone
    except OSError as trouble:
        silence()
        return _unwritable(trouble)
    return None


def _raised_in_click(error: OSError) -> bool:
    """Click itself writes only help, the version and completions, all of them to standard output."""
    (*_, (frame, _)) = traceback.walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__")).startswith("click.")


def open_standard_streams() -> None:
    """Put something in place of standard streams that are closed, so that no other file gets their numbers.

    Writing to a closed standard output stays an error; what would go to a closed standard error is lost. A standard
    output that is open takes every character, whatever its encoding.
    """
    for name, mode in (("stdin", "r"), ("stdout", "r"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115  # the lowest number that is free
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # what its encoding does not have becomes a question mark


def silence() -> None:
    """Keep the interpreter from complaining when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
