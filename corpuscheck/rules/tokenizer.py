"""CC3: does the tokenizer see it?"""

from __future__ import annotations

from collections.abc import Iterable

from corpuscheck.printable import with_codepoint
from corpuscheck.rules.amounts import count, percent
from corpuscheck.rules.rule import Evidence, NotJudgedError, Observation, Rule, rate_after_nfc


def unk_rate(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Too many words become [UNK]: the model will never see what they say.

    WordPiece loses the whole word when one of its characters has no piece. Judged by the larger of the
    rates on all and on held-out text, because on its own training text a tokenizer flatters.

    Fix: clean the characters that are named if they are a mistake; else add them to the vocabulary, or train with a
    larger alphabet (--limit-alphabet). Option: --max-unk-rate.
    """
    words = evidence.profile.words
    if not words.words:
        raise NotJudgedError("there are no words")
    rate = max(words.unk_rate, words.held_out_unk_rate)
    if rate <= limit:
        return
    where = " of the held-out words" if words.held_out_unk_rate > words.unk_rate else " of the words"
    worst = evidence.tokenizer.worst_characters[:3]
    named = ", ".join(with_codepoint(c.character) for c in worst)
    yield Observation(
        f"{percent(rate)}{where} are [UNK], above the limit of {percent(limit)}"
        + (f"; the worst characters are {named}" if named else ""),
        _unk_advice(evidence, limit),
        rate,
    )


def _unk_advice(evidence: Evidence, limit: float) -> str:
    words, tokenizer = evidence.profile.words, evidence.tokenizer
    alphabet = tokenizer.alphabet.recommended
    composed = rate_after_nfc(evidence)
    if composed < words.unk_rate / 2:
        return f"normalise the text to NFC first: {percent(words.unk_rate)} -> {percent(composed)} [UNK]"
    if not tokenizer.trained:
        own = f": with {alphabet.alphabet:,} characters it loses {percent(alphabet.unk_rate)}" if alphabet else ""
        return f"add the missing characters to its vocabulary, or train one on this corpus (leave out --tokenizer){own}"
    if words.unk_rate <= limit:
        return (
            "the held-out text has characters that the rest never shows, so no alphabet made here helps: "
            "collect more text, or judge by a tokenizer made from a larger corpus (--tokenizer)"
        )
    if alphabet is None:
        return "most of these words are over 100 characters long: look for text without spaces, such as encoded data"
    slots = 2 * (alphabet.alphabet - tokenizer.own_alphabet)
    cost = f", costs {count(slots)} vocabulary slots" if slots > 0 else ""
    return (
        f"raise the alphabet with --limit-alphabet {alphabet.alphabet}: {percent(words.unk_rate)} -> "
        f"{percent(alphabet.unk_rate)} [UNK]{cost}"
    )


HANGUL = (0xAC00, 0xD7A3)
KANA = ((0x304C, 0x3094), (0x30AC, 0x30FE))


def takes_letters_apart(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The tokenizer strips accents, which takes Hangul apart into jamo and turns が into か.

    It is the default of lowercasing BERT tokenizers.

    Fix: use a cased tokenizer (lowercase=False, strip_accents=False). The limit is a share of the characters.
    """
    if "accents stripped" not in evidence.tokenizer.normalizer and "StripAccents" not in evidence.tokenizer.normalizer:
        return
    hangul = evidence.profile.characters.share(*HANGUL)
    kana = sum(evidence.profile.characters.share(*span) for span in KANA)
    becomes = [(hangul, "Hangul, which turns into jamo"), (kana, "kana, where が turns into か")]
    said = " and ".join(f"{percent(share)} of the characters are {what}" for share, what in becomes if share)
    if hangul + kana > limit:
        yield Observation(
            f"the tokenizer strips accents, as lowercase=True does by itself: {said}",
            "use a cased tokenizer (lowercase=False, strip_accents=False)",
            hangul + kana,
        )


def hidden_damage(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """U+FFFD stands where text was damaged before it got here.

    BERT's normaliser deletes the mark, so the [UNK] rate does not show the damage.

    Fix: fetch these texts again from their source.
    """
    n = evidence.profile.characters.counts.get(0xFFFD, 0)
    made_here = evidence.profile.reading.trouble_amounts.get("invalid bytes", 0)
    if n - made_here > limit:
        yield Observation(
            f"{count(n)} replacement characters (U+FFFD) stand where text was lost; [UNK] does not show it",
            "fetch these texts again from their source",
            n,
        )


RULES = (
    Rule("CC301", "unk-rate", "error", unk_rate, unit="share", option="max_unk_rate"),
    Rule("CC302", "takes-letters-apart", "warning", takes_letters_apart, 0.01, "share"),
    Rule("CC303", "hidden-damage", "warning", hidden_damage, unit="characters"),
)
