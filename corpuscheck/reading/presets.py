"""Presets: whether a known layout was found where it was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from corpuscheck.errors import UsageError
from corpuscheck.reading.files import FileRecord
from corpuscheck.reading.layouts import NAMES
from corpuscheck.settings import PRESETS, Settings
from corpuscheck.text.printable import printable

_PLAIN = ("text", "html", "xml", "mbox", "ipynb", "warc")
_MOST_NAMED = 5


def check_preset(records: Iterable[FileRecord], settings: Settings) -> None:
    """Raises UsageError, saying what was found, where no file has the layout of the preset."""
    if settings.preset is None:
        return
    preset = PRESETS[settings.preset]
    found: Counter[str] = Counter()
    for record in records:
        fits = record.format == "text" if preset.document == "wikiextractor" else record.format not in _PLAIN
        if record.status == "measured" and record.documents and fits:
            return
        found[_told(record)] += 1
    wanted = f"no record has '{preset.text_field}'" if preset.text_field else "no file has <doc> blocks"
    named = [f"{n:,} {told}" for told, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]
    more = ", …" if len(named) > _MOST_NAMED else ""
    files = ", ".join(named[:_MOST_NAMED]) or "no files"
    raise UsageError(f"--preset {settings.preset} matches nothing: {wanted}; found: {files}{more}")


def _told(record: FileRecord) -> str:
    name = NAMES.get(record.format, record.format)  # type: ignore[call-overload]  # a record's format is a string
    return f"{name} ({printable(record.reason, 120)})" if record.reason else name
