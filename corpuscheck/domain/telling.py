"""What is known of the domain, in words."""

from __future__ import annotations

from corpuscheck.domain.languages import named
from corpuscheck.domain.report import DomainReport
from corpuscheck.text.amounts import percent, size

_LIKE = 3


def domain_answer(report: DomainReport | None) -> str:
    """The answer in a few words."""
    if report is None:
        return "not known: there is no text"
    if report.verdict == "unknown":
        needed = f"; about {size(report.needed_bytes)} would do" if report.needed_bytes else ""
        return f"not known: {report.reason}{needed}"
    told = {"domain": "yes", "general": "it looks like general text", "unclear": "perhaps"}[report.verdict]
    why = f": {report.reason}" if report.reason else ""
    return f"{told}{why}"


def kind_of(report: DomainReport | None) -> str:
    """The answer for one of many, in two or three words."""
    if report is None:
        return ""
    kinds = {"domain": "a domain", "general": "general text", "unclear": "in between"}
    return kinds.get(report.verdict, "too little text" if report.reason == "too little text" else "not compared")


def how_far(report: DomainReport) -> str:
    """0.166 bits from general Korean (0.157 to 0.175), nearest to civil rulings"""
    if report.distance_bits is None:
        return report.reason
    told = f"{bits(report.distance_bits)} bits from general {named(report.language)}"
    if report.distance_interval:
        low, high = report.distance_interval
        told += f" ({bits(low)} to {bits(high)})"
    return f"{told}, nearest to {report.nearest.name}" if report.nearest else told


def how_mixed(report: DomainReport) -> str:
    """about 20 % are like civil rulings (15 to 26 %), the rest like encyclopedia; empty where that is not known"""
    if not report.mixture:
        return ""
    first, *rest = sorted(report.mixture, key=lambda row: (row.kind != "domain", -row.share))
    if first.kind != "domain" or not rest:
        first, *rest = report.mixture
    low, high = (percent(bound) for bound in first.interval)
    told = f"about {percent(first.share)} are like {first.name} ({low} to {high})"
    return told + (f", the rest like {', '.join(row.name for row in rest[:_LIKE])}" if rest else "")


def bits(value: float) -> str:
    """0.178"""
    return f"{max(0.0, value):.3f}" if value >= 0.0005 or value <= 0 else "<0.001"
