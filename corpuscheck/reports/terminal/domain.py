"""The section of the terminal report about the domain of the text."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.domain.differing import QUANTILE
from corpuscheck.domain.languages import named
from corpuscheck.domain.report import DomainReport
from corpuscheck.domain.telling import bits, domain_answer, how_far, how_mixed
from corpuscheck.domain.verdict import Signal
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.common import Question, how_often
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import count, percent, plural, times

_WORDS = 10
_SCRIPTS = 6
_BAR = 24
_NAME = 24
_RUNGS = 14

Labelled = list[tuple[str | Text, str | Text]]


def domain(result: Result) -> Group:
    """The fourth question, its second half."""
    report = result.domain
    rows = _scripts(result)
    if report is None:
        return section(None, Question.DOMAIN, domain_answer(report), labelled(rows))
    rows += _languages(report) + _compared(report)
    if result.sources.domains_told:
        rows.append(("sources", safe(result.sources.domains_told, limit=600)))
    parts: list[RenderableType] = [labelled(rows)]
    if report.landmarks:
        parts += [Text(), _ladder(report)]
    if report.words:
        parts += [Text(), _words(report)]
    return section(None, Question.DOMAIN, domain_answer(report), *parts)


def _scripts(result: Result) -> Labelled:
    """Letters by script, and documents by the script that most of their letters are of."""
    shares = result.scripts
    more = f" and {len(shares) - _SCRIPTS} more" if len(shares) > _SCRIPTS else ""
    told = ", ".join(f"{script.name} {percent(script.share)}" for script in shares[:_SCRIPTS])
    rows: Labelled = [("letters", f"{told}{more}" if told else "none")]
    part = result.profile.clean
    found = list(part.named("script: ").items())
    if len(found) > 1:
        named = [
            f"{'without letters' if name == 'none' else name} {percent(tally.documents / part.documents)}"
            for name, tally in found[:_SCRIPTS]
        ]
        rows.append(("documents", f"mostly {', '.join(named)}{', …' if len(found) > _SCRIPTS else ''}"))
    return rows


def _languages(report: DomainReport) -> Labelled:
    """The language with most text and its share; what is known of the others."""
    rows: Labelled = [("language", Text.assemble(safe(named(report.language)), f" {percent(report.share)}"))]
    for other in report.others:
        told = safe(f"{named(other.language)} {percent(other.share)}: {domain_answer(other)}", limit=LONGEST_PATH)
        if other.distance_bits is not None:
            told = Text.assemble(told, safe(f", {how_far(other)}", limit=LONGEST_PATH))
        rows.append(("", told))
    return rows


def _compared(report: DomainReport) -> Labelled:
    if report.distance_bits is None:
        return []
    rows: Labelled = [("distance", safe(how_far(report), "bold", LONGEST_PATH))]
    if report.ratio is not None:
        rows.append(("", f"{times(report.ratio)} times as far as general texts are from each other, in the middle"))
    if report.references:
        rows.append(("with", safe(", ".join(report.references), limit=LONGEST_PATH)))
    if report.general_bodies < 3:
        bodies = "one body" if report.general_bodies == 1 else f"{report.general_bodies} bodies"
        rows.append(("", f"there are only {bodies} of general text to compare with: take this for a hint"))
    rows += [("signals" if not k else "", _signal(signal)) for k, signal in enumerate(report.signals)]
    rows.append(("differing", _documents(report)))
    if report.mixture:
        rows.append(("mixture", safe(f"of the {report.units} {how_mixed(report)}", limit=LONGEST_PATH)))
    if report.fertility:
        own, general = report.fertility.own, report.fertility.general
        told = f"{general:.2f} per word with the general tokenizer, {own:.2f} with the one of this scan"
        if report.fertility.on_general_text:
            told += f"; general text takes {report.fertility.on_general_text:.2f}"
        rows.append(("tokens", told))
    return rows


def _signal(signal: Signal) -> str:
    figure = {
        "distance": f"distance {bits(signal.value)} bits",
        "words": f"its own words are {percent(signal.value)} of all words",
        "documents": f"{percent(signal.value)} of the documents clearly differ",
        "tokens": f"its words take {times(signal.value)} times as many tokens as those of general text",
        "landmark": f"only {bits(signal.value)} bits from text of a domain",
    }[signal.name]
    says = {"domain": "a domain", "general": "general text"}.get(signal.says, "in between")
    return f"{figure}: {says}"


def _documents(report: DomainReport) -> str:
    looked_at = plural(report.documents + report.passages, report.units.removesuffix("s"))
    if report.differing is None:
        return f"{looked_at} looked at; too few of them are long enough to tell how many differ"
    compared = f"{count(report.sketched)} of {looked_at} compared"
    if report.differing <= 1 - QUANTILE:
        return f"no more stand out than among general text ({percent(1 - QUANTILE)}); {compared}"
    return f"at least {percent(report.differing)} clearly differ from general text; {compared}"


def _ladder(report: DomainReport) -> Table:
    """How far each landmark is from general text, and this text among them."""
    here = report.distance_bits or 0.0
    rungs = [(mark.distance_bits, mark.name, mark.kind) for mark in report.landmarks]
    if len(rungs) > _RUNGS:
        rungs = sorted(sorted(rungs, key=lambda rung: abs(rung[0] - here))[:_RUNGS])
    longest = max(0.001, here, *(rung[0] for rung in rungs))
    table = columns((f"bits from general {named(report.language)}", "left"), ("", "right"), ("", "left"), ("", "left"))
    for distance, name, kind in sorted([*rungs, (here, "", "")]):
        filled = round(_BAR * max(0.0, distance) / longest)
        style = "" if name else "bold"
        bar = Text.assemble(("█" * filled, "cyan" if name else "green"), ("░" * (_BAR - filled), "dim"))
        told = safe(name, limit=_NAME) if name else Text("this text", "bold")
        table.add_row(told, Text(bits(distance), style), bar, "a domain" if kind == "domain" else "")
    return table


def _words(report: DomainReport) -> Table:
    table = columns(
        ("distinctive words", "left"), (f"in {report.units}", "right"), ("times as frequent as in general text", "left")
    )
    for word in report.words[:_WORDS]:
        table.add_row(safe(word.word, limit=40), count(word.documents), how_often(word))
    return table
