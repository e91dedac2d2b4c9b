"""How a command ends: with a verdict, or with one line on standard error that says why there is none."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import click

from corpuscheck.commands.printing import output_error, silence
from corpuscheck.commands.progress import tell
from corpuscheck.errors import CorpuscheckError, raised_in
from corpuscheck.files.urls import without_secrets
from corpuscheck.text.printable import printable

NO_VERDICT, INTERRUPTED, READER_GONE = 2, 130, 141
"""Exit statuses besides those of a verdict, which are 0 and 1."""

_LONGEST = 10_000
_NO_MEMORY = (
    "not enough memory: nothing was concluded. Use fewer --jobs or more memory (ulimit -v and containers limit it)"
)


class PastClickError(Exception):
    """Carries an error past click, which ends with 1 where the reader went away, and takes an EOFError for Ctrl-C."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


@contextmanager
def _past_click() -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, KeyboardInterrupt) as error:
        raise PastClickError(error) from error


class Commands(click.Group):
    """A group of commands whose errors reach `ended` as they are."""

    def make_context(self, *given: Any, **named: Any) -> click.Context:
        with _past_click():
            return super().make_context(*given, **named)

    def invoke(self, ctx: click.Context) -> Any:
        with _past_click():
            return super().invoke(ctx)


def ended(error: BaseException) -> int:
    """Say in one line why there is no verdict; gives the exit status."""
    if isinstance(error, PastClickError):
        error = error.error
    error = output_error(error) or error
    if isinstance(error, BrokenPipeError):
        silence()
        return READER_GONE
    if isinstance(error, KeyboardInterrupt | click.exceptions.Abort):
        tell("corpuscheck: interrupted, nothing was concluded")
        return INTERRUPTED
    if _wants_traceback() and not isinstance(error, CorpuscheckError | click.ClickException):
        tell(_safe("".join(traceback.format_exception(error)).rstrip("\n")))
    tell(_reason(error))
    return NO_VERDICT


def _reason(error: BaseException) -> str:
    return without_secrets(_told(error))


def _told(error: BaseException) -> str:
    if isinstance(error, click.ClickException):
        shown = StringIO()
        error.show(shown)
        return _safe(shown.getvalue().rstrip("\n"))
    if isinstance(error, CorpuscheckError):
        return f"corpuscheck: {printable(str(error), _LONGEST)}"
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and str(error) == "can't start new thread"):
        return f"corpuscheck: {_NO_MEMORY}"
    if isinstance(error, OSError) and error.strerror and not isinstance(error, io.UnsupportedOperation):
        at = f"{printable(os.fsdecode(error.filename), 300)}: " if isinstance(error.filename, str | bytes) else ""
        return f"corpuscheck: {at}{printable(error.strerror)}{_MORE}"
    return f"corpuscheck: internal error: {_named(error)}{_MORE}"


_MORE = "; run again with CORPUSCHECK_DEBUG=1 for the traceback"


def _named(error: BaseException) -> str:
    """The kind of an error, where it was raised, and what was being done."""
    message = f" ({printable(str(error), 200)})" if str(error) else ""
    notes = getattr(error, "__notes__", ()) or (f"in {raised_in(error)}",)
    return " ".join((f"{type(error).__name__}{message}", *(printable(note, 1000) for note in notes)))


def _safe(lines: str) -> str:
    return "\n".join(printable(without_secrets(line), _LONGEST) for line in lines.split("\n"))


def _wants_traceback() -> bool:
    return bool(os.environ.get("CORPUSCHECK_DEBUG")) or not {"-v", "--verbose"}.isdisjoint(sys.argv[1:])
