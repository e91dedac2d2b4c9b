"""CC6: is it really this domain?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.telling import how_far, how_mixed
from corpuscheck.rules.rule import Evidence, NotJudgedError, Observation, Rule
from corpuscheck.text.amounts import percent

_LEAST_OF_A_DOMAIN = 0.03


def general_text(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The text looks like general text: nothing sets it apart.

    Its distance from general text, its own words and the share of its documents that differ are taken together, for
    each language by a reference of its own. Where these contradict each other, nothing is said. Sources that are text
    of a domain by themselves do not count.

    Fix: look at its distinctive words; collect from sources of the domain alone. Or take a model that was trained on
    general text.
    """
    reports = _compared(evidence)
    general = [report for report in reports if report.verdict == "general"]
    share = sum(report.share * (1 - report.of_domain_sources) for report in general)
    if share > limit:
        far = "; ".join(how_far(report) for report in general)
        yield Observation(f"{percent(share)} of the text looks like general text: {far}", share)


def mixed_domain(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Some of the documents are like text of a domain, and more than a few like general text.

    The share is estimated from a sample of the documents, by the landmark that each is nearest to. Where some sources
    are text of a domain and others general text, they are named.

    Fix: compare its parts one by one, and leave out the one that is general.
    """
    reports, by_source = _compared(evidence), evidence.sources.domains_told
    if not by_source and not any(report.mixture for report in reports):
        raise NotJudgedError("too few documents are long enough to tell what they are like")
    told = f"; by source: {by_source}" if by_source else ""
    for report in reports:
        of_domains = sum(row.share for row in report.mixture if row.kind == "domain")
        surely = max((row.interval[0] for row in report.mixture if row.kind == "domain"), default=0.0)
        if surely >= _LEAST_OF_A_DOMAIN and 1 - of_domains > limit:
            yield Observation(f"of the {report.units} {how_mixed(report)}{told}", 1 - of_domains)
            told = by_source = ""
    if by_source:
        share = evidence.sources.share_of("general")
        if share > limit:
            yield Observation(by_source, share)


def _compared(evidence: Evidence) -> list[DomainReport]:
    """The reports of the languages that could be compared."""
    if evidence.domain is None:
        raise NotJudgedError("there is no text")
    reports = [evidence.domain, *evidence.domain.others]
    if all(report.verdict == "unknown" for report in reports):
        raise NotJudgedError(f"it cannot be compared with general text: {evidence.domain.reason}")
    return [report for report in reports if report.verdict != "unknown"]


RULES = tuple(
    replace(rule, needs="reference")
    for rule in (
        Rule("CC601", "general-text", "warning", general_text, 0.5, "share"),
        Rule("CC602", "mixed-domain", "info", mixed_domain, 0.1, "share"),
    )
)
