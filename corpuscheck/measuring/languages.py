"""Which language each unit of a sample is in: by its script, and where several share one, by its letters."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from corpuscheck.domain.language_shares import languages_of_script
from corpuscheck.domain.languages import LANGUAGES, SCRIPTS_OF_MANY, written_in
from corpuscheck.kernels.arrays import CODE_POINTS, Bytes, Flags, Floats, Ints
from corpuscheck.kernels.grams import ALPHABETIC, count_kinds, marked, score_spans
from corpuscheck.profile.table import first_rows
from corpuscheck.text.scripts import COMMON, SCRIPTS, script_of

Sums = TypeVar("Sums", Ints, Floats)

_MUCH_KANA = 0.1
"""Japanese has at least so much Kana among its Kana and Han."""

_LOOKED_AT = 400
"""N-grams of each passage that are compared with the languages."""

_LEAST_OF_OTHERS = 0.01

_DEPENDENCE = 0.3
"""What an n-gram tells after its neighbours, which it shares characters with, as a share of what it tells alone."""


def languages_of(data: Bytes, starts: Ints, ends: Ints, units: Ints, alphabet: list[str]) -> list[str]:
    """The label of each unit: a code of a language, or the name of a script without one. `units` ascend from 0."""
    labels = _scripts(data, starts, ends, units, alphabet)
    letters = letters_of(alphabet) if set(labels) & set(SCRIPTS_OF_MANY) else np.zeros(0, np.int32)
    scripts = np.array(labels)
    for script in sorted(set(labels)):
        codes = written_in(script)
        here = np.flatnonzero(scripts == script).tolist()
        if len(codes) == 1:
            found = list(codes) * len(here)
        elif script in SCRIPTS_OF_MANY:
            chosen = np.flatnonzero(np.isin(units, here))
            numbers = np.searchsorted(np.array(here), units[chosen])
            best = _nearest(data, starts[chosen], ends[chosen], numbers, script, letters)
            found = _frequent([codes[k] for k in best.tolist()], script)
        else:
            continue
        for unit, code in zip(here, found, strict=True):
            labels[unit] = code
    return labels


def letters_of(alphabet: Sequence[str]) -> Flags:
    """What each code point counts as in the n-grams that tell languages apart: those of letters alone."""
    table = np.zeros(CODE_POINTS, np.int32)
    for ch in alphabet:
        if unicodedata.category(ch)[0] in "LM":
            table[ord(ch)] = marked(ord(ch), ALPHABETIC)
    return table


def _scripts(data: Bytes, starts: Ints, ends: Ints, units: Ints, alphabet: list[str]) -> list[str]:
    """The script of most letters of each unit."""
    kinds = np.zeros(CODE_POINTS, np.int32)
    for ch in alphabet:
        kinds[ord(ch)] = SCRIPTS.index(script_of(ord(ch)))
    counts = np.zeros((len(starts), len(SCRIPTS)), np.int64)
    count_kinds(data, starts, ends, kinds, counts)
    return [SCRIPTS[k] for k in script_of_most(_by_unit(counts, units)).tolist()]


def script_of_most(counts: Ints) -> Ints:
    """The number of the script of most letters, for rows of letters by script: Han beside much Kana is Japanese."""
    letters = counts.copy()
    letters[:, SCRIPTS.index(COMMON)] = 0
    kana, han = letters[:, SCRIPTS.index("Kana")], letters[:, SCRIPTS.index("Han")]
    kana += np.where((kana > 0) & (kana >= _MUCH_KANA * (kana + han)), han, 0)
    return np.asarray(letters.argmax(axis=1))


def _nearest(data: Bytes, starts: Ints, ends: Ints, units: Ints, script: str, letters: Flags) -> Ints:
    """The number of the likeliest language of each unit; the rarer a language is here, the more must speak for it."""
    codes, shares = languages_of_script(script)
    logs = np.log(shares).T.astype(np.float32)
    scores = np.zeros((len(starts), len(codes) + 1), np.float32)
    score_spans(data, starts, ends, letters, _LOOKED_AT, np.ascontiguousarray(logs), scores)
    likely: Floats = _by_unit(scores[:, :-1].astype(np.float64), units) * _DEPENDENCE
    first = np.bincount(likely.argmax(axis=1), minlength=len(codes))
    return np.asarray((likely + np.log((first + 0.5) / (len(likely) + 0.5 * len(codes)))).argmax(axis=1))


def _frequent(labels: list[str], script: str) -> list[str]:
    """The same, units in languages without a reference that hardly any of them are in called by their script."""
    counts = Counter(labels)
    rare = {label for label, n in counts.items() if label not in LANGUAGES and n < _LEAST_OF_OTHERS * len(labels)}
    return [script if label in rare else label for label in labels]


def _by_unit(rows: Sums, units: Ints) -> Sums:
    """The sums of the rows of each unit."""
    return np.add.reduceat(rows, first_rows(units), axis=0)
