"""Peek: documents of a corpus chosen by what a person wants to see, each with an excerpt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate

from corpuscheck.measuring.documents import joined
from corpuscheck.peeking.choosing import Choice, chosen_of_shared
from corpuscheck.peeking.criteria import CRITERIA, OF_CORPUS
from corpuscheck.peeking.excerpts import Excerpt
from corpuscheck.peeking.marking import Mark
from corpuscheck.peeking.view import COPIES, View
from corpuscheck.profile.files import FileFigures, FilesPart
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.discover import Found
from corpuscheck.reading.reader import Look
from corpuscheck.result.copies import CopyStep, cleanliness
from corpuscheck.result.place import Place
from corpuscheck.running.assembling import documents_before, numbered
from corpuscheck.running.corpus import Corpus, Watch, majority_encoding, with_containers
from corpuscheck.running.partial import Partial
from corpuscheck.running.peeking import NOTHING_KNOWN, ChooseTask, CountLinesTask, FetchTask, KnownOfCorpus
from corpuscheck.running.units import whole_documents, whole_files, work_units
from corpuscheck.settings import Settings
from corpuscheck.text.amounts import percent, plural, size
from corpuscheck.text.printable import printable
from corpuscheck.values.brief import brief
from corpuscheck.values.presentable import Presentable

_LONGEST = 1 << 16
_COMPARED = 1 << 16
"""Bytes of two copies in which the first difference is looked for."""

_COPY = {
    "CC501": "the same, byte for byte, as",
    "CC502": "the same but for case, spaces, punctuation and marks as",
    "CC503": "nearly the same as",
}


@dataclass(frozen=True)
class Shown:
    """A document, why it is shown, and an excerpt. A copy says which document it is a copy of."""

    __repr__ = brief

    place: Place
    why: str
    score: float | None
    excerpt: Excerpt
    copy_of: Place | None = None


@dataclass(frozen=True)
class Peek(Presentable):
    """What was asked for and found: of `documents` in all, `held` are of that kind; `amounts` counts each word."""

    __repr__ = brief

    view: View
    documents: int
    held: int
    amounts: tuple[int, ...]
    shown: tuple[Shown, ...]


def look(found: Found, view: View, settings: Settings, watch: Watch, processes: bool) -> Peek:
    """Choose in one pass over all files, then read again only the files that hold what was chosen."""
    cut = whole_documents if view.words or view.rule in OF_CORPUS else work_units
    corpus = Corpus(found.sources, settings, watch, processes, cut=cut)
    known_of = _known_of(found, corpus, view, settings, watch)
    first = corpus.run("choosing", ChooseTask(settings.reading, view, known_of))
    known = {printable(path, _LONGEST): path for path in first.records.values("path")}
    before = documents_before(first.records)
    if view.pairs:
        return _copies(found, view, settings, first, (known, before), watch, processes)
    part = first.chosen
    if first.split:
        part = part.merge(chosen_of_shared(view, first.split))
    choices = [_placed(choice, known, before) for choice in part.choices]
    places = [(choice.path, choice.number) for choice in choices]
    excerpts = _fetched(found, view, settings, first, places, watch, processes, known_of)
    shown = tuple(
        Shown(Place(c.path, document=c.number + 1), *_reason(view, c, known_of), excerpts[c.path, c.number])
        for c in choices
        if (c.path, c.number) in excerpts
    )
    return Peek(view, part.documents, part.held, part.amounts, shown)


def _known_of(found: Found, corpus: Corpus, view: View, settings: Settings, watch: Watch) -> KnownOfCorpus:
    """The tokenizer, given or trained as a scan trains it; the lines that more than one document has."""
    if view.rule == "CC301":
        from corpuscheck.running.scanning import tokenizer_for

        return KnownOfCorpus(tokenizer_for(found, settings, watch))
    if view.rule == "CC504":
        lines = corpus.run("counting lines", CountLinesTask(settings.reading)).lines
        return KnownOfCorpus(lines=lines.hashes[lines.counts > 1].tobytes(), all_lines=lines.exact)
    return KnownOfCorpus()


def _placed(choice: Choice, known: Mapping[str, str], before: Mapping[tuple[str, int], int]) -> Choice:
    """With the path as the file is named and the number in the file."""
    path = choice.path if (choice.path, choice.start) in before else known.get(choice.path, choice.path)
    return replace(choice, path=path, start=0, number=choice.number + before.get((path, choice.start), 0))


def _reason(view: View, choice: Choice, known_of: KnownOfCorpus) -> tuple[str, float | None]:
    """Why it is shown, and the score."""
    if view.words:
        words = " or ".join(f"'{word}'" for word in view.words)
        return f"holds {words} {plural(choice.score, 'time')}", choice.score
    if not view.rule:
        return "drawn by hash", None
    if view.rule == "CC301":
        return f"CC301: {plural(choice.score, 'word')} lost as [UNK]", choice.score
    if view.rule == "CC504":
        share = percent(choice.score / choice.utf8_bytes)
        least = "" if known_of.all_lines else "at least "
        return (
            f"CC504: {least}{size(choice.score)}, {share} of it, are lines that other documents have too",
            choice.score,
        )
    rule = CRITERIA[view.rule]
    if rule.unit == "share":
        return f"{rule.id}: {percent(choice.score / 1e6)} {rule.says}", choice.score / 1e6
    return f"{rule.id}: {rule.says} {plural(choice.score, 'time')}", choice.score


def _fetched(
    found: Found, view: View, settings: Settings, first: Partial, places: Iterable[tuple[str, int]], watch: Watch,
    processes: bool, known_of: KnownOfCorpus = NOTHING_KNOWN,
) -> Mapping[tuple[str, int], Excerpt]:  # fmt: skip
    """An excerpt of each document, by file and number from 0."""
    wanted: dict[str, frozenset[int]] = {}
    for path, number in places:
        wanted[path] = wanted.get(path, frozenset()) | {number}
    sources = found.sources.chosen(found.sources.where("path", with_containers(set(wanted)).__contains__))
    if not len(sources):
        return {}
    look = Look(majority=majority_encoding(first.records))
    corpus = Corpus(sources, settings, watch, processes, cut=whole_files)
    return corpus.run("looking", FetchTask(settings.reading, view, wanted, known_of, look=look)).excerpts


def _copies(
    found: Found, view: View, settings: Settings, first: Partial,
    names: tuple[Mapping[str, str], dict[tuple[str, int], int]], watch: Watch, processes: bool,
) -> Peek:  # fmt: skip
    """Pairs of documents, the largest first, as the report names them."""
    known, before = names
    step = _step(view, first, known, before)
    pairs = [
        (
            replace(kept, path=known.get(kept.path, kept.path)),
            replace(copy, path=known.get(copy.path, copy.path)),
            alike,
        )
        for kept, copy, alike in step.pairs[: view.count]
    ]
    places = [_in_file(place) for kept, copy, _ in pairs for place in (kept, copy)]
    longer = replace(view, excerpt=max(view.excerpt, _COMPARED))
    excerpts = _fetched(found, longer, settings, first, places, watch, processes)
    shown: list[Shown] = []
    for kept, copy, alike in pairs:
        texts = [excerpts.get(_in_file(place), Excerpt("")) for place in (kept, copy)]
        told = f"{view.rule}: {_COPY[view.rule]} {printable(kept.path, _LONGEST)}#{kept.document}"
        at = _first_difference(*texts)
        mine, other = differing(*(text.window(at, view.excerpt) for text in texts))
        likeness = f", {percent(alike)} alike" if alike < 1 else ""
        shown.append(Shown(kept, f"{view.rule}: the one that is kept", None, mine))
        shown.append(Shown(copy, told + likeness, alike, other, kept))
    return Peek(view, first.size.documents, round(step.amount.documents), (), tuple(shown))


def _step(view: View, first: Partial, known: Mapping[str, str], before: dict[tuple[str, int], int]) -> CopyStep:
    """The copies of the kind asked for, by a profile that has nothing but what they are found by."""
    documents, near = numbered(first, before)
    more_documents, more_norms = joined(first.split, {})
    nothing = FileFigures("", 0, 0, 0, 0, 0, 0)
    profile = Profile(
        size=first.size,
        files=FilesPart(0, dict.fromkeys((*known, *known.values()), nothing)),
        documents=documents.merge(more_documents),
        norms=first.norms.merge(more_norms),
        near=near,
        about={"clean": "yes", "near_duplicates": "yes" if view.rule == "CC503" else "no"},
    )
    found = cleanliness(profile)
    steps = {"CC501": found.exact, "CC502": found.normalised, "CC503": found.near}
    return steps[view.rule] or CopyStep()


_WORD = re.compile(r"\s+|\w+|[^\w\s]")


def differing(kept: Excerpt, copy: Excerpt) -> tuple[Excerpt, Excerpt]:
    """Both with marks on the words that the other one has not."""
    mine, others = _WORD.findall(kept.text), _WORD.findall(copy.text)
    starts, other_starts = _starts(mine), _starts(others)
    mine_marks, other_marks = set(kept.marks), set(copy.marks)
    for what, a, b, c, d in SequenceMatcher(None, mine, others, autojunk=False).get_opcodes():
        if what != "equal" and a < b:
            mine_marks.add(Mark(starts[a], starts[b], "different"))
        if what != "equal" and c < d:
            other_marks.add(Mark(other_starts[c], other_starts[d], "different"))
    return replace(kept, marks=tuple(sorted(mine_marks))), replace(copy, marks=tuple(sorted(other_marks)))


def _first_difference(kept: Excerpt, copy: Excerpt) -> int:
    """The character at which they part; 0 where they do not, or only where one of them ends."""
    both = zip(kept.text, copy.text, strict=False)
    return next((k for k, (mine, other) in enumerate(both) if mine != other), 0)


def _in_file(place: Place) -> tuple[str, int]:
    """The file of a document, and its number there from 0."""
    return place.path, (place.document or 1) - 1


def _starts(words: list[str]) -> list[int]:
    """Where each word begins, and where the last one ends."""
    return [0, *accumulate(map(len, words))]


def asked_for(view: View) -> str:
    """What was asked for, in a word."""
    if view.rule in COPIES:
        return "copies"
    return "rule" if view.rule else "word" if view.words else "typical"
