"""Losses: what the tokenizer of a profile does to its letters, and what would win its lost words back."""

from __future__ import annotations

from collections import Counter

from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.letters import LettersPart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.wholeness import WholenessPart
from corpuscheck.profile.words import WordPart
from corpuscheck.result.result import (
    LettersReport,
    LostLetter,
    OtherReading,
    Remedy,
    ScriptCost,
    ShatteredCharacter,
    ShatteredReport,
    UnknownReport,
    WholenessReport,
)
from corpuscheck.text.printable import name_of
from corpuscheck.text.scripts import script_of
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.letters import Letters
from corpuscheck.tokenizer.remedies import tried

_WORST = 20
_EXAMPLES = 10
_MOST_TRIED = 10_000


def letters_report(profile: Profile, artefact: Artefact) -> LettersReport:
    """The same of what a profile holds."""
    return letters_of(profile.characters, profile.letters, artefact)


def letters_of(characters: CharacterPart, words: LettersPart, artefact: Artefact) -> LettersReport:
    """The characters that the normaliser changes or deletes, and the words of the sample that hold them."""
    counts = characters.counts
    letters = Letters(artefact)
    losses = letters.losses(counts)
    scripts: Counter[str] = Counter()
    for ch in losses:
        scripts[script_of(ord(ch))] += counts[ord(ch)]
    by_count = sorted(losses, key=lambda ch: (-counts[ord(ch)], ch))
    worst = tuple(LostLetter(ch, losses[ch].way, losses[ch].left, counts[ord(ch)]) for ch in by_count[:_WORST])
    examples = sorted(words.examples.items(), key=lambda pair: (-pair[1], pair[0]))[:_EXAMPLES]
    return LettersReport(
        scripts.total(),
        characters.total,
        tuple(sorted(scripts.items(), key=lambda pair: (-pair[1], pair[0]))),
        worst,
        words.words,
        words.changed,
        words.complete,
        tuple((word, letters.shown(word), count) for word, count in examples),
    )


def other_reading(profile: Profile, artefact: Artefact) -> OtherReading | None:
    """What a bare vocabulary would lose in the other likely way; None where a file says how to read it."""
    other = artefact.other_reading
    if other is None or not profile.letters.other_words:
        return None
    return OtherReading(other.normalizer_text, profile.letters.other_unk_rate, profile.letters.complete)


def shattered_report(words: WordPart, most: int) -> ShatteredReport:
    """The worst of what is shattered."""
    found = words.shattered
    by_count = sorted(found.shown.words().items(), key=lambda pair: (-pair[1], pair[0]))
    by_words = sorted(found.characters.items(), key=lambda pair: (-pair[1][0], -pair[1][2], pair[0]))
    return ShatteredReport(
        tuple(by_count[:most]),
        tuple(ShatteredCharacter(chr(cp), name_of(chr(cp)), *figures) for cp, figures in by_words[:most]),
        len(found.characters),
        found.shown.exact,
        words.tokens_if_whole,
    )


def wholeness_report(part: WholenessPart) -> WholenessReport:
    """Scripts in the order of their tokens, and the words of all of them together."""
    scripts = tuple(_cost(part, script) for script in part.names)
    return WholenessReport(part.whole_rate(part.names), scripts, part.used, part.sampled_bytes)


def _cost(part: WholenessPart, script: str) -> ScriptCost:
    words, _, continued, tokens, characters = part.of(script)
    only = [script]
    return ScriptCost(
        script, words, continued, tokens, characters, part.continued_rate(only), part.tokens_per_word(only)
    )


def unknown_report(words: WordPart, artefact: Artefact, written: int) -> UnknownReport:
    """What becomes of what the tokenizer does not know; `written` are the words that are its unknown token itself."""
    unknown = artefact.unknown
    several = {word: n for word, n in words.lost.words().items() if len(word.strip()) > 1} if unknown.fused else {}
    several.pop(unknown.token, None)
    characters = sum(len(word.strip()) * n for word, n in several.items())
    return UnknownReport(
        unknown.way, unknown.token, written, unknown.fused, sum(several.values()), characters, words.lost.exact
    )


def remedies(artefact: Artefact, lost: dict[str, int]) -> tuple[tuple[Remedy, ...], int]:
    """What wins lost words back, the best first, and the occurrences of those that it was tried on."""
    chosen = dict(sorted(lost.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_TRIED])
    attempts = tried(artefact, chosen) if chosen else ()
    return tuple(Remedy(a.name, a.advice, a.words) for a in attempts), sum(chosen.values())
