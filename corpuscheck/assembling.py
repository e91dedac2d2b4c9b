"""Assemble: from what the passes over a corpus gave to its profile."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from corpuscheck.measuring.documents import joined
from corpuscheck.measuring.domain import domain_part
from corpuscheck.measuring.estimating import estimate_curve, estimate_tokens, find_mojibake
from corpuscheck.measuring.forecasting import forecast_part
from corpuscheck.measuring.units import Unit
from corpuscheck.printable import printable
from corpuscheck.profile.domain import Fertility
from corpuscheck.profile.files import LONGEST_PATH, FilesPart
from corpuscheck.profile.forecast import ForecastPart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.reading import ReadingPart
from corpuscheck.profile.sample import Sample
from corpuscheck.profile.size import SizePart
from corpuscheck.reading.files import NO_TEXT, FileRecord, skip
from corpuscheck.running.partial import Partial
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.training import Ranking, rank


def assemble(
    records: Sequence[FileRecord],
    measured: Partial,
    artefact: Artefact,
    ranking: Ranking | None,
    unit: Unit,
    reading_settings: str,
    fertility: Mapping[str, Fertility],
) -> Profile:
    """Put the parts together and add what comes from the sample."""
    reading = ReadingPart.of(records)
    raw = sum(record.bytes for record in records if record.status == "measured")
    size = measured.size.merge(SizePart(raw_bytes=raw))
    sample = measured.sample or Sample(0)
    estimates = estimate_tokens(artefact, sample)
    curve = measured.curve
    if ranking is None:
        curve, estimates = estimate_curve(rank(measured.characters.counts), sample, estimates)
    about = {
        "tokenizer": artefact.definition,
        "tokenizer_source": artefact.source,
        "tokenizer_trained": "yes" if artefact.trained else "no",
        "held_out_unit": unit if artefact.trained else "",
        "reading": reading_settings,
    }
    mojibake = find_mojibake(sample)
    characters = replace(measured.characters, places=_whole_places(measured))
    documents = measured.documents.merge(joined(measured.split))
    files = FilesPart.of(records)
    words = measured.words.settled()
    return Profile(
        reading, size, characters, words, curve, estimates, mojibake, files, documents,
        domain=replace(domain_part(sample), fertility=dict(fertility)), about=about,
    )  # fmt: skip


def _whole_places(measured: Partial) -> dict[int, tuple[str, int]]:
    """Where characters first stand, lines counted from the beginning of the file and not of its range."""
    before: dict[tuple[str, int], int] = {}
    line_ends: dict[str, int] = {}
    for record in sorted(measured.records, key=lambda r: r.start):
        before[record.path, record.start] = line_ends.get(record.path, 0)
        line_ends[record.path] = line_ends.get(record.path, 0) + record.line_ends
    return {
        cp: (printable(path, LONGEST_PATH), line and line + before[path, start])
        for cp, (path, start, line) in measured.places.items()
    }


def whole_records(records: Iterable[FileRecord]) -> list[FileRecord]:
    """One record for each file, those of ranges joined, by path."""
    whole: dict[str, FileRecord] = {}
    for record in sorted(records, key=lambda r: (os.path.normpath(r.path), r.start)):
        whole[record.path] = whole[record.path].joined(record) if record.path in whole else record
    for record in whole.values():
        if record.status == "measured" and not record.documents:  # ranges of nothing but line ends
            skip(record, NO_TEXT)
    return list(whole.values())


def forecast_of(seen: Partial) -> ForecastPart:
    """The state for forecasts from the pass that collected documents; an empty one where there was none."""
    if not seen.records:
        return ForecastPart()
    order = sorted(seen.sizes, key=lambda place: (os.path.normpath(place[0]), place[1]))
    sizes = [size for place in order for size in seen.sizes[place]]
    sizes += [size for _, (_, size) in sorted(seen.split.items())]
    return forecast_part(sizes, seen.sample or Sample(0))
