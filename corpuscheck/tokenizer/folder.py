"""Folder: the tokenizer that `AutoTokenizer` of transformers makes of a vocabulary and the files beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, normalizers
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import BertPreTokenizer

from corpuscheck.errors import TokenizerError
from corpuscheck.files.trust import descriptor_of
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.families import BERT, BY_MODEL_TYPE, FAMILIES, NOT_JUDGED, Family

_ROLES = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
_OF_A_TOKEN = {"content", "single_word", "lstrip", "rstrip", "normalized", "special"}
CONFIG = "tokenizer_config.json"


@dataclass(frozen=True)
class Folder:
    """The files beside a vocabulary that say how `transformers` reads it."""

    place: Path

    @cached_property
    def config(self) -> dict[str, Any] | None:
        """tokenizer_config.json; None where there is none."""
        return _read(self.place / CONFIG)

    @cached_property
    def class_name(self) -> str:
        """The class that AutoTokenizer takes, without `Fast`; '' where no file tells."""
        model = _read(self.place / "config.json") or {}
        named = (self.config or {}).get("tokenizer_class") or model.get("tokenizer_class")
        return str(named or BY_MODEL_TYPE.get(str(model.get("model_type")), "")).removesuffix("Fast")

    @cached_property
    def model_type(self) -> str:
        """What config.json says; '' where it does not."""
        return str((_read(self.place / "config.json") or {}).get("model_type") or "")

    @property
    def bare(self) -> bool:
        """Whether nothing says how to read a vocab.txt."""
        return self.config is None and not self.class_name

    def family(self, vocabulary: str) -> Family | None:
        """The way of its class with a vocabulary; None where tokenizer.json is read as it stands.

        Raises TokenizerError for a class whose tokens cannot be foretold from it.
        """
        name = self.class_name
        if name in FAMILIES:
            return FAMILIES[name]
        if not name and vocabulary == "vocab.txt":
            return BERT
        reason = NOT_JUDGED.get(name)
        if reason is None and vocabulary != "vocab.txt":
            return None
        why = reason or "transformers has no such class for a WordPiece vocab.txt"
        otherwise = "as BertTokenizer reads it" if vocabulary == "vocab.txt" else "as it stands"
        raise TokenizerError(
            f"{printable(str(self.place), 200)}: what {printable(name)} makes of {vocabulary} cannot be judged here, "
            f"as {why}; to judge {vocabulary} {otherwise}, copy it into a folder of its own"
        )

    def unk_token(self, family: Family) -> str:
        token = self._named(family).get("unk_token")
        return token.content if token else "None"

    def wordpiece(self, vocabulary: dict[str, int], family: Family, lowercase: bool | None) -> Tokenizer:
        """The class's own tokenizer over these pieces; `lowercase` beats do_lower_case."""
        model = WordPiece(vocabulary, unk_token=self.unk_token(family), max_input_chars_per_word=100)
        tokenizer = Tokenizer(model)
        own = True if family.always_lowercases else self.flag("do_lower_case", True)
        tokenizer.normalizer = normalizers.BertNormalizer(
            clean_text=self.flag("clean_text", True) if family.settles_controls else True,
            handle_chinese_chars=self.flag("tokenize_chinese_chars", True),
            strip_accents=self.flag("strip_accents", None),
            lowercase=own if lowercase is None else lowercase,
        )
        tokenizer.pre_tokenizer = BertPreTokenizer()
        return tokenizer

    def add_tokens(self, tokenizer: Tokenizer, family: Family | None, in_file: Iterable[Mapping[str, Any]]) -> None:
        """Add the special and other tokens that the files name; `in_file` are those of tokenizer.json."""
        known = tokenizer.get_added_tokens_decoder()
        there = {repr(token) for token in known.values()}
        numbered = self._numbered(in_file, family)
        tokens = [token for _, token in sorted(numbered.items()) if repr(token) not in there]
        contents = {token.content for token in known.values()} | {token.content for token in tokens}
        special = self._named(family)
        for token in tokens:
            if any(token.content == named.content for named in special.values() if named):
                token.special = True
        for named in (*special.values(), *self._extra()):
            if named and named.content not in contents:
                named.special = True
                tokens.append(named)
                contents.add(named.content)
        if (self.config or {}).get("split_special_tokens"):  # then they are ordinary text
            vocabulary = tokenizer.get_vocab(with_added_tokens=False)
            tokens = [token for token in tokens if not (token.special and token.content in vocabulary)]
        tokenizer.add_tokens(tokens)

    @cached_property
    def _settings(self) -> dict[str, Any]:
        """tokenizer_config.json with what an older special_tokens_map.json says."""
        settings = dict(self.config or {})
        if "added_tokens_decoder" not in settings:
            settings.update(_read(self.place / "special_tokens_map.json") or {})
        return settings

    def _named(self, family: Family | None) -> dict[str, AddedToken | None]:
        """Special tokens by their role, in the order in which they get ids."""
        defaults = family.tokens if family else {}
        own = [key for key, value in self._settings.items() if key.endswith("_token") and isinstance(value, str | dict)]
        tokens: dict[str, AddedToken | None] = {}
        for role in dict.fromkeys((*_ROLES, *defaults, *own)):
            value = self._settings.get(role, defaults.get(role))
            tokens[role] = None if value is None else self._token(value)
        mask = tokens.get("mask_token")
        if mask and family and family.mask_takes_space and not isinstance(self._settings.get("mask_token"), dict):
            tokens["mask_token"] = AddedToken(mask.content, lstrip=True, special=True)
        return tokens

    def _extra(self) -> list[AddedToken]:
        values = self._settings.get("extra_special_tokens") or self._settings.get("additional_special_tokens") or ()
        return [self._token(value) for value in (values.values() if isinstance(values, dict) else values)]

    def _numbered(self, in_file: Iterable[Mapping[str, Any]], family: Family | None) -> dict[int, AddedToken]:
        """Added tokens by id: those of the configuration, else of the older files and tokenizer.json."""
        decoder = (self.config or {}).get("added_tokens_decoder")
        if isinstance(decoder, dict):
            return {int(number): self._token(token) for number, token in decoder.items()}
        special = {token.content for token in (*self._named(family).values(), *self._extra()) if token}
        numbered: dict[int, AddedToken] = {}
        for content, number in (_read(self.place / "added_tokens.json") or {}).items():
            is_special = content in special
            numbered[int(number)] = AddedToken(str(content), normalized=not is_special, special=is_special)
        for token in in_file:
            numbered[int(token["id"])] = self._token(token)
        return numbered

    def _token(self, value: Any) -> AddedToken:
        try:
            if isinstance(value, Mapping):
                return AddedToken(**{key: value[key] for key in _OF_A_TOKEN & value.keys()})
            return AddedToken(str(value), special=True)
        except TypeError as error:
            where = printable(str(self.place / CONFIG), 200)
            raise TokenizerError(f"{where}: a special token is no token ({printable(str(error))})") from None

    def flag(self, name: str, default: bool | None) -> Any:
        """A setting as transformers takes it, which is true or false and nothing else."""
        value = (self.config or {}).get(name, default)
        if isinstance(value, bool) or value is default:
            return value
        where = printable(str(self.place / CONFIG), 200)
        said = printable(json.dumps(value))
        raise TokenizerError(f"{where}: {name} is {said}, which transformers refuses: write true or false")


def _read(place: Path) -> dict[str, Any] | None:
    """A JSON object; None where there is no such file."""
    shown = printable(str(place), 200)
    try:
        with open(descriptor_of(str(place)), encoding="utf-8") as file:
            content = json.load(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TokenizerError(f"{shown}: cannot be read ({error.strerror or error})") from None
    except (ValueError, RecursionError):
        raise TokenizerError(f"{shown}: not valid JSON, so transformers cannot read this folder either") from None
    if not isinstance(content, dict):
        raise TokenizerError(f"{shown}: not a JSON object, so transformers cannot read this folder either")
    return content
