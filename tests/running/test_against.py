"""scan --against: what a model will be tested with is found in the corpus, in whatever dress, and counted exactly."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support import Main, document_of, everything, korean_lines, scanned, write_files

from corpuscheck.api import merged, scan_shard
from corpuscheck.errors import UsageError
from corpuscheck.measuring.against import Benchmarks, BenchmarkTexts
from corpuscheck.profile.profile import Profile
from corpuscheck.running import units
from corpuscheck.running.shares import WorkShare
from corpuscheck.settings import settings_from

DICE = random.Random(19)
TASK = "다음 글을 읽고 물음에 답하시오."


def words(n: int, seed: int, alphabet: str = "가나다라마바사아자차카타파하고노도로모보소오") -> list[str]:
    dice = random.Random(seed)
    return ["".join(dice.choices(alphabet, k=dice.randint(2, 4))) for _ in range(n)]


def english(n: int, seed: int) -> list[str]:
    return words(n, seed, "abcdefghijklmnoprstuvw")


def unspaced(n: int, seed: int) -> str:
    dice = random.Random(seed)
    return "".join(chr(0x4E00 + dice.randrange(5000)) for _ in range(n))


def jsonl(texts: Sequence[str], field: str = "text") -> str:
    return "".join(json.dumps({field: text}, ensure_ascii=False) + "\n" for text in texts)


CORPUS = [" ".join(words(80, 1000 + k)) for k in range(120)]


def found(tmp_path: Path, corpus: Sequence[str], benchmark: Sequence[str], **options: Any) -> dict[str, Any]:
    write_files(tmp_path, {"data/a.jsonl": jsonl(corpus), "eval.jsonl": jsonl(benchmark)})
    report = document_of(tmp_path / "data", against=[str(tmp_path / "eval.jsonl")], **options)
    (against,) = report["against"]
    told: dict[str, Any] = against
    return told


# planted, in whatever dress

KOREAN = " ".join(words(60, 1))
LATIN = "The Résumé of 2024: " + " ".join(english(60, 2)) + " naïve 31 café."
CHINESE = unspaced(90, 3)
KANA = "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ" * 2 + unspaced(40, 4)
THAI = "การทดสอบภาษาไทยที่ไม่มีช่องว่างระหว่างคำและต้องถูกพบในคลังข้อมูล" * 2
NUMBERS = " ".join(f"{DICE.randrange(10**6)} 원" for _ in range(30))

DRESSES: dict[str, tuple[str, str]] = {
    "as it is": (KOREAN, KOREAN),
    "NFD": (KOREAN, unicodedata.normalize("NFD", KOREAN)),
    "NFC of an NFD benchmark": (unicodedata.normalize("NFD", KOREAN), KOREAN),
    "marks, NFD": (LATIN, unicodedata.normalize("NFD", LATIN)),
    "upper case": (LATIN, LATIN.upper()),
    "lower case": (LATIN, LATIN.lower()),
    "without accents": (LATIN, LATIN.replace("é", "e").replace("ï", "i")),
    "other punctuation": (KOREAN, KOREAN.replace(" ", ", ") + "!"),
    "quotes and dashes": (LATIN, "“" + LATIN.replace(" ", " — ") + "”"),
    "broken into lines": (KOREAN, KOREAN.replace(" ", "\n")),
    "full width": (LATIN, "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in LATIN)),
    "full-width digits": (NUMBERS, NUMBERS.translate({ord("0") + k: chr(0xFF10 + k) for k in range(10)})),
    "Arabic digits": (NUMBERS, NUMBERS.translate({ord("0") + k: chr(0x660 + k) for k in range(10)})),
    "Devanagari digits": (NUMBERS.translate({ord("0") + k: chr(0x966 + k) for k in range(10)}), NUMBERS),
    "Thai digits": (NUMBERS, NUMBERS.translate({ord("0") + k: chr(0xE50 + k) for k in range(10)})),
    "Chinese": (CHINESE, CHINESE),
    "Chinese with punctuation": (CHINESE, "。".join(CHINESE[k : k + 7] for k in range(0, 90, 7))),
    "Kana, NFD": (KANA, unicodedata.normalize("NFD", KANA)),
    "Kana, half width": (KANA, KANA.replace("ガ", "ｶﾞ").replace("パ", "ﾊﾟ")),
    "Thai": (THAI, THAI.replace("คำ", "คำ ")),
}  # fmt: skip


@pytest.mark.few(1)
@pytest.mark.parametrize(("text", "planted"), DRESSES.values(), ids=DRESSES)
def test_a_planted_document_is_found_whole(text: str, planted: str, tmp_path: Path) -> None:
    corpus = [*CORPUS]
    corpus[7] += f" {planted} "
    told = found(tmp_path, corpus, [" ".join(words(60, 99)), text])
    assert told["contaminated_documents"] == 1
    (worst,) = told["worst"]
    assert worst["share"] == 1
    assert worst["document"] == 2
    assert worst["place"] == {"path": f"{tmp_path}/data/a.jsonl", "document": 8}


@pytest.mark.thorough
def test_half_of_a_document_is_half_of_its_stretches(tmp_path: Path) -> None:
    tokens = words(112, 5)
    corpus = [*CORPUS, " ".join(tokens[:62])]
    told = found(tmp_path, corpus, [" ".join(tokens)])
    assert (told["stretches"], told["stretches_found"]) == (100, 50)
    assert told["share"] == told["worst"][0]["share"] == 0.5


@pytest.mark.thorough
def test_twelve_words_in_a_row_are_not_thirteen(tmp_path: Path) -> None:
    tokens = words(60, 6)
    assert found(tmp_path, [*CORPUS, " ".join(tokens[20:32])], [" ".join(tokens)])["contaminated_documents"] == 0
    assert found(tmp_path, [*CORPUS, " ".join(tokens[20:33])], [" ".join(tokens)])["stretches_found"] == 1
    twenty_nine, thirty = CHINESE[20:49], CHINESE[20:50]
    assert found(tmp_path, [*CORPUS, twenty_nine], [CHINESE])["stretches_found"] == 0
    assert found(tmp_path, [*CORPUS, thirty], [CHINESE])["stretches_found"] == 1


@pytest.mark.thorough
def test_a_short_document_is_looked_for_as_a_whole(tmp_path: Path) -> None:
    questions = ["대한민국의 수도는 어느 도시입니까?", "What is the capital of Australia?", "예?", "2 + 2 = ?"]
    told = found(tmp_path, [*CORPUS, f"퀴즈: {questions[0]} 서울.", "what is the capital of australia"], questions)
    assert told["contaminated_documents"] == 2
    assert told["documents_too_short"] == 2
    assert found(tmp_path, [*CORPUS, "대한민국의 수도는 서울이다"], questions)["contaminated_documents"] == 0


def test_what_many_documents_of_a_benchmark_share_is_no_contamination(tmp_path: Path) -> None:
    wording = f"{TASK} " + " ".join(words(20, 8))
    benchmark = [f"{wording} {' '.join(words(40, 300 + k))}" for k in range(30)]
    corpus = [f"{wording} {text}" for text in CORPUS]
    assert found(tmp_path, corpus, benchmark)["contaminated_documents"] == 0
    corpus[3] += " " + benchmark[4]
    told = found(tmp_path, corpus, benchmark)
    assert told["contaminated_documents"] == 1
    assert told["worst"][0]["document"] == 5
    only = found(tmp_path, corpus, [TASK] * 30)
    assert (only["contaminated_documents"], only["documents_of_shared_text"]) == (0, 30)


def test_a_passage_that_several_questions_share_is_what_they_are_about(tmp_path: Path) -> None:
    passages = [" ".join(words(50, 500 + k)) for k in range(20)]
    benchmark = [passage for passage in passages for _ in range(5)]
    told = found(tmp_path, [*CORPUS, passages[3]], benchmark)
    assert told["contaminated_documents"] == 5


# exact: what a plain program finds


def plain_letters(text: str) -> str:
    folded = []
    for ch in unicodedata.normalize("NFKD", text.lower()):
        if ch.isdecimal():
            folded.append(str(unicodedata.digit(ch)))
        elif ch.isalpha():
            folded.append(ch)
    return unicodedata.normalize("NFC", "".join(folded))


def plain_count(corpus: Sequence[str], benchmark: Sequence[str]) -> list[int]:
    """Of each document how many stretches of 13 words stand in a document of the corpus, letter by letter."""
    letters = [plain_letters(text) for text in corpus]
    counts = []
    for text in benchmark:
        held = [plain for word in text.split() if (plain := plain_letters(word))]
        stretches = ["".join(held[k : k + 13]) for k in range(max(1, len(held) - 12))]
        counts.append(sum(any(stretch in one for one in letters) for stretch in stretches))
    return counts


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(3))
def test_as_many_as_a_plain_program_finds(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    benchmark = [" ".join(words(dice.randint(5, 60), 40 + k) + english(dice.randint(5, 30), k)) for k in range(12)]
    corpus = list(CORPUS[:40])
    for _ in range(25):
        tokens = dice.choice(benchmark).split()
        start = dice.randrange(len(tokens))
        corpus[dice.randrange(40)] += " " + " ".join(tokens[start : start + dice.randint(5, 40)])
    told = found(tmp_path, corpus, benchmark)
    expected = plain_count(corpus, benchmark)
    assert told["stretches_found"] == sum(expected)
    counted = {worst["document"]: worst["stretches_found"] for worst in told["worst"]}
    assert counted == {k + 1: n for k, n in enumerate(expected) if n}


@pytest.mark.thorough
def test_a_stretch_on_the_border_of_two_blocks_is_found(tmp_path: Path) -> None:
    text = " ".join(words(400_000, 11))
    data = text.encode()
    assert len(data) > 3 << 20
    borders = [1 << 20, 2 << 20, 3 << 20]
    around = [data[at - 60 : at + 60].decode("utf-8", "ignore").split(" ", 1)[1].rsplit(" ", 1)[0] for at in borders]
    write_files(tmp_path, {"data/a.txt": text, "eval.jsonl": jsonl(around)})
    (told,) = document_of(tmp_path / "data", against=[str(tmp_path / "eval.jsonl")])["against"]
    assert told["contaminated_documents"] == 3
    assert told["share"] == 1


# in shards, in ranges, from the cache


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    benchmark = [" ".join(words(40, 700 + k)) for k in range(30)]
    for number in range(4):
        texts = [f"{text} {benchmark[number * 5]} {benchmark[20]}" for text in CORPUS[number * 30 : number * 30 + 30]]
        write_files(tmp_path, {f"data/{number}.jsonl": jsonl(texts)})
    return write_files(tmp_path, {"eval/a.jsonl": jsonl(benchmark[:12]), "eval/b.jsonl": jsonl(benchmark[12:])})


def test_shards_ranges_and_jobs_give_the_same_bytes(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"against": [str(planted / "eval")], "tokenizer": _tokenizer(tmp_path)}
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    whole = everything(scanned(planted / "data", **options))
    assert everything(scanned(planted / "data", **{**options, "jobs": 3})) == whole
    settings = settings_from(jobs=1, **{**options, "against": tuple(options["against"])})
    paths = []
    for number in range(1, 4):
        path = str(tmp_path / f"{number}.ccp")
        scan_shard(str(planted / "data"), WorkShare(number, 3), settings).save(path)
        paths.append(path)
    profile = merged(paths, 1)
    assert isinstance(profile, Profile)
    assert profile.to_bytes() == whole[1]
    places = {row["document"]: row["place"] for row in json.loads(whole[0])["against"][0]["worst"]}
    assert places[1] == {"path": f"{planted}/data/0.jsonl", "document": 1}


def _tokenizer(tmp_path: Path) -> str:
    path = tmp_path / "vocab.txt"
    letters = sorted({ch for text in CORPUS for ch in text if ch != " "})
    path.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{ch}" for ch in letters)]))
    return str(path)


@pytest.mark.thorough
def test_the_cache_knows_another_benchmark_from_this_one(planted: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"cache": str(tmp_path / "cache"), "tokenizer": _tokenizer(tmp_path)}
    with_eval = document_of(planted / "data", against=[str(planted / "eval")], **options)
    assert document_of(planted / "data", against=[str(planted / "eval")], **options) == with_eval
    assert document_of(planted / "data", **options)["against"] == []
    write_files(planted, {"eval/b.jsonl": jsonl([" ".join(words(40, 9000))])})
    other = document_of(planted / "data", against=[str(planted / "eval")], **options)
    assert other["against"][0]["documents"] == 13
    assert other["against"][0]["contaminated_documents"] == 3


def test_a_saved_profile_tells_the_same(planted: Path, tmp_path: Path, run_main: Main) -> None:
    saved = str(tmp_path / "a.ccp")
    given = ["--against", str(planted / "eval"), "--format", "json"]
    status, first, _ = run_main("scan", str(planted / "data"), *given, "--save", saved)
    assert status == 1
    assert json.loads(run_main("report", saved, "--format", "json")[1])["against"] == json.loads(first)["against"]


# the gate and the reports


def test_the_gate(planted: Path, run_main: Main) -> None:
    given = ["scan", str(planted / "data"), "--against", str(planted / "eval"), "--select", "CC710", "--format", "json"]
    for limit, rules in (("0", ["CC710"]), ("4", ["CC710"]), ("5", [])):
        status, out, _ = run_main(*given, "--max-contaminated", limit)
        assert [finding["rule"] for finding in json.loads(out)["findings"]] == rules
        assert status == len(rules)


@pytest.mark.few(1)
@pytest.mark.parametrize("form", ["text", "markdown", "html", "sarif", "concise"])
def test_every_report_names_it(form: str, planted: Path, run_main: Main) -> None:
    out = run_main("scan", str(planted / "data"), "--against", str(planted / "eval"), "--format", form, "--full")[1]
    assert "5 of 30 documents" in " ".join(out.split())


@pytest.mark.thorough
def test_several_benchmarks_each_by_itself(planted: Path) -> None:
    names = [str(planted / name) for name in ("eval/a.jsonl", "eval/b.jsonl", "eval")]
    report = document_of(planted / "data", against=names)
    counted = {one["name"]: (one["documents"], one["contaminated_documents"]) for one in report["against"]}
    assert counted == {names[0]: (12, 3), names[1]: (18, 2), names[2]: (30, 5)}


def test_a_field_of_the_benchmark(tmp_path: Path) -> None:
    rows = [{"id": k, "question": " ".join(words(30, 60 + k)), "explanation": "없음 " * 40} for k in range(3)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    write_files(tmp_path, {"eval.jsonl": text, "data/a.jsonl": jsonl([*CORPUS, str(rows[1]["question"])])})
    options: dict[str, Any] = {"against": [str(tmp_path / "eval.jsonl")], "against_fields": ["question"]}
    (told,) = document_of(tmp_path / "data", **options)["against"]
    assert [row["document"] for row in told["worst"]] == [2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"against": ["nothing/here.jsonl"]}, "nothing/here.jsonl"),
        ({"against_fields": ["question"]}, "--against"),
        ({"against": ["x"], "clean": False}, "--clean"),
    ],
)
def test_what_cannot_be_looked_for(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"a.jsonl": jsonl(CORPUS[:2])})
    with pytest.raises(UsageError, match=message):
        scanned(tmp_path, **options)


# without a compiler


_WITHOUT = """
import random, sys
sys.path[:0] = {paths!r}
from test_against import *
from corpuscheck.measuring.against import StretchFinder
from corpuscheck.measuring.ledger import DocumentLedger
from corpuscheck.measuring.block import Blocks
from corpuscheck.reading.batch import batch_of
from corpuscheck.reading.files import FileRecord
texts = [" ".join(words(30, 5)), LATIN, CHINESE]
corpus = ["가나 " * 20 + texts[0], LATIN.upper(), CHINESE[10:60], "나다 " * 30]
records = [FileRecord("a")]
known = Benchmarks.of([BenchmarkTexts("eval", (("eval", tuple(t.encode() for t in texts)),))])
ledger = DocumentLedger(records, True, False, against=known)
ledger.observe(Blocks(records).of(batch_of([t.encode() for t in corpus])))
part = ledger.finish()["against"]
print(Counter(part.benchmarks[known.fingerprint].bits(part.found[known.fingerprint]).tolist()))
print(sorted(part.places.values()))
"""


@pytest.mark.thorough
def test_the_kernels_as_plain_python() -> None:
    paths = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
    told = [
        subprocess.run(
            [sys.executable, "-c", _WITHOUT.format(paths=paths)], capture_output=True, text=True, check=True,
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled, "PYTHONIOENCODING": "utf-8"}, encoding="utf-8",
        ).stdout
        for disabled in ("0", "1")
    ]  # fmt: skip
    assert told[0] == told[1]
    assert "('a', 0, 2)" in told[0]


def test_equal_texts_are_one_benchmark() -> None:
    texts = tuple(text.encode() for text in korean_lines(5))
    one, other = (BenchmarkTexts(name, ((name, texts),)) for name in ("a", "b"))
    assert Benchmarks.of([one]).fingerprint == Benchmarks.of([one, other]).fingerprint
    assert Counter(map(len, Benchmarks.of([one]).numbers.values())).total() == 1
