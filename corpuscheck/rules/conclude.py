"""Conclude: from a profile to a result. Reads no corpus; a saved profile gives the same answer again."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from corpuscheck.domain.comparing import domain_report
from corpuscheck.domain.reference import Reference
from corpuscheck.errors import ProfileError, asked_about
from corpuscheck.profile.curve import DEFAULT_ALPHABET, CurvePart
from corpuscheck.profile.estimates import Interval
from corpuscheck.profile.profile import Profile
from corpuscheck.result.by_source import sources_of
from corpuscheck.result.comparing import Baseline, changed_lists, changed_settings, compare, newly_lost_words
from corpuscheck.result.copies import cleanliness
from corpuscheck.result.losses import (
    letters_report,
    other_reading,
    remedies,
    shattered_report,
    unknown_report,
    wholeness_report,
)
from corpuscheck.result.result import (
    AlphabetAdvice,
    CurvePoint,
    GuiltyCharacter,
    LostWord,
    Result,
    TokenizerReport,
)
from corpuscheck.result.spread import distributions_of
from corpuscheck.rules.registry import in_force, judge, judged_by
from corpuscheck.rules.rule import Evidence
from corpuscheck.settings import Limits, Policy, Training
from corpuscheck.text.amounts import count
from corpuscheck.text.composing import normalised
from corpuscheck.text.printable import name_of, printable
from corpuscheck.text.scripts import composition
from corpuscheck.tokenizer.alphabet import COMFORTABLE
from corpuscheck.tokenizer.artefact import Artefact, remarks_of
from corpuscheck.tokenizer.explain import Explainer
from corpuscheck.tokenizer.loading import usable
from corpuscheck.tokenizer.unused import unused_places

SHOWN = 100
_GRID = (100, 200, 500, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 12_000, 16_000)


def conclude(
    profile: Profile,
    limits: Limits,
    policy: Policy,
    artefact: Artefact | None = None,
    baseline: Baseline | None = None,
    references: Sequence[Reference] = (),
) -> Result:
    """Findings and verdict for a profile. Its tokenizer is in it; `artefact` saves loading it.

    Raises ProfileError where the profile cannot be compared with the baseline.
    """
    limits = in_force(limits, policy)
    artefact = artefact or artefact_of(profile)
    with ThreadPoolExecutor(1) as beside:  # it is kernels and sorting, the other is the interpreter
        looked_into = beside.submit(cleanliness, profile)
        tokenizer = _tokenizer_report(profile, limits, artefact)
    comparison = None
    if baseline:
        comparison = compare(baseline.profile, profile, baseline.name)
        newly_lost, _, _ = explained(artefact, newly_lost_words(baseline.profile, profile))
        settings = changed_settings(baseline.profile, judged_by(limits, policy))
        settings += changed_lists(baseline.profile, profile)
        comparison = replace(comparison, newly_lost=newly_lost, settings=settings)
    domain = domain_report(profile, references)
    clean = looked_into.result()
    sources = sources_of(profile, clean, tokenizer.tokens, domain)
    evidence = Evidence(profile, tokenizer, clean, limits, comparison, domain, sources)
    findings, skipped = judge(evidence, policy)
    scripts = composition(profile.characters.counts)
    return Result(
        profile,
        limits,
        tokenizer,
        findings,
        skipped,
        policy,
        comparison,
        evidence.normalisation,
        evidence.cleanliness,
        scripts,
        domain,
        sources,
        distributions_of(profile, tokenizer.tokens),
        evidence.against,
    )


def artefact_of(profile: Profile) -> Artefact:
    """The tokenizer that a profile was measured with. Raises ProfileError and TokenizerError."""
    about = profile.about
    if "tokenizer" not in about:
        raise ProfileError("there is no tokenizer in this profile: scan again to make one")
    source = about.get("tokenizer_source", "unknown")
    remarks = remarks_of(about.get("tokenizer_remarks", ""))
    assumed = about.get("tokenizer_assumed", "")
    return usable(Artefact(about["tokenizer"], source, about.get("tokenizer_trained") == "yes", assumed, remarks))


@asked_about("the words and letters of the corpus")
def _tokenizer_report(profile: Profile, limits: Limits, artefact: Artefact) -> TokenizerReport:
    lost = profile.words.lost.words()
    explainer = Explainer(artefact, lost)
    words, characters, causes = explained(artefact, lost, explainer)
    tokens, exact = _tokens(profile)
    won_back, words_tried = remedies(artefact, lost)
    return TokenizerReport(
        artefact.source,
        artefact.trained,
        profile.words.fingerprint,
        artefact.model_type,
        artefact.vocab_size,
        artefact.normalizer_text,
        _method(profile, artefact),
        profile.about.get("held_out_unit", ""),
        tokens,
        exact,
        profile.estimates.tokens_per_word(),
        words,
        characters,
        causes,
        profile.words.lost.exact,
        saved_by_nfc(artefact, lost),
        _advice(profile, limits, _vocabulary_asked_for(profile)),
        sum(1 for piece in artefact.vocabulary if len(piece) == 1),
        artefact.assumed,
        other_reading(profile, artefact),
        tuple((remark.message, remark.advice) for remark in artefact.remarks),
        letters_report(profile, artefact),
        dict(sorted(profile.words.special.items(), key=lambda pair: (-pair[1], pair[0]))),
        won_back,
        words_tried,
        unused_places(artefact, lost, profile.words.lost.exact, explainer),
        shattered_report(profile.words, SHOWN),
        wholeness_report(profile.wholeness),
        unknown_report(profile.words, artefact, causes.get("special token", 0)),
    )


def _method(profile: Profile, artefact: Artefact) -> str:
    """How words, and tokens, were counted."""
    words, recipe = profile.words, artefact.recipe
    how = "" if artefact.not_characterwise else "counted from characters, suspects encoded"
    if words.encoded_tokens is None:
        return how
    left = count(words.encoded_texts)
    if words.differing_texts:
        encoded = "every document was encoded (what was proved from its definition does not hold for a sample)"
    elif recipe.reason:
        encoded = f"every document was encoded ({recipe.reason})"
    elif words.encoded_texts:
        encoded = f"each distinct piece was encoded once, as its definition shows, and {left} texts as a whole"
    else:
        encoded = "each distinct piece was encoded once, as its definition shows"
    return f"{how}; for tokens {encoded}" if how else encoded


def _vocabulary_asked_for(profile: Profile) -> int:
    """Raises ProfileError for one that is no number."""
    said = profile.about.get("vocab_size", str(Training().vocab_size))
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise ProfileError(f"the size of a vocabulary in this profile is no number: '{printable(said, 40)}'")
    return int(said)


@asked_about("the words of the corpus")
def explained(
    artefact: Artefact, lost: dict[str, int], explainer: Explainer | None = None
) -> tuple[tuple[LostWord, ...], tuple[GuiltyCharacter, ...], dict[str, int]]:
    """The worst words, the worst characters, and occurrences by kind of cause."""
    explainer = explainer or Explainer(artefact, lost)
    causes: dict[str, int] = {}
    holding: dict[str, int] = {}
    alone: dict[str, int] = {}
    words: list[LostWord] = []
    by_count = sorted(lost.items(), key=lambda pair: (-pair[1], pair[0]))
    for word, times in by_count:
        reason = explainer.reason(word)
        causes[reason.cause] = causes.get(reason.cause, 0) + times
        for ch in reason.characters:
            holding[ch] = holding.get(ch, 0) + times
        if len(reason.characters) == 1:
            alone[reason.characters[0]] = alone.get(reason.characters[0], 0) + times
        if len(words) < SHOWN:
            words.append(LostWord(word, times, reason.text, reason.cause, reason.characters))
    guilty = sorted(holding, key=lambda ch: (-holding[ch], ch))[:SHOWN]
    return (
        tuple(words),
        tuple(GuiltyCharacter(ch, name_of(ch), holding[ch], alone.get(ch, 0)) for ch in guilty),
        dict(sorted(causes.items())),
    )


def saved_by_nfc(artefact: Artefact, lost: dict[str, int]) -> int:
    """Lost words that would not be lost if the text were normalised to NFC."""
    composed = {word: normalised("NFC", word) for word in lost if not word.isascii()}
    changed = [word for word, text in composed.items() if text != word]
    found = artefact.encoder.encode([composed[word] for word in changed])
    unk = artefact.unk_id
    return sum(lost[word] for word, encoded in zip(changed, found, strict=True) if not encoded.holds(unk))


def _tokens(profile: Profile) -> tuple[Interval | None, bool]:
    encoded = profile.words.encoded_tokens
    if encoded is not None:
        return Interval(encoded, encoded, encoded), True
    if profile.estimates.complete:
        tokens = sum(profile.estimates.tokens.values())
        return Interval(tokens, tokens, tokens), True
    per_word = profile.estimates.tokens_per_word()
    return (per_word.times(profile.words.words) if per_word else None), False


def _advice(profile: Profile, limits: Limits, vocab_size: int) -> AlphabetAdvice:
    curve = profile.curve
    if curve.conflict:
        return AlphabetAdvice(unavailable="these profiles rank their characters differently: scan them together")
    if not curve.words:
        return AlphabetAdvice(unavailable="no words")

    def point(alphabet: int) -> CurvePoint:
        lost = curve.unk_words(alphabet)
        return CurvePoint(alphabet, lost, lost / curve.words)

    smallest = curve.smallest_under(limits.max_unk_rate)
    recommended = _recommended(curve, limits, vocab_size)
    sizes = {size for size in _GRID if size < curve.characters} | {DEFAULT_ALPHABET, curve.characters}
    sizes |= {size for size in (smallest, recommended) if size}
    at_default = point(DEFAULT_ALPHABET).unk_rate
    return AlphabetAdvice(
        tuple(map(point, sorted(sizes))),
        profile.estimates.rate_at_1000() if curve.sampled else Interval(at_default, at_default, at_default),
        point(smallest) if smallest is not None else None,
        point(recommended) if recommended is not None else None,
        curve.characters,
        curve.sampled,
    )


def _recommended(curve: CurvePart, limits: Limits, vocab_size: int) -> int | None:
    """Every character while there is room, as training has it, else what a tenth of the limit takes, if that is more.

    None where no alphabet gets under the limit.
    """
    smallest = curve.smallest_under(limits.max_unk_rate)
    if smallest is None:
        return None
    better = curve.smallest_under(limits.max_unk_rate / 10) or smallest
    return max(better, min(curve.characters, int(vocab_size * COMFORTABLE) // 2))
