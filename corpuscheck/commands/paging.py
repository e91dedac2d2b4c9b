"""The pager of a terminal: which one it is, and whether it shows colours or the raw codes of them."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePath

_WITH_TEXT, _WITH_NUMBER = frozenset('DkoOpPtT"'), frozenset("bhjxyz#")
"""Options of less that take a text, to the next $ or the end, and those that take a number."""


@dataclass(frozen=True)
class Pager:
    """A command, whether it shows colours, and what its environment needs for that."""

    command: tuple[str, ...]
    colours: bool
    environment: Mapping[str, str] = field(default_factory=dict)

    def show(self, text: str) -> bool:
        """Page through the text until the user leaves. False where the pager cannot be started."""
        try:
            process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, env={**os.environ, **self.environment}, shell=False
            )
        except OSError:
            return False
        assert process.stdin
        with suppress(BrokenPipeError, KeyboardInterrupt):  # the user has seen enough
            process.stdin.write(text.encode(sys.stdout.encoding or "utf-8", "replace"))
        with suppress(BrokenPipeError):
            process.stdin.close()
        while True:
            try:
                process.wait()
                return True
            except KeyboardInterrupt:  # less takes Ctrl-C for its own purposes
                continue


def pager_of(environment: Mapping[str, str]) -> Pager | None:
    """What PAGER names, else less, else more; None where that is nothing, or the terminal cannot be paged.

    Only less is known to show colours, if it is told to with -R or -r. Where LESS is not set, it is told so; whoever
    has set LESS has decided. An empty PAGER and `cat` mean no pager.
    """
    if environment.get("TERM", "dumb") in ("dumb", "unknown", ""):
        return None
    given = environment.get("PAGER")
    for command in (["less"], ["more"]) if given is None else (_words(given),):
        found = shutil.which(command[0], path=environment.get("PATH")) if command and command != ["cat"] else None
        if found:
            return _with_colours((found, *command[1:]), environment)
    return None


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def _with_colours(command: tuple[str, ...], environment: Mapping[str, str]) -> Pager:
    """less may go by the name of pager, but by the name of more it does not read LESS."""
    name, real = PurePath(command[0]).stem, PurePath(os.path.realpath(command[0])).stem
    if name == "more" or "less" not in (name, real):
        return Pager(command, False)
    if not environment.get("LESS"):
        return Pager(command, True, {"LESS": "-R"})
    return Pager(command, raw(" ".join([environment["LESS"], *command[1:]])))


def raw(options: str) -> bool:
    """Whether less lets colours through by these options: -R or -r, also without a dash, as LESS may be."""
    found, k = False, 0
    while k < len(options):
        letter, k = options[k], k + 1
        if options.startswith("--", k - 1):
            name, k = _until(options, k + 1, " $=")
            if options[k : k + 1] == "=":
                _, k = _until(options, k, " $")
            if "raw-control-chars".startswith(name.lower()) and len(name) > 1:
                found = True
        elif options.startswith("-+", k - 1):
            off, k = _until(options, k + 1, " ")
            found = found and not {*off} & {"r", "R"}
        elif letter in "rR":
            found = True
        elif letter in _WITH_TEXT:
            _, k = _until(options, k, "$")
        elif letter in _WITH_NUMBER:
            while k < len(options) and options[k] in "0123456789.,- " and options[k : k + 2] != " -":
                k += 1
        elif letter == "+":  # a command to begin with
            _, k = _until(options, k, "$")
    return found


def _until(text: str, start: int, ends: str) -> tuple[str, int]:
    """The text from `start` to one of the `ends`, and where that is."""
    stop = min((at for end in ends if (at := text.find(end, start)) >= 0), default=len(text))
    return text[start:stop], stop
