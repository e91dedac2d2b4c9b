"""The section of the terminal report about the domain of the text."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.domain.differing import QUANTILE
from corpuscheck.domain.report import ORDINARY, SPECIFIC, DomainReport
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.common import Question, bits, domain_answer, how_far, how_often
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section
from corpuscheck.result.result import Result
from corpuscheck.text.amounts import count, percent, plural
from corpuscheck.text.printable import printable

_WORDS = 10
_SOURCES = 4
_SCRIPTS = 6

Labelled = list[tuple[str | Text, str | Text]]


def domain(result: Result) -> Group:
    """The fourth question, its second half."""
    report = result.domain
    rows = _scripts(result)
    if report is None:
        told = (
            "corpuscheck reference build general FOLDER… makes a reference from several bodies of general text; then "
        )
        rows.append(("to find out", told + "scan with --reference general.ccp"))
        return section(None, Question.DOMAIN, domain_answer(report), labelled(rows))
    rows += _compared(report)
    parts: list[RenderableType] = [labelled(rows)]
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


def _compared(report: DomainReport) -> Labelled:
    rows: Labelled = [("reference", Text.assemble(safe(report.reference, limit=LONGEST_PATH), *_nearest(report)))]
    far: str | Text = how_far(report)
    if report.ratio is not None:
        scale = f"  ({ORDINARY:g} or less is ordinary, more than {SPECIFIC:g} a domain)"
        far = Text.assemble((f"{far}", "bold"), (scale, "dim"))
    rows.append(("distance", far))
    if report.sources:
        rows += _distances(report)
        rows.append(("differing", _documents(report)))
    if report.fertility:
        own, general = report.fertility.own, report.fertility.general
        told = f"{general:.2f} per word with the general tokenizer, {own:.2f} with the one of this scan"
        if report.fertility.on_general_text:
            told += f"; general text takes {report.fertility.on_general_text:.2f}"
        rows.append(("tokens", told))
    for name, why in report.left_out:
        rows.append(("left out", safe(f"{name}: {why}", limit=LONGEST_PATH)))
    return rows


def _nearest(report: DomainReport) -> tuple[Text | str, ...]:
    return (", nearest in it is ", safe(report.nearest.name, limit=LONGEST_PATH)) if report.nearest else ()


def _distances(report: DomainReport) -> Labelled:
    shown = report.sources[:_SOURCES]
    told = ", ".join(f"{bits(source.bits)} from {printable(source.name, 60)}" for source in shown)
    more = f" and {len(report.sources) - len(shown)} more" if len(report.sources) > len(shown) else ""
    rows: Labelled = [("  in bits", f"{told}{more}")]
    if report.spread is not None:
        rows.append(("", f"{bits(report.spread)} from a general source to its nearest, in the middle"))
    rows.append(("", f"{bits(report.sources[0].within)} between halves of one text is taken off"))
    return rows


def _documents(report: DomainReport) -> str:
    looked_at = plural(report.documents + report.passages, report.units.removesuffix("s"))
    if report.differing is None:
        return f"{looked_at} looked at; how many differ is not known: {report.not_shared}"
    compared = f"{count(report.sketched)} of {looked_at} compared"
    if report.differing <= 1 - QUANTILE:
        return f"no more stand out than among general text ({percent(1 - QUANTILE)}); {compared}"
    return f"at least {percent(report.differing)} clearly differ from general text; {compared}"


def _words(report: DomainReport) -> Table:
    table = columns(
        ("distinctive words", "left"), (f"in {report.units}", "right"), ("times as frequent as in general text", "left")
    )
    for word in report.words[:_WORDS]:
        table.add_row(safe(word.word, limit=40), count(word.documents), how_often(word))
    return table
