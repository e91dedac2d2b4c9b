"""Secret: what proves that an entry of a cache was made by this user on this machine, or by whoever shares it."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import sys
from pathlib import Path

from corpuscheck.files.trust import descriptor_of, foreign
from corpuscheck.files.writing import write_new

SHARED = "CORPUSCHECK_CACHE_SECRET"
LEAST = 16
_NAME = "cache-secret"
_LENGTH = 32


class NoSecretError(Exception):
    """There is none, with the reason."""


def is_shared() -> bool:
    """Whether a cache is shared on purpose, by those who have one secret in their environment."""
    return bool(os.environ.get(SHARED))


def secret() -> bytes:
    """32 bytes: from the environment, else of this user, made when first needed. Raises NoSecretError."""
    given = os.environ.get(SHARED, "")
    if given:
        if len(given) < LEAST:
            raise NoSecretError(f"{SHARED} has fewer than {LEAST} characters")
        return hashlib.blake2b(given.encode("utf-8", "surrogateescape"), digest_size=_LENGTH).digest()
    try:
        path = _folder() / _NAME
        return _read(path) or _made(path)
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise NoSecretError(f"no secret of this user can be kept: {reason}; {SHARED} can give one") from None


def _folder() -> Path:
    """Where a user's programs keep their state."""
    if given := os.environ.get("XDG_STATE_HOME", ""):
        if os.path.isabs(given):
            return Path(given) / "corpuscheck"
    elif sys.platform == "win32" and (given := os.environ.get("LOCALAPPDATA", "")):
        return Path(given) / "corpuscheck"
    return Path.home() / ".local" / "state" / "corpuscheck"


def _read(path: Path) -> bytes:
    """Empty where there is none. Raises OSError for one that others may know or have made."""
    try:
        descriptor = descriptor_of(str(path), follow=False)
    except FileNotFoundError:
        return b""
    with open(descriptor, "rb") as file:
        status, found = os.fstat(descriptor), file.read(_LENGTH + 1)
    others = hasattr(os, "geteuid") and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if foreign(status) or others or len(found) != _LENGTH:
        raise OSError(f"{path} is not a file of {_LENGTH} bytes that this user alone can read: remove it")
    return found


def _made(path: Path) -> bytes:
    """A new one, whole when it appears; of two that are made at once one counts."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_new(path, secrets.token_bytes(_LENGTH), 0o600)
    return _read(path)
