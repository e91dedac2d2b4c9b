"""Which language a document is in: made-up text in the words that the shipped references list."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from support import REPOSITORY

from corpuscheck.domain.bodies import general
from corpuscheck.domain.comparing import domain_report
from corpuscheck.domain.languages import LANGUAGES, named, script_of_label
from corpuscheck.domain.shipped import shipped
from corpuscheck.domain.sources import languages_known
from corpuscheck.measuring.domain import language_parts
from corpuscheck.profile.domain import LanguageParts
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.sample import Sample


def words_of(code: str) -> tuple[list[str], list[int]]:
    """The words of a language and how frequent they are."""
    counts: dict[str, int] = {}
    for body in general(shipped(code)):
        for word, (_, occurrences) in body.words.counts.items():
            counts[word] = counts.get(word, 0) + occurrences
    return list(counts), list(counts.values())


def made_up(code: str, documents: int, words: int = 80) -> list[str]:
    """Documents of words drawn as general text has them; pairs of neighbours where there are no spaces."""
    dice = random.Random(code)
    known, weights = words_of(code)
    apart = "" if LANGUAGES[code].script in ("Han", "Kana", "Thai") else " "
    return [apart.join(dice.choices(known, weights, k=words)) for _ in range(documents)]


def sample_of(documents: list[str]) -> Sample:
    keys = {text: int.from_bytes(random.Random(text).randbytes(8), "little") for text in documents}
    return Sample.of(1 << 30, ((key, text.encode(), 1, key) for text, key in keys.items()))


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_is_known(code: str) -> None:
    parts = language_parts(sample_of(made_up(code, 60)))
    assert parts[code].documents >= 58
    assert languages_known(parts)[0][0] == code


def test_documents_of_several_languages_are_told_apart() -> None:
    counts = {"ko": 90, "en": 70, "de": 50, "ja": 40, "ru": 30}
    parts = language_parts(sample_of([text for code, n in counts.items() for text in made_up(code, n)]))
    for code, n in counts.items():
        assert parts[code].documents == pytest.approx(n, abs=2)
    alone = language_parts(sample_of(made_up("ko", 90)))["ko"]
    assert parts["ko"].grams == alone.grams
    assert parts["ko"].words == alone.words


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "Greek"),
        ("דג סקרן שט בים מאוכזב", "Hebrew"),
        ("12 345 678", "other"),
        ("色は匂へど散りぬるを", "ja"),
        ("天地玄黃 宇宙洪荒", "zh"),
        ("판결 judgment 선고 원고와 피고", "ko"),
        ("ЪЫЭ слово и дело", "ru"),
    ],
)
def test_a_script_is_that_of_most_letters(text: str, label: str) -> None:
    parts = language_parts(sample_of([f"{text} {k}" for k in range(40)]))
    assert list(parts) == [label]
    assert named(label)


with Path(__file__).with_name("sentences.tsv").open(encoding="utf-8", newline="") as table:
    SENTENCES = {row["language"]: row["text"] for row in csv.DictReader(table, delimiter="\t")}
"""The same few sentences in languages that general text is shipped for, and in their relatives."""

RELATIVES = [code for code in SENTENCES if code not in LANGUAGES]


@pytest.mark.parametrize("code", SENTENCES)
def test_a_few_sentences_tell_the_language(code: str) -> None:
    text = SENTENCES[code]
    assert list(language_parts(sample_of([f"{text} {k}" for k in range(3)]))) == [code]
    for sentence in text.split(". ")[:2]:
        (found,) = language_parts(sample_of([sentence]))
        assert found == code or {found, code} in ({"da", "nb"}, {"id", "ms"})


@pytest.mark.parametrize("code", RELATIVES)
def test_a_relative_of_a_language_is_not_compared_with_it(code: str) -> None:
    """Among documents of the language that they are nearest to, too, and with much text."""
    relatives = [f"{SENTENCES[code]} {k}" for k in range(300)]
    other = {"Cyrillic": "ru", "Arabic": "ar"}.get(script_of_label(code), "es")
    parts = language_parts(sample_of([*relatives, *(f"{SENTENCES[other]} {k}" for k in range(100))]))
    assert {label: part.units for label, part in parts.items()} == {code: 300, other: 100}
    report = domain_report(Profile(domain=LanguageParts(parts)))
    assert report
    assert (report.language, report.verdict, report.distance_bits) == (code, "unknown", None)
    assert report.reason == f"no general text is shipped for {named(code)}: --reference names some"


def test_words_of_no_known_language_are_called_by_their_script() -> None:
    """Letters as frequent as in Spanish, words that no language has."""
    dice = random.Random(3)
    lexicon = ["".join(dice.choices("aeosrnidlctumpbgvyqhfzj", k=dice.randint(2, 9))) for _ in range(3000)]
    documents = [" ".join(dice.choices(lexicon, k=80)) for _ in range(100)]
    assert all(label not in LANGUAGES for label, _ in languages_known(language_parts(sample_of(documents))))
    for code in ("de", "en", "es", "fr", "pl", "tr", "vi"):
        only = language_parts(sample_of(documents), code)
        assert languages_known(only)[0][0] == "Latin"


def test_program_code_is_english() -> None:
    """It has few of its most frequent words, but is made of its words."""
    code = [path.read_text("utf-8")[:4000] for path in sorted((REPOSITORY / "corpuscheck/domain").glob("*.py"))]
    assert languages_known(language_parts(sample_of(code)))[0][0] == "en"


def test_the_order_of_documents_is_no_matter() -> None:
    documents = made_up("ko", 40) + made_up("fr", 40) + made_up("es", 40)
    shuffled = random.Random(1).sample(documents, len(documents))
    assert language_parts(sample_of(documents)) == language_parts(sample_of(shuffled))
