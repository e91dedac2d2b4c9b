"""Trust: regular files opened without waiting, who owns what was found, and what lies inside what was given."""

from __future__ import annotations

import errno
import os
import stat

NOT_REGULAR = "not a regular file"
OUTSIDE = "symbolic link out of the corpus"
TO_HIDDEN = "symbolic link to a hidden file"

_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def descriptor_of(path: str, follow: bool = True) -> int:
    """A regular file, opened without waiting: a pipe or device in its place must not hang.

    Raises OSError for anything else, and for a symbolic link unless they are followed.
    """
    descriptor = os.open(path, _READING | (0 if follow else getattr(os, "O_NOFOLLOW", 0)))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        os.close(descriptor)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) if folder else OSError(NOT_REGULAR)
    return descriptor


def user() -> int | None:
    """The user that this process acts for; None on systems that have no numbers for them."""
    return os.geteuid() if hasattr(os, "geteuid") else None


def foreign(status: os.stat_result, *others: os.stat_result) -> bool:
    """Whether somebody else owns it: not this user, not root, and not the owner of one of the `others`."""
    me = user()
    return me is not None and status.st_uid not in {me, 0, *(other.st_uid for other in others)}


def open_to_all(status: os.stat_result) -> bool:
    """Whether everybody may write to it."""
    return user() is not None and bool(status.st_mode & stat.S_IWOTH)


def inside(real: str, folder: str) -> bool:
    """Whether a real path is that of the folder, or of something in it."""
    return real == folder or real.startswith(folder.rstrip(os.sep) + os.sep)


def leads_out(real: str, roots: tuple[str, ...]) -> str:
    """Why a link with this target is not followed from what lies under these real paths; empty where it is."""
    if any(_in_store(real, root) for root in roots):
        return ""
    around = [root for root in roots if inside(real, root)]
    if not around:
        return OUTSIDE
    hidden = all(any(part.startswith(".") for part in real[len(root) :].split(os.sep)) for root in around)
    return TO_HIDDEN if hidden else ""


_STORES = (("/.git/annex/objects/", ""), ("/.dvc/cache/", ""), ("/blobs/", "/snapshots"))
"""Where git-annex, DVC and the Hugging Face hub keep the data that links stand for, and where such links lie."""


def _in_store(real: str, root: str) -> bool:
    """Whether a file lies in a store of the project that the root belongs to, or that belongs to the root."""
    shown = real.replace(os.sep, "/")
    for store, links in _STORES:
        project, found, _ = shown.partition(store)
        home = os.path.normpath(project + links)
        if found and (inside(root, home) or (not links and inside(home, root))):
            return True
    return False
