"""Layouts: what a text turns out to be, by its first megabyte; the name is a hint.

What is certain is read so. What is only likely is told, and read as its name says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import ijson
import numpy as np
import orjson

from corpuscheck.kernels.utf8 import json_depth, no_depth
from corpuscheck.reading.formats.paths import DEEPEST
from corpuscheck.reading.formats.tables import table_in
from corpuscheck.reading.kinds import Format, Kind
from corpuscheck.reading.not_data import is_html, not_the_data
from corpuscheck.settings import DocumentMode, Reading

HEAD_BYTES = 1 << 19
"""As much of a text as is looked at; less than the first block that is read."""

NAMES: dict[Format, str] = {
    "jsonl": "JSON Lines", "json": "JSON", "csv": "CSV", "tsv": "TSV", "html": "HTML", "xml": "XML", "mbox": "mbox",
    "ipynb": "a Jupyter notebook", "warc": "WARC", "text": "plain text",
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How to read a text.

    Attributes:
        format: its format, as which it is read.
        blocks: its documents are WikiExtractor's <doc> blocks.
        front_matter: it begins with metadata between lines of `---` or `+++`.
        looks_like: what it may be, and the option that says so, where that is not certain.
        not_data: why it is no data at all.
    """

    format: Format
    blocks: bool = False
    front_matter: bool = False
    looks_like: str = ""
    not_data: str = ""

    def document(self, asked: DocumentMode) -> DocumentMode:
        return "wikiextractor" if self.blocks else asked

    def told(self, named: Format) -> str:
        """What the content says and the name does not; empty where they agree."""
        if self.blocks:
            return "WikiExtractor"
        return NAMES[self.format] if self.format != named else ""


def layout_of(head: bytes, whole: bool, kind: Kind, settings: Reading, unpacked: bool = False) -> Layout:
    """The layout of a text that begins with `head`, valid UTF-8, cut anywhere unless it is `whole`.

    `unpacked` tells that the name promises compressed data and these are not.
    """
    named = kind.format
    if settings.layout != "auto":
        return _as_asked(settings, named)
    head, whole = head[:HEAD_BYTES], whole and len(head) <= HEAD_BYTES
    if reason := not_the_data(head, whole, "json" if unpacked and named == "text" else named):
        return Layout(named, not_data=reason)
    start = _start(head)
    if start in (b"{", b"[", b'"'):
        layout = _json(head, whole, named)
        return replace(layout, looks_like=layout.looks_like or _of_python(head, layout.format))
    if named in ("json", "jsonl") and (table := table_in(head, whole)):
        return Layout(named, looks_like=f"{NAMES[table.format]}: if so, rename it to .{table.format}")
    if named != "text":
        return Layout(named)
    for looks, layout in _TEXT_LAYOUTS:
        if looks(head):
            asked = settings.document != "file" and layout.blocks
            return Layout(named) if asked else layout
    if table := table_in(head, whole):
        if table.certain and settings.document == "file":
            return Layout(table.format)
        return Layout(named, looks_like=f"{NAMES[table.format]}: if so, add --layout {table.format}")
    return Layout(named, looks_like=_likely_records(head, whole) or _likely_blocks(head, settings))


def _start(head: bytes) -> bytes:
    return head[:256].lstrip()[:1] or head.lstrip()[:1]


def _as_asked(settings: Reading, named: Format) -> Layout:
    """--layout is for files whose names do not say."""
    if named != "text" or settings.layout in ("name", "text"):
        return Layout(named)
    if settings.layout == "wikiextractor":
        return Layout(named, blocks=True)
    return Layout(settings.layout)  # type: ignore[arg-type]  # a format, as the check of settings has it


_JSON_START = re.compile(rb'\s*(?:\[\s*)*(?:\{\s*"(?:[^"\\\n]|\\.){0,200}"\s*:|\[\s*")')


def _json(head: bytes, whole: bool, named: Format) -> Layout:
    if named in ("html", "xml", "mbox", "warc"):
        return Layout(named)
    if named == "ipynb" or (b'"nbformat"' in head and b'"cells"' in head and whole and _is_notebook(head)):
        return Layout("ipynb")
    objects, others = _lines_of_json(head, whole)
    goes_on = not whole and head[head.rfind(b"\n") + 1 :].lstrip()[:1] == b"{"
    if objects and objects + goes_on > 1 and objects >= 9 * others:
        return Layout("jsonl")
    one_line = b"\n" not in head and (goes_on or _is_too_deep(head))
    if named == "jsonl" and (objects or _line_by_line(head, whole) or one_line):
        return Layout(named)
    if named == "json":
        return Layout(named)
    if named in ("csv", "tsv") and others > objects:
        return Layout(named)
    several = named == "text" and _line_by_line(head, whole)
    if _JSON_START.match(head) and not several:
        if _is_json(head, whole):
            return Layout("json")
        if named == "text":
            return Layout(named, looks_like="JSON with an error in it: if so, add --layout json or --layout jsonl")
    return _lists_or_strings(head, whole) if named == "text" else Layout(named)


def _lists_or_strings(head: bytes, whole: bool) -> Layout:
    """Lines that are JSON and no objects: strings are read where an escape shows that they are no quotations."""
    lines = _lines(head, whole, 50)
    values = [_parsed(line) for line in lines]
    if len(lines) > 1 and all(isinstance(value, str) for value in values):
        if any(b"\\" in line for line in lines):
            return Layout("jsonl")
        return Layout("text", looks_like="JSON Lines of strings: if so, add --layout jsonl")
    if len(lines) > 1 and all(isinstance(value, list) and any(isinstance(v, str) for v in value) for value in values):
        return Layout("text", looks_like="lists in JSON, one a line: write objects with a key 'text' instead")
    return Layout("text")


_PYTHON = re.compile(rb"\s*+(?:\[\s*+)?\{\s*+'(?:[^'\\\n]|\\.){1,200}'\s*+:")


def _of_python(head: bytes, form: Format) -> str:
    """Whether records were printed by Python, with its quotes."""
    if form not in ("json", "jsonl", "text") or not _PYTHON.match(head):
        return ""
    return "dictionaries of Python: if so, write them with json.dumps"


def _lines(head: bytes, whole: bool, most: int) -> list[bytes]:
    """The first lines that are whole and not blank."""
    lines = head.split(b"\n", 4 * most)
    if not whole or len(lines) > 4 * most:
        del lines[-1]
    return [line for line in lines if line and not line.isspace()][:most]


def _lines_of_json(head: bytes, whole: bool) -> tuple[int, int]:
    """How many of the first lines are JSON objects, and how many are anything else; the first one has to be one.

    Those that nest too deep tell nothing.
    """
    lines = [line for line in _lines(head, whole, 50) if not _is_too_deep(line)]
    if not lines or not _is_record(lines[0]):
        return 0, len(lines)
    records = sum(map(_is_record, lines))
    return records, len(lines) - records


def _is_too_deep(line: bytes) -> bool:
    if len(line) < DEEPEST or line.lstrip()[:1] not in (b"{", b"["):
        return False
    data = np.frombuffer(line, np.uint8).copy()
    return json_depth(data, no_depth(DEEPEST), DEEPEST) < len(data)


def _is_record(line: bytes) -> bool:
    return line.lstrip()[:1] == b"{" and isinstance(_parsed(line), dict)


def _line_by_line(head: bytes, whole: bool) -> bool:
    """Whether a file of JSON lines holds lists or strings, one a line."""
    lines = _lines(head, whole, 2)
    return len(lines) > 1 and all(_parsed(line) is not None for line in lines)


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        with suppress(ValueError, RecursionError):
            return json.loads(line)  # NaN and halves of surrogate pairs too
    return None


def _is_json(head: bytes, whole: bool) -> bool:
    """Whether all of it reads as JSON, one value or several, as far as it goes."""
    data = head if whole else head[: head.rfind(b",")]
    try:
        for _ in ijson.basic_parse(data, multiple_values=True, use_float=True):
            pass
    except ijson.IncompleteJSONError as error:
        return not whole and ("premature EOF" in str(error) or "Incomplete JSON" in str(error))
    except (ijson.JSONError, UnicodeError, ValueError):
        return False
    return True


def _is_notebook(head: bytes) -> bool:
    value = _parsed(head)
    return isinstance(value, dict) and "nbformat" in value and isinstance(value.get("cells"), list)


_WIKI_BLOCK = re.compile(rb"""\s*<doc (?=[^>\n]*\b(?:id|url|title|curid)\s*=)[^>\n]*>[ \t]*\r?\n""")
_WIKI_INSIDE = re.compile(rb"""^<doc (?:id|docid|url|title)=["'][^>\n]*>[ \t]*\r?\n""", re.MULTILINE)
_MBOX = re.compile(rb"\s*From \S+ .*\d{4}.*\r?\n(?:[!-9;-~]+:.*\r?\n(?:[ \t].*\r?\n)*){2}")
_MAIL_HEADER = re.compile(
    rb"^(?:from|to|date|subject|message-id|received|return-path|content-type|mime-version|x-gm-thrid):",
    re.IGNORECASE | re.MULTILINE,
)
_XML = re.compile(rb"\s*<\?xml\s[^>]*\?>")
_YAML = re.compile(rb"\A---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(rb"\A\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_YAML_LINE = re.compile(rb"""["']?[^\s#\-"'&*!|>%@`{}\[\],:][^:\n]{0,80}?["']?\s*:(?:\s.*)?""")
_YAML_REST = re.compile(rb"(?:[ \t]+.*|-(?:\s.*)?|#.*|[\]}].*|)")
_LARGEST_FRONT_MATTER = 1 << 16


def _is_wiki(head: bytes) -> bool:
    return bool(_WIKI_BLOCK.match(head))


def _is_mbox(head: bytes) -> bool:
    head = head[:8192]
    return head.lstrip().startswith(b"From ") and bool(_MBOX.match(head) and _MAIL_HEADER.search(head))


def front_matter(head: bytes) -> int:
    """The bytes of the metadata at the beginning of a Markdown file; 0 where there are none for certain."""
    head = head[:_LARGEST_FRONT_MATTER]
    if head.startswith(b"---") and (match := _YAML.match(head)):
        lines = match.group(1).splitlines()
        keys = sum(bool(_YAML_LINE.fullmatch(line)) for line in lines)
        sure = keys and _YAML_LINE.fullmatch(next(filter(bytes.strip, lines), b""))
        rest = all(_YAML_LINE.fullmatch(line) or _YAML_REST.fullmatch(line) for line in lines)
        return match.end() if sure and rest else 0
    if head.startswith(b"+++") and (match := _TOML.match(head)):
        return match.end() if re.search(rb"^[\w.-]+\s*=", match.group(1), re.MULTILINE) else 0
    return 0


_TEXT_LAYOUTS: tuple[tuple[Callable[[bytes], object], Layout], ...] = (
    (_is_wiki, Layout("text", blocks=True)),
    (front_matter, Layout("text", front_matter=True)),
    (_is_mbox, Layout("mbox")),
    (is_html, Layout("html")),
    (lambda head: head[:64].lstrip().startswith(b"<?xml") and _XML.match(head), Layout("xml")),
)
"""What is certain, by its first lines, in text under a name that does not say."""


def _likely_records(head: bytes, whole: bool) -> str:
    """Whether most lines are JSON, behind a first one that is not."""
    if b'\n{"' not in head[:8192]:
        return ""
    lines = _lines(head, whole, 50)
    most = sum(map(_is_record, lines)) > 0.8 * len(lines)
    return "JSON Lines: if so, add --layout jsonl" if most else ""


def _likely_blocks(head: bytes, settings: Reading) -> str:
    if settings.document == "file" and b"<doc " in head[: 1 << 16] and len(_WIKI_INSIDE.findall(head[: 1 << 16])) > 1:
        return "WikiExtractor's <doc> blocks: if so, add --document wikiextractor"
    return ""
