"""Recipe: how a tokenizer reads, as far as its definition shows it and kernels can follow it exactly.

What is not known to be so is not followed: then `reason` says why, and every text is left to the library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corpuscheck.kernels.cutting import (
    BEFORE_RUNS,
    CONTIGUOUS,
    GPT2,
    ISOLATED,
    LLAMA3,
    MERGED_WITH_NEXT,
    MERGED_WITH_PREVIOUS,
    O200K,
    REMOVED,
    WORDS,
)
from corpuscheck.kernels.pieces import MOST_STEPS
from corpuscheck.kernels.reading import KEPT, LEAD, MISSING_LEAD, NO_LEAD, ONE_BLANK, ONE_MARK
from corpuscheck.tokenizer.encoder import DROPPED
from corpuscheck.tokenizer.spelling import byte_letters

Definition = Mapping[str, Any]

_CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_WORDS_OF_O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
)
_SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_LETTERS = r"[^\r\n\p{L}\p{N}]?\p{L}+"
_SIGNS = r" ?[^\s\p{L}\p{N}]+[\r\n]*"
_MANY = 1 << 40
PATTERNS: dict[str, tuple[int, int]] = {
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+": (GPT2, 0),
    **{
        rf"{_CONTRACTIONS}|{_LETTERS}|{numbers}|{_SIGNS}|{_SPACES}": (LLAMA3, digits)
        for numbers, digits in ((r"\p{N}{1,3}", 3), (r"\p{N}{1,2}", 2), (r"\p{N}", 1), (r"\p{N}+", _MANY))
    },
    rf"{_WORDS_OF_O200K}|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{_SPACES}": (O200K, 0),
}
"""The regular expressions that there are kernels for: those of GPT-2, of Llama 3, GPT-4 and Qwen, and of GPT-4o.
They match everything."""

_BEHAVIORS = {
    "Isolated": ISOLATED,
    "Contiguous": CONTIGUOUS,
    "Removed": REMOVED,
    "MergedWithNext": MERGED_WITH_NEXT,
    "MergedWithPrevious": MERGED_WITH_PREVIOUS,
}
CHARACTERWISE = {"NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "BertNormalizer", "Precompiled", "Nmt"}
"""Normalisers that look at one character, and at marks that belong to it."""


class _NotFollowedError(Exception):
    """Why a tokenizer is left to the library."""


@dataclass(frozen=True)
class Cut:
    """A step of the pre-tokenizer: what it does, where it cuts, and how many numbers go together.

    It cuts at one character, or where the step of the library does, which is told by its definition.
    """

    kind: int
    character: str = ""
    asked: Definition | None = None
    digits: int = 0


@dataclass(frozen=True)
class Recipe:
    """How a tokenizer reads; see `kernels.reading.Manner`. With `reason` it is not followed."""

    reason: str = ""
    normalizers: tuple[Definition, ...] = ()
    steps: tuple[Cut, ...] = ()
    lead: str = ""
    leading: int = NO_LEAD
    mark: str = ""
    white: Definition | None = None
    blanks: int = KEPT
    one_word: bool = False
    byte_level: bool = False


def recipe_of(
    model: Definition, normalizers: Sequence[Definition], splitters: Sequence[Definition], pieces: Mapping[str, int]
) -> Recipe:
    """The recipe of a tokenizer, given as its parts."""
    try:
        _check_model(model, pieces)
        recipe = _with_normalizers(Recipe(), normalizers)
        recipe = _with_splitters(recipe, splitters, model, pieces)
        _check_whole(recipe, model, pieces)
    except _NotFollowedError as error:
        return Recipe(reason=str(error))
    return recipe


def _check_model(model: Definition, pieces: Mapping[str, int]) -> None:
    kind = model.get("type") or "BPE"
    if kind not in ("BPE", "Unigram", "WordPiece"):
        raise _NotFollowedError(f"{kind} models are not followed")
    if kind == "BPE":
        if model.get("unk_token") == DROPPED:
            raise _NotFollowedError("what it does not know is dropped, and neighbours join")
        if model.get("dropout"):
            raise _NotFollowedError("its merges are left to chance (dropout)")
        if model.get("continuing_subword_prefix") or model.get("end_of_word_suffix"):
            raise _NotFollowedError("its pieces are marked inside words or at their ends")
        held = sum(f"<0x{byte:02X}>" in pieces for byte in range(256))
        if model.get("byte_fallback") and held < 256:
            raise _NotFollowedError("it has pieces for some bytes only")
    if kind == "Unigram":
        scores = [score for _, score in model["vocab"]]
        if max(scores, default=0) > 0:
            raise _NotFollowedError("it has pieces with scores above 0")
        held = sum(f"<0x{byte:02X}>" in pieces for byte in range(256))
        if model.get("byte_fallback") and (held < 256 or model.get("unk_id") is None):
            raise _NotFollowedError("it has pieces for some bytes only, or no unknown token")
    if "" in pieces:
        raise _NotFollowedError("it has an empty piece")


def _with_normalizers(recipe: Recipe, steps: Sequence[Definition]) -> Recipe:
    """Steps that look at single characters, then what becomes of blanks."""
    waiting = list(steps)
    while waiting and _characterwise(waiting[0]):
        recipe = replace(recipe, normalizers=(*recipe.normalizers, waiting.pop(0)))
    if waiting and waiting[0].get("pattern") == {"Regex": " {2,}"} and waiting[0].get("content") in (" ", "▁"):
        recipe = replace(recipe, blanks=ONE_BLANK if waiting.pop(0)["content"] == " " else ONE_MARK)
    for step in waiting:
        if step["type"] == "Prepend" and not recipe.lead and not recipe.mark and step.get("prepend"):
            recipe = replace(recipe, lead=str(step["prepend"]), leading=LEAD)
        elif step["type"] == "Replace" and step.get("pattern") == {"String": " "} and not recipe.mark:
            recipe = replace(recipe, mark=str(step.get("content")))
        else:
            raise _NotFollowedError(f"its normalizer {step['type']} is not followed where it stands")
    if len(recipe.mark) > 1 or (recipe.lead and recipe.lead != recipe.mark) or (waiting and not recipe.mark):
        raise _NotFollowedError("its normalizer puts something else than a mark before a text")
    if recipe.mark == " ":
        raise _NotFollowedError("its normalizer replaces blanks by blanks")
    return recipe


def _characterwise(step: Definition) -> bool:
    if step["type"] == "Replace":
        pattern = step.get("pattern", {}).get("String")
        return isinstance(pattern, str) and len(pattern) == 1 and pattern != " "
    return step["type"] in CHARACTERWISE


def _with_splitters(
    recipe: Recipe, steps: Sequence[Definition], model: Definition, pieces: Mapping[str, int]
) -> Recipe:
    kinds = [step["type"] for step in steps]
    if kinds[:1] == ["WhitespaceSplit"] and kinds[1:] == ["Metaspace"]:
        scheme, split = steps[1].get("prepend_scheme"), steps[1].get("split", True)
        if scheme != "always" or not split or recipe.mark:
            raise _NotFollowedError("its pre-tokenizer puts marks before some words only")
        recipe = replace(recipe, white=steps[0])
        steps = steps[1:]
    made: list[Cut] = []
    for step in steps:
        if recipe.byte_level:
            raise _NotFollowedError(f"its pre-tokenizer {step['type']} cuts letters that stand for bytes")
        recipe, own = _with_step(recipe, step, bool(made))
        made += own
    if len(made) > MOST_STEPS:
        raise _NotFollowedError("its pre-tokenizer has too many steps")
    one_word = not made and recipe.white is None
    if one_word and recipe.mark and _may_cut_runs(recipe.mark, model, pieces):
        made.append(Cut(BEFORE_RUNS, recipe.mark))
    return replace(recipe, steps=tuple(made), one_word=one_word)


def _with_step(recipe: Recipe, step: Definition, inside: bool) -> tuple[Recipe, list[Cut]]:
    """The recipe with one more step; whether it is `inside` of what another one has cut."""
    kind = step["type"]
    if kind == "Metaspace":
        return _with_metaspace(recipe, step, inside)
    if kind == "ByteLevel":
        if step.get("add_prefix_space", True):
            if inside or recipe.mark:
                raise _NotFollowedError("its pre-tokenizer puts a space before each part of a text")
            recipe = replace(recipe, lead=" ", leading=MISSING_LEAD)
        recipe = replace(recipe, byte_level=True)
        return recipe, [Cut(GPT2)] if step.get("use_regex", True) else []
    if kind == "Split":
        return recipe, [_split(step)]
    if kind == "Digits":
        return recipe, [Cut(ISOLATED if step.get("individual_digits") else CONTIGUOUS, asked=step)]
    if kind == "Punctuation":
        behavior = step.get("behavior", "Isolated")
        if behavior not in _BEHAVIORS:
            raise _NotFollowedError(f"its pre-tokenizer Punctuation is {behavior}")
        return recipe, [Cut(_BEHAVIORS[behavior], asked={**step, "behavior": "Isolated"})]
    if kind == "WhitespaceSplit":
        return recipe, [Cut(REMOVED, asked=step)]
    if kind == "BertPreTokenizer":
        return recipe, [Cut(REMOVED, asked=step), Cut(ISOLATED, asked=step)]
    if kind == "Whitespace":
        return recipe, [Cut(WORDS, asked=step)]
    raise _NotFollowedError(f"its pre-tokenizer {kind} is not followed")


def _with_metaspace(recipe: Recipe, step: Definition, inside: bool) -> tuple[Recipe, list[Cut]]:
    mark, scheme = str(step.get("replacement", "▁")), step.get("prepend_scheme", "always")
    if inside or (recipe.mark and recipe.mark != mark):
        raise _NotFollowedError("its pre-tokenizer puts a mark before each part of a text")
    if scheme != "never" and recipe.leading != LEAD and recipe.white is None:  # else it has its mark already
        recipe = replace(recipe, lead=mark, leading=MISSING_LEAD)
    if recipe.blanks == ONE_MARK and mark != "▁":
        raise _NotFollowedError("its marks are not all alike")
    recipe = replace(recipe, mark=mark)
    return recipe, [Cut(MERGED_WITH_NEXT, mark)] if step.get("split", True) else []


def _split(step: Definition) -> Cut:
    pattern, behavior, invert = step.get("pattern") or {}, step.get("behavior"), bool(step.get("invert"))
    known = PATTERNS.get(str(pattern.get("Regex")))
    if known and (behavior, invert) in (("Isolated", False), ("Removed", True), ("Contiguous", False)):
        if behavior == "Contiguous":
            raise _NotFollowedError("its pre-tokenizer joins what its pattern cuts")
        return Cut(known[0], digits=known[1])
    text = pattern.get("String")
    if isinstance(text, str) and len(text) == 1 and not invert and behavior in _BEHAVIORS:
        return Cut(_BEHAVIORS[str(behavior)], text)
    raise _NotFollowedError("its pre-tokenizer Split has a pattern that is not followed")


def _may_cut_runs(mark: str, model: Definition, pieces: Mapping[str, int]) -> bool:
    """Whether no merge joins a mark to what stands before it, so that a text can be cut there all the same."""
    if (model.get("type") or "BPE") != "BPE" or model.get("ignore_merges"):
        return False
    return not any(mark in piece.lstrip(mark) for piece in pieces if not _of_a_byte(piece))


def _of_a_byte(piece: str) -> bool:
    return piece.startswith("<0x") and piece.endswith(">")


def _check_whole(recipe: Recipe, model: Definition, pieces: Mapping[str, int]) -> None:
    kind = model.get("type") or "BPE"
    if recipe.byte_level and (
        kind != "BPE" or model.get("byte_fallback") or not byte_letters().keys() <= pieces.keys()
    ):
        raise _NotFollowedError(f"its {kind} model has not every letter that stands for a byte")
    if recipe.one_word and not (recipe.byte_level or model.get("byte_fallback")):
        raise _NotFollowedError("it takes a whole text for one word, which may be unknown")
    if recipe.mark and recipe.mark not in pieces and not model.get("byte_fallback"):
        raise _NotFollowedError("its mark for spaces is no piece")
    if recipe.blanks != KEPT and not recipe.mark and recipe.white is None:
        raise _NotFollowedError("its normalizer joins blanks")
