"""The one way in which anything becomes JSON, which has no place for the undecodable bytes of file names."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import orjson

from corpuscheck._version import __version__
from corpuscheck.text.printable import printable, without_commands

INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def versions(schema: int) -> dict[str, Any]:
    """What every document begins with: the version of its schema, and that of the program."""
    return {"schema_version": schema, "tool_version": __version__}


def json_bytes(value: Any, option: int = INDENTED) -> bytes:
    """UTF-8. What stands for an undecodable byte of a file name is written out, as in ``a\\xff.txt``."""
    try:
        return orjson.dumps(value, option=option)
    except orjson.JSONEncodeError:
        return orjson.dumps(encodable(value), option=option)


def line_bytes(value: Any) -> bytes:
    """The same on one line, without its end."""
    return json_bytes(value, 0)


def report_bytes(value: Any, option: int = INDENTED) -> bytes:
    """The same for what may be printed: what steers a terminal or a runner is escaped, and is read back as it was."""
    text = json_bytes(value, option).decode()
    steering = {ord(ch): json.dumps(ch)[1:-1] for ch in set(text) if _steers(ch)}
    return without_commands(text.translate(steering) if steering else text).encode()


def exact_bytes(value: Any) -> bytes:
    """For `exact_value` alone: names of files need not be Unicode, which only the slower of two writers takes."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return json.dumps(value).encode()


def exact_value(data: bytes) -> Any:
    """What was written down, to the last surrogate. Raises ValueError."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def _steers(ch: str) -> bool:
    """Controls, bidirectional and zero-width formatting, line and paragraph separators; line ends are the layout's."""
    return ch != "\n" and unicodedata.category(ch) in ("Cc", "Cf", "Zl", "Zp")


def encodable(value: Any) -> Any:
    """The same without lone surrogates."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub(lambda found: printable(found[0]), value)
    if isinstance(value, dict):
        return {encodable(key): encodable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encodable(item) for item in value]
    return value
