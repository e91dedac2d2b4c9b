"""One definition of an option: a field of the settings with its default, its name on the command line, and its help."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from corpuscheck.text.quantities import Notation

_KEY = "option"


@dataclass(frozen=True)
class Option:
    """How a field is asked for on the command line: ``--min-size``, and what its value is called, if it has a name;
    `short` is a second name, ``-n``.

    `default` is the one of the command line, as people write it; `reads` is what reads a number that is text; `path`
    says that it names a file or a folder.
    """

    flag: str
    value: str
    help: str
    default: Any
    reads: Notation | None
    path: bool
    short: str = ""

    @property
    def key(self) -> str:
        """Its name in a configuration file."""
        return self.flag.partition("/")[0].removeprefix("--")


def option(
    default: Any,
    flag: str = "",
    help: str = "",
    reads: Notation | None = None,
    *,
    otherwise: Any = None,
    path: bool = False,
) -> Any:
    """A field of the settings that is an option of the commands; without a flag, one that Python alone can set.

    The default is a value, a number as people write it (``"4GB"``), or a function that makes it. The commands take
    another one in its place where `otherwise` says so. A short name may stand before the flag, that of its value
    after it: ``-n --count``, ``--special TOKEN``.
    """
    *short, flag = [flag] if flag.startswith("--") or not flag else flag.split(" ", 1)
    name, _, value = flag.partition(" ")
    made = callable(default)
    metadata = {_KEY: Option(name, value, help, otherwise or (None if made else default), reads, path, *short)}
    if made:
        return field(default_factory=default, metadata=metadata)
    if reads and isinstance(default, str):
        default = reads.parse(default)
    return field(default=default, metadata=metadata)


@cache
def options_of(kind: type) -> dict[str, Option]:
    """The options among the fields of a dataclass, by the names of the fields."""
    return {one.name: one.metadata[_KEY] for one in fields(kind) if _KEY in one.metadata}
