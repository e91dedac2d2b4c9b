"""Fetching: single files that somebody named, as a whole: profiles from a URL, tokenizers from a URL or the Hub."""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from corpuscheck.errors import CorpuscheckError
from corpuscheck.files.stores import Asked, reason_of, system_of
from corpuscheck.files.urls import NAMED_FILE, hub_name, is_url, joined, local, named, without_secrets
from corpuscheck.files.writing import kept_for_a_while


def read_whole(path: str) -> bytes:
    """A file of this machine, or from a URL. Raises OSError, UsageError or UnreachableError."""
    if not is_url(path):
        return Path(local(path)).read_bytes()
    system, place = system_of(path)
    data: bytes = Asked(without_secrets(path))(lambda: system.cat_file(place))
    return data


@dataclass(frozen=True)
class Copy:
    """A copy on this machine, of a folder or of a file with those beside it, and what its folder is called."""

    place: str
    folder: str
    shown: str

    def told(self, text: str) -> str:
        """A text about the copy as one about what it is a copy of."""
        return text.replace(self.folder, self.shown)


@contextmanager
def fetched(path: str, names: Sequence[str], chief: Sequence[str]) -> Iterator[Copy | None]:
    """A copy of the files with these names that belong together, of which one of the `chief` has to be there.

    None where the path is one of this machine. Raises CorpuscheckError.
    """
    hub = hub_name(path)
    if hub is not None:
        folder, shown = _snapshot(*hub, names)
        yield Copy(folder, folder, shown)
    elif is_url(path):
        one, files = _downloaded(path, names, chief)
        shown = without_secrets(path).partition("?")[0].rstrip("/")
        with kept_for_a_while(files) as folder:
            yield Copy(os.path.join(folder, one), folder, shown.rpartition("/")[0] if one else shown)
    else:
        yield None


def _snapshot(name: str, revision: str | None, names: Sequence[str]) -> tuple[str, str]:
    """The folder of the Hub's own cache with these files, and their name with the commit."""
    shown = f"{name}@{revision}" if revision else name
    try:
        import huggingface_hub
    except ImportError:
        raise CorpuscheckError(f"{named(shown)}: needs huggingface_hub: pip install huggingface_hub") from None
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    with suppress(Exception):
        importlib.import_module("huggingface_hub.utils").disable_progress_bars()
    try:
        folder = huggingface_hub.snapshot_download(name, revision=revision, allow_patterns=list(names))
    except Exception as error:
        raise CorpuscheckError(f"{named(shown)}: {_why_not(error)}") from None
    return folder, f"{name}@{os.path.basename(folder)}"


_NEITHER = "neither a file or folder here nor a tokenizer on the Hub"


def _why_not(error: Exception) -> str:
    kinds = {base.__name__ for base in type(error).__mro__}
    if "GatedRepoError" in kinds:
        return "the Hub asks who you are: accept its terms there, and sign in with 'hf auth login'"
    if "RevisionNotFoundError" in kinds:
        return "the Hub has no such revision of it"
    if "RepositoryNotFoundError" in kinds:
        return f"{_NEITHER}, or it is private: sign in with 'hf auth login'"
    if kinds & {"LocalEntryNotFoundError", "OfflineModeIsEnabled"}:
        return (
            "neither a file or folder here nor in the cache of the Hub, which cannot be asked (no connection, or "
            "HF_HUB_OFFLINE is set): fetch it where there is one with 'hf download', or name a folder"
        )
    return f"{_NEITHER} ({reason_of(error)})"


def _downloaded(url: str, names: Sequence[str], chief: Sequence[str]) -> tuple[str, dict[str, bytes]]:
    """The file of a URL, by its name, and those beside it; of a folder the name is empty."""
    system, place = system_of(url)
    asked = Asked(without_secrets(url))
    base = place.partition("?")[0].rpartition("/")[2]
    one = base if base in names or NAMED_FILE.fullmatch(base) else ""
    home = place.rpartition("/")[0] if one else place
    files: dict[str, bytes] = {}
    try:
        if one:
            files[one] = asked(lambda: system.cat_file(place))
        for name in () if "?" in url else names:  # what signs one address signs no other
            with suppress(FileNotFoundError, PermissionError):
                if name != one:
                    files[name] = asked(lambda: system.cat_file(joined(home, name)))  # noqa: B023  # used at once
    except OSError as error:
        raise CorpuscheckError(f"{named(url)}: cannot be read ({error.strerror or error})") from None
    if not one and files.keys().isdisjoint(chief):
        raise CorpuscheckError(f"{named(url)}: there is none of {', '.join(chief)} in it, or it may not be read")
    return one, files
