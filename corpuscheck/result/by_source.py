"""The sources of a profile: what was counted of each, and what each costs the whole."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from corpuscheck.domain.languages import script_of_label
from corpuscheck.domain.report import DomainReport
from corpuscheck.profile.documents import ELSEWHERE
from corpuscheck.profile.domain_sources import MOST_COMPARED
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.sources import SEVERAL, SourceFigures, source_id
from corpuscheck.reading.sourcing import HERE, MOST_FOUND, common_start, mere_pieces
from corpuscheck.result.copies import Cleanliness
from corpuscheck.result.percentiles import percentile
from corpuscheck.result.sources import Overlap, SourceReport, Sources

K = TypeVar("K", bound=Hashable)

OTHERS = "all further sources"


def sources_of(
    profile: Profile, cleanliness: Cleanliness, tokens: Interval | None, domain: DomainReport | None = None
) -> Sources:
    """The sources side by side; empty where there is only one, or where nobody asked and it is not obvious."""
    part = profile.sources
    figures = dict(part.sources)
    if part.others.filled:
        figures[OTHERS] = part.others
    of_files = part.by in ("path", "file") or part.by.startswith("folder")
    if len(figures) < 2 or (part.found and (len(figures) > MOST_FOUND or (of_files and mere_pieces(figures)))):
        return Sources(part.by, part.found)
    ids = {name: ELSEWHERE if name == OTHERS else source_id(name) for name in figures}
    names = short_names(part.by, figures)
    costs = _Apportioned(profile, cleanliness, figures, ids)
    per_word = tokens.value / profile.words.words if tokens and profile.words.words else None
    reports = [
        _report(names[name], one, profile.size.utf8_bytes, costs.of(name), per_word, _domain_of(name, part.by, domain))
        for name, one in figures.items()
    ]
    reports.sort(key=lambda source: (-source.cost_bytes, -source.utf8_bytes, source.name))
    overlaps = _overlaps(cleanliness, {ids[name]: (names[name], one.utf8_bytes) for name, one in figures.items()})
    others = OTHERS if part.others.filled else ""
    return Sources(part.by, part.found, tuple(reports), overlaps, others, cleanliness.complete)


def short_names(by: str, names: Iterable[str]) -> dict[str, str]:
    """Names without the folders that all of them have in common, where they are paths."""
    paths = [name for name in names if name != OTHERS]
    short = {OTHERS: OTHERS}
    if by not in ("path", "file", SEVERAL) and not by.startswith("folder"):
        return short | dict(zip(paths, paths, strict=True))
    parts = {name: name.split("/") for name in paths}
    common = common_start(parts.values()) if len(paths) > 1 else 0
    return short | {name: "/".join(some[common:]) or HERE for name, some in parts.items()}


def _domain_of(name: str, by: str, domain: DomainReport | None) -> DomainReport | None:
    """What is known of the domain of a source: that of the language of a script, where these are the sources."""
    if domain is None or name == OTHERS:
        return None
    if by != "script":
        return domain.of_source(source_id(name)) or DomainReport(reason=_reason(source_id(name), domain))
    script = "Kana" if name == "Han and Kana" else name
    return next((one for one in (domain, *domain.others) if script_of_label(one.language) == script), None)


def _reason(source: int, domain: DomainReport) -> str:
    """Why nothing is known of the domain of a source."""
    cut = any(
        len(report.sources) == MOST_COMPARED and source > max(report.sources) for report in (domain, *domain.others)
    )
    return f"only {MOST_COMPARED} sources of a language are looked at" if cut else "too little text"


class _Apportioned:
    """The figures of the corpus shared out among its sources, so that their sums are those figures exactly."""

    def __init__(
        self, profile: Profile, cleanliness: Cleanliness, figures: Mapping[str, SourceFigures], ids: Mapping[str, int]
    ) -> None:
        costs = cleanliness.costs
        sizes = {name: one.utf8_bytes for name, one in figures.items()}
        copies = round(cleanliness.copies.utf8_bytes)
        by_place = {
            (name, place): table.get(ids[name], 0.0)
            for name in figures
            for place, table in enumerate((costs.inside, costs.elsewhere))
        }
        self._copies = apportioned(copies, by_place)
        taken = {name: self._copies[name, 0] + self._copies[name, 1] for name in figures}
        debris = {name: costs.debris.get(ids[name], 0.0) for name in figures}
        scale = cleanliness.debris_bytes / sum(debris.values()) if sum(debris.values()) else 0.0
        left = {name: max(0.0, size - taken[name] - scale * debris[name]) for name, size in sizes.items()}
        self._usable = apportioned(cleanliness.usable_bytes, left)
        self._debris = {name: max(0, size - taken[name] - self._usable[name]) for name, size in sizes.items()}
        self._error = cleanliness.usable_error / profile.size.utf8_bytes if profile.size.utf8_bytes else 0.0
        self._sizes = sizes

    def of(self, name: str) -> tuple[int, int, int, int, float]:
        """Usable bytes, copies inside and elsewhere, debris, and the standard error of the first."""
        inside, elsewhere = self._copies[name, 0], self._copies[name, 1]
        return self._usable[name], inside, elsewhere, self._debris[name], self._error * self._sizes[name]


def apportioned(total: int, shares: Mapping[K, float]) -> dict[K, int]:
    """Whole numbers in the proportions of the shares that add up to `total` (by the largest remainders)."""
    whole = sum(shares.values())
    if whole <= 0:
        return dict.fromkeys(shares, 0)
    exact = {key: total * share / whole for key, share in shares.items()}
    found = {key: int(value) for key, value in exact.items()}
    missing = total - sum(found.values())
    for key in sorted(exact, key=lambda key: (found[key] - exact[key], str(key)))[:missing]:
        found[key] += 1
    return found


def _report(
    name: str,
    figures: SourceFigures,
    whole: int,
    costs: tuple[int, int, int, int, float],
    tokens_per_word: float | None,
    domain: DomainReport | None,
) -> SourceReport:
    usable, inside, elsewhere, debris, error = costs
    return SourceReport(
        name,
        figures.files,
        figures.documents,
        figures.utf8_bytes,
        figures.utf8_bytes / whole if whole else 0.0,
        figures.utf8_bytes / figures.documents if figures.documents else 0.0,
        percentile(figures.lengths, 50),
        figures.words,
        figures.unk_words,
        figures.shattered_words,
        figures.lost.worst,
        usable,
        inside,
        elsewhere,
        debris,
        error,
        figures.doubtful,
        dict(sorted(figures.scripts.items(), key=lambda pair: (-pair[1], pair[0]))),
        dict(sorted(figures.encodings.items(), key=lambda pair: (-pair[1], pair[0]))),
        None if tokens_per_word is None else round(tokens_per_word * figures.words),
        domain,
    )


def _overlaps(cleanliness: Cleanliness, known: Mapping[int, tuple[str, int]]) -> tuple[Overlap, ...]:
    found = []
    for (one, other), (documents, size) in cleanliness.costs.shared.items():
        (a, of_a), (b, of_b) = known[one], known[other]
        found.append(Overlap(a, b, documents, size, _of(size, of_a), _of(size, of_b)))
    return tuple(sorted(found, key=lambda overlap: (-overlap.utf8_bytes, overlap.one, overlap.other)))


def _of(size: float, whole: int) -> float:
    return min(1.0, size / whole) if whole else 0.0
