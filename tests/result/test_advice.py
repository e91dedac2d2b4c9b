"""The advice of scan has figures: what it would win, and what it costs."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from support import EXAMPLES, scanned, write_files, write_vocabulary
from tokenizer_zoo import artefact

from corpuscheck.result.result import Finding

TEXT = "".join(path.read_text("utf-8") for path in sorted((EXAMPLES / "korean-news").glob("*.txt")))


@pytest.fixture
def vocabulary(tmp_path: Path) -> str:
    """Every character of the text, in both forms."""
    return write_vocabulary(tmp_path / "vocab.txt", sorted(set(TEXT) - {" ", "\n"}))


def findings(text: str, folder: Path, **options: Any) -> dict[str, Finding]:
    write_files(folder / "corpus", {"text.txt": text})
    return {found.rule: found for found in scanned(folder / "corpus", **options).result.findings}


def test_decomposed_text_is_composed_first(tmp_path: Path, vocabulary: str) -> None:
    decomposed = unicodedata.normalize("NFD", TEXT)
    found = findings(decomposed, tmp_path, tokenizer=vocabulary)
    for rule in ("CC301", "CC203"):
        advice = found[rule].advice
        assert "NFC" in advice
        assert advice.endswith("88.4 % -> 0 % [UNK]")


def test_composing_is_not_advised_where_it_wins_little(tmp_path: Path, vocabulary: str) -> None:
    text = TEXT + "뷁뷁 " * 300 + unicodedata.normalize("NFD", "서울 ")
    advice = findings(text, tmp_path, tokenizer=vocabulary)["CC301"].advice
    assert advice.startswith("add the missing characters to its vocabulary, or train one on this corpus")
    assert advice.endswith("characters it loses 0 %")


@pytest.mark.thorough
def test_a_larger_alphabet_says_what_it_wins_and_costs(tmp_path: Path) -> None:
    write_files(tmp_path / "corpus", {"text.txt": TEXT})
    scan = scanned(tmp_path / "corpus", limit_alphabet=200)
    better = scan.result.tokenizer.alphabet.recommended
    assert better is not None
    slots = 2 * (better.alphabet - 200)
    assert findings(TEXT, tmp_path, limit_alphabet=200)["CC301"].advice == (
        f"raise the alphabet with --limit-alphabet {better.alphabet}: 35.8 % -> 0 % [UNK], "
        f"costs {slots:,} vocabulary slots"
    )
    again = scanned(tmp_path / "corpus", limit_alphabet=better.alphabet)
    assert again.artefact.vocab_size >= 2 * better.alphabet
    assert again.result.profile.words.unk_rate < 0.005  # a tenth of this little text is held out


@pytest.mark.thorough
def test_stripped_accents_name_the_share_of_hangul(tmp_path: Path) -> None:
    write_files(tmp_path, {"uncased.json": artefact("bert uncased, accents stripped").definition})
    found = findings(TEXT, tmp_path, tokenizer=str(tmp_path / "uncased.json"))["CC302"]
    assert found.message.startswith(
        "the tokenizer strips accents, as lowercase=True does by itself: "
        "68.9 % of the characters change or vanish (68.9 % Hangul, which turns into jamo) and "
    )
    both = findings(TEXT + "が" * 200, tmp_path, tokenizer=str(tmp_path / "uncased.json"))["CC302"]
    assert "Hangul, which turns into jamo, 1.4 % Kana) and " in both.message
