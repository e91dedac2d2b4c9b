"""Kept: what was measured, in files: plain values, a head that is soon read and a body. No two versions share them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from typing import Any, BinaryIO

import zstandard

from corpuscheck.errors import CorpuscheckError, ProfileError
from corpuscheck.files.writing import write_whole
from corpuscheck.profile.profile import decompressed
from corpuscheck.running.folding import Fold
from corpuscheck.running.partial import Partial
from corpuscheck.settings import Budgets, Reading, Settings, Training
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact, remarks_of, remarks_text
from corpuscheck.tokenizer.ranking import Ranking
from corpuscheck.values.fitting import fitted
from corpuscheck.values.json_text import exact_bytes, exact_value

_LARGEST_HEAD, _LARGEST = 1 << 30, 1 << 33
_LENGTH = 8
_PLAIN = ("clean", "near_duplicates", "forecast", "preset", "by", "count_tokens", "against", "against_fields")
"""Of the settings, besides those of reading, training and budgets: what figures depend on."""


def magic(kind: str) -> bytes:
    """How a file of this kind begins."""
    return f"corpuscheck {kind}\n".encode()


@contextmanager
def damaged(name: str) -> Iterator[None]:
    """Raises ProfileError for whatever is raised by values that are not what they should be."""
    try:
        yield
    except ProfileError:
        raise
    except (
        zstandard.ZstdError, CorpuscheckError, ValueError, LookupError, TypeError, AttributeError, OverflowError,
    ) as error:  # fmt: skip
        raise ProfileError(f"{name}: damaged ({printable(str(error), 200)})") from None


def write_kept(path: str, kind: str, head: Any, body: Any) -> None:
    """Write the file as a whole or not at all. Raises CorpuscheckError."""
    first = _packed(head)
    write_whole(path, magic(kind) + len(first).to_bytes(_LENGTH, "big") + first + _packed(body))


def kind_of(path: str) -> str:
    """The kind of a file of ours; empty for any other, and for one that cannot be read."""
    with suppress(OSError), open(path, "rb") as file:
        program, _, kind = file.readline(64).partition(b" ")
        return kind.decode("ascii", "replace").strip() if program == b"corpuscheck" else ""
    return ""


def head_of(path: str, kind: str) -> Any:
    """The head of a file. Raises ProfileError for one of another kind, and for one that is damaged."""
    return _read(path, kind, False)


def body_of(path: str, kind: str) -> Any:
    """The body of a file. Raises ProfileError for one of another kind, and for one that is damaged."""
    return _read(path, kind, True)


def _read(path: str, kind: str, body: bool) -> Any:
    name = printable(path)
    with _opened(path) as file, damaged(name):
        if file.readline(64) != magic(kind):
            raise ProfileError(f"{name}: not a {kind}")
        length = int.from_bytes(file.read(_LENGTH), "big")
        size = os.fstat(file.fileno()).st_size
        if length > size:
            raise ValueError("it is cut off")
        if not body:
            return _unpacked(file.read(length), _LARGEST_HEAD)
        file.seek(length, os.SEEK_CUR)
        return _unpacked(file.read(), _LARGEST)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    try:
        with open(path, "rb") as file:
            yield file
    except OSError as error:
        raise ProfileError(f"{printable(path)}: cannot be read ({error.strerror})") from None


def _packed(state: Any) -> bytes:
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(exact_bytes(state))


def _unpacked(data: bytes, largest: int) -> Any:
    return exact_value(decompressed(data, largest))


def fold_state(fold: Fold) -> list[Any]:
    """A fold as plain values."""
    return [partial.to_state() for partial in (fold.whole(), *fold.ranges().values()) if partial.filled]


def fold_of(state: list[Any], cut: Iterable[str]) -> Fold:
    """The fold with these plain values. Raises ValueError, LookupError or TypeError for what is none."""
    fold = Fold(cut)
    for one in state:
        fold.add(Partial.from_state(one))
    return fold


def settings_state(settings: Settings) -> dict[str, Any]:
    """What figures depend on, as plain values."""
    groups = {name: asdict(getattr(settings, name)) for name in ("reading", "training", "budgets")}
    return {**groups, **{name: getattr(settings, name) for name in _PLAIN}}


def settings_of(state: Mapping[str, Any]) -> Settings:
    """The settings with these plain values. Raises CorpuscheckError, LookupError or TypeError for what is none."""
    return replace(
        Settings(**fitted(Settings, {name: state[name] for name in _PLAIN})),
        reading=Reading(**fitted(Reading, state["reading"])),
        training=Training(**fitted(Training, state["training"])),
        budgets=Budgets(**fitted(Budgets, state["budgets"])),
    )


def artefact_state(artefact: Artefact) -> dict[str, Any]:
    """A tokenizer as plain values."""
    return {**artefact.__getstate__(), "remarks": remarks_text(artefact.remarks)}


def artefact_of(state: Mapping[str, Any]) -> Artefact:
    """The tokenizer with these plain values. Raises CorpuscheckError, LookupError or TypeError for what is none."""
    return Artefact(**{**fitted(Artefact, {**state, "remarks": ()}), "remarks": remarks_of(state["remarks"])})


def ranking_state(ranking: Ranking) -> list[Any]:
    """A ranking as plain values."""
    return [ranking.characters, list(ranking.counts), *map(list, zip(*sorted(ranking.ranks.items()), strict=True))]


def ranking_of(state: list[Any]) -> Ranking:
    """The ranking with these plain values. Raises ValueError or TypeError for what is none."""
    characters, counts, code_points, ranks = state
    return Ranking(str(characters), tuple(map(int, counts)), dict(zip(code_points, map(int, ranks), strict=True)))
