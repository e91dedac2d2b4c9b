"""CC6: is it really this domain?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corpuscheck.domain.report import DomainReport
from corpuscheck.rules.rule import Evidence, NotJudgedError, Observation, Rule
from corpuscheck.text.amounts import percent, plural, times


def general_text(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The text is no farther from general text than general sources are from each other.

    A corpus of a domain should be clearly farther: law, medicine and contracts are two times as far and more. The
    distance is that of character n-grams, so a language of its own or scanned page numbers make a text far too.

    Fix: look at its distinctive words; collect from sources of the domain alone. Or take a model that was trained on
    general text.
    """
    report = _compared(evidence)
    if report.ratio is None:
        raise NotJudgedError(
            "a reference with a single source cannot say what is ordinary: build one from several "
            "('corpuscheck reference build')"
        )
    if report.ratio <= limit:
        sources = plural(len(report.sources), "general source")
        yield Observation(
            f"{times(report.ratio)} times as far from general text as {sources} are from each other, "
            f"no more than the {limit:g} that is ordinary: this looks like general text",
            report.ratio,
        )


def mixed_domain(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The text is of a domain, but most of its documents look like general text.

    Documents that clearly differ are told by their character n-grams, from a sample. Their share is a lower bound:
    short documents and those of a domain close to general text do not stand out.

    Fix: compare its parts one by one with the same reference, and leave out the one that is general.
    """
    report = _compared(evidence)
    if report.differing is None or report.ratio is None:
        raise NotJudgedError(f"the share of general documents is not known: {report.not_shared}")
    general = 1 - report.differing
    if report.standing != "ordinary" and general > limit:
        yield Observation(
            f"up to {percent(general)} of the {report.units} look like general text",
            general,
        )


def _compared(evidence: Evidence) -> DomainReport:
    if evidence.domain is None:
        raise NotJudgedError("there is no reference to compare with: --reference names one")
    if evidence.domain.unavailable:
        raise NotJudgedError(f"the reference cannot be compared with: {evidence.domain.unavailable}")
    return evidence.domain


RULES = tuple(
    replace(rule, needs="reference")
    for rule in (
        Rule("CC601", "general-text", "warning", general_text, 1.5, "times", floor="above"),
        Rule("CC602", "mixed-domain", "info", mixed_domain, 0.9, "share"),
    )
)
