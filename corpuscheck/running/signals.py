"""Write a row for each document: where it is, what was found of it, and of which one it is a copy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from corpuscheck.cleaning.decisions import EXACT, NEAR, NORMALISED, Decider, Decisions
from corpuscheck.cleaning.rows import Documents, RowFile, told_of
from corpuscheck.errors import UsageError
from corpuscheck.files.spilling import fitting
from corpuscheck.files.writing import writing
from corpuscheck.kernels.arrays import Ints, RowArray
from corpuscheck.kernels.columns import PII
from corpuscheck.kernels.records import BILLION
from corpuscheck.measuring.ledger import sources_of_shared
from corpuscheck.measuring.signals import ROW, SCRIPT_NAMES, Beginning, SharedRows
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.near import BINS
from corpuscheck.reading.formats.columnar import INSTALL, available
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.running.columns import (
    Cells,
    Coded,
    Hexes,
    NumberedTexts,
    Numbers,
    Shares,
    TextTable,
    json_lines,
    parquet,
)
from corpuscheck.running.partial import Partial
from corpuscheck.running.tasks import Signals
from corpuscheck.text.printable import printable

JSON_LINES, PARQUET = ".jsonl.zst", ".parquet"
_AT_ONCE = 1 << 15

COPY_KINDS = {EXACT: "exact", NORMALISED: "normalised", NEAR: "near"}

_SHAPES = {
    "e-mail address": "pii_email_address",
    "telephone number": "pii_phone_number",
    "IPv4 address": "pii_ip_address",
    "US social security number": "pii_us_social_security_number",
}
"""Names of shapes that are not made of their own words; the first three are those of Dolma."""

_PII = tuple(_SHAPES.get(name, "pii_" + name.lower().replace(" ", "_").replace("-", "_")) for name in PII)


def _article(shape: str) -> str:
    return f"an {shape}" if shape[0].lower() in "aei" else f"a {shape}"


TEXT, NUMBER, SHARE, TEXTS = "text", "number", "share", "texts"

COLUMNS: dict[str, tuple[str, str]] = {
    "id": (TEXT, "The path and the number of the document, `path#1`; as `id` in Dolma."),
    "path": (TEXT, "Its file."),
    "document": (NUMBER, "Its number in the file, from 1."),
    "source": (TEXT, "Its source, as scan tells them apart; as `source` in Dolma."),
    "bytes": (NUMBER, "Bytes of UTF-8."),
    "hash": (TEXT, "64 bits of its text, as 16 hexadecimal digits: equal texts have equal ones."),
    "copy_of_path": (TEXT, "Where it is a copy, the file of the document that is kept: the longest, then the first."),
    "copy_of_document": (NUMBER, "The number of that one in its file."),
    "copy_kind": (TEXT, "`exact`, `normalised`: the same but for case, spaces, punctuation and marks; or `near`."),
    "rules": (TEXTS, "Ids of the rules that name it, `CC401` and after."),
    "debris_bytes": (NUMBER, "Bytes of it that are no text."),
    "script": (TEXT, "The script that most of its letters are of; `none` without letters, or `mixed`."),
    "nearest": (TEXT, "The landmark that it is nearest to, as `ko: news`; null where that cannot be told."),
    "words": (NUMBER, "Words, as the tokenizer parts them."),
    "unk_words": (NUMBER, "Words that become [UNK]."),
    "shattered_words": (NUMBER, "Words that are spelt in pieces of characters."),
    "tokens": (NUMBER, "Tokens, where they are counted: see --count-tokens; else null."),
    "ccnet_length": (NUMBER, "Characters; as in RedPajama-V2."),
    "ccnet_nlines": (NUMBER, "Lines; as in RedPajama-V2, but that lines without text do not count."),
    "rps_doc_word_count": (NUMBER, "Words between spaces; as in RedPajama-V2, but that punctuation counts too."),
    "rps_doc_curly_bracket": (SHARE, "Share of its characters that are `{` or `}`; as in RedPajama-V2."),
    **{
        name: (NUMBER, f"How often the shape of {_article(shape)} stands in it.")
        for name, shape in zip(_PII, PII, strict=True)
    },
}
"""The columns, with what each holds."""


def check_signals(path: str) -> None:
    """Raises UsageError for a file that cannot be written."""
    if not path.endswith((JSON_LINES, PARQUET)):
        raise UsageError(f"--documents {printable(path, 200)}: the name ends in {JSON_LINES} or {PARQUET}")
    if path.endswith(PARQUET) and not available():
        raise UsageError(f"--documents {printable(path, 200)}: {INSTALL}")


class _Stretch(NamedTuple):
    """Documents whose rows stand together: from row `at` of a unit on, number `first` of the corpus and after."""

    unit: str
    at: int
    first: int
    rows: int


def write_signals(path: str, measured: Partial, signals: Signals, sourcing: Sourcing, near: bool) -> None:
    """Write the rows that lie in a folder to a file. Raises CorpuscheckError."""
    folder = signals.folder
    units = [*measured.written, _SHARED]
    told = [told_of(folder, unit) for unit in measured.written]
    homes, _ = sources_of_shared(measured.split, sourcing)
    heads: dict[str, Beginning] = {}
    for one in told:
        for place, head in one["heads"].items():
            heads[place] = min(heads.get(place, head), head)
    with fitting(folder):
        _write_shared(folder, SharedRows.of(measured.split, homes, heads, signals.landmarks))
        documents = Documents.of(folder, units, ROW)
        decisions = Decider(documents, near).copies()
    sources = {key: name for one in told for key, name in one["sources"]}
    sources |= {homes[place]: name for place, name in _names_of(measured.split, sourcing).items()}
    table = _Table(documents, decisions, sources, signals.landmarks.name)
    kinds = {name: kind for name, (kind, _) in COLUMNS.items()}
    with writing(path) as file, parquet(file, kinds) if path.endswith(PARQUET) else json_lines(file) as write:
        for rows, first in _in_order(documents):
            write(table.columns(rows, first))


_SHARED = "shared"


def _write_shared(folder: str, shared: SharedRows) -> None:
    """The documents that several work units shared, as a unit of their own."""
    file, nothing = RowFile(folder, _SHARED), np.zeros((0, BINS), np.uint8)
    file.add(shared.rows, np.arange(len(shared.rows)), nothing, nothing)
    file.finish([(path, 0) for path in shared.paths])


def _names_of(paths: Mapping[str, Any], sourcing: Sourcing) -> dict[str, str]:
    """The names of the sources of files that are one document each."""
    return {path: printable(sourcing.of_path(path), LONGEST_PATH) for path in paths} if sourcing.of_files else {}


def _in_order(documents: Documents) -> Iterator[tuple[RowArray, int]]:
    """All rows in the order of the documents, some at a time, with the number of the first."""
    waiting: list[_Stretch] = []
    for one in documents.segments:
        last = waiting[-1] if waiting else None
        if last and (last.unit, last.at + last.rows) == (one.unit, one.at):
            waiting[-1] = last._replace(rows=last.rows + one.rows)
        else:
            waiting.append(_Stretch(one.unit, one.at, one.first, one.rows))
    for unit, at, first, count in waiting:
        with open(os.path.join(documents.folder, f"{unit}.rows"), "rb") as file:
            file.seek(at * ROW.itemsize)
            for done in range(0, count, _AT_ONCE):
                data = file.read(min(_AT_ONCE, count - done) * ROW.itemsize)
                yield np.frombuffer(data, ROW), first + done


class _Table:
    """The columns of documents, from their rows."""

    def __init__(
        self, documents: Documents, decisions: Decisions, sources: Mapping[int, str], landmark: Callable[[int], str]
    ) -> None:
        segments = [one for one in documents.segments if one.rows]
        self._decisions = decisions
        self._firsts = np.array([one.first for one in segments], np.int64)
        new = np.array([not k or one.path != segments[k - 1].path for k, one in enumerate(segments)], np.bool_)
        self._files = np.cumsum(new) - 1
        self._begins = self._firsts[new][self._files] if segments else self._firsts
        self._paths = TextTable(
            [printable(one.path, LONGEST_PATH) for one, first in zip(segments, new, strict=True) if first]
        )
        keys = sorted(sources)
        self._sources, self._source_keys = TextTable([sources[key] for key in keys]), np.array(keys, np.uint64)
        self._kinds, self._scripts = TextTable(list(COPY_KINDS.values())), TextTable(SCRIPT_NAMES)
        self._rules = _Names(lambda mask: [rule.id for bit, rule in enumerate(DOCUMENT_RULES) if mask >> bit & 1])
        self._landmarks = _Names(landmark)

    def columns(self, rows: RowArray, first: int) -> dict[str, Cells]:
        """Of the documents from number `first` on."""
        files, places = self._places(np.arange(first, first + len(rows)))
        why, twins = self._decisions.of(first, len(rows))
        twin_files, twin_places = self._places(twins)
        words = rows["words"]
        braces = np.rint(rows["braces"] / np.maximum(rows["characters"], 1) * BILLION).astype(np.int64)
        return {
            "id": NumberedTexts(files, self._paths, places),
            "path": Coded(files, self._paths),
            "document": Numbers(places),
            "source": Coded(np.searchsorted(self._source_keys, rows["source"]), self._sources),
            "bytes": Numbers(rows["size"]),
            "hash": Hexes(np.ascontiguousarray(rows["hash"])),
            "copy_of_path": Coded(twin_files, self._paths),
            "copy_of_document": Numbers(twin_places),
            "copy_kind": Coded(why.astype(np.int64) - EXACT, self._kinds),
            "rules": Coded(self._rules.codes(rows["rules"].astype(np.int64)), self._rules.table),
            "debris_bytes": Numbers(rows["debris"]),
            "script": Coded(rows["script"].astype(np.int64), self._scripts),
            "nearest": Coded(self._landmarks.codes(rows["landmark"].astype(np.int64)), self._landmarks.table),
            "words": Numbers(words[:, 0]),
            "unk_words": Numbers(words[:, 1]),
            "shattered_words": Numbers(words[:, 2]),
            "tokens": Numbers(np.where(words[:, 3] > 0, words[:, 3], -1)),
            "ccnet_length": Numbers(rows["characters"]),
            "ccnet_nlines": Numbers(rows["lines"]),
            "rps_doc_word_count": Numbers(rows["spaced_words"]),
            "rps_doc_curly_bracket": Shares(braces),
            **{name: Numbers(rows["shapes"][:, k].astype(np.int64)) for k, name in enumerate(_PII)},
        }

    def _places(self, numbers: Ints) -> tuple[Ints, Ints]:
        """The numbers of the files of documents, and those of the documents in them, from 1; -1 for no document."""
        of = np.searchsorted(self._firsts, np.maximum(numbers, 0), "right") - 1
        nobody = numbers < 0
        return np.where(nobody, -1, self._files[of]), np.where(nobody, -1, numbers - self._begins[of] + 1)


class _Names:
    """A table of what whole numbers stand for, made as they come; nothing below 0."""

    def __init__(self, name: Callable[[int], Any]) -> None:
        self._name, self.table = name, TextTable()
        self._known = np.full(1, -1, np.int64)

    def codes(self, numbers: Ints) -> Ints:
        """Where each stands in the table."""
        if (most := int(numbers.max(initial=0))) >= len(self._known):
            self._known = np.append(self._known, np.full(most + 1 - len(self._known), -1, np.int64))
        codes = np.where(numbers < 0, -1, self._known[numbers])
        new = numbers[(codes < 0) & (numbers >= 0)]
        if not len(new):
            return codes
        for number in np.unique(new).tolist():
            self._known[number] = len(self.table.values)
            self.table.values.append(self._name(number))
        return self.codes(numbers)
