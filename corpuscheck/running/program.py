"""Program: which one this is. What another one measured is never mixed with what this one does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from corpuscheck.kernels import compiling


@cache
def code() -> bytes:
    """The digest of this program."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.digest()


def when_compiling(tell: Callable[[], None]) -> None:
    """Call this once when it turns out that the machine code of much of this program has to be made."""
    compiling.when_compiling(tell)
