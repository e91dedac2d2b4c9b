"""Ranks: a byte-level BPE from a file of `tiktoken`, a line of base64 and a number for each token."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

from corpuscheck.errors import TokenizerError
from corpuscheck.text.printable import printable
from corpuscheck.text.word_patterns import CL100K, PATTERNS
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.folder import Folder
from corpuscheck.tokenizer.spelling import letters_of_bytes

_LINE = re.compile(rb"([A-Za-z0-9+/]+={0,2}) ([0-9]{1,9})\r?")
_LONGEST_TOKEN = 4096
_END, _PROMPT = "<|endoftext|>", "<|endofprompt|>"
_LLAMA = ("<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
          "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>", "<|start_header_id|>", "<|end_header_id|>",
          "<|eom_id|>", "<|eot_id|>", "<|python_tag|>")  # fmt: skip


@dataclass(frozen=True)
class _Encoding:
    """What names an encoding in the name of a file or a class, and its special tokens by id."""

    name: str
    named: re.Pattern[str]
    special: Mapping[str, int]


_ENCODINGS = (
    _Encoding("gpt2", re.compile("gpt-?2"), {_END: 50256}),
    _Encoding("r50k", re.compile("r50k"), {_END: 50256}),
    _Encoding("p50k", re.compile("p50k"), {_END: 50256}),
    _Encoding(
        "cl100k",
        re.compile("cl100k"),
        {
            _END: 100257,
            "<|fim_prefix|>": 100258,
            "<|fim_middle|>": 100259,
            "<|fim_suffix|>": 100260,
            _PROMPT: 100276,
        },
    ),
    _Encoding("o200k", re.compile("o200k"), {_END: 199999, _PROMPT: 200018}),
    _Encoding("qwen", re.compile("qwen"), {_END: 151643, "<|im_start|>": 151644, "<|im_end|>": 151645}),
    _Encoding("llama3", re.compile("llama-?3"), {token: 128000 + n for n, token in enumerate(_LLAMA)}),
)


def looks_like_ranks(content: bytes) -> bool:
    """Whether its first lines are those of a file of tiktoken."""
    lines = content[: 1 << 12].split(b"\n")[:4]
    return bool(lines[0]) and all(_LINE.fullmatch(line) for line in (lines[:-1] if len(lines) > 1 else lines))


def from_ranks(content: bytes, place: Path, pattern: str | None) -> Artefact:
    """The tokenizer of such a file. `pattern` is the name of a regular expression that is known, or one itself.

    Without it, the file or the files beside it have to name a model. Raises TokenizerError.
    """
    shown = printable(str(place), 200)
    ranks = dict(_read(content, shown))
    encoding, assumed = (None, "") if pattern else _encoding(place)
    known = PATTERNS.get(pattern.lower(), pattern) if pattern else None
    if known is None:
        if encoding is None and not assumed:
            raise TokenizerError(
                f"{shown}: a file of tiktoken, but not the regular expression that cuts text into words: pass "
                f"--tokenizer-pattern with it, or with one of {', '.join(PATTERNS)}"
            )
        known = PATTERNS[encoding.name] if encoding else CL100K
    elif pattern and pattern.lower() in PATTERNS:
        encoding = next(one for one in _ENCODINGS if one.name == pattern.lower())
    tokenizer = _tokenizer(ranks, known, encoding.special if encoding else {}, shown)
    Folder(place.parent).add_tokens(tokenizer, None, ())
    return Artefact(tokenizer.to_str(), shown, assumed=assumed)


def _encoding(place: Path) -> tuple[_Encoding | None, str]:
    """What the name of the file, its folder's files or its folder tell; else how it is read, for a person."""
    files = Folder(place.parent)
    for name in (place.name, files.class_name, files.model_type, place.absolute().parent.name):
        for encoding in _ENCODINGS:
            if encoding.named.search(name.lower()):
                return encoding, ""
    if place.name == "tokenizer.model":
        return None, "assumed: cut into words as Llama 3 does, which transformers assumes of a tokenizer.model"
    return None, ""


def _read(content: bytes, shown: str) -> Iterator[tuple[bytes, int]]:
    """Each token and its rank."""
    seen: set[int] = set()
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line)
        try:
            token = b64decode(found[1], validate=True) if found else b""
        except ValueError:
            token = b""
        if not found or not token or len(token) > _LONGEST_TOKEN:
            raise TokenizerError(f"{shown}: line {number} is no token in base64 with its rank")
        rank = int(found[2])
        if rank in seen:
            raise TokenizerError(f"{shown}: line {number} has the rank of another token ({rank:,})")
        seen.add(rank)
        yield token, rank


def _tokenizer(ranks: Mapping[bytes, int], pattern: str, special: Mapping[str, int], shown: str) -> Tokenizer:
    """The same in the model of `tokenizers`: each token that two others make is a merge of these, by rank."""
    letters = letters_of_bytes()

    def spelled(token: bytes) -> str:
        return "".join(letters[byte] for byte in token)

    vocabulary = {spelled(token): rank for token, rank in ranks.items()}
    taken = set(ranks.values())
    for token, number in special.items():
        if number not in taken:
            vocabulary.setdefault(token, number)
    merges = [(spelled(left), spelled(right)) for left, right in _merges(ranks)]
    try:
        model = BPE(vocabulary, merges, ignore_merges=True)
        cut = pre_tokenizers.Split(Regex(pattern), "isolated")
    except Exception as error:  # the library raises bare Exception
        raise TokenizerError(f"{shown}: no tokenizer can be made of it ({printable(str(error))})") from None
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([cut, pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([token for token in special if token in vocabulary])
    return tokenizer


def _merges(ranks: Mapping[bytes, int]) -> Iterator[tuple[bytes, bytes]]:
    for token in sorted(ranks, key=ranks.__getitem__):
        pairs = ((token[:cut], token[cut:]) for cut in range(1, len(token)))
        known = [(left, right) for left, right in pairs if left in ranks and right in ranks]
        yield from sorted(known, key=lambda pair: (ranks[pair[0]], ranks[pair[1]]))
