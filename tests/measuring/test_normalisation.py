"""Normalisation: each kind of character is counted, placed and judged, and what a script needs is left alone."""

from __future__ import annotations

import itertools
import json
import sys
import unicodedata
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support import document_of, scanned, terminal_report, write_files, write_vocabulary

from corpuscheck.profile.characters import CharacterPart
from corpuscheck.profile.profile import Profile
from corpuscheck.profile.size import SizePart
from corpuscheck.result.normalisation import KINDS, Normalisation, character_kind, normalisation_of
from corpuscheck.result.result import Finding, Result
from corpuscheck.text.scripts import composition

KOREAN = "우리는 오늘 아침에 강가를 걸었다. " * 400


def of(text: str) -> Normalisation:
    """What a corpus of one text has."""
    counts: dict[int, int] = {}
    for ch in text:
        counts[ord(ch)] = counts.get(ord(ch), 0) + 1
    saving = len(text.encode()) - len(unicodedata.normalize("NFC", text).encode())
    return normalisation_of(Profile(size=SizePart(0, len(text.encode()), saving, 1), characters=CharacterPart(counts)))


def told(text: str) -> dict[str, int]:
    """The kinds that are trouble, with their number."""
    return {row.kind.id: row.at_most for row in of(text).troubles}


@pytest.mark.parametrize(
    ("kind", "characters"),
    [
        ("conjoining-jamo", "\u1100\u1161\u11a8\ud7b0\ua960\u119e"),
        ("combining-marks", "\u0301\u0303\u0323\u0341"),
        ("combining-signs", "\u3099\u09be\u093c"),
        ("compatibility-hanja", "\uf900\uf9f7\U0002f800"),
        ("other-forms", "\u212b\u2126\u037e\u0958"),
        ("half-width", "ｶﾞ･ﾡ"),
        ("fullwidth-letters", "ＡｚＺ０９"),
        ("fullwidth-punctuation", "，！？（～"),
        ("hangul-fillers", "\u3164\u115f\u1160\uffa0"),
        ("zero-width-spaces", "\u200b"),
        ("joiners", "\u200c\u200d"),
        ("no-width", "\u2060\ufeff"),
        ("soft-hyphens", "\u00ad"),
        ("bidi-controls", "\u200e\u202e\u2066"),
        ("unusual-spaces", "\u00a0\u2009\u202f"),
        ("ideographic-spaces", "\u3000"),
        ("ligatures", "ﬁﬀ"),
        ("", "가힣ㅋㅎㅠ漢字\ufa0eあア゛AZ09 .,\n\té😀\ufe0f\u0e34\u0947"),
    ],
)
def test_a_character_is_of_its_kind(kind: str, characters: str) -> None:
    assert {character_kind(ord(ch)) for ch in characters} == {kind}


def test_spans_do_not_overlap_and_every_kind_can_occur() -> None:
    spans = sorted(span for kind in KINDS for span in kind.spans)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))
    assert {character_kind(cp) for cp in range(sys.maxunicode + 1)} == {"", *(kind.id for kind in KINDS)}


def test_whatever_nfc_touches_is_of_a_kind_that_says_so() -> None:
    says_so = {kind.id for kind in KINDS if kind.family == "composed by NFC"}
    seconds = set()
    for cp in range(0x30000):
        ch = chr(cp)
        parts = unicodedata.decomposition(ch).split()
        if unicodedata.normalize("NFC", ch) != ch:
            assert character_kind(cp) in says_so
        elif len(parts) == 2 and not parts[0].startswith("<"):
            seconds.add(int(parts[1], 16))
    assert {
        character_kind(cp) for cp in seconds if cp < 0x11380
    } <= says_so  # later ones differ by the version of Unicode


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KOREAN, {}),
        ("ㅋㅋㅋ ㅎㅎ ㅠㅠ", {}),
        (unicodedata.normalize("NFD", "한국"), {"conjoining-jamo": 6}),
        ("점ᆞ점", {"conjoining-jamo": 1}),
        ("cafe\u0301 e", {"combining-marks": 1}),
        ("ａ１ and ａ，", {"fullwidth-letters": 3, "fullwidth-punctuation": 1}),
        ("\u200b" * 3 + "가" * 9, {"zero-width-spaces": 3}),
        ("ก\u200bขคง", {}),  # Thai divides words by it
        ("ก\u200b가나다", {"zero-width-spaces": 1}),
        ("می\u200cخواهم", {}),  # Persian
        ("क्\u200dष", {}),
        ("👩\u200d🚀", {}),
        ("he\u200dllo", {"joiners": 1}),
        ("\u200fשלום\u200e עולם", {}),
        ("\u200fhello", {"bidi-controls": 1}),
        ("　床前明月光，疑是地上霜。", {}),
        ("　가나다라마바사", {"ideographic-spaces": 1}),
        ("　가나다라마바사" * 100 + "漢字" * 30, {"ideographic-spaces": 100}),
        ("বাংলা ভাষা", {}),  # its vowel signs are what NFC leaves alone
        ("ব\u09c7\u09be", {"combining-signs": 1}),
        ("か\u3099", {"combining-signs": 1}),
        ("\uf900\uf900", {"compatibility-hanja": 2}),
    ],
)
def test_what_is_usual_in_a_script_is_no_trouble(text: str, expected: dict[str, int]) -> None:
    assert told(text) == expected


def test_a_row_has_exact_figures() -> None:
    (row,) = of("ＡＡＢ가").rows
    assert (row.occurrences, row.distinct, row.total, row.share, row.usual) == (3, 2, 4, 0.75, False)
    assert [(seen.code_point, seen.count, seen.path) for seen in row.characters] == [(0xFF21, 2, ""), (0xFF22, 1, "")]


def test_nothing_is_in_an_empty_corpus() -> None:
    assert of("") == Normalisation()
    assert composition({}) == ()


def test_scripts_are_counted_by_letters() -> None:
    counts = {ord("가"): 6, ord("a"): 3, ord("漢"): 1, ord("1"): 50, ord(" "): 50, ord("܀"): 2, ord("ܐ"): 2}
    assert [(s.name, s.characters, s.share) for s in composition(counts)] == [
        ("Hangul", 6, 0.5),
        ("Latin", 3, 0.25),
        ("other", 2, 2 / 12),
        ("Han", 1, 1 / 12),
    ]


def result_of(folder: Path, text: str) -> Result:
    """The scan of some clean Korean and this text, which stands on the third line of a file."""
    write_files(folder, {"corpus/clean.txt": KOREAN, "corpus/odd.txt": f"하나\n둘\n{text}\n"})
    vocabulary = write_vocabulary(folder / "vocab.txt", set(KOREAN + "하나둘한국어") - {" "})
    return scanned(folder / "corpus", tokenizer=vocabulary).result


def judged(result: Result) -> dict[str, Finding]:
    return {finding.rule: finding for finding in result.findings if finding.rule in ("CC203", "CC422", "CC423")}


@pytest.mark.few(5)
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", ""),
        ("ㅋㅋㅋ" * 20, ""),
        ("가\u200b나" * 3, "CC422"),
        ("가\u3164나" * 3, "CC422"),
        ("하\u00ad나" * 3, "CC422"),
        ("하\u202e나" * 3, "CC422"),
        ("\ufeff하나" * 3, "CC422"),
        ("👩\u200d🚀" * 20, ""),
        ("می\u200cخواهم" * 20, ""),
        ("１２３" * 10, "CC423"),
        ("ｶﾞｷﾞ" * 10, "CC423"),
        ("，。！？" * 30, ""),
        ("\u00a0\u3000" * 50, ""),
        (unicodedata.normalize("NFD", "한국어 " * 20), "CC203"),
    ],
)
def test_rules(text: str, rule: str, tmp_path: Path) -> None:
    findings = judged(result_of(tmp_path, text))
    assert set(findings) == {rule} - {""}
    for finding in findings.values():
        assert [(place.path, place.line) for place in finding.places] == [(str(tmp_path / "corpus/odd.txt"), 3)]
        assert finding.message.isprintable()
        assert finding.advice
        assert isinstance(finding.measured, float)
        assert isinstance(finding.limit, float)
        assert finding.measured > finding.limit


def test_the_limit_is_a_share_of_the_characters(tmp_path: Path) -> None:
    write_files(tmp_path, {"corpus/a.txt": "가나다라마바사아자" + "\u200b"})
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사아자")
    for limit, fires in ((0.1, False), (0.099, True)):
        result = scanned(tmp_path / "corpus", tokenizer=vocabulary, limit={"CC422": limit}).result
        assert ("CC422" in judged(result)) == fires


def test_reports_say_it(tmp_path: Path) -> None:
    result = result_of(tmp_path, "하\u200b나 Ａ \u202e\u0301 " + unicodedata.normalize("NFD", "한국"))
    report = terminal_report(result, 120)
    assert "zero-width spaces" in report
    assert "U+200B" in report
    assert "at most 1, " in report
    assert "odd.txt:3" in report
    assert "NFC saves 12 B" in report
    assert not {ch for ch in report if unicodedata.category(ch) == "Cf"}
    clean = terminal_report(result_of(tmp_path / "clean", ""), 80)
    assert "no character is written in an unusual way" in clean
    assert "Hangul 100 %" in clean


def test_json_says_it_and_fits_the_schema(tmp_path: Path) -> None:
    result_of(tmp_path, "하\u200b나 Ａ \u202e\u0301 ﬁ \ue000\U000e0001\u2060 " + unicodedata.normalize("NFD", "한국"))
    document = document_of(tmp_path / "corpus", tokenizer=str(tmp_path / "vocab.txt"))
    schema = json.loads((files("corpuscheck.reports") / "schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    kinds = {kind["kind"]: kind for kind in document["clean"]["normalisation"]["kinds"]}
    assert document["clean"]["normalisation"]["nfc_saving_bytes"] == 12
    assert document["clean"]["normalisation"]["unk_words_saved_by_nfc"] == 1
    assert kinds["conjoining-jamo"]["occurrences"] == 6
    assert kinds["zero-width-spaces"]["characters"] == [
        {
            "codepoint": "U+200B",
            "name": "ZERO WIDTH SPACE",
            "count": 1,
            "path": str(tmp_path / "corpus/odd.txt"),
            "line": 3,
        }
    ]
    assert [script["name"] for script in document["domain"]["scripts"]] == ["Hangul", "Latin"]
    assert sum(script["share"] for script in document["domain"]["scripts"]) == pytest.approx(1)
