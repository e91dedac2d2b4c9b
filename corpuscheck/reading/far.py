"""Far: what is chosen of the files below a URL, as of those in a folder; the list of them is made first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from corpuscheck.errors import UsageError
from corpuscheck.files.listing import Listing
from corpuscheck.files.remote import Location, finished, now, read_at
from corpuscheck.files.urls import joined
from corpuscheck.reading.ignoring import IGNORE_FILE, LARGEST_IGNORE_FILE, Ignored, IgnoreFile, IgnoreFiles, filtered
from corpuscheck.settings import Reading
from corpuscheck.values.packed import Distinct, Packed, Packing


@dataclass(frozen=True, slots=True)
class FarFile:
    """A file by its name below a URL, empty where it is the URL itself; the folder of a `hidden` one stands for all."""

    name: Distinct
    size: int = 0
    stamp: Distinct = ""
    hidden: bool = False


Told = Callable[[int], None]
"""Called with the number of files found since the last call."""


def chosen(
    listing: Listing, settings: Reading, own: Callable[[str], bool], told: Told
) -> tuple[Iterator[FarFile], tuple[IgnoreFile, ...]]:
    """The files that are not left out, and the lists of patterns that decided; `own` are names that are no data.

    Raises UsageError where they cannot be listed.
    """
    if listing.is_file:
        return (FarFile(one.name, one.size, one.stamp) for one in listing.files()), ()
    lists: dict[str, FarFile] = {}
    files = _listed(listing, settings, own, lists, told)
    ignore_files = _FarIgnoreFiles(listing, lists)
    ignored = Ignored("", ignore_files)
    kept = files.chosen(files.where("name", lambda name: not ignored.leave_out(name))) if lists else files
    return iter(kept), ignore_files.named()


def _listed(
    listing: Listing, settings: Reading, own: Callable[[str], bool], lists: dict[str, FarFile], told: Told
) -> Packed[FarFile]:
    files = Packing(FarFile)
    hidden: set[str] = set()
    waiting = 0
    for name, size, stamp in listing.files():
        waiting += 1
        if waiting == 1000:
            told(waiting)
            waiting = 0
        folder, _, base = name.rpartition("/")
        if base == IGNORE_FILE:
            lists[folder] = FarFile(name, size, stamp)
        steps = name.split("/")
        if any(map(own, steps)):
            continue
        number = next((k for k, step in enumerate(steps) if step.startswith(".") and step not in (".", "..")), None)
        if number is not None:
            name = "/".join(steps[: number + 1])
            if name in hidden:
                continue
            hidden.add(name)
        if filtered(name, settings):
            continue
        files.append(FarFile(name, hidden=True) if number is not None else FarFile(name, size, stamp))
        files.settle(len(files))
    told(waiting)
    return files.finish()


class _FarIgnoreFiles(IgnoreFiles):
    """Those that were listed, by their folders below the URL."""

    def __init__(self, listing: Listing, lists: Mapping[str, FarFile]) -> None:
        super().__init__()
        self._listing, self._lists = listing, lists

    def _read(self, folder: str) -> IgnoreFile | None:
        found = self._lists.get(folder)
        if found is None:
            return None
        place = Location(self._listing.root, found.name, found.size, found.stamp)
        try:
            place = now(place)
            data = read_at(place, 0, LARGEST_IGNORE_FILE + 1)
            finished(place)
        except OSError as error:
            raise UsageError(f"{place.shown}: cannot be read ({error.strerror or error})") from None
        return self.parsed(found.name, place.shown, data)

    def named(self) -> tuple[IgnoreFile, ...]:
        """Those that are obeyed, by their URLs."""
        return tuple(replace(file, path=joined(self._listing.root.shown, file.path)) for file in self.obeyed())
