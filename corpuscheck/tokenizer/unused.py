"""Unused places: the characters to put into the [unused] entries of a vocabulary that exists, the best first."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.explain import Explainer
from corpuscheck.tokenizer.ranking import standing_alone
from corpuscheck.values.brief import brief

_UNUSED = re.compile(r"[\[<]unused_?\d+[\]>]", re.IGNORECASE)


@dataclass(frozen=True)
class Addition:
    """A character, the pieces that it needs, and the words that are won back with all additions up to this one."""

    __repr__ = brief

    character: str
    pieces: tuple[str, ...]
    won_back: int


@dataclass(frozen=True)
class UnusedPlaces:
    """What the places that a vocabulary keeps for later could win back.

    Attributes:
        places: entries such as [unused0] in the vocabulary.
        additions: the best first, as many as there are places for.
        kept: the lost words that the figures are counted on, all of them where `exact`.
    """

    __repr__ = brief

    places: int
    additions: tuple[Addition, ...]
    kept: int
    exact: bool

    @property
    def won_back(self) -> int:
        return self.additions[-1].won_back if self.additions else 0

    @property
    def taken(self) -> int:
        """Places that all additions need."""
        return sum(len(addition.pieces) for addition in self.additions)

    def left(self, unk_words: int, won_back: int) -> int:
        """Of so many lost words in all, those that stay lost; scaled where only a part of them was kept."""
        return round(unk_words * (1 - won_back / self.kept)) if self.kept else unk_words


def unused_places(
    artefact: Artefact, lost: Mapping[str, int], exact: bool, explainer: Explainer | None = None
) -> UnusedPlaces | None:
    """What could be put into the vocabulary's unused places, by its lost words; None where it is no WordPiece.

    What the additions win back together is counted, not estimated: WordPiece loses a word exactly where a character has
    no piece. Their order takes the best next one each time: no other order of these wins more with its first, but other
    sets of the same size may, so it is a lower bound of what so many places can win.
    """
    if artefact.model_type != "WordPiece":
        return None
    places = sum(1 for piece in artefact.vocabulary if _UNUSED.fullmatch(piece))
    explainer = explainer or Explainer(artefact, lost)
    additions = tuple(_additions(artefact, explainer, lost, places)) if places else ()
    while additions and additions[-1].won_back == (additions[-2].won_back if len(additions) > 1 else 0):
        additions = additions[:-1]
    return UnusedPlaces(places, additions, sum(lost.values()), exact)


def _additions(artefact: Artefact, explainer: Explainer, lost: Mapping[str, int], places: int) -> Iterator[Addition]:
    needs: Counter[frozenset[str]] = Counter()
    for word, count in lost.items():
        missing = explainer.missing(word)
        if missing:
            needs[frozenset(missing)] += count
    pieces = _pieces(artefact, {ch for need in needs for ch in need})
    open_needs = _OpenNeeds(needs, {ch: len(forms) for ch, forms in pieces.items()})
    won = 0
    while (ch := open_needs.best(places)) is not None:
        places -= len(pieces[ch])
        won += open_needs.meet(ch)
        yield Addition(ch, pieces[ch], won)


def _pieces(artefact: Artefact, characters: set[str]) -> dict[str, tuple[str, ...]]:
    """The pieces that each character lacks: both forms, or one where it has the other or always stands alone."""
    alone = standing_alone(artefact.encoder, sorted(characters))
    forms = {ch: (ch,) if ch in alone else (ch, artefact.prefix + ch) for ch in characters}
    return {ch: tuple(form for form in forms[ch] if form not in artefact.vocabulary) for ch in characters}


class _OpenNeeds:
    """Sets of characters that words still lack, with the words' counts."""

    def __init__(self, needs: Mapping[frozenset[str], int], costs: Mapping[str, int]) -> None:
        self._costs = costs
        self._lacking = [set(need) for need in needs]
        self._counts = list(needs.values())
        self._of: dict[str, list[int]] = {}
        self._alone: Counter[str] = Counter()
        self._holding: Counter[str] = Counter()
        for number, need in enumerate(needs):
            for ch in need:
                self._of.setdefault(ch, []).append(number)
                self._holding[ch] += self._counts[number]
            if len(need) == 1:
                self._alone[next(iter(need))] += self._counts[number]
        self._heap = [self._rank(ch) for ch in self._of]
        heapq.heapify(self._heap)

    def _rank(self, ch: str) -> tuple[float, int, float, str]:
        cost = max(1, self._costs[ch])
        return (-self._alone[ch] / cost, -self._alone[ch], -self._holding[ch] / cost, ch)

    def best(self, places: int) -> str | None:
        """The character that wins most words for each place, of those that fit; None where none is left."""
        while self._heap:
            entry = heapq.heappop(self._heap)
            ch = entry[3]
            if ch in self._of and entry == self._rank(ch) and self._costs[ch] <= places:
                return ch
        return None

    def meet(self, ch: str) -> int:
        """Add a character; gives the words that it wins back."""
        won = 0
        changed: set[str] = set()
        for number in self._of.pop(ch):
            need, count = self._lacking[number], self._counts[number]
            need.discard(ch)
            if not need:
                won += count
            elif len(need) == 1:
                (last,) = need
                self._alone[last] += count
                changed.add(last)
        for other in changed:
            heapq.heappush(self._heap, self._rank(other))
        return won
