"""Vocabulary: read a vocab.txt as `transformers` does, and say what in the file moves ids or hides pieces."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tokenizers.models import WordPiece

from corpuscheck.errors import TokenizerError
from corpuscheck.text.printable import printable
from corpuscheck.tokenizer.artefact import Remark

_MOST_NAMED = 3


def read_vocabulary(place: Path, unk: str) -> tuple[dict[str, int], tuple[Remark, ...]]:
    """Pieces by id, and what is odd about the file. Raises TokenizerError where the unknown token has no line."""
    shown = printable(str(place), 200)
    try:
        raw = place.read_bytes()
        vocabulary: dict[str, int] = WordPiece.read_file(str(place))
    except OSError as error:
        raise TokenizerError(f"{shown}: cannot be read ({error.strerror})") from None
    except Exception as error:  # the library raises bare Exception
        raise TokenizerError(f"{shown}: no vocabulary can be read from it ({printable(str(error))})") from None
    if unk not in vocabulary:
        why = "so this is no WordPiece vocabulary that can be checked: add the line"
        if f"\ufeff{unk}" in vocabulary:
            why = "as its first line begins with a byte order mark: save the file without one"
        raise TokenizerError(f"{shown}: no line '{printable(unk)}', {why}")
    return vocabulary, tuple(_remarks(raw, raw.startswith(codecs.BOM_UTF8), vocabulary))


def _remarks(raw: bytes, marked: bool, vocabulary: dict[str, int]) -> Iterator[Remark]:
    lines = raw.decode().removesuffix("\n").split("\n")
    pieces = [line.rstrip() for line in lines]
    if marked:
        first = printable(pieces[0].removeprefix("\ufeff"))
        yield Remark(
            f"vocab.txt begins with a byte order mark, so its first piece is not '{first}', and no text gets id 0",
            "save vocab.txt as UTF-8 without a byte order mark",
        )
    returns = sum(line.endswith("\r") for line in lines)
    if returns:
        yield Remark(
            f"{_plural(returns, 'line')} of vocab.txt end{'s' * (returns == 1)} in CR LF: transformers cuts the CR "
            "off, but a reader that keeps it finds none of these pieces",
            "save vocab.txt with LF line ends",
        )
    blank = pieces.count("")
    if blank:
        takes = "it takes an id" if blank == 1 else "each takes an id"
        yield Remark(
            f"vocab.txt has {_plural(blank, 'blank line')}, and {takes}: all pieces after it have a higher one",
            "delete blank lines, unless the model was trained with them",
        )
    yield from _useless(pieces, vocabulary)


def _useless(pieces: list[str], vocabulary: dict[str, int]) -> Iterator[Remark]:
    repeated = [piece for piece, n in Counter(pieces).items() if n > 1 and piece]
    if repeated:
        named = ", ".join(f"'{printable(piece)}' (id {vocabulary[piece]:,})" for piece in repeated[:_MOST_NAMED])
        stand = "stands" if len(repeated) == 1 else "stand"
        yield Remark(
            f"{_plural(len(repeated), 'piece')} {stand} in vocab.txt more than once, and the last line counts: {named};"
            " a token that is added gets an id that is taken",
            "put another piece, such as [unused1], in the place of each repeated line",
        )
    spaced = [piece for piece in vocabulary if piece and piece.split() != [piece]]
    if spaced:
        named = ", ".join(f"'{printable(piece)}'" for piece in spaced[:_MOST_NAMED])
        hold = "holds white space and matches" if len(spaced) == 1 else "hold white space and match"
        yield Remark(
            f"{_plural(len(spaced), 'piece')} of vocab.txt {hold} no text: {named}",
            "take the white space out of these lines",
        )


def _plural(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"
