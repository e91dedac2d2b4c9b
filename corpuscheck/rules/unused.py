"""What to advise where a vocabulary has [unused] places."""

from __future__ import annotations

from corpuscheck.rules.rule import Evidence
from corpuscheck.text.amounts import count, percent
from corpuscheck.text.printable import with_codepoint


def advice_on_unused_places(evidence: Evidence) -> str:
    """One line: which characters, into how many places, what they win; '' where there is nothing."""
    unused, words = evidence.tokenizer.unused_places, evidence.profile.words
    if unused is None or not unused.additions:
        return ""

    def rate(won_back: int) -> str:
        return percent(unused.left(words.unk_words, won_back) / words.words)

    now, about = percent(words.unk_rate), "" if unused.exact else "about "
    first = ", ".join(with_codepoint(addition.character) for addition in unused.additions[:3])
    n = len(unused.additions)
    what = "this character" if n == 1 else f"these {count(n)} characters"
    return (
        f"put {what} into {count(unused.taken)} of its {count(unused.places)} [unused] places: {now} -> "
        f"{about}{rate(unused.won_back)} [UNK] ({first}{', …' if n > 3 else ''}; the JSON report lists them)"
    )
