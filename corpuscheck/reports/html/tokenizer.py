"""Does the tokenizer see it? Lost words, the characters that lose them, and the curve of other alphabets."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10

from corpuscheck.reports.answers import Foreign
from corpuscheck.reports.facts import facts_of_tokenizer
from corpuscheck.reports.html.parts import (
    Bar,
    Cell,
    Folded,
    Grid,
    Heading,
    Marked,
    PageBlock,
    Paragraph,
    Plot,
    PlotPoint,
    Room,
    grid,
    labelled,
    said,
)
from corpuscheck.result.result import (
    AlphabetAdvice,
    CurvePoint,
    GuiltyCharacter,
    LostLetter,
    LostWord,
    Result,
    ScriptCost,
    ShatteredCharacter,
    ShatteredReport,
    WholenessReport,
)
from corpuscheck.text.amounts import count, percent, plural
from corpuscheck.text.printable import with_codepoint

_WORST = 10
_SHARE = Heading("share of what is lost", bar=True)


def seen(result: Result, room: Room) -> Iterator[PageBlock | None]:
    """The worst words and characters, then what is known of the tokenizer."""
    report = result.tokenizer
    if report.worst_words:
        yield _worst_words(result, room)
    if report.worst_characters:
        yield _worst_characters(report.worst_characters, max(1, result.profile.words.unk_words), room)
    if report.shattered.characters:
        yield _shattered_characters(report.shattered, room)
        yield _shattered_words(report.shattered, max(1, result.profile.words.shattered.words), room)
    if report.letters.worst:
        yield _letters(result, room)
    if len(report.wholeness.scripts) > 1:
        yield _scripts(report.wholeness, room)
    yield Folded("The tokenizer", (labelled("", facts_of_tokenizer(result)),))


def _scripts(found: WholenessReport, room: Room) -> Grid:
    columns = (
        Heading("script"),
        Heading("continued words", bar=True),
        Heading("continued", number=True),
        Heading("words", number=True),
        Heading("tokens per word", number=True),
        Heading("tokens per character", number=True),
    )

    def row(cost: ScriptCost) -> tuple[Cell, ...]:
        rate = cost.continued_rate.value if cost.continued_rate else 0.0
        per_word = f"{cost.tokens_per_word.value:.2f}" if cost.tokens_per_word else ""
        per_character = f"{cost.tokens_per_character:.2f}" if cost.tokens_per_character else ""
        return cost.script, Bar(rate), percent(rate), count(cost.words), per_word, per_character

    return grid("What each script pays", columns, found.scripts, row, room.rows)


def _worst_words(result: Result, room: Room) -> Grid:
    report, total = result.tokenizer, max(1, result.profile.words.unk_words)
    columns = (
        Heading("word"),
        _SHARE,
        Heading("lost", number=True),
        Heading("why"),
    )

    def row(word: LostWord) -> tuple[Cell, ...]:
        return Marked.of(word), Bar(word.count / total, tone="bad"), count(word.count), Foreign(word.cause)

    shown_words = report.worst_words[: min(_WORST, room.rows)]
    held = sum(word.count for word in shown_words)
    sampled = "" if report.words_exact else ", of a sample"
    title = f"These {plural(len(shown_words), 'word')} are {percent(min(1.0, held / total))} of what is lost{sampled}"
    left = max(0, total - held)
    note = f"Other words were lost {plural(left, 'time')}." if left else ""
    return grid(title, columns, shown_words, row, len(shown_words), note=note)


def _worst_characters(characters: tuple[GuiltyCharacter, ...], total: int, room: Room) -> Grid:
    columns = (
        Heading("character"),
        _SHARE,
        Heading("in lost words", number=True),
        Heading("won back alone", number=True),
        Heading("name"),
    )

    def row(guilty: GuiltyCharacter) -> tuple[Cell, ...]:
        bar = Bar(guilty.words_lost / total, tone="bad")
        back = count(guilty.words_won_back)
        return Foreign(with_codepoint(guilty.character)), bar, count(guilty.words_lost), back, guilty.name

    worst = characters[0]
    title = f"{with_codepoint(worst.character)} stands in {count(worst.words_lost)} of the lost words"
    return grid(title, columns, characters, row, min(_WORST, room.rows))


def _shattered_characters(shattered: ShatteredReport, room: Room) -> Grid:
    columns = (
        Heading("character"),
        Heading("in words", number=True),
        Heading("tokens", number=True),
        Heading("tokens each", number=True),
        Heading("name"),
    )

    def row(cut: ShatteredCharacter) -> tuple[Cell, ...]:
        each = f"{cut.tokens / cut.times:.1f}"
        return Foreign(with_codepoint(cut.character)), count(cut.words), count(cut.tokens), each, cut.name

    title = f"{plural(shattered.distinct, 'character')} fall into pieces: no merge makes them whole"
    return grid(title, columns, shattered.characters, row, min(_WORST, room.rows))


def _shattered_words(shattered: ShatteredReport, total: int, room: Room) -> Grid:
    columns = (Heading("word"), _SHARE, Heading("times", number=True))

    def row(word: tuple[str, int]) -> tuple[Cell, ...]:
        return Foreign(word[0]), Bar(min(1.0, word[1] / total), tone="bad"), count(word[1])

    sampled = "" if shattered.exact else " of a sample"
    return grid(
        f"The shattered words that are most frequent{sampled}", columns, shattered.words, row, min(_WORST, room.rows)
    )


def _letters(result: Result, room: Room) -> Grid:
    letters = result.tokenizer.letters
    columns = (Heading("character"), Heading("becomes"), Heading("how"), Heading("times", number=True))

    def row(lost: LostLetter) -> tuple[Cell, ...]:
        return Foreign(with_codepoint(lost.character)), Foreign(lost.left or "nothing"), lost.way, count(lost.count)

    title = f"The normaliser changes {percent(letters.share)} of the characters"
    return grid(title, columns, letters.worst, row, min(_WORST, room.rows))


def alphabet(result: Result, room: Room) -> Iterator[PageBlock | None]:
    """The share of lost words by the size of the alphabet."""
    advice = result.tokenizer.alphabet
    if advice.unavailable or not advice.points:
        return
    points = [point for point in advice.points if point.alphabet > 0]
    numbered = _numbered(advice, result.limits.max_unk_rate, points)
    yield _curve(advice, points, numbered, result.limits.max_unk_rate)
    columns = (
        Heading(""),
        Heading("characters", number=True),
        Heading("[UNK] words", number=True),
        Heading("which is"),
    )
    rows = [
        (str(n), f"{point.alphabet:,}", percent(point.unk_rate), name) for n, (point, name) in enumerate(numbered, 1)
    ]
    yield Grid("", columns, tuple(rows))
    if advice.sampled and advice.default_rate:
        rate = advice.default_rate
        yield Paragraph(f"from a sample; at 1,000 the 95 % interval is {percent(rate.low)} to {percent(rate.high)}")
    if advice.recommended:
        places = f"takes {2 * advice.recommended.alphabet:,} places in the vocabulary"
        yield Paragraph(said(f"--limit-alphabet {advice.recommended.alphabet} {places}"))
    else:
        yield Paragraph("no alphabet gets under the limit: words over 100 characters are lost by all of them")


def _numbered(advice: AlphabetAdvice, limit: float, points: list[CurvePoint]) -> list[tuple[CurvePoint, str]]:
    """The points that have a name, and all names of each."""
    names = (
        ("Hugging Face's silent default", 1000),
        (f"smallest under {percent(limit)}", advice.smallest.alphabet if advice.smallest else -1),
        ("recommended", advice.recommended.alphabet if advice.recommended else -1),
        ("every character here", advice.characters),
    )
    told = [(point, ", ".join(name for name, at in names if at == point.alphabet)) for point in points]
    return [(point, name) for point, name in told if name]


def _curve(
    advice: AlphabetAdvice, points: list[CurvePoint], numbered: list[tuple[CurvePoint, str]], limit: float
) -> Plot:
    highest = max(point.unk_rate for point in points) or 1.0
    low, high = log10(points[0].alphabet), log10(points[-1].alphabet)

    def across(size: int) -> float:
        return (log10(size) - low) / (high - low) if high > low else 0.5

    chosen = advice.recommended.alphabet if advice.recommended else None
    default = next((point.unk_rate for point in points if point.alphabet == 1000), 0.0)
    ends = (points[0].alphabet, points[-1].alphabet) if high > low else (points[0].alphabet,)
    told = ", ".join(f"{point.alphabet:,} lose {percent(point.unk_rate)} ({name})" for point, name in numbered)
    lost = f"{percent(default)} of the words" if default else "no word"
    return Plot(
        f"The default of 1,000 characters loses {lost}",
        f"The share of words lost falls as the alphabet grows: {told}.",
        points=tuple((across(point.alphabet), point.unk_rate / highest) for point in points),
        marks=tuple(
            PlotPoint(across(point.alphabet), point.unk_rate / highest, n, point.alphabet == chosen)
            for n, (point, _) in enumerate(numbered, 1)
        ),
        limit=limit / highest if 0 < limit < highest else None,
        top=f"{percent(highest)} of the words are [UNK]",
        below=tuple((across(size), f"{size:,}") for size in ends),
        note="Characters in the alphabet, on a logarithmic scale; the dashed line is the limit.",
    )
