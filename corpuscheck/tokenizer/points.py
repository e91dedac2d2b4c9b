"""Points: what each code point is to a normaliser and a pre-tokenizer, found by asking the library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from tokenizers import Regex
from tokenizers.pre_tokenizers import PreTokenizer, Split

from corpuscheck.kernels.arrays import CODE_POINTS, Ints
from corpuscheck.kernels.cutting import (
    GPT2,
    INERT,
    KNOWN,
    LETTER,
    LLAMA3,
    LOWER,
    MAPPED,
    MARK,
    NUMBER,
    O200K,
    REMOVED,
    SPACE,
    STEP,
    UPPER,
    WORDS,
)
from corpuscheck.kernels.reading import Manner
from corpuscheck.text.neighbours import stands_alone, starts_anew
from corpuscheck.tokenizer.encoder import Apart, Encoder, Here, ready
from corpuscheck.tokenizer.recipe import Cut, Definition, Recipe
from corpuscheck.tokenizer.tables import bytes_of, laid, literals_of
from corpuscheck.tokenizer.trial import needs_trial

_CLASSES = {LETTER: r"\p{L}", NUMBER: r"\p{N}", SPACE: r"\s"}
_CASES = {UPPER: r"[\p{Lu}\p{Lt}]", LOWER: r"\p{Ll}", MARK: r"\p{M}"}
_NO_MODEL = {
    "type": "WordPiece", "vocab": {}, "unk_token": "", "continuing_subword_prefix": "", "max_input_chars_per_word": 0
}  # fmt: skip


class Points:
    """One entry per code point, filled as code points are met. `literals` are what the library looks for by itself:
    in the text as it is, and as it is normalised."""

    def __init__(self, recipe: Recipe, literals: tuple[Sequence[str], Sequence[str]]) -> None:
        self._recipe = recipe
        self._raw, self._late = (literals_of(texts) for texts in literals)
        self._table = np.zeros(CODE_POINTS, np.int32)
        self._mapping = np.zeros(CODE_POINTS if recipe.normalizers else 0, np.int32)
        self._mapped: list[bytes] = [b""]
        self._growth = 1
        self._normalizers = [_encoder({"normalizer": step}) for step in recipe.normalizers]
        by_graphemes = any(step["type"] == "Precompiled" for step in recipe.normalizers)
        self._inert = stands_alone if by_graphemes else starts_anew
        self.learn_all(f"{recipe.lead}{recipe.mark} ")

    def learn(self, code_points: Ints) -> bool:
        """Ask about those that were not met before, and enter them; gives whether there were any."""
        new = code_points[self._table[code_points] == 0]
        if not len(new):
            return False
        text = "".join(map(chr, new.tolist()))
        entries = np.full(len(new), KNOWN, np.int32)
        self._normalise(text, new, entries)
        for bit, found in self._found(text):
            entries[found] |= bit
        self._table[new] = entries
        vars(self).pop("manner", None)
        return True

    def learn_all(self, text: str) -> None:
        """Ask about the characters of what the normaliser and the recipe put into texts."""
        self.learn(np.unique(np.array([ord(ch) for ch in text], np.int64)))

    def _normalise(self, text: str, new: Ints, entries: np.ndarray[tuple[int], np.dtype[np.int32]]) -> None:
        """Enter what becomes of each character, if nothing around it matters."""
        if not self._normalizers:
            entries |= INERT
            return
        alone = np.array([self._inert(ch) for ch in text])
        forms = list(text)
        for normalizer in self._normalizers:
            forms = normalizer.normalized(forms)
            alone &= [not form or self._inert(form[0]) for form in forms]
        entries[alone] |= INERT
        later: set[str] = set()
        for k in np.flatnonzero(alone).tolist():
            if forms[k] != text[k]:
                spelled = forms[k].encode()
                entries[k] |= MAPPED
                self._mapping[new[k]] = len(self._mapped)
                self._mapped.append(spelled)
                self._growth = max(self._growth, -(-len(spelled) // len(text[k].encode())))
                later.update(forms[k])
        self._table[new] = entries  # so that these are not asked about again
        self.learn_all("".join(later))

    def _found(self, text: str) -> Iterator[tuple[int, list[int]]]:
        """Each bit with the characters that have it."""
        kinds = {step.kind for step in self._recipe.steps}
        classes = _CLASSES if kinds & {GPT2, LLAMA3, O200K} else {}
        for bit, pattern in (classes | (_CASES if O200K in kinds else {})).items():
            kept = Split(Regex(pattern), "removed").pre_tokenize_str(text)
            yield bit, _others(text, [span for _, span in kept])
        for number, step in enumerate(self._asked):
            bit = STEP << 2 * number
            if step.character:
                yield bit, [k for k, ch in enumerate(text) if ch == step.character]
            elif step.asked is not None:
                removed, apart, joined = _between_letters(_splitter(step.asked), text)
                yield bit, removed if step.kind in (REMOVED, WORDS) else apart
                yield bit << 1, joined

    @property
    def _asked(self) -> tuple[Cut, ...]:
        """The steps that cut at single characters, that of white space last."""
        white = self._recipe.white
        return self._recipe.steps + ((Cut(WORDS, asked=white),) if white else ())

    @cached_property
    def manner(self) -> Manner:
        """For the kernels, as of now."""
        recipe = self._recipe
        steps = [(step.kind, STEP << 2 * k, step.digits) for k, step in enumerate(recipe.steps)]
        return Manner(
            self._table,
            self._mapping,
            *laid(self._mapped),
            self._raw,
            self._late,
            np.array(steps, np.int64).reshape(-1, 3),
            bytes_of(recipe.lead),
            recipe.leading,
            bytes_of(recipe.mark),
            STEP << 2 * len(recipe.steps) if recipe.white else 0,
            recipe.blanks,
            recipe.one_word,
            self._growth,
        )


def _encoder(parts: Definition) -> Encoder:
    """What asks a normaliser, apart where it has a table of its own."""
    definition = json.dumps({"model": _NO_MODEL, **parts})
    return Apart(definition, (), "the normaliser") if needs_trial(dict(parts)) else Here(ready(definition), ())


def _splitter(step: Definition) -> PreTokenizer:
    splitter: PreTokenizer = ready(json.dumps({"model": _NO_MODEL, "pre_tokenizer": step})).pre_tokenizer
    return splitter


def _others(text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """The places that no span holds."""
    held = np.ones(len(text), np.bool_)
    for start, end in spans:
        held[start:end] = False
    return [int(k) for k in np.flatnonzero(held)]


def _between_letters(splitter: PreTokenizer, text: str) -> tuple[list[int], list[int], list[int]]:
    """Which characters a splitter takes out, makes pieces of their own, and joins to the letters around them."""
    begins, ends = {}, set()
    for _, (start, end) in splitter.pre_tokenize_str("a" + "".join(f"{ch}a" for ch in text)):
        begins[start] = end
        ends.add(end)
    places = range(1, 2 * len(text), 2)
    apart = [k for k, place in enumerate(places) if begins.get(place) == place + 1]
    removed = [k for k, place in enumerate(places) if place in ends and place not in begins]
    joined = [k for k, place in enumerate(places) if place not in begins and place not in ends]
    return removed, apart, joined
