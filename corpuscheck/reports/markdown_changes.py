"""The part of the Markdown report that compares: what has changed since the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpuscheck.profile.profile import Profile
from corpuscheck.reports.common import before_and_now, where
from corpuscheck.reports.markdown_text import bullets, code, details, prose, table
from corpuscheck.result import ChangedFile, Comparison, LostWord, NewCharacter, NewCopies, NewDamage, Place
from corpuscheck.rules.amounts import count, files, percent, plural, size

_PLACES = 3


def changes(comparison: Comparison, now: Profile) -> Iterator[str]:
    """One text for each heading, table and list; those with nothing to tell are empty."""
    yield f"### What has changed since {code(comparison.name)}?"
    figures = ((prose(what), prose(before), prose(after)) for what, before, after in before_and_now(comparison, now))
    yield table(("", "before", "now"), figures)
    for change in ("added", "changed", "moved", "removed"):
        changed = comparison.changed(change)
        rows = table(("file", "text", "documents", "new words", "`[UNK]`"), map(_file, changed))
        yield details(f"{files(len(changed))} {change}", rows)
    yield _titled(
        "New characters",
        table(("character", "", "name", "seen", "", "first"), map(_character, comparison.new_characters)),
    )
    yield _titled("Newly lost words", table(("word", "lost", "why"), map(_lost, comparison.newly_lost)))
    found = sorted(comparison.new_encodings.items())
    yield _titled("New encodings", bullets(f"{code(codec)} in {_places(places)}" for codec, places in found))
    yield _titled("New damage", bullets(map(_damage, comparison.damage)))
    yield _titled("Newly skipped", bullets(map(_damage, comparison.newly_skipped)))
    yield _copies(comparison.copies)


def _titled(title: str, body: str) -> str:
    return f"**{title}**\n\n{body}" if body else ""


def _file(file: ChangedFile) -> Sequence[str]:
    lost = f"{percent(file.unk_rate)} ({count(file.new_unk_words)})" if file.new_unk_words else ""
    at = f"{file.path}:{file.first_unk_line}" if file.first_unk_line else file.path
    return code(at), size(file.utf8_bytes), count(file.documents), count(file.new_words), lost


def _character(new: NewCharacter) -> Sequence[str]:
    lost = "lost" if new.lost else "kept"
    first = code(where(new.place)) if new.place else ""
    return code(new.character), f"`{new.codepoint}`", prose(new.name.capitalize()), count(new.count), lost, first


def _lost(word: LostWord) -> Sequence[str]:
    return code(word.word, 60), count(word.count), prose(word.cause)


def _damage(damage: NewDamage) -> str:
    return f"{prose(damage.kind)}: {count(damage.amount)} in {files(damage.files)}" + _most(damage.places)


def _places(places: Sequence[Place]) -> str:
    """The first places, each as code."""
    shown = ", ".join(code(where(place)) for place in places[:_PLACES])
    return shown + (f" and {len(places) - _PLACES:,} more" if len(places) > _PLACES else "")


def _most(places: Sequence[Place]) -> str:
    return f", most in {_places(places)}" if places else ""


def _copies(copies: NewCopies) -> str:
    if not copies.documents:
        return ""
    about = "about " if copies.sampled else ""
    told = f"{about}{plural(copies.documents, 'document')}, {size(copies.utf8_bytes)}, of the new ones"
    return _titled("Copies", bullets((f"{told} were in the baseline already" + _most(copies.places),)))
