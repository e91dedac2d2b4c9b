"""CC3: does the tokenizer see it?"""

from __future__ import annotations

from collections.abc import Iterable

from corpuscheck.result.result import LettersReport, Remedy
from corpuscheck.result.sources import SourceReport
from corpuscheck.rules.rule import Evidence, NotJudgedError, Observation, Rule
from corpuscheck.rules.unused import advice_on_unused_places
from corpuscheck.text.amounts import count, percent, plural
from corpuscheck.text.printable import printable, with_codepoint


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
        rate,
        advice=_unk_advice(evidence, limit),
    )


def unk_rate_of(source: SourceReport, limit: float) -> Iterable[Observation]:
    """The same of one source."""
    if source.unk_rate > limit:
        yield Observation(
            f"{percent(source.unk_rate)} of its words are [UNK], above the limit of {percent(limit)}",
            source.unk_rate,
            advice="look at this source first: corpuscheck explain CC301 says what loses words",
        )


def _unk_advice(evidence: Evidence, limit: float) -> str:
    """What wins most lost words back, with its figure; else what adds the characters that are missing."""
    tokenizer = evidence.tokenizer
    total = sum(tokenizer.causes.values())
    literal, overlong = tokenizer.causes.get("special token", 0), tokenizer.causes.get("too long", 0)
    if 2 * literal > total:
        return (
            f"take the unknown token out of the text or write it otherwise: {count(literal)} of {count(total)} lost "
            "words are a literal one, which every tokenizer loses"
        )
    best = tokenizer.remedies[0] if tokenizer.remedies else None
    if best and 2 * best.words_won_back > tokenizer.words_tried and not _alphabet_is_better(best, evidence):
        return f"{best.advice}{_won_back(best, evidence)}"
    if 2 * overlong > total:
        return (
            f"look for text without spaces, such as encoded data: {count(overlong)} of {count(total)} lost words are "
            "over 100 characters long, and no alphabet saves them"
        )
    also = ""
    if best and not tokenizer.trained and 10 * best.words_won_back > tokenizer.words_tried:
        also = f"; {best.advice}{_won_back(best, evidence)}"
    return _alphabet_advice(evidence, limit) + also


def _won_back(remedy: Remedy, evidence: Evidence) -> str:
    rate, tried = evidence.profile.words.unk_rate, evidence.tokenizer.words_tried
    return (
        f", which wins back {count(remedy.words_won_back)} of {count(tried)} lost words: "
        f"{percent(rate)} -> {percent(_rate_after(remedy, evidence))} [UNK]"
    )


def _rate_after(remedy: Remedy, evidence: Evidence) -> float:
    return evidence.profile.words.unk_rate * (1 - remedy.words_won_back / evidence.tokenizer.words_tried)


def _alphabet_is_better(remedy: Remedy, evidence: Evidence) -> bool:
    """For a tokenizer made here, of which the alphabet can be chosen; text is composed in any case."""
    alphabet = evidence.tokenizer.alphabet.recommended
    if not evidence.tokenizer.trained or alphabet is None or remedy.name == "NFC":
        return False
    return alphabet.unk_rate < _rate_after(remedy, evidence)


def _alphabet_advice(evidence: Evidence, limit: float) -> str:
    words, tokenizer = evidence.profile.words, evidence.tokenizer
    alphabet = tokenizer.alphabet.recommended
    if not tokenizer.trained:
        unused = advice_on_unused_places(evidence)
        if unused:
            return f"{unused}, or train one on this corpus (leave out --tokenizer)"
        own = f": with {alphabet.alphabet:,} characters it loses {percent(alphabet.unk_rate)}" if alphabet else ""
        return f"add the missing characters to its vocabulary, or train one on this corpus (leave out --tokenizer){own}"
    if words.unk_rate <= limit or (alphabet and alphabet.alphabet <= tokenizer.own_alphabet):
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


def takes_letters_apart(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The tokenizer's normaliser changes or deletes letters, which no [UNK] shows.

    Stripping accents, the default of lowercasing BERT tokenizers, takes Hangul apart into jamo, turns が into か and में
    into म, and drops the marks of Thai, Arabic, Burmese and Vietnamese. Case, width and composition are no loss.

    Fix: keep the accents (strip_accents=False, or lowercase=False). Take any other step that does it out of the
    normaliser. The limit is a share of the characters, or of the words where the normaliser looks across characters.
    """
    letters = evidence.tokenizer.letters
    share = letters.share if letters.characters else letters.words_share
    if share <= limit:
        return
    strips = "accents stripped" in evidence.tokenizer.normalizer or "StripAccents" in evidence.tokenizer.normalizer
    does = "strips accents, as lowercase=True does by itself" if strips else "changes or deletes letters"
    yield Observation(
        f"the tokenizer {does}: {said_of_letters(letters)}",
        share,
        advice="" if strips else f"take the step that does it out of the normaliser ({evidence.tokenizer.normalizer})",
    )


def said_of_letters(letters: LettersReport) -> str:
    """Which scripts lose letters, and how many of them."""
    scripts = ", ".join(
        f"{percent(n / letters.total)} {name}{', which turns into jamo' if _apart(letters, name) else ''}"
        for name, n in letters.by_script[:3]
        if 100 * n >= letters.characters
    )
    parts = []
    if letters.characters:
        parts.append(f"{percent(letters.share)} of the characters change or vanish ({scripts})")
    if letters.words_changed:
        sampled = "" if letters.words_exact else " of a sample"
        parts.append(f"{percent(letters.words_share)} of the words{sampled}")
    shown = [(word, left) for word, left, _ in letters.examples] or [
        (loss.character, loss.left) for loss in letters.worst
    ]
    examples = ", ".join(f"{printable(word, 24)} → {printable(left, 48) or 'nothing'}" for word, left in shown[:3])
    return " and ".join(parts) + f", such as {examples}"


def _apart(letters: LettersReport, script: str) -> bool:
    return script == "Hangul" and any(loss.way == "taken apart" for loss in letters.worst)


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
            n,
        )


def shattered_words(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """Too many words are shattered: spelled in tokens that are no whole characters.

    A tokenizer that falls back on bytes has no [UNK]. What it does not know it spells in pieces of characters: 똻
    becomes three tokens, none of which means anything. Texts get three times as long, and the model has to learn by
    itself what a letter is. Judged by the larger of the rates on all and on held-out text.

    Fix: train a tokenizer on this corpus, or take one that was made for its languages. If the characters that are named
    are a mistake, clean them. Option: --max-shattered-rate.
    """
    words, report = evidence.profile.words, evidence.tokenizer.shattered
    if not words.words:
        raise NotJudgedError("there are no words")
    rate = max(words.shattered_rate, words.held_out_shattered_rate)
    if rate <= limit:
        return
    where = " of the held-out words" if words.held_out_shattered_rate > words.shattered_rate else " of the words"
    named = ", ".join(with_codepoint(c.character) for c in report.characters[:3])
    yield Observation(
        f"{percent(rate)}{where} are shattered into pieces of characters, above the limit of {percent(limit)}"
        + (f"; the worst characters are {named}" if named else ""),
        rate,
        advice=_shattered_advice(evidence),
    )


def shattered_in(source: SourceReport, limit: float) -> Iterable[Observation]:
    """The same of one source."""
    if source.shattered_rate > limit:
        yield Observation(
            f"{percent(source.shattered_rate)} of its words are shattered, above the limit of {percent(limit)}",
            source.shattered_rate,
            advice="look at this source first: corpuscheck explain CC304 says what shatters words",
        )


def _shattered_advice(evidence: Evidence) -> str:
    """What it costs, and what to do: a few characters may be added, a whole script needs another tokenizer."""
    words, report = evidence.profile.words, evidence.tokenizer.shattered
    cost = ""
    if words.encoded_tokens and report.tokens_if_whole is not None:
        cost = f": the text takes {count(words.encoded_tokens)} tokens, {count(report.tokens_if_whole)} with "
        cost += f"{plural(report.distinct, 'character')} whole"
    if evidence.tokenizer.trained:
        return f"train it on more text like this, or clean these characters if they are a mistake{cost}"
    return f"train a tokenizer on this corpus (leave out --tokenizer), or take one made for its languages{cost}"


def special_tokens_in_text(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The text holds special tokens as they are written, such as [MASK] or [SEP].

    They become special ids, as if the model had been told where a sentence ends or what to guess; a literal [UNK] is
    lost by every tokenizer.

    Fix: write them otherwise in the text or take them out, or tokenize with split_special_tokens=True.
    """
    special = evidence.tokenizer.special
    n = sum(special.values())
    if n > limit:
        named = ", ".join(f"{printable(token, 24)} {count(times)}" for token, times in list(special.items())[:5])
        yield Observation(
            f"special tokens stand in the text {plural(n, 'time')} and become special ids: {named}",
            n,
        )


def vocabulary_file(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """The tokenizer's files hold something that moves ids, hides pieces, or contradicts itself.

    A byte order mark, blank or repeated lines in vocab.txt, or a tokenizer.json whose settings transformers does not
    take because tokenizer_config.json names a class with its own.

    Fix: what the finding says. It may only be mended before a model is trained: ids must stay as they are after that.
    """
    remarks = evidence.tokenizer.remarks
    if len(remarks) > limit:
        for message, advice in remarks:
            yield Observation(message, len(remarks), advice=advice)


def unknown_unseen(evidence: Evidence, limit: float) -> Iterable[Observation]:
    """What the tokenizer does not know leaves no mark of its own, so that no later count of [UNK] shows it.

    A BPE without an unknown token and without bytes drops characters in silence: the model reads a text with holes. An
    unknown token with another use, such as an end of text or a word, tells the model something that is not so.

    Fix: take a tokenizer with bytes or with an unknown token of its own, or add one. The limit is a number of words.
    """
    words, unknown = evidence.profile.words, evidence.tokenizer.unknown
    lost = words.unk_words - unknown.written
    if unknown.way not in ("dropped", "ordinary") or lost <= limit:
        return
    named = ", ".join(with_codepoint(c.character) for c in evidence.tokenizer.worst_characters[:3])
    such = f", such as {named}" if named else ""
    if unknown.way == "dropped":
        message = f"{plural(words.unk_tokens, 'character')} in {plural(lost, 'word')} vanish in silence{such}: "
        message += "the tokenizer has no unknown token and no bytes to spell them in"
    else:
        message = f"{plural(lost, 'word')} become '{printable(unknown.token, 24)}', which has another use{such}"
    yield Observation(message, lost)


RULES = (
    Rule("CC301", "unk-rate", "error", unk_rate, unit="share", option="max_unk_rate", of_source=unk_rate_of),
    Rule("CC302", "takes-letters-apart", "warning", takes_letters_apart, 0.01, "share"),
    Rule("CC303", "hidden-damage", "warning", hidden_damage, unit="characters"),
    Rule(
        "CC304",
        "shattered-words",
        "error",
        shattered_words,
        unit="share",
        option="max_shattered_rate",
        of_source=shattered_in,
    ),
    Rule("CC305", "special-tokens-in-text", "warning", special_tokens_in_text, unit="times"),
    Rule("CC306", "vocabulary-file", "warning", vocabulary_file, unit="places"),
    Rule("CC307", "unknown-unseen", "warning", unknown_unseen, unit="times"),
)
