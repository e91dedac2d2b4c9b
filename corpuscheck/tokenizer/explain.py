"""Explain: which character lost a word, and how."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from corpuscheck.tokenizer.artefact import Artefact

Cause = Literal["not in the alphabet", "form missing", "too long", "normalised away", "no piece fits", "special token"]


@dataclass(frozen=True)
class Reason:
    """Why a word is lost.

    `characters` are the guilty raw characters in the order in which the tokenizer trips over them (empty
    for a word that is too long); `text` says it for a person.
    """

    cause: Cause
    text: str
    characters: tuple[str, ...] = ()


class _Search(NamedTuple):
    """A normalised word, the raw character that each of its characters came from, and where the search stops."""

    normal: str
    owners: Sequence[str]
    failures: list[tuple[int, str]]


class Explainer:
    """Repeats WordPiece's greedy search on a lost word, to see where it stops; each word once, whoever asks."""

    def __init__(self, artefact: Artefact, words: Iterable[str] = ()) -> None:
        """The `words` that it will be asked about are normalised together, which is quicker."""
        self._artefact = artefact
        self._vocabulary = artefact.vocabulary
        self._spelled, self._prefix = artefact.spelled, artefact.prefix
        self._special = frozenset(artefact.special_ids.values()) | frozenset(artefact.unk_spellings)
        self._both = {ch for ch in self._spelled if ch in self._vocabulary and self._prefix + ch in self._vocabulary}
        self._wordpiece = artefact.model_type == "WordPiece"
        self._longest_piece = max(map(len, self._vocabulary), default=1)
        self._apart = artefact.normalizes_characterwise and not artefact.combines
        self._normal: dict[str, str] = {}
        self._searched: dict[str, _Search] = {}
        self._known = frozenset(words)
        self._learn([*(() if self._apart else self._known), *set("".join(self._known))])

    def reason(self, word: str) -> Reason:
        """The reason for a word as it stands in the text."""
        if word in self._special:
            return Reason("special token", "the unknown token itself, written out")
        raw, owner, failures = self._search(word)
        limit = self._artefact.longest_word
        if self._wordpiece and len(raw) > limit:
            return Reason("too long", f"over {limit} characters")
        guilty = tuple(dict.fromkeys([owner[k] for k, _ in failures]))
        if not failures:
            return Reason("no piece fits", "no sequence of pieces spells it", tuple(dict.fromkeys(word)))
        position, form = failures[0]
        return self._described(owner[position], raw[position], form, guilty)

    def missing(self, word: str) -> tuple[str, ...]:
        """The normalised characters that a WordPiece vocabulary lacks for this word, each once.

        With both their forms added the word is not lost. Empty where no characters would help.
        """
        normal, _, failures = self._search(word)
        if not self._wordpiece or len(normal) > self._artefact.longest_word:
            return ()
        return tuple(dict.fromkeys([normal[k] for k, _ in failures]))

    def _search(self, word: str) -> _Search:
        found = self._searched.get(word)
        if found is None:
            normal, owners = self._normalized(word)
            too_long = self._wordpiece and len(normal) > self._artefact.longest_word
            look = self._failures if self._wordpiece else self._unspelled
            found = self._searched[word] = _Search(normal, owners, [] if too_long else look(normal))
        return found

    def _described(self, original: str, ch: str, form: str, guilty: tuple[str, ...]) -> Reason:
        shown = _shown(original)
        if ch in self._spelled and (ch in self._vocabulary or self._prefix + ch in self._vocabulary):
            return Reason("form missing", f"{form} form missing", guilty)
        if original != ch and original in self._spelled:
            return Reason("normalised away", f"{shown} normalised away to {_shown(ch)}", guilty)
        return Reason("not in the alphabet", f"{shown} not in the alphabet", guilty)

    def _normalized(self, word: str) -> tuple[str, Sequence[str]]:
        """The normalised word and, for each of its characters, the raw one it came from."""
        if not self._artefact.normalizers:
            return word, word
        if word not in self._known:
            self._learn(word if self._apart else [word, *word])
        normal = [self._normal[ch] for ch in word]
        joined = "".join(normal)
        if joined == word and len(word) == sum(map(bool, normal)):
            owners: Sequence[str] = word
        else:
            owners = [ch for text, ch in zip(normal, word, strict=True) for _ in text]
        if self._apart:
            return joined, owners
        whole = self._normal[word]
        return whole, owners if joined == whole else list(whole)

    def _learn(self, texts: Iterable[str]) -> None:
        new = list(set(texts).difference(self._normal))
        for text, normal in zip(new, self._artefact.encoder.normalized(new), strict=True):
            self._normal[text] = "".join(normal.split())

    def _failures(self, raw: str) -> list[tuple[int, str]]:
        """Positions where the search stops, each time as if the missing character had then been added."""
        prefix, vocabulary, both = self._prefix, self._vocabulary, self._both
        doubtful = [k for k, ch in enumerate(raw) if ch not in both]
        if self._spelled.isdisjoint(raw[k] for k in doubtful):  # the search stops at no character that has both forms
            first: dict[str, int] = {}
            for k in doubtful:
                first.setdefault(raw[k], k)
            return [(k, (prefix if k else "") + ch) for ch, k in first.items()]
        added: set[str] = set()
        failures: list[tuple[int, str]] = []
        walls = iter([*(k for k, _ in self._unspelled(raw)), len(raw)])  # no piece reaches beyond one
        start, wall = 0, next(walls)
        while start < len(raw):
            if wall < start:
                wall = next(walls)
            mark = prefix if start else ""
            stop = min(wall, start + self._longest_piece)
            while stop > start and mark + raw[start:stop] not in vocabulary:
                stop -= 1
            if stop == start:
                if raw[start] not in added:
                    failures.append((start, mark + raw[start]))
                    added.add(raw[start])
                stop = start + 1
            start = stop
        return failures

    def _unspelled(self, raw: str) -> list[tuple[int, str]]:
        return [(k, ch) for k, ch in enumerate(raw) if ch not in self._spelled]


def _shown(ch: str) -> str:
    """A character, with a carrier where it has no shape of its own."""
    return f"◌{ch}" if unicodedata.category(ch).startswith("M") else ch
