"""Compose a corpus of real passages and planted trouble, and score what a scan says of it."""

from __future__ import annotations

import json
import random
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
from planting import (
    DEBRIS,
    DECOYS,
    DOUBTFUL,
    LEGACY,
    PERSONAL,
    Dice,
    folded,
    mojibake,
    near_copy,
    normalised_copy,
    shingles,
)

from corpuscheck.kernels.columns import COLUMNS
from corpuscheck.kernels.debris import TAGS, find_debris, packed_names, triggers
from corpuscheck.measuring.documents import Ended
from corpuscheck.measuring.inspecting import Inspector
from corpuscheck.measuring.repeats import LineTable
from corpuscheck.profile.document_rules import DOCUMENT_RULES, Counts
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.batch import batch_of
from corpuscheck.reading.files import FileRecord
from corpuscheck.result.copies import cleanliness
from corpuscheck.result.near import ALIKE, near_copies

TARGETS = (0.95, 0.9, 0.85, 0.8, 0.7)
SHARES = {"exact": 40, "normalised": 40, "near": 100, "debris": 60, "personal": 60, "boilerplate": 40}
"""So many passages are used for each, fewer where the corpus has not so many."""

BORDER = 0.05
"""So near to the limit an estimate with an error of 0.03 falls on either side."""

LONGEST, SHORTEST, EACH = 6000, 200, 20

_TROUBLE = re.compile(r"<[A-Za-z/!?]|&#?\w+;|@|://|www\.|([-=_*#|\u2000-\u2fff])\1{4}|\d[-. ]\d{2}|[\x00-\x08\ufffd]")

Span = tuple[int, int, int, int]
"""Document, first byte, end, column."""


@dataclass(frozen=True)
class Score:
    """How much was planted, how much of it was found; how much was told, and how much of that is right."""

    planted: float = 0
    found: float = 0
    told: float = 0
    right: float = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    def shown(self, number: bool = False) -> str:
        if not self.planted:
            return "·"
        share = 100 * self.found / self.planted
        shown = f"{share:.0f}" if share in (0, 100) else f"{share:.2f}" if share > 99 else f"{share:.1f}"
        return f"{shown} of {self.planted:,.0f}" if number else shown

    def precision(self) -> str:
        return f"{100 * self.right / self.told:.1f}" if self.told else "·"


@dataclass
class Composition:
    """The documents of a composed corpus, and the truth about them."""

    name: str
    texts: list[str] = field(default_factory=list)
    exact: list[int] = field(default_factory=list)
    normalised: list[tuple[int, int]] = field(default_factory=list)
    near: list[tuple[int, int, float, float]] = field(default_factory=list)
    spans: set[Span] = field(default_factory=set)
    boilerplate: list[str] = field(default_factory=list)
    doubtful: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    clean: list[str] = field(default_factory=list)

    def jsonl(self) -> bytes:
        return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in self.texts).encode()


def passages(documents: Sequence[bytes], most: int) -> list[str]:
    """Stretches of whole lines without trouble of their own, no two of them alike."""
    found: list[str] = []
    seen: set[str | int] = set()
    for document in documents:
        for text in _pieces(document.decode()):
            sample = {h for s in shingles(text) if (h := zlib.crc32(s.encode())) % 8 == 0}
            flat = folded(text)
            if _TROUBLE.search(text) or flat in seen or len(sample & seen) > 0.2 * len(sample):
                continue
            seen |= {flat, *sample}
            found.append(text)
            if len(found) == most:
                return found
    return found


def _pieces(text: str) -> Iterator[str]:
    held: list[str] = []
    size = taken = 0
    for line in text.split("\n"):
        width = len(line.encode()) + 1
        if size + width > LONGEST:
            if size >= SHORTEST and taken < 40:
                yield "\n".join(held).strip()
                taken += 1
            held, size = [], 0
        if width <= LONGEST:
            held, size = [*held, line], size + width
    if size >= SHORTEST and len("\n".join(held).strip().encode()) >= SHORTEST:
        yield "\n".join(held).strip()


def compose(name: str, documents: Sequence[bytes], dice: Dice) -> Composition:
    """Real passages, each used for one thing, and copies with whatever is planted."""
    whole = passages(random.Random(0).sample(documents, len(documents)), sum(SHARES.values()))
    made = Composition(name, list(whole), clean=whole)
    words = list(dict.fromkeys(re.findall(r"[^\W\d_]{2,8}", " ".join(whole))))
    use: dict[str, list[int]] = {}
    order = iter(dice.sample(range(len(whole)), len(whole)))
    for what, n in SHARES.items():
        use[what] = [k for k, _ in zip(order, range(n * len(whole) // sum(SHARES.values())), strict=False)]
    for k in use["exact"]:
        made.exact.append(k)
        made.texts.append(whole[k])
    for k in use["normalised"]:
        made.normalised.append((k, len(made.texts)))
        made.texts.append(normalised_copy(whole[k], dice))
    for n, k in enumerate(use["near"]):
        target = TARGETS[n % len(TARGETS)]
        if len(shingles(whole[k])) >= 200:
            text, likeness = near_copy(whole[k], target, words, dice)
            made.near.append((k, len(made.texts), target, likeness))
            made.texts.append(text)
    for what, kinds in (("debris", DEBRIS), ("personal", PERSONAL)):
        for k in use[what]:
            _plant(made, k, [(c, make(dice)) for c, make in kinds.values() for _ in range(2)], what, dice)
    _boilerplate(made, use["boilerplate"], words, dice)
    _doubtful(made, whole, words, dice)
    return made


def _plant(made: Composition, k: int, things: list[tuple[int, str]], what: str, dice: Dice) -> None:
    """Between words; where the script is not ASCII also within them."""
    text = made.texts[k]
    if what == "personal":
        things += [(-1, dice.choice(DECOYS)(dice)) for _ in range(4)]
    dice.shuffle(things)
    places = [p for p in range(1, len(text)) if not (text[p - 1 : p + 1].isascii() and text[p - 1 : p + 1].isalnum())]
    places = [p for p in places if text[p - 1].isspace() or ord(text[p - 1]) > 0x2FFF or 0xE00 <= ord(text[p]) < 0xE80]
    chosen = sorted(dice.sample(places, min(len(things), len(places))))
    out, last = b"", 0
    for place, (column, thing) in zip(chosen, things, strict=False):
        out += text[last:place].encode()
        out += b" " if out[-1:].isascii() and not out[-1:].isspace() else b""
        if column >= 0:
            made.spans.add((k, len(out), len(out) + len(thing.encode()), column))
        out += thing.encode()
        out += b" " if text[place].isascii() and not text[place].isspace() else b""
        last = place
    made.texts[k] = (out + text[last:].encode()).decode()


def _boilerplate(made: Composition, use: Sequence[int], words: Sequence[str], dice: Dice) -> None:
    made.boilerplate = [" ".join(dice.choices(words, k=n)) for n in (12, 15, 20, 2, 3)]
    head, *foot = made.boilerplate
    for k in use:
        made.texts[k] = "\n".join((head, made.texts[k], *foot))


def _doubtful(made: Composition, whole: Sequence[str], words: Sequence[str], dice: Dice) -> None:
    for kind, (rule, make) in DOUBTFUL.items():
        made.doubtful[kind, rule] = [make(words, dice) for _ in range(EACH)]
    language = made.name[:2]
    for way in range(4 if language in LEGACY else 0):
        for k in range(EACH):
            kind, rule, text = mojibake(whole[k % len(whole)], way, language)
            made.doubtful.setdefault((kind, rule), []).append(text)


def scores(made: Composition, profile: Profile) -> Iterator[tuple[str, Score]]:
    """What was found of each kind."""
    yield from _copies(made, profile)
    yield from _spans(made)
    yield from _lines(made, profile)
    yield from _documents(made)
    printed = cleanliness(profile).usable_bytes
    pairs = _told(profile)
    yield "usable bytes, printed / true", Score(usable(made, ALIKE), printed)
    yield f"the same, pairs of {ALIKE} ± {BORDER} as reported", Score(usable(made, ALIKE + BORDER, pairs), printed)


def _copies(made: Composition, profile: Profile) -> Iterator[tuple[str, Score]]:
    rows = profile.documents
    copied = {int(p) for p, n in zip(rows.places, rows.counts, strict=True) if n > 1}
    found = len(copied & set(made.exact))
    yield "exact copies", Score(len(made.exact), found, len(copied), found)
    norms = Counter(rows.norms.tolist())
    norm_of = dict(zip(rows.places.tolist(), rows.norms.tolist(), strict=True))
    found = sum(norm_of[a] == norm_of[b] for a, b in made.normalised)
    yield "normalised copies", Score(len(made.normalised), found, sum(norms.values()) - len(norms), found)
    pairs = _told(profile)
    for target in TARGETS:
        mine = [frozenset((a, b)) for a, b, aimed, _ in made.near if aimed == target]
        yield f"near copies, Jaccard {target}", Score(len(mine), sum(pair in pairs for pair in mine))
    true = {frozenset((a, b)) for a, b, _, likeness in made.near if likeness >= ALIKE}
    yield f"near copies, all of at least {ALIKE}", Score(len(true), len(true & pairs), len(pairs), len(true & pairs))
    close = {frozenset((a, b)) for a, b, _, likeness in made.near if likeness >= ALIKE - BORDER}
    yield f"reported near copies that have at least {ALIKE - BORDER}", Score(len(pairs), len(close & pairs))


def _told(profile: Profile) -> set[frozenset[int]]:
    """Pairs of places that are told as near copies."""
    table = profile.near
    told = near_copies(table)
    both = zip(table.places[told.copies].tolist(), table.places[told.kept].tolist(), strict=True)
    return {frozenset(pair) for pair in both}


def _spans(made: Composition) -> Iterator[tuple[str, Score]]:
    batch = batch_of([text.encode() for text in made.texts[: len(made.clean)]])
    rows, places = np.zeros((len(made.clean), COLUMNS), np.int64), np.empty((len(batch.data), 4), np.int64)
    n = find_debris(batch.data, batch.starts, batch.ends, triggers(), packed_names(TAGS), rows, places)
    told = {(d, a - int(batch.starts[d]), b - int(batch.starts[d]), c) for a, b, d, c in places[:n].tolist()}
    kinds: dict[str, tuple[int, Callable[[Dice], str]]] = {**DEBRIS, **PERSONAL}
    for name, (column, _) in kinds.items():
        mine = {span for span in made.spans if span[3] == column}
        claimed = {span for span in told if span[3] == column}
        yield name, Score(len(mine), len(mine & claimed), len(claimed), len(mine & claimed))


def _lines(made: Composition, profile: Profile) -> Iterator[tuple[str, Score]]:
    holders: Counter[str] = Counter()
    for text in made.texts:
        lines = [line.strip(" \t\r") for line in text.split("\n")]
        if sum(map(bool, lines)) > 1:
            holders.update({line for line in lines if line})
    truth = sum((n - 1) * len(line.encode()) for line, n in holders.items())
    found = cleanliness(profile)
    yield "repeated lines, bytes printed / true", Score(truth, found.lines.repeated.utf8_bytes)
    named = {line.text for line in found.top_lines}
    yield (
        "boilerplate lines named",
        Score(3, sum(line[:40] in {t[:40] for t in named} for line in made.boilerplate[:3])),
    )


def _documents(made: Composition) -> Iterator[tuple[str, Score]]:
    wrong = Counter(rule for rules in named(made.clean) for rule in rules)
    for (kind, rule), texts in made.doubtful.items():
        rules = named(texts)
        right = sum(rule in hit for hit in rules)
        told = right + wrong[rule] if rule else 0
        yield f"{kind} ({rule})" if rule else kind, Score(len(texts), sum(map(bool, rules)), told, right if rule else 0)


def named(texts: Sequence[str]) -> list[set[str]]:
    """The rules that name each text."""
    batch, zeros = batch_of([text.encode() for text in texts]), np.zeros(len(texts), np.int64)
    closed = Ended(zeros.astype(np.uint64), batch.ends - batch.starts, zeros, np.arange(len(texts)))
    counts = Counts(Inspector([FileRecord("")], True, LineTable()).observe(batch, closed).rows)
    hits = {rule.id: rule.names(counts) for rule in DOCUMENT_RULES}
    return [{rule for rule, hit in hits.items() if hit[k]} for k in range(len(texts))]


def usable(made: Composition, least: float, told: Set[frozenset[int]] = frozenset()) -> int:
    """By construction: of near copies the larger one is kept, of those that normalise to the same the smaller one.

    Pairs from `least` on are near copies, and below it those that were told, down to the border.
    """
    size = [len(text.encode()) for text in made.texts]
    for _, start, end, column in made.spans:
        if column in {c for c, _ in DEBRIS.values()}:
            size.append(start - end)
    lost = sum(size[k] for k in made.exact)
    lost += sum(max(size[a], size[b]) for a, b in made.normalised)
    for a, b, _, likeness in made.near:
        border = likeness >= ALIKE - BORDER and frozenset((a, b)) in told
        lost += min(size[a], size[b]) if likeness >= least or border else 0
    return sum(size) - lost
