"""Merges: a BPE from vocab.json and merges.txt, as the classes of `transformers` read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpuscheck.errors import TokenizerError
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.byte_families import END_OF_WORD, GPT2, MERGES_BY_MODEL_TYPE, MERGES_FAMILIES
from corpuscheck.tokenizer.folder import Folder

VOCABULARY, MERGES = "vocab.json", "merges.txt"


def has_merges(folder: Path) -> bool:
    """Whether a folder holds a vocabulary with merges."""
    return (folder / VOCABULARY).is_file() and (folder / MERGES).is_file()


def from_merges(folder: Path) -> Artefact:
    """The tokenizer of a folder. Raises TokenizerError where the files do not fit, or its class cannot be judged."""
    shown = printable(str(folder / VOCABULARY), 200)
    if not has_merges(folder):
        raise TokenizerError(
            f"{printable(str(folder), 200)}: {VOCABULARY} and {MERGES} belong together, and one of them is missing"
        )
    files = Folder(folder)
    name = files.class_name or MERGES_BY_MODEL_TYPE.get(files.model_type, "")
    if name and name not in MERGES_FAMILIES:
        raise TokenizerError(
            f"{shown}: what {printable(name)} makes of {VOCABULARY} and {MERGES} cannot be judged here: save its "
            "tokenizer.json with transformers (AutoTokenizer.from_pretrained(FOLDER).save_pretrained(NEW)) and pass NEW"
        )
    pieces, merges = _vocabulary(folder / VOCABULARY), _merges(folder / MERGES)
    family = MERGES_FAMILIES.get(name, GPT2)
    if not family.whole_words and any(piece.endswith(END_OF_WORD) for piece in pieces):
        raise TokenizerError(
            f"{shown}: its pieces end in {END_OF_WORD}, which {'a byte-level BPE' if not name else printable(name)} "
            f"never does: put the tokenizer_config.json of its model beside it"
        )
    prefix = files.flag("add_prefix_space", family.prefix_space)
    try:
        tokenizer = family.tokenizer(pieces, merges, files.unk_token(family), bool(prefix))
    except Exception as error:  # the library raises bare Exception
        raise TokenizerError(f"{shown}: {MERGES} does not fit it ({printable(str(error))})") from None
    if name:
        files.add_tokens(tokenizer, family, ())
    assumed = "" if name else "assumed: read as GPT-2 reads it, as no file beside it names a class"
    return Artefact(tokenizer.to_str(), shown, assumed=assumed)


def _vocabulary(place: Path) -> dict[str, int]:
    shown = printable(str(place), 200)
    try:
        content: Any = json.loads(place.read_text("utf-8"))
    except OSError as error:
        raise TokenizerError(f"{shown}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise TokenizerError(f"{shown}: not valid JSON") from None
    if not isinstance(content, dict) or not all(
        isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 1 << 32
        for number in content.values()
    ):
        raise TokenizerError(f"{shown}: not a table of pieces and their numbers")
    return content


def _merges(place: Path) -> list[tuple[str, str]]:
    shown = printable(str(place), 200)
    try:
        lines = place.read_text("utf-8").split("\n")
    except OSError as error:
        raise TokenizerError(f"{shown}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise TokenizerError(f"{shown}: not UTF-8 text") from None
    merges: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#version"):
            continue
        pair = line.rstrip("\r").split(" ")
        if len(pair) != 2:
            raise TokenizerError(f"{shown}: line {number} is not two pieces with a space between them")
        merges.append((pair[0], pair[1]))
    return merges
