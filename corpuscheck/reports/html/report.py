"""The report as a page: the verdict and why, what to do, then each question with the picture that answers it."""

from __future__ import annotations

from collections.abc import Iterator

from corpuscheck._version import __version__
from corpuscheck.reports.answers import Answer, Foreign, answers
from corpuscheck.reports.common import VERDICTS, in_which_encodings, severities_told, what_was_read
from corpuscheck.reports.headlines import by_weight, gravest, headline, verdict_told
from corpuscheck.reports.html.against import against
from corpuscheck.reports.html.changes import changes
from corpuscheck.reports.html.clean import clean
from corpuscheck.reports.html.domain import domain
from corpuscheck.reports.html.page import bytes_of
from corpuscheck.reports.html.parts import (
    Cell,
    Heading,
    HtmlPage,
    PageBlock,
    PageFinding,
    PageSection,
    Room,
    grid,
    labelled,
    path,
    shown,
)
from corpuscheck.reports.html.reading import enough, read
from corpuscheck.reports.html.sources import sources
from corpuscheck.reports.html.tokenizer import alphabet, seen
from corpuscheck.result.result import Result, SkippedRule, Verdict
from corpuscheck.text.amounts import percent, plural, size

_TONES: dict[Verdict, str] = {"not_ready": "error", "caution": "warning", "ready": "fine"}
_FIRST = 4
"""Findings that are not folded away."""
_PLACES = 3
_BEHIND = {
    "CC1": ("read", read),
    "CC2": ("enough", enough),
    "CC3": ("seen", seen),
    "": ("alphabet", alphabet),
    "CC4": ("clean", clean),
    "CC6": ("domain", domain),
}
"""The name of the section of each question, and what lies behind the answer, by the first of its rules."""


def render(result: Result) -> bytes:
    """One page, at most 300 kB, the same for the same result."""
    return bytes_of(lambda room: _page(result, room))


def _page(result: Result, room: Room) -> HtmlPage:
    findings = by_weight(result)
    first = findings[: min(_FIRST, room.rows)]
    more = findings[len(first) : room.rows]
    kana = any(script.name == "Kana" for script in result.scripts)
    return HtmlPage(
        kind="corpuscheck: is this corpus ready to pretrain a language model on?",
        verdict=VERDICTS[result.verdict],
        tone=_TONES[result.verdict],
        title=verdict_told(result),
        lead=(severities_told(result), what_was_read(result), Foreign(in_which_encodings(result))),
        told=tuple(PageFinding.of(finding, _PLACES) for finding in first),
        more=tuple(PageFinding.of(finding, _PLACES) for finding in more),
        left_out=len(findings) - len(first) - len(more),
        sections=tuple(_sections(result, room)),
        han="ja" if kana else "zh",
    )


def _sections(result: Result, room: Room) -> Iterator[PageSection]:
    if result.comparison:
        yield changes(result, result.comparison, room)
    for answer in answers(result):
        anchor, behind = _BEHIND[answer.rules[0] if answer.rules else ""]
        title, mark = headline(result, answer), _mark(result, answer)
        further = () if "".join(answer.whole).casefold() == title.casefold() else answer.whole
        yield PageSection(anchor, answer.title, title, mark, shown(*behind(result, room)), further)
    yield from against(result, room)
    yield from sources(result, room)
    if result.skipped_rules:
        title = f"{plural(len(result.skipped_rules), 'rule')} could not be judged"
        yield PageSection("unjudged", "", title, "", (_unjudged(result.skipped_rules, room),))
    yield PageSection("method", "", "How it was measured", "", shown(*_method(result)))


def _mark(result: Result, answer: Answer) -> str:
    """That of the gravest finding; none where a question has no rules."""
    if not answer.rules:
        return ""
    if grave := gravest(result, answer):
        return grave.severity
    return "unknown" if "".join(answer.whole).startswith("not known") else "fine"


def _unjudged(rules: tuple[SkippedRule, ...], room: Room) -> PageBlock:
    columns = (Heading("rule"), Heading("name"), Heading("why it was not judged"))
    return grid("", columns, rules, lambda rule: (rule.rule, rule.name, rule.reason), room.rows)


def _method(result: Result) -> Iterator[PageBlock]:
    """What is needed to measure it again."""
    about, limits, policy = result.profile.about, result.limits, result.policy
    rows: list[tuple[str, Cell]] = [("corpuscheck", __version__)]
    source = about.get("tokenizer_source", "")
    rows.append(("tokenizer", "trained on this corpus" if result.tokenizer.trained else path(source)))
    rows.append(("", f"{result.tokenizer.model}, fingerprint {result.tokenizer.fingerprint}"))
    rows.append(("[UNK]", result.tokenizer.method))
    rows.append(("reading", Foreign(about.get("reading", "")) or "with the settings that are the default"))
    rows.append(("documents", _looked(about)))
    rows.append(("limits", f"{size(limits.target_bytes)} of text, {percent(limits.max_unk_rate)} [UNK] words"))
    rows.append(("fails on", policy.fail_on))
    chosen = (("only rules", policy.select), ("rules ignored", policy.ignore))
    rows += [(label, ", ".join(rules)) for label, rules in chosen if rules]
    if policy.config:
        rows.append(("configuration", path(policy.config)))
    if result.comparison:
        rows.append(("baseline", path(result.comparison.name)))
    if result.domain:
        rows += [("reference", path(name)) for name in result.domain.references]
    yield labelled("", rows)


def _looked(about: dict[str, str]) -> str:
    if about.get("clean") != "yes":
        return "not all were looked into"
    near = "and near copies looked for" if about.get("near_duplicates") == "yes" else "near copies were not looked for"
    return f"each was looked into, {near}"
