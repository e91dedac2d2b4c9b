"""corpuscheck: is this corpus ready to pretrain a language model on?

from corpuscheck import scan

result = scan("data", tokenizer="vocab.txt")
print(result.verdict, result.profile.words.unk_rate)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corpuscheck.profile.profile import Profile
    from corpuscheck.result import Finding, Result

__version__ = "0.1.0"
__all__ = ["Finding", "Profile", "Result", "__version__", "scan"]


def scan(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    tokenizer: str | os.PathLike[str] | None = None,
    **options: Any,
) -> Result:
    """Measure a corpus and judge it. Prints nothing.

    Args:
        paths: files and folders.
        tokenizer: a tokenizer.json, a vocab.txt or a folder; one is trained where it is left out.
        options: the fields of `corpuscheck.settings.Reading`, `Training`, `Limits` and `Settings`, such as
            ``document="line"``, ``vocab_size=16_000``, ``target_bytes=10**9``, ``jobs=1``.

    Returns:
        The result: `verdict`, `findings`, `tokenizer` (what is lost and why), `profile` (all figures).

    Raises:
        CorpuscheckError: the corpus could not be checked; the message says why and what to do.
    """
    from corpuscheck.api import run_scan
    from corpuscheck.settings import settings_from

    return run_scan(
        paths, settings_from(tokenizer=None if tokenizer is None else os.fspath(tokenizer), **options)
    ).result


def __getattr__(name: str) -> Any:
    if name == "Profile":
        from corpuscheck.profile.profile import Profile

        return Profile
    if name in ("Finding", "Result"):
        from corpuscheck import result

        return getattr(result, name)
    raise AttributeError(f"module 'corpuscheck' has no attribute '{name}'")
