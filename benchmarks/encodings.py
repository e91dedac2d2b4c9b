"""Score encoding detection side by side: corpuscheck, plain chardet, charset-normalizer.

    python benchmarks/encodings.py [--full]

The texts under benchmarks/texts are encoded in the codecs they were written for, cut to lengths from 8 bytes
to 4 KB, and laid out as prose, as CSV and as source code with a few lines of text. A case is right when the
bytes decode to the same text. Prints a table for each question.
"""

from __future__ import annotations

import argparse
import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import chardet
import charset_normalizer

from corpuscheck.reading.encodings.decoding import detect
from corpuscheck.reading.text import TextStream

TEXTS = Path(__file__).parent / "texts"
LENGTHS = (8, 16, 32, 64, 256, 4096)
CODECS: dict[str, tuple[str, ...]] = {
    "ko": ("cp949", "johab", "iso2022_kr", "utf-16-le", "utf-16-be", "utf-8"),
    "ko-rare": ("cp949",),
    "ja": ("cp932", "euc_jp", "iso2022_jp", "utf-8"),
    "zh-cn": ("gb18030", "hz", "utf-8"),
    "zh-tw": ("big5", "big5hkscs"),
    "ru": ("koi8_r", "cp1251", "cp866", "iso8859_5", "utf-8"),
    "uk": ("koi8_u", "cp1251"),
    "pl": ("cp1250", "iso8859_2"),
    "cs": ("cp1250", "iso8859_2"),
    "hu": ("cp1250",),
    "el": ("cp1253", "iso8859_7"),
    "tr": ("cp1254",),
    "he": ("cp1255",),
    "ar": ("cp1256",),
    "th": ("tis_620",),
    "vi": ("cp1258", "utf-8"),
    "fr": ("cp1252",),
    "de": ("cp1252",),
    "es": ("cp1252",),
    "pt": ("cp1252",),
    "sv": ("cp1252",),
    "lt": ("cp1257",),
}
FAMILIES = {
    "Korean": ("ko", "ko-rare"),
    "Japanese": ("ja",),
    "Chinese": ("zh-cn", "zh-tw"),
    "Cyrillic": ("ru", "uk"),
    "Central European": ("pl", "cs", "hu", "lt"),
    "Western": ("fr", "de", "es", "pt", "sv"),
    "Other": ("el", "tr", "he", "ar", "th", "vi"),
}
CODE = """\
import sys

def read_table(path, limit=100):
    rows = []
    for number, line in enumerate(open(path)):
        if number >= limit:
            break
        rows.append(line.rstrip().split(","))
    return rows

"""


@dataclass(frozen=True)
class Case:
    """Bytes and the text they stand for."""

    language: str
    codec: str
    length: int
    kind: str
    data: bytes
    text: str


def present() -> list[tuple[str, tuple[str, ...]]]:
    """Languages whose texts are there."""
    return [(language, codecs) for language, codecs in CODECS.items() if (TEXTS / f"{language}.txt").exists()]


def to_vietnamese(text: str) -> str:
    """cp1258 writes a vowel with its circumflex, breve or horn as one character and the tone behind it."""
    out = []
    for ch in text:
        try:
            ch.encode("cp1258")
            out.append(ch)
        except UnicodeEncodeError:
            parts = list(unicodedata.normalize("NFD", ch))
            base, marks = parts[0], parts[1:]
            tones = [m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"]
            shape = [m for m in marks if m not in tones]
            out.append(unicodedata.normalize("NFC", base + "".join(shape)) + "".join(tones))
    return "".join(out)


def cases(per_length: int) -> Iterator[Case]:
    """Every language, codec, length and kind; windows into the texts are drawn with a fixed seed."""
    draw = random.Random(20)
    for language, codecs in present():
        text = (TEXTS / f"{language}.txt").read_text("utf-8")
        for codec in codecs:
            written = to_vietnamese(text) if codec == "cp1258" else text
            for length in LENGTHS:
                for _ in range(per_length if length < 4096 else max(2, per_length // 4)):
                    piece = window(written, codec, length, draw)
                    if not piece.isascii():
                        yield Case(language, codec, length, "prose", piece.encode(codec), piece)
            if codec.startswith(("utf-16", "iso2022", "hz")):
                continue
            for _ in range(per_length):
                table = as_csv(written, codec, draw)
                yield Case(language, codec, len(table), "csv", table.encode(codec), table)
                code = as_code(written, codec, draw)
                yield Case(language, codec, len(code), "code", code.encode(codec), code)


def window(text: str, codec: str, length: int, draw: random.Random) -> str:
    """Words from a random place on, at most `length` bytes of them."""
    start = draw.randrange(max(1, len(text) - length))
    start = text.find(" ", start) + 1 if " " in text[start : start + 40] else start
    piece = text[start : start + length]
    while len(piece.encode(codec)) > length:
        piece = piece[:-1]
    return piece


def as_csv(text: str, codec: str, draw: random.Random) -> str:
    """Many rows of numbers with a short word in each tenth."""
    words = [w for w in text.replace("\n", " ").split() if not w.isascii()] or list(text[:200])
    rows = ["id,date,value,name"]
    for k in range(400):
        name = draw.choice(words)[:12] if k % 10 == 0 else "item"
        rows.append(f"{k},2024-01-{k % 28 + 1:02},{draw.randrange(10**6)},{name}")
    return "\n".join(rows) + "\n"


def as_code(text: str, codec: str, draw: random.Random) -> str:
    """A large source file with three comments in the language."""
    lines = [line for line in text.splitlines() if len(line) > 20]
    parts = [CODE] * 30
    for _ in range(3):
        parts.insert(draw.randrange(1, len(parts)), "# " + draw.choice(lines)[:60] + "\n")
    return "".join(parts)


def ours(data: bytes) -> str | None:
    """The text as corpuscheck reads it; None for what it takes for binary."""
    return b"".join(TextStream([data])).decode("utf-8")


def by_chardet(data: bytes) -> str | None:
    """chardet as its documentation uses it."""
    encoding = chardet.detect(data)["encoding"]
    return data.decode(encoding, "replace") if encoding else None


def by_charset_normalizer(data: bytes) -> str | None:
    """charset-normalizer as its documentation uses it."""
    best = charset_normalizer.from_bytes(data).best()
    return str(best) if best is not None else None


READERS: dict[str, Callable[[bytes], str | None]] = {
    "corpuscheck": ours,
    "chardet": by_chardet,
    "charset-normalizer": by_charset_normalizer,
}


def right(reader: Callable[[bytes], str | None], case: Case) -> bool:
    """Whether a reader gives back the text."""
    try:
        return reader(case.data) == case.text
    except (UnicodeDecodeError, LookupError):
        return False


def damaged(per_codec: int) -> Iterator[tuple[Case, list[int]]]:
    """4 to 100 KB with one to five bytes made bad or dropped, and where."""
    draw = random.Random(21)
    for language, codecs in present():
        text = (TEXTS / f"{language}.txt").read_text("utf-8")
        for codec in codecs:
            if codec not in ("utf-8", "cp949", "cp932", "euc_jp", "gb18030", "big5"):
                continue
            for _ in range(per_codec):
                data = bytearray((text * draw.randrange(1, 20)).encode(codec))
                places = sorted(draw.sample(range(200, len(data) - 50), draw.randrange(1, 6)))
                for place in reversed(places):
                    if draw.random() < 0.5:
                        data[place] = 0xFF
                    else:
                        del data[place]
                yield Case(language, codec, len(data), "damaged", bytes(data), text), places


def report(rows: dict[str, dict[str, list[int]]], title: str) -> None:
    """Print one table."""
    print(f"\n{title:20}" + "".join(f"{name:>20}" for name in READERS))
    for key, scores in rows.items():
        print(f"{key:20}" + "".join(f"{percent(scores[name]):>20}" for name in READERS))


def percent(score: list[int]) -> str:
    """Right ones and cases as a share."""
    return f"{100 * score[0] / score[1]:.1f} % of {score[1]}" if score[1] else "-"


def add(rows: dict[str, dict[str, list[int]]], key: str, name: str, ok: bool) -> None:
    """Enter one answer."""
    scores = rows.setdefault(key, {reader: [0, 0] for reader in READERS})[name]
    scores[0] += ok
    scores[1] += 1


def main() -> None:
    """Run all cases and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="five times as many cases")
    parser.add_argument("--misses", action="store_true", help="print what corpuscheck got wrong")
    arguments = parser.parse_args()
    per_length = 40 if arguments.full else 8
    families = {language: family for family, languages in FAMILIES.items() for language in languages}
    tables: dict[str, dict[str, dict[str, list[int]]]] = {
        t: {} for t in ("family", "codec", "length", "kind", "target")
    }
    for case in cases(per_length):
        for name, reader in READERS.items():
            ok = right(reader, case)
            family = families[case.language]
            add(tables["family"], family, name, ok)
            add(tables["codec"], case.codec, name, ok)
            if case.kind == "prose":
                add(tables["length"], f"{case.length:5} bytes", name, ok)
            add(tables["kind"], case.kind, name, ok)
            if family == "Korean" and case.length >= 16:
                add(tables["target"], "Korean from 16 B", name, ok)
            if case.length >= 64:
                add(tables["target"], "all from 64 B", name, ok)
            if case.kind in ("csv", "code"):
                add(tables["target"], "mostly ASCII", name, ok)
            if arguments.misses and name == "corpuscheck" and not ok and case.length >= 16:
                print(case.language, case.codec, case.length, case.kind, detect(case.data), repr(case.text[:30]))
    for title, rows in tables.items():
        report(rows, title)
    found = [locate(case, places) for case, places in damaged(per_length)]
    codec = sum(right for right, _ in found)
    both = sum(right and told for right, told in found)
    print(f"\ndamaged files, right codec: {100 * codec / len(found):.1f} % of {len(found)}")
    print(f"right codec, and damage reported within 1 KB of a bad place: {100 * both / len(found):.1f} %")


def locate(case: Case, places: list[int]) -> tuple[bool, bool]:
    """Right codec; damage reported near a bad place."""
    stream = TextStream([case.data[k : k + (1 << 20)] for k in range(0, len(case.data), 1 << 20)])
    for _ in stream:
        pass
    first = stream.damage.first_offset
    same = stream.decoded.encoding == case.codec or {stream.decoded.encoding, case.codec} == {"big5", "cp950"}
    return same, first is not None and any(abs(first - place) <= 1024 for place in places)


if __name__ == "__main__":
    main()
