"""Is it really this domain? The ladder of landmarks, the mixture, and which words set it apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpuscheck.domain.languages import named
from corpuscheck.domain.mixture import MixtureShare
from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.telling import bits, domain_answer, how_far, how_mixed, kind_of
from corpuscheck.domain.words import DistinctiveWord
from corpuscheck.reports.answers import Foreign, Verbatim
from corpuscheck.reports.common import how_often
from corpuscheck.reports.html.parts import Bar, Cell, Grid, Heading, PageBlock, Room, grid
from corpuscheck.result.result import Result
from corpuscheck.result.sources import SourceReport, Sources
from corpuscheck.text.amounts import count, percent
from corpuscheck.text.scripts import ScriptShare

_SCRIPTS = 6
_WORDS = 10


def domain(result: Result, room: Room) -> Iterator[PageBlock | None]:
    """Scripts, which are always known; then for each language distances, mixture and words."""
    if result.scripts:
        yield _scripts(result.scripts, room)
    if result.domain:
        if result.domain.others:
            yield _languages(result.domain, room)
        if any(source.domain for source in result.sources.sources):
            yield _sources(result.sources, room)
        for report in (result.domain, *result.domain.others):
            if report.landmarks:
                yield _ladder(report, room)
            if report.mixture:
                yield _mixture(report, room)
            if report.words:
                yield _words(report, room)


def _scripts(scripts: tuple[ScriptShare, ...], room: Room) -> Grid:
    columns = (Heading("script"), Heading("share", bar=True), Heading("of the letters", number=True))

    def row(script: ScriptShare) -> tuple[Cell, ...]:
        return script.name, Bar(script.share), percent(script.share)

    title = f"{percent(scripts[0].share)} of the letters are {scripts[0].name}"
    return grid(title, columns, scripts, row, min(_SCRIPTS, room.rows))


def _languages(report: DomainReport, room: Room) -> Grid:
    columns = (Heading("language"), Heading("of the text", number=True), Heading("a domain?"))

    def row(one: DomainReport) -> tuple[Cell, ...]:
        return Foreign(named(one.language)), percent(one.share), Foreign(domain_answer(one))

    return grid("Each language is compared with its own", columns, (report, *report.others), row, room.rows)


def _sources(found: Sources, room: Room) -> Grid:
    """Whether each source is text of a domain."""
    most = max(0.001, *(source.distance or 0.0 for source in found.sources))
    columns = (
        Heading("source"),
        Heading("distance", bar=True),
        Heading("bits", number=True),
        Heading("a domain?"),
        Heading("nearest to"),
        Heading("language"),
    )

    def row(source: SourceReport) -> tuple[Cell, ...]:
        far, report = source.distance, source.domain or DomainReport()
        return (
            Foreign(source.name),
            Bar(max(0.0, far or 0.0) / most),
            "" if far is None else bits(far),
            kind_of(source.domain),
            Foreign(report.nearest.name) if report.nearest else "",
            Foreign(named(report.language)) if report.language else "",
        )

    title = found.domains_told or "Each source is compared with general text of its language"
    return grid(title, columns, found.sources, row, room.rows)


@dataclass(frozen=True)
class _Rung:
    distance: float
    name: str
    kind: str


def _ladder(report: DomainReport, room: Room) -> Grid:
    """How far each landmark is from general text, and this text among them."""
    here = report.distance_bits or 0.0
    rungs = [_Rung(mark.distance_bits, mark.name, mark.kind) for mark in report.landmarks]
    rungs = sorted([*rungs, _Rung(here, "", "")], key=lambda rung: (rung.distance, rung.name))
    most = max(0.001, *(rung.distance for rung in rungs))
    columns = (
        Heading(f"from general {named(report.language)}"),
        Heading("distance", bar=True),
        Heading("bits", number=True),
        Heading("kind"),
    )

    def row(rung: _Rung) -> tuple[Cell, ...]:
        name = Foreign(rung.name) if rung.name else "this text"
        kind = {"domain": "a domain", "general": "general"}.get(rung.kind, "")
        return name, Bar(rung.distance / most, tone="" if rung.name else "good"), bits(rung.distance), kind

    note = f"{how_far(report)}. The distance of a body is that from the others."
    return grid(f"This text is {bits(here)} bits from general {named(report.language)}", columns, rungs, row,
                room.rows, note=note)  # fmt: skip


def _mixture(report: DomainReport, room: Room) -> Grid:
    columns = (
        Heading("nearest to"),
        Heading("share", bar=True),
        Heading(f"of the {report.units}", number=True),
        Heading("from, to", number=True),
    )

    def row(one: MixtureShare) -> tuple[Cell, ...]:
        low, high = map(percent, one.interval)
        return Foreign(one.name), Bar(one.share), percent(one.share), f"{low} to {high}"

    return grid(f"Of the {report.units} {how_mixed(report)}", columns, report.mixture, row, room.rows)


def _words(report: DomainReport, room: Room) -> Grid:
    columns = (
        Heading("word"),
        Heading(f"in {report.units}", number=True),
        Heading("times as frequent as in general text", number=True),
    )

    def row(word: DistinctiveWord) -> tuple[Cell, ...]:
        return Verbatim(word.word), count(word.documents), how_often(word)

    return grid(f"{report.words[0].word} sets it apart most", columns, report.words, row, min(_WORDS, room.rows))
