"""The errors a user can meet: one base class, caught once, shown as one line."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches


class CorpuscheckError(Exception):
    """What happened, where, and what to do. The command line prints it and exits with 2."""


class UsageError(CorpuscheckError):
    """An option or a path that cannot be used as given."""


class NothingToScanError(CorpuscheckError):
    """The paths hold no text that could be measured."""


class TokenizerError(CorpuscheckError):
    """A tokenizer that cannot be loaded, trained or judged."""


class TextError(TokenizerError):
    """A text on which a tokenizer hangs, bursts or dies: what happened, and its number among those asked about."""

    def __init__(self, what: str, number: int) -> None:
        super().__init__(what, number)
        self.what, self.number = what, number

    def __str__(self) -> str:
        return f"{self.what}; take another tokenizer"

    def of(self, file: str) -> TokenizerError:
        """The same with the name of the file that holds the text, for a person."""
        return TokenizerError(f"{self.what}, in {file}; take another tokenizer, or leave the file out with --exclude")

    def among(self, texts: str) -> TokenizerError:
        """The same where no file is known, with what the text is one of."""
        return TokenizerError(f"{self.what}, in {texts}; take another tokenizer")


@contextmanager
def asked_about(texts: str) -> Iterator[None]:
    """A TextError that is raised within says what the tokenizer was asked about."""
    try:
        yield
    except TextError as error:
        raise error.among(texts) from None


class ProfileError(CorpuscheckError):
    """A saved profile that cannot be read, or two that cannot be merged."""


class ScanError(CorpuscheckError):
    """The scan was cut short, so its figures would be incomplete."""


def raised_in(error: BaseException) -> str:
    """Where in this package an error was raised; empty where it was not."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        package, *module = str(frame.f_globals.get("__name__")).split(".")
        if package == "corpuscheck" and module:
            return f"{'/'.join(module)}.py line {line}"
    return ""


def nothing_to_scan(reasons: Iterable[str]) -> str:
    """Why there is nothing to scan: the reasons for which files were skipped, each counted."""
    counted = Counter(reasons)
    if not counted:
        return "nothing to scan: no files here (are --include and --exclude right?)"
    named = ", ".join(f"{n:,} {reason}" for reason, n in sorted(counted.items(), key=lambda p: (-p[1], p[0])))
    return f"nothing to scan: every file was skipped ({named})"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about a name that is not known; empty where none is near, or where no name is given."""
    close = get_close_matches(name, list(known), 1) if name else ()
    return f": did you mean '{close[0]}'?" if close else ""
