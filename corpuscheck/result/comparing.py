"""Compare: what a corpus has become since its baseline, from the two profiles alone."""

from __future__ import annotations

import json
from dataclasses import dataclass

from corpuscheck.errors import ProfileError
from corpuscheck.profile.files import FileFigures
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.reading import HARMLESS, ReadingPart
from corpuscheck.result.changed_sources import changed_sources
from corpuscheck.result.new_copies import new_copies
from corpuscheck.result.place import Place
from corpuscheck.result.result import (
    Change,
    ChangedFile,
    Changes,
    NewCharacter,
    NewDamage,
)
from corpuscheck.text.printable import name_of

DAMAGE = (
    "invalid bytes",
    "cut short",
    "bad records",
    "lone surrogates",
    "CESU-8",
    "mixed encodings",
    "wrong declarations",
)
JUDGED_BY = "judged by"
"""Where a profile says which settings decided when it was saved."""

LEFT_OUT_BY = "left out by"
"""Where a profile says which lists of patterns left files out: by path a digest, and how many files."""

_ASCII = {"ascii", "utf-8"}
_LINE_ENDS = {ord("\n"), ord("\r")}
"""Not counted by a scan that holds lines out, but by that of the branch, which trains nothing."""


@dataclass(frozen=True)
class Baseline:
    """A saved profile that a corpus is compared with, and what to call it."""

    profile: Profile
    name: str


def check_agreement(baseline: Baseline, reading: str, fingerprint: str) -> None:
    """Raises ProfileError where rates measured like this would mean something else than the baseline's."""
    name, base = baseline.name, baseline.profile
    was = base.about.get("reading", "")
    if was != reading:
        raise ProfileError(
            f"{name} was read with other settings (then {was or 'the defaults'}, now {reading or 'the defaults'}): "
            "use the same, or save a new baseline"
        )
    if base.words.fingerprint != fingerprint:
        raise ProfileError(
            f"{name} was measured with another tokenizer ({base.words.fingerprint}, now {fingerprint}), so the rates "
            f"mean different things: scan with --baseline {name} and without --tokenizer, or save a new baseline"
        )


def changed_settings(base: Profile, now: dict[str, str]) -> tuple[str, ...]:
    """What decided otherwise when the baseline was saved: ``fail-on: the default, now never``."""
    try:
        then = json.loads(base.about.get(JUDGED_BY, ""))
    except ValueError:  # it does not say, or was merged from several
        return ()
    if not isinstance(then, dict):
        return ()
    usual = "the default"
    return tuple(
        f"{name} was {then.get(name, usual)}, is {now.get(name, usual)}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    )


def changed_lists(base: Profile, head: Profile) -> tuple[str, ...]:
    """Which lists of patterns differ: ``corpus/.corpuscheckignore was not there, leaves out 3 files``."""
    then, now = _lists(base), _lists(head)
    if then is None or now is None:
        return ()
    changes: list[str] = []
    for path in sorted({*then, *now}):
        was, is_now = then.get(path), now.get(path)
        if is_now is None:
            changes.append(f"{path} is no longer there")
        elif was is None or was[0] != is_now[0]:
            before = "was not there" if was is None else f"was another and left out {_files_of(was[1])}"
            changes.append(f"{path} {before}, leaves out {_files_of(is_now[1])}")
    return tuple(changes)


def _files_of(number: int) -> str:
    return f"{number:,} file{'' if number == 1 else 's'}"


def _lists(profile: Profile) -> dict[str, tuple[str, int]] | None:
    """None where the profile does not say, or was merged from several."""
    try:
        lists = json.loads(profile.about.get(LEFT_OUT_BY, ""))
        return {str(path): (str(digest), int(left_out)) for path, (digest, left_out) in lists.items()}
    except (ValueError, TypeError, AttributeError):
        return None


def newly_lost_words(base: Profile, head: Profile) -> dict[str, int]:
    """Words that the head loses and the baseline did not, with their occurrences."""
    known = base.words.lost.words()
    return {word: count for word, count in head.words.lost.words().items() if word not in known}


def compare(base: Profile, head: Profile, name: str) -> Changes:
    """The comparison of `head` with its baseline; which words are newly lost, and why, is not in it yet.

    Raises ProfileError where the two were not measured in the same way.
    """
    check_agreement(Baseline(base, name), head.about.get("reading", ""), head.words.fingerprint)
    files = _files(base, head)
    new = {file.path for file in files if file.change in ("added", "changed")}
    return Changes(
        name,
        base,
        files,
        _characters(base, head),
        new_encodings=_encodings(base, head, new),
        damage=_damage(base.reading, head.reading),
        newly_skipped=_skipped(base.reading, head.reading),
        copies=new_copies(base, head),
        sources=changed_sources(base, head),
    )


def _files(base: Profile, head: Profile) -> tuple[ChangedFile, ...]:
    """Files by what became of them; those that lose most words first, then the largest."""
    before, after = base.files.files, head.files.files
    gone = {path: row for path, row in before.items() if path not in after}
    twins: dict[tuple[int, int], list[str]] = {}
    for path in sorted(gone, reverse=True):
        twins.setdefault((gone[path].digest, gone[path].utf8_bytes), []).append(path)
    files: list[ChangedFile] = []
    for path, row in after.items():
        if path not in before:
            old = twins.get((row.digest, row.utf8_bytes))
            if not old:
                files.append(_changed(path, "added", row, row.words, row.unk_words, row.shattered_words))
            else:
                del gone[old.pop()]
                files.append(_changed(path, "moved", row, 0, 0))
        elif not _same(row, before[path]):
            was = before[path]
            lost = max(0, row.unk_words - was.unk_words)
            shattered = max(0, row.shattered_words - was.shattered_words)
            words = max(lost, shattered, row.words - was.words)
            files.append(_changed(path, "changed", row, words, lost, shattered))
    files += [_changed(path, "removed", row, 0, 0) for path, row in gone.items()]
    return tuple(sorted(files, key=lambda f: (-f.new_unk_words - f.new_shattered_words, -f.new_words, f.path)))


def _same(a: FileFigures, b: FileFigures) -> bool:
    return a.digest == b.digest and (a.encoding == b.encoding or {a.encoding, b.encoding} <= _ASCII)


def _changed(
    path: str, change: Change, row: FileFigures, words: int, unk_words: int, shattered: int = 0
) -> ChangedFile:
    line = row.unk_line or None
    return ChangedFile(path, change, row.encoding, row.utf8_bytes, row.documents, words, unk_words, line, shattered)


def _characters(base: Profile, head: Profile) -> tuple[NewCharacter, ...]:
    """Characters never seen before, those that lose words first, then by occurrences."""
    lost = {ch for word in head.words.lost.words() for ch in word} | set(map(chr, head.words.shattered.characters))
    found: list[NewCharacter] = []
    for cp, count in head.characters.counts.items():
        if cp not in base.characters.counts and cp not in _LINE_ENDS:
            path, line = head.characters.places.get(cp, ("", 0))
            place = Place(path, line or None) if path else None
            ch = chr(cp)
            found.append(NewCharacter(ch, name_of(ch), count, ch in lost, place))
    return tuple(sorted(found, key=lambda c: (not c.lost, -c.count, c.character)))


def _encodings(base: Profile, head: Profile, new: set[str]) -> dict[str, tuple[Place, ...]]:
    """Encodings that the baseline had not, with their files. ASCII is UTF-8 too."""
    known = set(base.reading.encodings) | (_ASCII if _ASCII & set(base.reading.encodings) else set())
    found: dict[str, tuple[Place, ...]] = {}
    for name in sorted(set(head.reading.encodings) - known):
        paths = sorted(path for path, row in head.files.files.items() if row.encoding == name and path in new)
        found[name] = tuple(Place(path, detail=name) for path in paths)
    return found


def _damage(base: ReadingPart, head: ReadingPart) -> tuple[NewDamage, ...]:
    found: list[NewDamage] = []
    for kind in DAMAGE:
        amount = head.trouble_amounts.get(kind, 0) - base.trouble_amounts.get(kind, 0)
        files = head.troubled_files.get(kind, 0) - base.troubled_files.get(kind, 0)
        if amount > 0 or files > 0:
            before = {(n, path) for n, path, _ in base.examples.get(kind, ())}
            places = [Place.of_trouble(p, detail) for n, p, detail in head.examples[kind] if (n, p) not in before]
            found.append(NewDamage(kind, max(0, files), max(0, amount), tuple(places)))
    return tuple(found)


def _skipped(base: ReadingPart, head: ReadingPart) -> tuple[NewDamage, ...]:
    found: list[NewDamage] = []
    for reason, files in sorted(head.skipped.items()):
        more = files - base.skipped.get(reason, 0)
        if more > 0 and reason not in HARMLESS:
            kind = f"skipped: {reason}"
            before = {path for _, path, _ in base.examples.get(kind, ())}
            places = [Place(p, detail=reason) for _, p, _ in head.examples[kind] if p not in before]
            found.append(NewDamage(reason, more, more, tuple(places)))
    return tuple(found)
