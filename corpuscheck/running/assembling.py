"""Assemble: from what the passes over a corpus gave to its profile."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from corpuscheck.kernels.arrays import Hashes, Ints
from corpuscheck.measuring.documents import PLACE_BITS, START_BITS, joined
from corpuscheck.measuring.domain import language_parts
from corpuscheck.measuring.estimating import (
    count_lines,
    estimate_curve,
    estimate_tokens,
    find_escapes,
    find_mojibake,
    find_question_marks,
)
from corpuscheck.measuring.forecasting import forecast_part
from corpuscheck.measuring.ledger import judge_shared, sources_of_shared
from corpuscheck.measuring.letters import letters_part
from corpuscheck.measuring.sources import sources_of_files
from corpuscheck.measuring.units import Unit
from corpuscheck.measuring.wholeness import wholeness
from corpuscheck.profile.against import AgainstPart
from corpuscheck.profile.clean import CleanPart
from corpuscheck.profile.documents import DocumentPart, file_id
from corpuscheck.profile.domain import FertilitySums, LanguageParts
from corpuscheck.profile.files import LONGEST_PATH, FilesPart
from corpuscheck.profile.forecast import ForecastPart
from corpuscheck.profile.near import NearPart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.reading import ReadingPart
from corpuscheck.profile.size import SizePart
from corpuscheck.reading.discover import by_path
from corpuscheck.reading.files import NO_TEXT, FileRecord, skip
from corpuscheck.reading.sourcing import Sourcing
from corpuscheck.running.partial import Partial
from corpuscheck.settings import Settings, Training
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact, remarks_text
from corpuscheck.tokenizer.ranking import Ranking, rank
from corpuscheck.values.packed import Packed


def assemble(
    records: Packed[FileRecord],
    measured: Partial,
    artefact: Artefact,
    ranking: Ranking | None,
    unit: Unit,
    settings: Settings,
    fertility: Mapping[str, FertilitySums],
    sourcing: Sourcing,
) -> Profile:
    """Put the parts together and add what comes from the sample."""
    reading = ReadingPart.of(records)
    read = records.where("status", lambda status: status == "measured")
    size = measured.size.merge(SizePart(raw_bytes=int(records.numbers("bytes")[read].sum())))
    sample = measured.sample
    small = sample.smaller(settings.budgets.tokens)
    lines = count_lines(small)
    estimates = estimate_tokens(artefact, small)
    curve = measured.curve
    if ranking is None:
        curve, estimates = estimate_curve(rank(measured.characters.counts), sample, estimates)
    about = {
        "tokenizer": artefact.definition,
        "tokenizer_source": artefact.source,
        "tokenizer_trained": "yes" if artefact.trained else "no",
        "held_out_unit": unit if artefact.trained else "",
        "vocab_size": str(settings.training.vocab_size if artefact.trained else Training().vocab_size),
        "reading": settings.reading.described(),
        "clean": "yes" if settings.clean else "no",
        "tokenizer_assumed": artefact.assumed,
        "tokenizer_remarks": remarks_text(artefact.remarks),
        "near_duplicates": "yes" if settings.clean and settings.near_duplicates else "no",
    }
    mojibake = find_mojibake(small)
    characters = replace(measured.characters, places=_whole_places(measured))
    before = documents_before(measured.records)
    shared, rubbish, more_lines = judge_shared(measured.split)
    documents, near = numbered(measured, before)
    homes, more_sources = sources_of_shared(measured.split, sourcing)
    more_documents, more_norms = joined(measured.split, rubbish, homes)
    by_files = sources_of_files(records.chosen(read), sourcing)
    files = FilesPart.of(records)
    words = measured.words.settled()
    return Profile(
        reading,
        size,
        characters,
        words,
        curve,
        estimates,
        mojibake,
        files=files,
        documents=documents.merge(more_documents),
        norms=measured.norms.merge(more_norms),
        clean=_placed(measured.clean, before).merge(shared),
        near=near,
        lines=measured.lines.merge(more_lines),
        paragraphs=measured.paragraphs,
        boilerplate=measured.boilerplate,
        escapes=find_escapes(small, lines),
        question_marks=find_question_marks(small, lines),
        domain=LanguageParts(language_parts(sample.smaller(settings.budgets.domain)), dict(fertility)),
        letters=letters_part(artefact, small, measured.characters.counts),
        wholeness=wholeness(artefact, small.smaller(settings.budgets.fertility)),
        sources=measured.sources.merge(more_sources["sources"], by_files),
        distributions=measured.distributions.merge(more_sources["distributions"]),
        against=_against(measured.against, before),
        about=about,
    )


def _against(part: AgainstPart, before: dict[tuple[str, int], int]) -> AgainstPart:
    """The same with paths that can be shown and numbers in the file."""
    places = {
        document: (printable(path, LONGEST_PATH), 0, number + before.get((path, start), 0))
        for document, (path, start, number) in part.places.items()
    }
    return replace(part, places=places)


def documents_before(records: Packed[FileRecord]) -> dict[tuple[str, int], int]:
    """How many documents of its file lie before each range of it, of files that were cut into ranges.

    The start of a range counts in steps, as it does in places.
    """
    before: dict[tuple[str, int], int] = {}
    so_far: dict[str, int] = {}
    for record in _ranges(records):
        before[record.path, record.start >> START_BITS] = so_far.get(record.path, 0)
        so_far[record.path] = so_far.get(record.path, 0) + record.documents
    return before


def ranges_of(records: Packed[FileRecord]) -> Packed[FileRecord]:
    """The records of files that were cut: few, however many files there are."""
    cut = set(records.chosen(np.flatnonzero(records.numbers("start"))).values("path"))
    return records.chosen(records.where("path", cut.__contains__) if cut else ())


def _ranges(records: Packed[FileRecord]) -> list[FileRecord]:
    return sorted(ranges_of(records), key=lambda record: record.start)


def numbered(measured: Partial, before: dict[tuple[str, int], int]) -> tuple[DocumentPart, NearPart]:
    """The documents and their signatures, with places that are numbers in the file, not in one of its ranges.

    Ranges ascend as the numbers do, so that rows stay in order.
    """
    ids = {(file_id(path), start): n for (path, start), n in before.items() if start}
    documents, near = measured.documents, measured.near
    if ids:
        places, lasts = (_numbers(documents.files, column, ids) for column in (documents.places, documents.lasts))
        documents = replace(documents, places=places, lasts=lasts)
        near = replace(near, places=_numbers(near.files, near.places, ids))
    return documents, near


def _numbers(files: Hashes, places: Ints, before: dict[tuple[int, int], int]) -> Ints:
    """Places as numbers in the file: the number within a range, and the documents `before` it by (file, start)."""
    numbers, starts = places & ((1 << PLACE_BITS) - 1), places >> PLACE_BITS
    known = np.unique(np.array([file for file, _ in before], np.uint64))

    def keys(files: Hashes, starts: Ints) -> Ints:
        return (np.searchsorted(known, files) << (64 - PLACE_BITS)) + starts

    ranges = keys(np.array([file for file, _ in before], np.uint64), np.array([start for _, start in before], np.int64))
    order = np.argsort(ranges)
    rows = np.flatnonzero((starts > 0) & np.isin(files, known))
    wanted = keys(files[rows], starts[rows])
    found = order[np.minimum(np.searchsorted(ranges[order], wanted), len(order) - 1)]
    added = np.fromiter(before.values(), np.int64, len(before))[found]
    numbers[rows] += np.where(ranges[found] == wanted, added, 0)
    return numbers


def _placed(clean: CleanPart, before: dict[tuple[str, int], int]) -> CleanPart:
    """The same with paths that can be shown and numbers in the file."""
    return CleanPart(
        {
            name: replace(
                tally,
                worst=tuple(
                    replace(
                        w,
                        path=printable(w.path, LONGEST_PATH),
                        number=w.number + before.get((w.path, w.start), 0),
                        start=0,
                    )
                    for w in tally.worst
                ),
            )
            for name, tally in clean.tallies.items()
        }
    )


def _whole_places(measured: Partial) -> dict[int, tuple[str, int]]:
    """Where characters first stand, lines counted from the beginning of the file and not of its range."""
    before: dict[tuple[str, int], int] = {}
    line_ends: dict[str, int] = {}
    for record in _ranges(measured.records):
        before[record.path, record.start] = line_ends.get(record.path, 0)
        line_ends[record.path] = line_ends.get(record.path, 0) + record.line_ends
    shown = {path: printable(path, LONGEST_PATH) for path in set(measured.places.values("path"))}
    return {
        first.code_point: (shown[first.path], first.line and first.line + before.get((first.path, first.start), 0))
        for first in measured.places
    }


def whole_records(records: Packed[FileRecord]) -> Packed[FileRecord]:
    """One record for each file, those of ranges joined, by path."""
    ids = np.fromiter(map(hash, records.values("path")), np.int64, len(records))
    _, number, times = np.unique(ids, return_inverse=True, return_counts=True)
    apart = (times[number] > 1) | (records.numbers("documents") == 0)
    joined: dict[str, FileRecord] = {}
    for record in sorted(records.chosen(np.flatnonzero(apart)), key=lambda r: r.start):
        joined[record.path] = joined[record.path].joined(record) if record.path in joined else record
    for record in joined.values():
        if record.status == "measured" and not record.documents:  # ranges of nothing but line ends
            skip(record, NO_TEXT)
    rest = records.chosen(np.flatnonzero(~apart)) if joined else records
    return by_path(rest.merge(Packed.of(FileRecord, joined.values())))


def forecast_of(seen: Partial) -> ForecastPart:
    """The state for forecasts from the pass that collected documents; an empty one where there was none."""
    if not len(seen.records):
        return ForecastPart()
    order = sorted(seen.sizes, key=lambda place: (os.path.normpath(place[0]), place[1]))
    sizes = [size for place in order for size in seen.sizes[place]]
    sizes += [shared.size for _, shared in sorted(seen.split.items())]
    return forecast_part(sizes, seen.sample)
