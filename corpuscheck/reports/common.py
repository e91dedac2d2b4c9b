"""What several reports share: the words of the verdict, where a finding is, and what is said there."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from corpuscheck.domain.words import MOST_RATIO, DistinctiveWord
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.sources import SEVERAL
from corpuscheck.reading.kinds import kind_of
from corpuscheck.result.contamination import Contamination
from corpuscheck.result.normalisation import Normalisation
from corpuscheck.result.place import Place
from corpuscheck.result.result import Changes, Finding, LostWord, NewCopies, Result, Verdict
from corpuscheck.result.sources import Overlap, Sources
from corpuscheck.text.amounts import count, files, percent, plural, size
from corpuscheck.text.composing import MOST_MARKS
from corpuscheck.text.printable import printable

VERDICTS: dict[Verdict, str] = {"ready": "READY", "caution": "CAUTION", "not_ready": "NOT READY"}


class Question(StrEnum):
    """What a report answers, in this order."""

    READ = "Can it be read?"
    ENOUGH = "Is there enough?"
    SEEN = "Does the tokenizer see it?"
    ALPHABET = "What would another alphabet lose?"
    CLEAN = "Is it clean?"
    DOMAIN = "Is it really this domain?"


LONGEST_TEXT = 1000 + LONGEST_PATH
"""A message may name a path, which is not cut."""
_PLACES_OF_ONE = 20
_REASONS = 3


def severities_told(result: Result) -> str:
    """1 error, 8 warnings"""
    counts = Counter(finding.severity for finding in result.findings)
    told = [plural(counts[kind], kind) for kind in ("error", "warning") if counts[kind]]
    return ", ".join(told) or "nothing stands against pretraining on this"


TESTED_WITH = "What will it be tested with?"


def contamination_told(found: Contamination) -> str:
    """How much of a benchmark stands in the corpus."""
    name = printable(found.name, LONGEST_PATH)
    if not found.contaminated:
        return f"nothing of {name} stands in the corpus ({plural(found.documents, 'document')})"
    return (
        f"{count(found.contaminated)} of {plural(found.documents, 'document')} of {name} stand in the corpus, "
        f"{percent(found.share)} of all its stretches"
    )


def left_out_told(too_short: int, shared_only: int) -> str:
    """What of a benchmark was not looked for."""
    told = []
    if too_short:
        told.append(f"{plural(too_short, 'document')} too short to be looked for")
    if shared_only:
        told.append(f"{plural(shared_only, 'document')} with nothing but what many others hold too")
    return "; ".join(told)


def of_change(finding: Finding) -> bool:
    """Whether it says what a change has done to the corpus."""
    return finding.rule.startswith("CC7") and finding.rule != "CC710"


def detail(place: Place) -> str:
    """What is there. It may name a path too."""
    return printable(place.detail, LONGEST_TEXT)


def archive_and_member(place: Place) -> tuple[str, str]:
    """Where a place is for a program that knows files only: the file, and what is meant inside it if it is an archive.

    a.zip and ``b.txt:3`` of a.zip!/b.txt, line 3; data.jsonl and ``document 3`` of data.jsonl#3.
    """
    end = place.path.find("!/")
    while end >= 0:
        archive, member = place.path[:end], place.path[end + 2 :]
        if kind_of(archive.rpartition("/")[2]).archive:
            return archive, replace(place, path=member).named if member else ""
        end = place.path.find("!/", end + 1)
    return place.path, f"document {place.document}" if place.document and place.line is None else ""


def file_and_line(place: Place) -> tuple[str, int]:
    """The file to annotate, and the line: of a member of an archive, the archive."""
    path, member = archive_and_member(place)
    return printable(path, LONGEST_PATH), 1 if member else max(1, place.line or 1)


def said_at(finding: Finding, place: Place) -> str:
    """The message of a finding, the member that `file_and_line` cannot name, and what is true of this place alone."""
    text = printable(finding.message, LONGEST_TEXT)
    if member := archive_and_member(place)[1]:
        text += f"; in {member}"
    if place.detail and place.detail not in finding.message:
        text += f"; here: {detail(place)}"
    return text


def encodings(profile: Profile, most: int = 6) -> str:
    """utf-8 in 5 files, cp949 in 1 file"""
    found = sorted(profile.reading.encodings.items(), key=lambda pair: (-pair[1], pair[0]))
    told = [f"{printable(name)} in {files(n)}" for name, n in found[:most]]
    return ", ".join(told) + (f" and {len(found) - most:,} more" if len(found) > most else "")


def before_and_now(comparison: Changes, now: Profile) -> list[tuple[str, str, str]]:
    """The figures of the baseline and of the corpus as it is: (what, before, now)."""
    base = comparison.base
    added = f"{percent(comparison.new_unk_rate)} ({count(comparison.new_unk_words)} of {count(comparison.new_words)})"
    return [
        ("files", count(base.reading.measured), count(now.reading.measured)),
        ("text", size(base.size.utf8_bytes), size(now.size.utf8_bytes)),
        ("documents", count(base.size.documents), count(now.size.documents)),
        ("encodings", encodings(base), encodings(now)),
        ("[UNK] words", percent(base.words.unk_rate), percent(now.words.unk_rate)),
        ("[UNK] words in new text", "", added),
        *_shattered_before_and_now(comparison, now),
    ]


def _shattered_before_and_now(comparison: Changes, now: Profile) -> list[tuple[str, str, str]]:
    """Nothing where a tokenizer shatters no words."""
    before, after = comparison.base.words, now.words
    if not (before.shattered.words or after.shattered.words):
        return []
    of_new = f"({count(comparison.new_shattered_words)} of {count(comparison.new_words)})"
    return [
        ("shattered words", percent(before.shattered_rate), percent(after.shattered_rate)),
        ("shattered words in new text", "", f"{percent(comparison.new_shattered_rate)} {of_new}"),
    ]


@dataclass(frozen=True)
class Annotation:
    """A finding at one of its places. The fingerprint stays the same while rule, path and line do."""

    finding: Finding
    place: Place
    text: str
    fingerprint: str


def annotated(result: Result, most: int) -> list[Annotation]:
    """One annotation for each place of each finding, the worst first. What is left out is told by the last one kept."""
    every = list(_annotations(result))
    if len(every) <= most:
        return every
    last = every[most - 1]
    return [*every[: most - 1], replace(last, text=f"{last.text}; {len(every) - most:,} more remarks are left out")]


def _annotations(result: Result) -> Iterator[Annotation]:
    seen: Counter[tuple[object, ...]] = Counter()
    for finding in result.findings:
        places = finding.places or (result.place_of(finding),)
        for n, place in enumerate(places[:_PLACES_OF_ONE], 1):
            text = said_at(finding, place)
            if n == _PLACES_OF_ONE < len(places):
                text += f"; {plural(len(places) - n, 'more place')} not listed"
            key = (finding.rule, place.path, place.line)
            seen[key] += 1  # two findings of one rule in one file must not have one fingerprint
            yield Annotation(finding, place, text, _fingerprint(*key, seen[key]))


def _fingerprint(*parts: object) -> str:
    text = "\n".join(printable(str(part), LONGEST_PATH) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def worst_places(places: Iterable[Place], most: int) -> str:
    """a.txt:3, b.txt and 4 more"""
    every = tuple(places)
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return ", ".join(place.named for place in every[:most]) + more


def copies_told(copies: NewCopies) -> str:
    """3 new documents (2.10 kB) are copies of what the baseline has: 2 exact, 1 near"""
    kinds = ", ".join(f"{count(n)} {kind}" for kind, n in copies.kinds.items() if n)
    return f"{copies.told} of what the baseline has" + (f": {kinds}" if kinds else "")


def how_often(word: DistinctiveWord) -> str:
    """55, or over 100"""
    return f"over {MOST_RATIO:.0f}" if word.ratio >= MOST_RATIO else f"{word.ratio:.0f}"


def cut_marks(normalisation: Normalisation) -> str:
    """2 runs of over 30 combining marks were composed 30 marks at a time: ..."""
    verb = "was" if normalisation.cut_runs == 1 else "were"
    return (
        f"{plural(normalisation.cut_runs, 'run')} of over {MOST_MARKS} combining marks {verb} composed "
        f"{MOST_MARKS} marks at a time: NFC may save a few bytes more or less"
    )


COME_FROM = "Where does it come from?"
SPREAD = "How is it spread?"


def told_apart(sources: Sources) -> str:
    """4 sources by folder, the costliest first"""
    unasked = " (found; --by sets it)" if sources.found else ""
    way = f"in {SEVERAL} ways" if sources.by == SEVERAL else f"by {printable(sources.by)}"
    return f"{plural(len(sources), 'source')} {way}{unasked}, the costliest first"


def lost_words(sources: Sources) -> str:
    """The heading over the share of words that are lost."""
    return "lost" if any(source.shattered_words for source in sources.sources) else "[UNK]"


def overlap_told(overlap: Overlap) -> str:
    """news and wiki share 2.1 MB of text: 99 % of news, 12 % of wiki"""
    one, other = printable(overlap.one), printable(overlap.other)
    shares = f"{percent(overlap.share_of_one)} of {one}, {percent(overlap.share_of_other)} of {other}"
    return f"{one} and {other} share {size(overlap.utf8_bytes)} of text: {shares}"


def marked_word(word: LostWord, most: int = 24) -> Iterator[tuple[str, bool]]:
    """The word in pieces, and which of them are guilty; so many characters of it, around the first guilty one."""
    raw = word.word
    first = min((raw.find(ch) for ch in word.characters if ch in raw), default=0)
    start = max(0, first - most // 2) if len(raw) > most else 0
    if start:
        yield "…", False
    for guilty, characters in groupby(raw[start : start + most], lambda ch: ch in word.characters):
        yield "".join(map(printable, characters)), guilty
    if len(raw) > start + most:
        yield "…", False


def what_was_read(result: Result) -> str:
    """9 files found, 7 read: 9.11 kB of text in 12 documents, 759 B on average"""
    reading, text = result.profile.reading, result.profile.size
    found = files(reading.files) if reading.files == reading.measured else f"{files(reading.files)} found"
    read = "" if reading.files == reading.measured else f", {reading.measured:,} read"
    mean = f", {size(text.mean_document)} on average" if text.documents > 1 else ""
    return f"{found}{read}: {size(text.utf8_bytes)} of text in {plural(text.documents, 'document')}{mean}"


def in_which_encodings(result: Result) -> str:
    """utf-8 in 5 files, cp949 in 1 file; skipped: 1 empty"""
    skipped = sorted(result.profile.reading.skipped.items(), key=lambda pair: (-pair[1], pair[0]))
    more = f" and {len(skipped) - _REASONS:,} more reasons" if len(skipped) > _REASONS else ""
    left_out = ", ".join(f"{n:,} {printable(reason)}" for reason, n in skipped[:_REASONS]) + more
    return encodings(result.profile) + (f"; skipped: {left_out}" if left_out else "")
