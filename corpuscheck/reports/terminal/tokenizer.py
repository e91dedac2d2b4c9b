"""What the terminal report says about the tokenizer: lost words, guilty characters, other alphabets."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.files import LONGEST_PATH
from corpuscheck.reports.common import Question
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section
from corpuscheck.result.result import (
    CurvePoint,
    GuiltyCharacter,
    LettersReport,
    LostWord,
    Result,
    ShatteredReport,
    TokenizerReport,
)
from corpuscheck.text.amounts import count, percent, plural, size
from corpuscheck.text.printable import printable

_WORST = 10


def tokenizer(result: Result) -> Group:
    """The third question: what is lost, and to which characters."""
    report, words = result.tokenizer, result.profile.words
    origin = "trained here" if report.trained else "loaded from "
    rows: list[tuple[str | Text, str | Text]] = [
        ("tokenizer", Text.assemble(origin, safe("" if report.trained else report.source, limit=LONGEST_PATH))),
        ("", f"{report.model}, {report.vocab_size:,} pieces, fingerprint {report.fingerprint}"),
        ("normaliser", safe(report.normalizer, limit=300)),
        *_assumption(report),
        *_letters(report.letters),
        ("words", count(words.words)),
        ("[UNK] words", Text.assemble((percent(words.unk_rate), "bold"), f"  {count(words.unk_words)} on all text")),
    ]
    if report.trained:
        held = f"{count(words.held_out_unk_words)} of {count(words.held_out_words)} on held-out {report.held_out_unit}s"
        rows.append(("  held out", Text.assemble((percent(words.held_out_unk_rate), "bold"), f"  {held}")))
    documents = result.profile.size.documents
    touched = percent(words.documents_with_unk / documents) if documents else "0 %"
    rows.append(("documents hit", f"{touched}  {count(words.documents_with_unk)} of {count(documents)} hold an [UNK]"))
    rows += _shattered_rows(result)
    if report.tokens:
        rows += _token_rows(result)
    rows += _unknown_rows(report)
    rows += _wholeness_rows(report)
    if not report.method.startswith("counted"):
        rows.append(("method", safe(report.method)))
    parts: list[RenderableType] = [labelled(rows)]
    if report.worst_words:
        parts += [Text(), worst_words(report.worst_words, words.unk_words, report.words_exact)]
        parts += [Text(), _worst_characters(report.worst_characters)] if report.worst_characters else []
    if report.shattered.characters:
        parts += [Text(), shattered_words(report.shattered), Text(), shattered_characters(report.shattered)]
    if len(report.wholeness.scripts) > 1:
        parts += [Text(), script_costs(report)]
    shattered = f", {percent(words.shattered_rate)} shattered" if words.shattered.words else ""
    return section(3, Question.SEEN, f"{percent(words.unk_rate)} [UNK]{shattered}", *parts)


def _shattered_rows(result: Result) -> Iterator[tuple[str | Text, str | Text]]:
    """Words in tokens that are no whole characters; nothing where there are none."""
    report, words = result.tokenizer, result.profile.words
    shattered, documents = words.shattered, result.profile.size.documents
    if not shattered.words:
        return
    rate = Text.assemble((percent(words.shattered_rate), "bold"), f"  {count(shattered.words)} in pieces of characters")
    yield "shattered words", rate
    if report.trained:
        held = f"{count(shattered.held_out_words)} of {count(words.held_out_words)} on held-out {report.held_out_unit}s"
        yield "  held out", Text.assemble((percent(words.held_out_shattered_rate), "bold"), f"  {held}")
    touched = percent(shattered.documents / documents) if documents else "0 %"
    yield "documents hit", f"{touched}  {count(shattered.documents)} of {count(documents)} hold a shattered word"
    if words.encoded_tokens and report.shattered.tokens_if_whole is not None:
        fewer = count(report.shattered.tokens_if_whole)
        characters = plural(report.shattered.distinct, "character")
        yield "", f"{fewer} tokens instead of {count(words.encoded_tokens)}, were {characters} whole"


def _unknown_rows(report: TokenizerReport) -> Iterator[tuple[str | Text, str | Text]]:
    """What [UNK] does not show of the unknown; nothing where it is what it seems."""
    unknown = report.unknown
    if unknown.way == "dropped":
        yield "unknown", "dropped in silence: it has no unknown token, and no bytes to spell characters in"
    elif unknown.way == "ordinary":
        yield "unknown", safe(f"becomes '{printable(unknown.token, 24)}', which has another use as well", limit=200)
    if unknown.fused_words:
        about = "" if unknown.exact else "about "
        one = f"{about}{count(unknown.fused_characters)} characters of {count(unknown.fused_words)} words"
        yield "", f"neighbours become one token: {one}"


def _wholeness_rows(report: TokenizerReport) -> Iterator[tuple[str | Text, str | Text]]:
    """Words that are one token, and pieces that occur."""
    found = report.wholeness
    if found.whole_rate:
        yield "whole words", f"{_with_interval(found.whole_rate, percent)} in {size(found.sampled_bytes)}"
        share = percent(found.used / report.vocab_size) if report.vocab_size else "0 %"
        yield (
            "pieces used",
            f"at least {share}  {count(found.used)} of {count(report.vocab_size)} in {size(found.sampled_bytes)}",
        )


def _assumption(report: TokenizerReport) -> Iterator[tuple[str | Text, str | Text]]:
    """How a vocabulary was read that no file explains, and what it loses in the other way."""
    if report.assumed:
        yield "", safe(report.assumed, limit=300)
    if other := report.other_reading:
        where = "" if other.exact else " in a sample"
        yield "", safe(f"read as {other.normalizer}, it would lose {percent(other.unk_rate)} of the words{where}")


def _letters(letters: LettersReport) -> Iterator[tuple[str | Text, str | Text]]:
    """What the normaliser takes from the letters, where it takes anything."""
    if letters.characters or letters.words_changed:
        where = "" if letters.words_exact else " of a sample"
        words = f", and {percent(letters.words_share)} of the words{where}" if letters.words else ""
        yield "letters lost", f"{percent(letters.share)} of the characters change or vanish{words}"


def _token_rows(result: Result) -> list[tuple[str | Text, str | Text]]:
    report = result.tokenizer
    assert report.tokens is not None
    per_word = report.tokens_per_word
    sampled = f", estimated from {size(result.profile.estimates.sampled_bytes)}"
    rows: list[tuple[str | Text, str | Text]] = [
        ("tokens", _with_interval(report.tokens, count) + ("" if report.tokens_exact else sampled))
    ]
    per_token = result.profile.size.utf8_bytes / report.tokens.value if report.tokens.value else 0.0
    if per_word:
        rows.append(("", f"{_with_interval(per_word, _two_decimals)} per word, {per_token:.2f} bytes each"))
    return rows


def _two_decimals(value: float) -> str:
    return f"{value:.2f}"


def _with_interval(interval: Interval, shown: object) -> str:
    assert callable(shown)
    if interval.exact:
        return str(shown(interval.value))
    return f"{shown(interval.value)} ({shown(interval.low)} to {shown(interval.high)})"


def worst_words(words: tuple[LostWord, ...], total: int, exact: bool, most: int = _WORST) -> Table:
    """Words, how often each was lost and why, with the guilty characters marked."""
    table = columns(("worst words" if exact else "worst words (sampled)", "left"), ("lost", "right"), ("why", "left"))
    for word in words[:most]:
        table.add_row(_highlighted(word), count(word.count), safe(word.cause))
    if len(words) > most:
        shown = sum(word.count for word in words[:most])
        table.add_row(Text("… and others", "dim"), Text(count(max(0, total - shown)), "dim"), "")
    return table


def shattered_words(report: ShatteredReport, most: int = _WORST) -> Table:
    """Words, and how often each is shattered."""
    table = columns(("shattered words" if report.exact else "shattered words (sampled)", "left"), ("times", "right"))
    for word, times in report.words[:most]:
        table.add_row(safe(word), count(times))
    return table


def shattered_characters(report: ShatteredReport, most: int = _WORST) -> Table:
    """Characters that are spelled in pieces, and what that costs."""
    table = columns(
        ("shattered", "left"),
        ("", "left"),
        ("in words", "right"),
        ("tokens", "right"),
        ("each", "right"),
        ("name", "left"),
    )
    for cut in report.characters[:most]:
        table.add_row(
            Text(printable(cut.character), "bold red"),
            cut.codepoint,
            count(cut.words),
            count(cut.tokens),
            f"{cut.tokens / cut.times:.1f}",
            safe(cut.name),
        )
    if report.distinct > most:
        table.add_row(Text("… and others", "dim"), "", "", "", "", Text(f"{count(report.distinct)} in all", "dim"))
    return table


def script_costs(report: TokenizerReport, most: int = _WORST) -> Table:
    """What each script pays."""
    table = columns(
        ("script", "left"), ("words", "right"), ("continued", "right"), ("tokens per word", "right"),
        ("tokens per character", "right"),
    )  # fmt: skip
    for cost in report.wholeness.scripts[:most]:
        continued = percent(cost.continued_rate.value) if cost.continued_rate else ""
        per_word = f"{cost.tokens_per_word.value:.2f}" if cost.tokens_per_word else ""
        per_character = f"{cost.tokens_per_character:.2f}" if cost.tokens_per_character else ""
        table.add_row(cost.script, count(cost.words), continued, per_word, per_character)
    return table


def _highlighted(word: LostWord) -> Text:
    """The word with its guilty characters marked, at most 24 characters of it around the first."""
    raw = word.word
    first = min((raw.find(ch) for ch in word.characters if ch in raw), default=0)
    start = max(0, first - 12) if len(raw) > 24 else 0
    text = Text("…" if start else "")
    for ch in raw[start : start + 24]:
        text.append(printable(ch), "bold red" if ch in word.characters else "")
    return text.append("…") if len(raw) > start + 24 else text


def _worst_characters(characters: tuple[GuiltyCharacter, ...]) -> Table:
    table = columns(
        ("worst characters", "left"), ("", "left"), ("in lost", "right"), ("won back", "right"), ("name", "left")
    )
    for guilty in characters[:_WORST]:
        table.add_row(
            Text(printable(guilty.character), "bold red"),
            guilty.codepoint,
            count(guilty.words_lost),
            count(guilty.words_won_back),
            safe(guilty.name),
        )
    return table


def curve(result: Result) -> Group:
    """What alphabets of other sizes would lose."""
    advice, limits = result.tokenizer.alphabet, result.limits
    if advice.unavailable:
        return section(None, Question.ALPHABET, "not known", Text(advice.unavailable))
    table = columns(("characters", "right"), ("[UNK] words", "right"), ("", "left"))
    highest = max((point.unk_rate for point in _shown_points(result)), default=0.0)
    for point in _shown_points(result):
        marks = [
            name
            for name, at in (
                ("Hugging Face's silent default", 1000),
                (f"smallest under {percent(limits.max_unk_rate)}", advice.smallest.alphabet if advice.smallest else -1),
                ("recommended", advice.recommended.alphabet if advice.recommended else -1),
                ("every character here", advice.characters),
            )
            if at == point.alphabet
        ]
        bar = Text("▇" * max(point.unk_rate > 0, round(24 * point.unk_rate / highest)) if highest else "", "cyan")
        table.add_row(
            f"{point.alphabet:,}", percent(point.unk_rate), Text.assemble(bar, (" " + ", ".join(marks), "dim"))
        )
    notes: list[RenderableType] = [table]
    if advice.sampled and advice.default_rate:
        rate = advice.default_rate
        notes.append(
            Text(f"from a sample; at 1,000 the 95 % interval is {percent(rate.low)} to {percent(rate.high)}", "dim")
        )
    if advice.recommended:
        slots = 2 * advice.recommended.alphabet
        notes.append(
            Text.assemble(
                (f"--limit-alphabet {advice.recommended.alphabet}", "bold"),
                f"  loses {percent(advice.recommended.unk_rate)} and takes {slots:,} places in the vocabulary",
            )
        )
    else:
        notes.append(Text("no alphabet gets under the limit: words over 100 characters are lost by all of them"))
    default = next((p.unk_rate for p in advice.points if p.alphabet == 1000), 0.0)
    answer = f"{percent(default)} [UNK] with the default of 1,000"
    return section(None, Question.ALPHABET, answer, *notes)


def _shown_points(result: Result) -> tuple[CurvePoint, ...]:
    return tuple(point for point in result.tokenizer.alphabet.points if point.alphabet >= 500)[:12]
