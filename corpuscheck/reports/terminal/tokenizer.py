"""What the terminal report says about the tokenizer: lost words, guilty characters, other alphabets."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from corpuscheck.reports.common import Question, marked_word
from corpuscheck.reports.facts import facts_of_tokenizer
from corpuscheck.reports.terminal.parts import columns, labelled, safe, section, told
from corpuscheck.result.result import CurvePoint, GuiltyCharacter, LostWord, Result, ShatteredReport, TokenizerReport
from corpuscheck.text.amounts import count, percent
from corpuscheck.text.printable import printable

_WORST = 10


def tokenizer(result: Result) -> Group:
    """The third question: what is lost, and to which characters."""
    report, words = result.tokenizer, result.profile.words
    rows = [(label, told(pieces)) for label, pieces in facts_of_tokenizer(result)]
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
    return Text.assemble(*((piece, "bold red" if guilty else "") for piece, guilty in marked_word(word)))


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
