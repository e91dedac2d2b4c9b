"""Archives: the members of zip and tar files, one after the other, never written to disk by their names."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, cast

from corpuscheck.reading.containers.members import Member, Members
from corpuscheck.reading.containers.tars import tar_members
from corpuscheck.reading.containers.zips import zip_members
from corpuscheck.reading.discover import EMPTY, Source
from corpuscheck.reading.ignoring import filtered
from corpuscheck.reading.kinds import Kind
from corpuscheck.reading.opening import UNREADABLE, Expansion, copied, damage_of, open_found, reason_of
from corpuscheck.settings import Reading

TOO_DEEP = "archive in an archive in an archive"

_IN_MEMORY = 16 << 20


def members_of(source: Source, settings: Reading, progress: Callable[[int], None]) -> Members:
    """The members, in the order in which they are stored. Each has to be used before the next is asked for.

    What ends the archive early is a last member with the reason; nothing is raised.
    """
    told = 0
    try:
        opened = open_found(source)
    except OSError as error:
        yield Member("", 0, skip=reason_of(error))
        progress(source.size)
        return
    try:
        with opened as file:
            for member in _members(file, source.kind, settings):
                yield member
                here = min(file.tell(), source.size)
                progress(max(0, here - told))
                told = max(told, here)
    except UNREADABLE as error:
        yield Member("", 0, skip=damage_of(error, source.kind.archive))
    progress(max(0, source.size - told))


def _members(file: BinaryIO, kind: Kind, settings: Reading, outer: str = "") -> Members:
    """Those that --include and --exclude let through; `outer` is the archive around this one."""
    zipped = kind.archive == "zip"
    listed = zip_members(file) if zipped else tar_members(file, kind.compression, forward=bool(outer))
    empty = True
    for member in listed:
        empty = False
        name = outer + member.name
        opens = bool(member.kind.archive and not member.skip and not outer)
        if member.name and filtered(name, settings, opens):
            continue
        if opens:
            yield from _nested(member, settings)
        else:
            skip = member.skip or (TOO_DEEP if member.kind.archive else "")
            yield replace(member, name=name if member.name else outer.removesuffix("!/"), skip=skip)
    if empty:
        yield Member(outer.removesuffix("!/"), 0, skip=EMPTY)


def _nested(member: Member, settings: Reading) -> Members:
    """The members of an archive inside an archive. A zip has to be read from its end, so it is copied first."""
    outer = f"{member.name}!/"
    try:
        with member.opened() as stored:
            if member.kind.archive == "tar":
                yield from _members(stored, member.kind, settings, outer)
                return
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spooled:
                copy = cast(BinaryIO, spooled)
                copied(stored, copy, Expansion(member.size))
                yield from _members(copy, member.kind, settings, outer)
    except UNREADABLE as error:
        yield Member(member.name, member.size, skip=damage_of(error, member.kind.archive))
