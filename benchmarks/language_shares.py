"""Build the table by which languages of one script are told apart, from the word lists of wordfreq.

    pip download --no-deps wordfreq==3.1.1 && unzip wordfreq-3.1.1-py3-none-any.whl -d WORDFREQ
    python benchmarks/language_shares.py WORDFREQ [--output corpuscheck/domain/general/languages.ccg]

What is written are shares of n-grams by hash, no words. Serbian is Serbo-Croatian in Cyrillic letters. The same lists
give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import unicodedata
from pathlib import Path

import msgpack
import numpy as np

from corpuscheck.domain.language_shares import FILE, to_bytes
from corpuscheck.domain.languages import LANGUAGES, OTHERS, SCRIPTS_OF_MANY, script_of_label
from corpuscheck.kernels.arrays import BUCKETS, Floats
from corpuscheck.kernels.grams import count_grams
from corpuscheck.measuring.languages import letters_of
from corpuscheck.text.scripts import COMMON, script_of

LICENCE = "CC BY-SA 4.0"
ORIGIN = "wordfreq 3.1.1 (Robyn Speer; with Wikipedia, SUBTLEX, OpenSubtitles, ParaCrawl, Leeds, Google Books)"

_CYRILLIC = str.maketrans("abvgdđežzijklmnoprstćufhcčš", "абвгдђежзијклмнопрстћуфхцчш")
_PAIRS = {"lj": "љ", "nj": "њ", "dž": "џ"}
_WORDS = 3_000_000


def words_of(code: str, folder: Path) -> dict[str, int]:
    """The words of a language in its script, and how many there are among three million."""
    name = f"wordfreq/data/small_{'sh' if code == 'sr' else code}.msgpack.gz"
    with gzip.open(folder / name) as file:
        _, *levels = msgpack.load(file, raw=False)
    counts: dict[str, int] = {}
    for level, words in enumerate(levels):
        for word in words:
            word = in_cyrillic(word) if code == "sr" else unicodedata.normalize("NFC", word).lower()
            if all(script_of(ord(ch)) in (script_of_label(code), COMMON) for ch in word):
                counts[word] = counts.get(word, 0) + round(_WORDS * 10 ** (-level / 100))
    return counts


def in_cyrillic(word: str) -> str:
    """A Serbo-Croatian word in Cyrillic letters."""
    for pair, letter in _PAIRS.items():
        word = word.replace(pair, letter)
    return word.translate(_CYRILLIC)


def shares_of_words(counts: dict[str, int]) -> Floats:
    """The shares of the n-grams of words, each word as often as it is."""
    encoded = [word.encode() for word in counts]
    data = np.frombuffer(b"".join(encoded), np.uint8)
    ends = np.cumsum([len(word) for word in encoded])
    starts, times = np.concatenate(([0], ends[:-1])), np.array(list(counts.values()))
    letters = letters_of(sorted(set("".join(counts))))
    found: Floats = np.zeros(BUCKETS)
    for number in np.unique(times):
        rows = times == number
        table, totals = np.zeros((1, BUCKETS), np.int64), np.zeros(int(rows.sum()), np.int64)
        count_grams(data, starts[rows], ends[rows], letters, np.zeros_like(totals), table, totals)
        found = found + number * table[0]
    return np.asarray(found / found.sum())


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, default=FILE)
    arguments = parser.parse_args()
    codes = [code for code in (*LANGUAGES, *OTHERS) if script_of_label(code) in SCRIPTS_OF_MANY]
    shares = {code: shares_of_words(words_of(code, arguments.folder)) for code in codes}
    data = to_bytes(shares, LICENCE, ORIGIN)
    arguments.output.write_bytes(data)
    print(f"{len(shares)} languages, {len(data):,} bytes")


if __name__ == "__main__":
    main()
