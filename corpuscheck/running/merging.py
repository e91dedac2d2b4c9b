"""Merging: from the shards of one corpus to what a single job would have made of it, byte for byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from corpuscheck.errors import ProfileError, UsageError
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.discover import Source, discover
from corpuscheck.reading.files import FileRecord
from corpuscheck.running.corpus import Corpus, Watch
from corpuscheck.running.folding import Fold
from corpuscheck.running.scanning import concluded, surveyed, tasks_of
from corpuscheck.running.shards import SURVEY, Head, Shard, difference
from corpuscheck.running.sharing import pass_of
from corpuscheck.running.tasks import Task
from corpuscheck.text.printable import printable
from corpuscheck.values.packed import Packed

_MOST_NAMED = 10


class SharedCorpus(Corpus):
    """The corpus that shards have gone through. What they could not settle alone is read here."""

    def __init__(self, paths: Sequence[str], heads: Sequence[Head], jobs: int, watch: Watch) -> None:
        head = heads[0]
        super().__init__(Packed(Source), replace(head.settings, jobs=jobs), watch, True)
        self.size = head.listing.bytes
        self.skipped = Packed(FileRecord)
        self._head = head
        self._passes: dict[str, Fold] = {}
        self._times: Counter[str] = Counter()
        self._again: dict[str, int] = {}
        for path, each in zip(paths, heads, strict=True):
            self._take_in(Shard.load(path, each))
        self._complete = {key for key, times in self._times.items() if times == len(heads)}

    def _take_in(self, shard: Shard) -> None:
        for key, fold in shard.passes.items():
            self._passes.setdefault(key, Fold(self.pieces)).join(fold)
            self._times[key] += 1
        self._again |= shard.again
        self.skipped = self.skipped.merge(shard.skipped)

    @property
    def first_unit(self) -> Any:
        return self._head.unit

    @property
    def pieces(self) -> Counter[str]:
        return Counter(self._head.pieces)

    def first_look(self, name: str, task: Task) -> Fold:
        key = pass_of(name, task)
        if key not in self._complete:
            raise ProfileError(f"{self._head.name}: the pass for {name} is not in all shards: measure them again")
        return self._passes.pop(key)

    def named(self, paths: Collection[str]) -> Packed[Source]:
        """Of the files that shards could not settle alone. Raises ProfileError where they are not at hand."""
        wanted = sorted(path for path in paths if path in self._again)
        why = (
            f"{printable(next(iter(wanted), ''), 300)} has to be read again (only all shards together tell its "
            "encoding, or it is not UTF-8 from end to end): merge where the shards were measured, with the text at hand"
        )
        try:
            sources = discover(wanted, self._head.settings.reading).sources if wanted else Packed(Source)
        except UsageError as error:
            raise ProfileError(f"{error}; {why}") from None
        found = dict(zip(sources.values("path"), sources.values("size"), strict=True))
        for path in wanted:
            if found.get(path) != self._again[path]:
                raise ProfileError(f"{printable(path, 300)}: not as it was when the shards were measured; {why}")
        return sources


def merged_scan(paths: Sequence[str], heads: Sequence[Head], jobs: int, watch: Watch) -> Profile:
    """The profile of the corpus. Raises ProfileError for shards that do not make one whole."""
    head = _checked(heads)
    assert head.judge is not None
    corpus = SharedCorpus(paths, heads, jobs, watch)
    passes = {name: corpus.run(name, task) for name, task in tasks_of(corpus, head.settings, head.judge, head.sourcing)}
    profile, _ = concluded(passes, corpus.skipped, head.settings, head.judge, head.sourcing, head.general)
    return replace(profile, about={**profile.about, **head.about})


def merged_survey(paths: Sequence[str], heads: Sequence[Head], jobs: int, watch: Watch) -> Head:
    """The survey of the corpus, with the tokenizer that it makes. Raises ProfileError as above."""
    head = _checked(heads)
    judge = surveyed(SharedCorpus(paths, heads, jobs, watch), head.settings, watch)
    return replace(head, kind=SURVEY, share=None, judge=judge, pieces={}, unit="document")


def _checked(heads: Sequence[Head]) -> Head:
    """The first one, with which all others agree. Raises ProfileError unless each shard is there, once."""
    first, *others = heads
    assert first.share is not None
    for other in others:
        assert other.share is not None
        if other.share.of != first.share.of:
            raise ProfileError(f"{first.name} is shard {first.share}, {other.name} is {other.share}: they do not match")
        if differing := difference(first, other):
            raise ProfileError(f"{other.name} does not belong to {first.name}: {differing}")
    by_number: dict[int, str] = {}
    for head in heads:
        assert head.share is not None
        if head.share.number in by_number:
            raise ProfileError(
                f"{by_number[head.share.number]} and {head.name} are both shard {head.share}: name one of them"
            )
        by_number[head.share.number] = head.name
    missing = [number for number in range(1, first.share.of + 1) if number not in by_number]
    if missing:
        named = ", ".join(map(str, islice(missing, _MOST_NAMED)))
        more = f" and {len(missing) - _MOST_NAMED:,} more" if len(missing) > _MOST_NAMED else ""
        word = "shards are" if len(missing) > 1 else "shard is"
        raise ProfileError(f"{len(missing):,} of {first.share.of:,} {word} missing: {named}{more}")
    return first
