"""What a person would paste, found in a sentence: commands, options, calls, and names that are given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.answers import Verbatim
from corpuscheck.text.printable import printable

_ARGUMENT = r"""
    (?: -{1,2}[A-Za-z][\w-]*(?:=[^\s,;:()]+)? | '[^']*' | > | \d+(?:\.\d+)?\b
    | [A-Z0-9][A-Z0-9_-]*…?(?:=[^\s,;:()]+)?(?!\w) )"""
_COMMAND = rf"""
    \bcorpuscheck\ (?:reference\ build\ \w+|peek|scan|report|diff|merge|rules|explain|init|estimate|train|compare)\b
        (?:\ {_ARGUMENT})*
    | \b(?:pip\ install|git\ lfs\ pull|dvc\ pull|iconv)\b (?:\ {_ARGUMENT})*
    | (?<![\w-])--(?:document|preset|hint|format)\ [a-z][\w-]*
    | (?<![\w-])--[a-z][\w-]*(?:=[^\s,;:()]+)? (?:\ (?!-){_ARGUMENT})?
    | \b[a-z_]\w*\.[a-z_]\w*\([^()]*\)
"""
"""What a person would paste: a command with its arguments, an option with its value, a call."""


def pasted(shown: str, names: Iterable[str] = ()) -> Iterator[str]:
    """The pieces of a sentence in their order, those that would be pasted as `Verbatim`."""
    known = [re.escape(printable(name, LONGEST_PATH)) for name in names]
    whole = re.compile("|".join([*sorted(known, key=len, reverse=True), _COMMAND]), re.VERBOSE)
    end = 0
    for found in whole.finditer(shown):
        yield shown[end : found.start()]
        yield Verbatim(found[0])
        end = found.end()
    yield shown[end:]
