"""URLs: what is one, and how it is shown: without what gives access to it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from corpuscheck.text.printable import printable

_START = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:://|::)")
_LOCAL = re.compile(r"(?:file|local)://(?=/)")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+://)([^\s'\"<>]+)")
_PASSWORD = re.compile(r"^[^/?#]*@")
_PARAMETER = re.compile(r"([?&;])([^=&?#;\s'\"<>]+)=([^&#;\s'\"<>)\]]*)")
_SECRET = re.compile(
    r"x-(?:amz|goog|oss|cos|obs|ms)-.*|.*(?:token|secret|signature|passw|pwd|credential|auth|session|jwt).*"
    r"|.*(?:api|access|account)[-_]?key.*|sig|sign|key|pass|expires|policy|key-pair-id|googleaccessid|awsaccesskeyid",
    re.IGNORECASE,
)
"""Names of parameters that give access, or only make sense with those that do."""

_NAMED_USERS = ("abfs://", "abfss://", "az://", "adl://", "wasb://", "wasbs://")
"""What stands before the @ is a container there."""

_HUB = re.compile(r"(?:hf://)?(?P<name>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@(?P<revision>[\w./-]+))?/?")
_SCHEMES = ("datasets/", "spaces/", "buckets/")
NAMED_FILE = re.compile(r".*\.(?:json|txt|model|tiktoken|ccp)", re.IGNORECASE)
"""The name of a single file of those that are fetched whole."""

LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Root:
    """A URL that somebody named. `url` may hold what gives access, so it is never shown; `shown` is.

    What is below it cannot change where it is `steady`.
    """

    url: str = field(repr=False)
    shown: str
    steady: bool = False


def is_url(path: str) -> bool:
    """Whether a path that somebody named is a URL. A local file or folder of that name comes first."""
    return bool(_START.match(path)) and not _LOCAL.match(path) and not os.path.lexists(path)


def local(path: str) -> str:
    """A path on this machine as such, where it is written as a URL."""
    match = _LOCAL.match(path)
    return path[match.end() :] if match and not os.path.lexists(path) else path


def hub_name(path: str) -> tuple[str, str | None] | None:
    """The name on the Hub and the revision that a path stands for; None where it stands for something else.

    What is there on this machine comes first.
    """
    found = _HUB.fullmatch(path)
    if not found or os.path.lexists(path) or found["name"].startswith(_SCHEMES) or NAMED_FILE.fullmatch(found["name"]):
        return None
    return found["name"], found["revision"]


def joined(url: str, name: str) -> str:
    """The URL of what has this name below another one."""
    return f"{url.rstrip('/')}/{name}" if name else url


def named(path: str, limit: int = LONGEST) -> str:
    """A path or a URL that somebody named, for a person."""
    return printable(without_secrets(path), limit)


def without_secrets(text: str) -> str:
    """A text without passwords and signatures in the URLs in it."""
    if "://" in text:
        text = _URL.sub(lambda found: found[1] + _without_user(found[1], found[2]), text)
    return _without_parameters(text) if "=" in text else text


def _without_user(scheme: str, rest: str) -> str:
    user = _PASSWORD.match(rest)
    if user is None or scheme.lower() in _NAMED_USERS:
        return rest
    secret = ":" in user[0] or scheme.lower() in ("http://", "https://", "ftp://", "ftps://")
    return rest[user.end() :] if secret else rest


def _without_parameters(text: str) -> str:
    parts: list[str] = []
    at, first = 0, ""
    for found in _PARAMETER.finditer(text):
        between = text[at : found.start()]
        parts.append(between)
        if between or found[1] == "?":
            first = ""  # of another URL
        if _SECRET.fullmatch(found[2]):
            first = first or found[1]
        else:
            parts.append((first or found[1]) + found[0][1:])
            first = ""
        at = found.end()
    return "".join((*parts, text[at:]))
