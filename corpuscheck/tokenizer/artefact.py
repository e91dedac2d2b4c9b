"""Artefact: a tokenizer with what the rest of the program needs to know about it."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from tokenizers import Tokenizer

from corpuscheck.errors import TokenizerError
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.encoder import DROPPED, Apart, Encoder, Here, ready, that_drops
from corpuscheck.tokenizer.recipe import Recipe, recipe_of
from corpuscheck.tokenizer.spelling import Spelling
from corpuscheck.tokenizer.trial import needs_trial
from corpuscheck.tokenizer.unknown import Unknown, spells_every_byte, unknown_of, with_dropped_marked
from corpuscheck.values.brief import brief

_COMBINING = {"NFC", "NFD", "NFKC", "NFKD"}
_NO_MODEL = {
    "type": "WordPiece", "vocab": {}, "unk_token": "", "continuing_subword_prefix": "", "max_input_chars_per_word": 0
}  # fmt: skip
_CHARACTERWISE_NORMALIZERS = {"BertNormalizer", "Lowercase", "StripAccents"} | _COMBINING

_LONGEST_TAME_WORD = 1000
"""Characters; the time that WordPiece takes grows with the square of a word."""


@dataclass(frozen=True)
class Remark:
    """Something odd about the files of a tokenizer, and what to do about it."""

    message: str
    advice: str


def remarks_text(remarks: tuple[Remark, ...]) -> str:
    """For a profile, which holds text."""
    return json.dumps([[remark.message, remark.advice] for remark in remarks]) if remarks else ""


def remarks_of(text: str) -> tuple[Remark, ...]:
    """Those of a profile; none where the text is not theirs, as in the sum of several that differ."""
    try:
        rows = json.loads(text) if text else []
        return tuple(Remark(str(message), str(advice)) for message, advice in rows)
    except (ValueError, TypeError):
        return ()


@dataclass(frozen=True)
class Artefact:
    """A tokenizer as its JSON, which travels between processes and fixes its behaviour.

    `source` is the file it came from or ``trained here``. Where no file tells how a vocabulary is to be read,
    `assumed` says for a person how it was read. `remarks` are about its files.
    """

    __repr__ = brief

    definition: str
    source: str
    trained: bool = False
    assumed: str = ""
    remarks: tuple[Remark, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: what was made of them is made anew elsewhere."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer, without truncation and padding: what it holds. About texts, the `encoder` is asked."""
        return ready(self.definition)

    @cached_property
    def encoder(self) -> Encoder:
        """Watches for the unknown token and special ones."""
        watched = set(self.special_ids) | ({self.unk_id} if self.unk_id is not None else set())
        if self.tame or not sys.executable:
            return Here(self.tokenizer, watched, self.spelling.pieces, that_drops(self.definition))
        return Apart(self.definition, watched, printable(self.source, 200), self.spelling.pieces)

    @property
    def tame(self) -> bool:
        """Whether no text can make it run wild: BERT's steps around a WordPiece that gives up on long words."""
        within = self.longest_word <= _LONGEST_TAME_WORD and len(self.prefix) <= _LONGEST_TAME_WORD
        return within and not self.not_characterwise and not needs_trial(self._parts)

    @cached_property
    def _parts(self) -> dict[str, Any]:
        parts: dict[str, Any] = json.loads(self.definition)
        return parts

    @property
    def model_type(self) -> str:
        return str(self._parts["model"].get("type") or "BPE")

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """The model's pieces, added tokens not counted."""
        return self.tokenizer.get_vocab(with_added_tokens=False)

    @cached_property
    def spelled(self) -> frozenset[str]:
        """The characters that any piece holds."""
        return frozenset("".join(self.vocabulary))

    @cached_property
    def vocab_size(self) -> int:
        """All ids, as the embedding table of a model would need them."""
        return self.tokenizer.get_vocab_size(with_added_tokens=True) - (DROPPED in self.vocabulary)

    @cached_property
    def prefix(self) -> str:
        """What marks a piece inside a word, ``##``."""
        return str(self._parts["model"].get("continuing_subword_prefix") or "")

    @cached_property
    def suffix(self) -> str:
        """What marks a piece at the end of a word, ``</w>``."""
        return str(self._parts["model"].get("end_of_word_suffix") or "")

    @cached_property
    def byte_level(self) -> bool:
        """Whether its pieces are spelled in letters that stand for bytes."""
        splitters = _steps(self._parts.get("pre_tokenizer"), "pretokenizers")
        return any(step["type"] == "ByteLevel" for step in (*splitters, *self.normalizers))

    @cached_property
    def recipe(self) -> Recipe:
        """How it reads, for kernels that follow it."""
        splitters = _steps(self._parts.get("pre_tokenizer"), "pretokenizers")
        return recipe_of(self.model, self.normalizers, splitters, self.vocabulary)

    @cached_property
    def literals(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a recipe does not follow: texts that are looked for as they stand, and in what is normalised.

        These are its added tokens, and an unknown token that is a piece as well.
        """
        marks = f"{self.recipe.mark}{self.recipe.lead} "
        raw = {str(token["content"]) for token in self.added_tokens} | set(self.unk_spellings)
        if self.model_type == "Unigram" and self.unk_id is not None:
            raw.add(str(self.model["vocab"][self.unk_id][0]))
        normal = self.encoder.normalized(sorted(raw)) if self.normalizers else []
        late = {text.strip(marks) for text in normal} | {text for text in raw if self.normalizers}
        return tuple(sorted(raw)), tuple(sorted(late))

    @property
    def model(self) -> dict[str, Any]:
        """The definition of the model."""
        model: dict[str, Any] = self._parts["model"]
        return model

    @property
    def byte_fallback(self) -> bool:
        """Whether it spells characters that no piece holds as bytes, ``<0xEB>``."""
        return bool(self._parts["model"].get("byte_fallback"))

    @cached_property
    def spelling(self) -> Spelling:
        """What its tokens spell."""
        added = {int(token["id"]): str(token["content"]) for token in self.added_tokens}
        affixes = self.prefix, self.suffix
        return Spelling(self.vocabulary, added, affixes, self.byte_level, self.byte_fallback)

    @property
    def longest_word(self) -> int:
        """Characters beyond which WordPiece gives up on a word."""
        return int(self._parts["model"].get("max_input_chars_per_word", 100))

    @cached_property
    def unk_id(self) -> int | None:
        """The id of the unknown token; None where no text can produce one.

        Raises TokenizerError for a tokenizer that would lose text without saying so.
        """
        model = self._parts["model"]
        token = model.get("unk_token")
        if self.model_type == "Unigram":
            unk = model.get("unk_id")
            if unk is not None:
                return int(unk)
            if model.get("byte_fallback"):
                return None
        elif token is not None:
            unk = self.tokenizer.token_to_id(token)
            if unk is not None:
                return unk
        elif self.model_type == "BPE" and self.spells_every_byte:
            return None
        named = f" ('{token}' is not in the vocabulary)" if token else ""
        raise TokenizerError(
            f"{self.source}: this {self.model_type} tokenizer has no unknown token{named}, so lost words cannot be "
            "counted: add one, such as [UNK], to its vocabulary"
        )

    @property
    def unk_spellings(self) -> tuple[str, ...]:
        """The unknown token as it may stand in a text."""
        token = self._parts["model"].get("unk_token")
        return (str(token),) if token else ()

    @cached_property
    def spells_every_byte(self) -> bool:
        """Whether nothing is unknown to it, as it can spell everything in bytes."""
        return spells_every_byte(self.vocabulary, self.byte_level, self.byte_fallback, self.suffix)

    @cached_property
    def unknown(self) -> Unknown:
        """What becomes of characters that it does not know."""
        return unknown_of(self._parts["model"], self.unk_id)

    def marked(self) -> Artefact:
        """The same where it drops nothing in silence, else with a token in the place of what it drops."""
        definition = with_dropped_marked(self.definition, self.spells_every_byte)
        return self if definition == self.definition else replace(self, definition=definition)

    @cached_property
    def normalizers(self) -> tuple[dict[str, Any], ...]:
        """The normalizer's steps, in order."""
        return tuple(_steps(self._parts.get("normalizer"), "normalizers"))

    @property
    def strips_accents(self) -> bool:
        """Whether accents go, which turns Hangul into jamo and が into か."""
        for step in self.normalizers:
            if step["type"] == "BertNormalizer":
                strip = step.get("strip_accents")
                if step.get("lowercase") if strip is None else strip:
                    return True
        return any(step["type"] == "StripAccents" for step in self.normalizers)

    def read_as(self, lowercase: bool, strip_accents: bool | None) -> Artefact:
        """The same vocabulary behind BERT's normaliser with other settings."""
        normalizer = {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            **next((step for step in self.normalizers if step["type"] == "BertNormalizer"), {}),
            "strip_accents": strip_accents,
            "lowercase": lowercase,
        }
        return self._behind(normalizer)

    def without_steps(self, kinds: Collection[str]) -> Artefact:
        """The same tokenizer without these steps of its normaliser."""
        kept = [step for step in self.normalizers if step["type"] not in kinds]
        return self._behind({"type": "Sequence", "normalizers": kept} if kept else None)

    def _behind(self, normalizer: dict[str, Any] | None) -> Artefact:
        """The same vocabulary behind another normaliser. What both have is made once: a model takes memory."""
        parts = {**self._parts, "normalizer": normalizer}
        bare = Tokenizer.from_str(json.dumps({"model": _NO_MODEL, "normalizer": normalizer}))
        tokenizer = Tokenizer(self.tokenizer.model)
        tokenizer.normalizer = bare.normalizer
        tokenizer.pre_tokenizer = self.tokenizer.pre_tokenizer
        tokenizer.post_processor = self.tokenizer.post_processor
        tokenizer.decoder = self.tokenizer.decoder
        for _, token in sorted(self.tokenizer.get_added_tokens_decoder().items()):
            (tokenizer.add_special_tokens if token.special else tokenizer.add_tokens)([token])
        other = replace(self, definition=json.dumps(parts))
        vars(other).update(_parts=parts, tokenizer=tokenizer, vocabulary=self.vocabulary, spelled=self.spelled)
        return other

    @cached_property
    def other_reading(self) -> Artefact | None:
        """Where the reading was assumed, the one that is as likely: what BertTokenizer does by itself, or cased."""
        if not self.assumed or self.model_type != "WordPiece":
            return None
        by_itself = self.lowercases and self.strips_accents
        return self.read_as(False, False) if by_itself else self.read_as(True, None)

    @property
    def lowercases(self) -> bool:
        return any(step.get("lowercase") or step["type"] == "Lowercase" for step in self.normalizers)

    @property
    def combines(self) -> bool:
        """Whether the normaliser can join or reorder neighbouring characters."""
        return any(step["type"] in _COMBINING for step in self.normalizers) or self.strips_accents

    @property
    def normalizes_characterwise(self) -> bool:
        """Whether what becomes of a character does not depend on more than composition."""
        return all(step["type"] in _CHARACTERWISE_NORMALIZERS for step in self.normalizers)

    @property
    def normalizer_text(self) -> str:
        """The normaliser's settings for a person."""
        return ", ".join(map(_described, self.normalizers)) or "none"

    @cached_property
    def added_tokens(self) -> tuple[dict[str, Any], ...]:
        """Tokens that are found in the raw text before the model sees it, such as a literal [MASK]."""
        return tuple(self._parts.get("added_tokens") or ())

    @cached_property
    def special_ids(self) -> dict[int, str]:
        """Special tokens that a text may hold as they are written, by their ids."""
        return {int(token["id"]): str(token["content"]) for token in self.added_tokens if token.get("special")}

    @cached_property
    def not_characterwise(self) -> str:
        """Why lost words cannot be proved from their characters alone; '' where they can."""
        if self.model_type != "WordPiece":
            return f"{self.model_type} models have no per-character proof"
        splitters = _steps(self._parts.get("pre_tokenizer"), "pretokenizers")
        if not splitters:
            return "it has no pre-tokenizer"
        for step in splitters:
            whole = step["type"] in ("BertPreTokenizer", "WhitespaceSplit")
            single = step["type"] == "Digits" and step.get("individual_digits")
            punctuation = step["type"] == "Punctuation" and step.get("behavior", "Isolated") == "Isolated"
            if not (whole or single or punctuation):
                return f"its pre-tokenizer {step['type']} looks across characters"
        if not any(step["type"] in ("BertPreTokenizer", "WhitespaceSplit") for step in splitters):
            return "its pre-tokenizer does not split at white space"
        for step in self.normalizers:
            if step["type"] not in _CHARACTERWISE_NORMALIZERS:
                return f"its normalizer {step['type']} looks across characters"
        if any(any(ch.isspace() for ch in token["content"]) for token in self.added_tokens):
            return "an added token holds white space"
        return ""

    @property
    def settings(self) -> Any:
        """Normaliser, pre-tokenizer and model without its pieces: how it reads, whatever it knows."""
        model = {key: value for key, value in self._parts["model"].items() if key not in ("vocab", "merges")}
        return _decided(self._parts.get("normalizer")), self._parts.get("pre_tokenizer"), model

    @cached_property
    def fingerprint(self) -> str:
        """What decides [UNK], in 16 hexadecimal digits.

        Where every character has both its forms, the longer pieces cannot matter and are left out: two
        trainings on the same text agree although their merges may not.
        """
        normalizer, pre_tokenizer, model = self.settings
        vocabulary = self.vocabulary
        special = {token["content"] for token in self.added_tokens}
        text = "".join(piece.removeprefix(self.prefix) for piece in vocabulary if piece not in special)
        complete = self.model_type == "WordPiece" and all(
            ch in vocabulary and self.prefix + ch in vocabulary for ch in set(text)
        )
        decides = {
            "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer,
            "added_tokens": sorted(special),
            "model": model,
            "pieces": sorted(set(text)) if complete else sorted(vocabulary),
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:16]


def _steps(node: dict[str, Any] | None, key: str) -> list[dict[str, Any]]:
    if not node:
        return []
    if node.get("type") == "Sequence":
        return [step for child in node[key] for step in _steps(child, key)]
    return [node]


def _decided(node: Any) -> Any:
    """A normaliser with strip_accents as it comes out: unset, it follows lowercase."""
    if isinstance(node, list):
        return [_decided(step) for step in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "BertNormalizer" and node.get("strip_accents") is None:
        return {**node, "strip_accents": bool(node.get("lowercase"))}
    return {key: _decided(value) for key, value in node.items()}


def _described(step: dict[str, Any]) -> str:
    if step["type"] != "BertNormalizer":
        return str(step["type"])
    strip = step.get("strip_accents")
    lowercase = bool(step.get("lowercase"))
    settings = [
        "lowercased" if lowercase else "cased",
        "accents stripped" if (lowercase if strip is None else strip) else "accents kept",
        "Han isolated" if step.get("handle_chinese_chars", True) else "Han not isolated",
    ]
    if not step.get("clean_text", True):
        settings.append("control characters kept")
    return f"BERT ({', '.join(settings)})"
