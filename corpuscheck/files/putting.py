"""Putting: what is written to a URL, as a whole or not at all; `writing.py` is who asks for it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from corpuscheck.errors import CorpuscheckError
from corpuscheck.files.stores import Asked, reason_of, system_of
from corpuscheck.files.urls import joined, named, without_secrets

_WHOLE = frozenset((
    "abfs", "abfss", "adl", "az", "cos", "gcs", "gs", "hf", "http", "https", "memory", "obs", "oss", "s3", "s3a",
))  # fmt: skip
"""Schemes of stores in which an object appears when all of it is there."""


def put(url: str, data: bytes) -> None:
    """Write a file. Raises CorpuscheckError."""
    try:
        system, path = system_of(url)
        _put(system, path, data, Asked(without_secrets(url)))
    except (OSError, NotImplementedError) as error:
        raise CorpuscheckError(f"{named(url)}: cannot be written ({_reason(error)})") from None


def put_together(url: str, files: Mapping[str, bytes], what: str) -> None:
    """Write the files below a URL; where one fails, those before it become again what they were."""
    asked = Asked(without_secrets(url))
    system, path = system_of(url)
    before: dict[str, bytes | None] = {}
    try:
        for name, data in files.items():
            place = joined(path, name)
            before[place] = _known(system, place, asked)
            _put(system, place, data, asked)
    except BaseException as error:
        for place, old in before.items():
            with suppress(Exception):
                if old is None:
                    system.rm_file(place)
                else:
                    _put(system, place, old, asked)
        if isinstance(error, OSError | NotImplementedError):
            raise CorpuscheckError(f"{named(url)}: {what} cannot be saved there ({_reason(error)})") from None
        raise


def _known(system: Any, path: str, asked: Asked) -> bytes | None:
    try:
        data: bytes = asked(lambda: system.cat_file(path))
    except FileNotFoundError:
        return None
    return data


def _put(system: Any, path: str, data: bytes, asked: Asked) -> None:
    protocols = {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)
    if protocols & _WHOLE:
        asked(lambda: system.pipe_file(path, data))
        return
    new = f"{path}.corpuscheck-{secrets.token_hex(8)}"
    try:
        asked(lambda: system.pipe_file(new, data))
        asked(lambda: system.mv(new, path))
    finally:
        with suppress(Exception):
            system.rm_file(new)


def _reason(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or reason_of(error)
