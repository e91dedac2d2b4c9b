"""Results made by hand: one that has something to say everywhere, and one in which every text attacks the report."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from support import scanned

from corpuscheck.domain.mixture import MixtureShare
from corpuscheck.domain.report import DomainReport, Fertility, Landmark
from corpuscheck.domain.verdict import Signal
from corpuscheck.domain.words import DistinctiveWord
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.reading import ReadingPart
from corpuscheck.profile.size import SizePart
from corpuscheck.profile.words import WordPart
from corpuscheck.result.place import Place
from corpuscheck.result.result import (
    ChangedFile,
    Changes,
    Finding,
    LostWord,
    NewCharacter,
    NewCopies,
    NewCopy,
    NewDamage,
    Result,
    SkippedRule,
)
from corpuscheck.settings import Policy, Severity

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

ATTACKS = (
    "[/red][bold]loud",
    "a|b \\| c|",
    "`a` ``b`` \\`",
    "<script>alert(1)</script>",
    "<!-- --> </details> &lt; &#64;",
    "@everyone me@example.com (@org/team)",
    "::error::x ::stop-commands::y ##[error]z ###[group] ##vso[a=b]",
    "100%0A%25::warning file=a,line=1::b",
    "two\r\nlines\n# head\n\n- item",
    "nul\x00 vt\x0b non\ufffe end\uffff",
    "\x1b[31mred\x1b[0m \x9b1m",
    "\u202eexe.txt\u2066",
    "byte \udcff half \ud800",
    "]]> </failure> &amp; \"'",
    "[link](http://evil.example) ![i](x) www.evil.example https://evil.example",
    "#1 GH-1 org/repo#2 0123abcdef0123abcdef :smile: **b** _i_ ~~s~~ $x$",
    "--- === 1. + > {0} {{1}} ,:=",
)


@cache
def examples_result() -> Result:
    """The scan of an example in the state that it is in. Call it in the root of the repository."""
    return scanned("examples/broken", character_coverage=0.9995).result


def full_result() -> Result:
    """Findings of all kinds, rules that were not judged, limits with lines, and a comparison."""
    result = examples_result()
    few = Finding("CC107", "many-documents-in-a-file", "info", "one long file", "divide it", 120_000, 100_000)
    return replace(
        result,
        findings=(*result.findings, few),
        skipped_rules=(SkippedRule("CC112", "markup", "the baseline knows nothing of it"),),
        policy=Policy(fail_on="error", config="corpuscheck.toml", lines={"CC201": 7, "CC301": 12}),
        comparison=comparison(),
        domain=domain(),
    )


def domain() -> DomainReport:
    """What the references might say of it."""
    english = DomainReport("en", 0.03, reason="too little text", documents=9, text_bytes=4000, needed_bytes=14_000)
    return DomainReport(
        "ko",
        0.97,
        "domain",
        "",
        (Signal("distance", 0.1784, 0.8), Signal("words", 0.1213, 2.0), Signal("documents", 0.51, 1.1)),
        ("general.ccp",),
        0.1784,
        (0.1611, 0.1957),
        (
            Landmark("news", "general", 0.0241, 0.2107),
            Landmark("film reviews", "general", 0.0592, 0.2513),
            Landmark("civil rulings", "domain", 0.1662, 0.0921),
        ),
        (
            MixtureShare("civil rulings", "domain", 0.41, (0.34, 0.49)),
            MixtureShare("news", "general", 0.59, (0.51, 0.66)),
        ),
        0.0592,
        0.031,
        0.51,
        (DistinctiveWord("원고", 423, 100.0), DistinctiveWord("판결", 406, 34.2)),
        0.1213,
        1.21,
        1326,
        0,
        240,
        2_000_000,
        0,
        9,
        Fertility(1.61, 1.2, 1.42),
        (english,),
    )


def comparison() -> Changes:
    """What examples/broken might have become since yesterday."""
    base = Profile(
        ReadingPart(measured=6, encodings={"utf-8": 5, "ascii": 1}, encoding_bytes={"utf-8": 6000, "ascii": 800}),
        SizePart(6800, 6750, 0, 9),
        words=WordPart("0" * 16, 900, 9),
    )
    good, mixed = Place("examples/broken/good.txt", 3), Place("examples/broken/mixed.txt", 14, "12 lines in cp949")
    return Changes(
        "baseline.ccp",
        base,
        (
            ChangedFile("examples/broken/mixed.txt", "added", "mixed", 1160, 1, 120, 30, 14),
            ChangedFile("examples/broken/good.txt", "changed", "utf-8", 700, 1, 20, 1, 3),
            ChangedFile("examples/broken/one-bad-byte.txt", "changed", "utf-8", 760, 1, 4, 0),
            ChangedFile("examples/broken/decomposed.txt", "moved", "utf-8", 2200, 1, 0, 0),
            ChangedFile("examples/broken/old.txt", "removed", "cp949", 400, 1, 55, 0),
        ),
        (
            NewCharacter("뷁", "HANGUL SYLLABLE BWELG", 31, True, mixed),
            NewCharacter("é", "LATIN SMALL LETTER E WITH ACUTE", 2, False, None),
        ),
        (LostWord("뷁다", 30, "뷁 not in the alphabet", "not in the alphabet", ("뷁",)),),
        {"mixed": (mixed,)},
        (NewDamage("invalid bytes", 1, 1, (Place("examples/broken/one-bad-byte.txt"),)),),
        (NewDamage("binary (png)", 1, 1, (Place("examples/broken/picture.txt"),)),),
        NewCopies(3, 2100, True, (good, mixed), {"exact": 2, "normalised": 0, "near": 1}, copies()),
    )


def copies() -> tuple[NewCopy, ...]:
    old = Place("examples/broken/old.txt", document=2)
    return (
        NewCopy("near", Place("examples/broken/mixed.txt", document=1), old, 0.931, 1, 1160),
        NewCopy("exact", Place("examples/broken/good.txt", document=1), old, 1.0, 2, 940),
    )


def hostile_result(attacks: tuple[str, ...] = ATTACKS) -> Result:
    """One finding for each attack; every word, path, detail and reason is one too."""
    result = examples_result()
    places = {text: Place(text, n, text) for n, text in enumerate(attacks, 1)}
    words = tuple(LostWord(text, 1, text, "too long", ()) for text in attacks)
    damage = tuple(NewDamage(text, 1, 1, (place,)) for text, place in places.items())
    compared = Changes(
        attacks[0],
        Profile(ReadingPart(measured=1, encodings=dict.fromkeys(attacks, 1))),
        tuple(ChangedFile(text, "added", text, 1, 1, 1, 1, 1) for text in attacks),
        tuple(NewCharacter(text[0], text, 1, True, place) for text, place in places.items()),
        words,
        {text: (place,) for text, place in places.items()},
        damage,
        damage,
        NewCopies(
            1,
            1,
            False,
            tuple(places.values()),
            pairs=tuple(NewCopy("near", Place(t, document=1), Place(t, document=1), 0.9, 1, 1) for t in attacks),
            unlooked=attacks[0],
        ),
    )
    return replace(
        result,
        tokenizer=replace(result.tokenizer, worst_words=words),
        findings=tuple(
            Finding(f"CC9{n:02}", "attack", SEVERITIES[n % 3], text, text, places=(place,))
            for n, (text, place) in enumerate(places.items())
        ),
        skipped_rules=tuple(SkippedRule(f"CC8{n:02}", "attack", text) for n, text in enumerate(attacks)),
        comparison=compared,
        domain=replace(
            domain(),
            language=attacks[0],
            reason=attacks[0],
            references=attacks,
            landmarks=tuple(Landmark(text, "domain", 0.1, 0.1) for text in attacks),
            mixture=tuple(MixtureShare(text, "domain", 0.1, (0.0, 0.2)) for text in attacks),
            words=tuple(DistinctiveWord(text, 1, 5.0) for text in attacks),
            others=tuple(replace(domain(), language=text, reason=text, others=()) for text in attacks),
        ),
    )
