"""clean --against: what a model will be tested with is taken out in whatever dress; a scan then finds none of it."""

from __future__ import annotations

import json
import random
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import laws
import numpy as np
import pytest
from cleaning_of import Document, assert_agreed, cleaned, kept_in, manifest_of, removed_from
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from support import Main, document_of, write_files, write_vocabulary

from corpuscheck.cleaning import looking
from corpuscheck.cleaning.outcome import Cleaned
from corpuscheck.errors import UsageError
from corpuscheck.kernels import stretches
from corpuscheck.kernels.columns import COLUMNS
from corpuscheck.kernels.inspection import inspect
from corpuscheck.measuring.against import Benchmarks, BenchmarkTexts
from corpuscheck.measuring.contaminants import Contaminants, beside
from corpuscheck.measuring.cutting import CutTexts, debris_in, without
from corpuscheck.measuring.kinds import characters

TASK = "다음 글을 읽고 물음에 답하시오."


def words(n: int, seed: int, alphabet: str = "가나다라마바사아자차카타파하고노도로모보소오") -> list[str]:
    dice = random.Random(seed)
    return ["".join(dice.choices(alphabet, k=dice.randint(2, 4))) for _ in range(n)]


def text(seed: int, n: int = 60) -> str:
    return " ".join(words(n, seed))


def unspaced(n: int, seed: int) -> str:
    dice = random.Random(seed)
    return "".join(chr(0x4E00 + dice.randrange(5000)) for _ in range(n))


def jsonl(texts: Sequence[str]) -> str:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)


KOREAN, NUMBERS = text(1), " ".join(f"{1000 + 37 * k} 원" for k in range(30))
LATIN = "The Résumé of 2024: " + " ".join(words(60, 2, "abcdefghijklmnoprstuvw")) + " naïve 31 café."
CHINESE, KANA = unspaced(90, 3), "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ" * 2 + unspaced(40, 4)
FIRST_HALF = " ".join(words(60, 5)[:30])

DRESSES = {
    "as it is": (KOREAN, KOREAN),
    "half of it": (text(5), FIRST_HALF),
    "NFD": (KOREAN, unicodedata.normalize("NFD", KOREAN)),
    "of a benchmark in NFD": (unicodedata.normalize("NFD", KOREAN), KOREAN),
    "marks apart": (LATIN, unicodedata.normalize("NFD", LATIN)),
    "upper case": (LATIN, LATIN.upper()),
    "other punctuation": (KOREAN, KOREAN.replace(" ", ", ") + "!"),
    "broken into lines": (KOREAN, KOREAN.replace(" ", "\n")),
    "full-width digits": (NUMBERS, NUMBERS.translate({ord("0") + k: chr(0xFF10 + k) for k in range(10)})),
    "Arabic digits": (NUMBERS, NUMBERS.translate({ord("0") + k: chr(0x660 + k) for k in range(10)})),
    "Thai digits": (NUMBERS, NUMBERS.translate({ord("0") + k: chr(0xE50 + k) for k in range(10)})),
    "without spaces": (CHINESE, CHINESE),
    "with full stops": (CHINESE, "。".join(CHINESE[k : k + 7] for k in range(0, 90, 7))),
    "voicing marks apart": (KANA, unicodedata.normalize("NFD", KANA)),
    "half-width kana": (KANA, KANA.replace("ガ", "ｶﾞ").replace("パ", "ﾊﾟ")),
}  # fmt: skip
"""What a benchmark holds, and how it stands in the corpus."""

BENCHMARK = sorted({text for text, _ in DRESSES.values()})
BOILERPLATE = [f"{TASK} {text(8, 20)} {text(300 + k, 40)}" for k in range(30)]
PLAIN = [f"{TASK} {text(8, 20)} {text(1000 + k, 80)}" for k in range(20)]
"""Texts that share the wording of the tasks with the benchmark, and nothing else."""

UNDER_DEBRIS = text(5).replace(" ", " <b>")
PLANTED = [f"{text(2000 + k)} {planted} 끝 {text(3000 + k)}" for k, (_, planted) in enumerate(DRESSES.values())]
PLANTED += [BOILERPLATE[3], f"{text(4000)}\n{UNDER_DEBRIS}"]


class Run(NamedTuple):
    """A clean copy, and what a scan finds of the benchmark in it."""

    made: Cleaned
    kept: list[Document]
    removed: list[Document]
    manifest: dict[str, Any]
    against: dict[str, Any]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("against")
    copies = [PLAIN[0], PLANTED[0]]
    write_files(folder, {"data/a.jsonl": jsonl([*PLAIN, *PLANTED, *copies])})
    return write_files(folder, {"eval/a.jsonl": jsonl(BENCHMARK), "eval/b.jsonl": jsonl(BOILERPLATE)})


@pytest.fixture(scope="module", params=["documents", "stretches"])
def run(corpus: Path, request: pytest.FixtureRequest) -> Run:
    out, against = corpus / str(request.param), [str(corpus / "eval")]
    letters = sorted({ch for some in (PLAIN, PLANTED) for text in some for ch in text if not ch.isspace()})
    vocabulary = write_vocabulary(corpus / "vocab.txt", letters)
    made = assert_agreed(corpus / "data", out, vocabulary, against=against, against_takes=request.param)
    (told,) = document_of(out, tokenizer=vocabulary, against=against)["against"]
    return Run(made, kept_in(out), removed_from(out), manifest_of(out), told)


def test_a_scan_of_the_copy_finds_nothing_of_the_benchmark(run: Run) -> None:
    assert (run.against["contaminated_documents"], run.against["stretches_found"]) == (0, 0)
    assert run.against["stretches"] > 0


def test_what_is_planted_is_named_and_nothing_else(run: Run) -> None:
    named = {row["document"] for row in run.removed if row["rule"] == "CC710"}
    assert named == set(range(len(PLAIN) + 1, len(PLAIN) + len(PLANTED) + 1))
    assert {row["text"] for row in run.kept if row["document"] <= len(PLAIN)} == set(PLAIN)


def test_each_removal_names_the_document_of_the_benchmark(run: Run, corpus: Path) -> None:
    files = {"a.jsonl": BENCHMARK, "b.jsonl": BOILERPLATE}
    for row in run.removed:
        if row["rule"] == "CC710":
            told = row["benchmark"]
            assert told["name"] == str(corpus / "eval")
            number = row["document"] - len(PLAIN) - 1
            expected = [*(text for text, _ in DRESSES.values()), BOILERPLATE[3], text(5)][number]
            known = files[told["path"].rpartition("/")[2]][told["document"] - 1]
            assert unicodedata.normalize("NFC", known) == unicodedata.normalize("NFC", expected)


def test_the_list_adds_up_to_the_manifest(run: Run) -> None:
    sizes: Counter[str] = Counter()
    for row in run.removed:
        sizes[row["rule"].split(":")[0]] += row["bytes"]
    told = run.manifest["removed_by"]
    debris_of_gone = sum(row["bytes"] for row in run.removed if "start" not in row and row["rule"] == "CC710")
    assert told["CC710"]["documents"] == len(PLANTED)
    if run.manifest["settings"]["against_takes"] == "stretches":
        assert {rule: sizes[rule] for rule in told} == {rule: removal["bytes"] for rule, removal in told.items()}
    else:
        assert debris_of_gone - told["CC710"]["bytes"] == 3 * UNDER_DEBRIS.count("<b>")
    (benchmark,) = run.manifest["settings"]["against"]
    assert benchmark["documents"] == len(BENCHMARK) + len(BOILERPLATE)
    assert (benchmark["documents_too_short"], benchmark["documents_of_shared_text"]) == (0, 0)


def test_what_stands_around_a_stretch_stays(run: Run) -> None:
    if run.manifest["settings"]["against_takes"] == "stretches":
        around = [f"{text(2000 + k)}  끝 {text(3000 + k)}" for k in range(len(DRESSES))]
        assert {row["text"] for row in run.kept} >= set(around)


def test_the_waterfall_and_its_json(corpus: Path, run_main: Main) -> None:
    given = ("clean", corpus / "data", "--against", corpus / "eval", "--dry-run", "-q")
    status, out, err = run_main(*given)
    assert (status, err) == (0, "")
    (line,) = (line for line in out.splitlines() if line.startswith("- texts of benchmarks"))
    assert line.split()[-1] == str(len(PLANTED))
    told = json.loads(run_main(*given, "--format", "json")[1])
    assert told["removed_by"]["CC710"]["documents"] == len(PLANTED)
    assert run_main("clean", corpus / "data", "--against-takes", "stretches", "--dry-run")[0] == 2
    assert run_main("clean", corpus / "data", "--against", corpus / "none.jsonl", "--dry-run")[0] == 2


def test_what_was_not_looked_for_is_told(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"data/a.txt": "a text\n", "eval.jsonl": jsonl(["2 + 2 = ?", *[TASK] * 30])})
    status, out, _ = run_main("clean", tmp_path / "data", "--against", tmp_path / "eval.jsonl", "--dry-run")
    assert status == 0
    assert "1 document too short to be looked for; 30 documents with nothing but what" in " ".join(out.split())


def test_a_copy_is_not_written_into_a_benchmark(corpus: Path) -> None:
    with pytest.raises(UsageError, match="lie in each other"):
        cleaned(corpus / "data", corpus / "eval" / "out", against=[str(corpus / "eval")])


@pytest.mark.few(2)
@pytest.mark.parametrize("takes", ["documents", "stretches"])
@pytest.mark.parametrize("whole", [looking.LARGEST_WHOLE, 1 << 19])
def test_a_document_of_many_blocks(takes: str, whole: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies on the border of two blocks is found; where a document is too long to be made as a whole, it goes."""
    monkeypatch.setattr(looking, "LARGEST_WHOLE", whole)
    long = text(11, 130_000)
    data = long.encode()
    around = data[(1 << 20) - 200 : (1 << 20) + 200].decode("utf-8", "ignore").split(" ", 1)[1].rsplit(" ", 1)[0]
    write_files(tmp_path, {"data/a.txt": long, "data/b.txt": "one more text\n", "eval.jsonl": jsonl([around])})
    cleaned(tmp_path / "data", tmp_path / "out", against=[str(tmp_path / "eval.jsonl")], against_takes=takes)
    kept = [row["text"] for row in kept_in(tmp_path / "out")]
    assert not len(contaminants(around).spans_in(CutTexts.of([row.encode() for row in kept])).starts)
    assert kept[-1] == "one more text\n"
    if takes == "stretches" and len(kept) == 2:
        assert kept[0] == long.replace(around, "")
    else:
        assert takes == "documents" or whole == 1 << 19


# where stretches stand


def contaminants(*texts: str) -> Contaminants:
    known = BenchmarkTexts("eval", (("eval.jsonl", tuple(text.encode() for text in texts)),))
    return Contaminants(Benchmarks.of([known]))


@pytest.mark.parametrize(("known", "planted"), DRESSES.values(), ids=DRESSES)
def test_the_bytes_of_a_stretch_are_those_of_its_letters(known: str, planted: str) -> None:
    before, after = "처음에 있는 글, 그리고 「", "」 다음에 있는 글"
    texts = CutTexts.of([b"a text before", f"{before}{planted} {after}".encode()])
    spans = contaminants(text(9), known).spans_in(texts)
    cut = without(texts, spans)
    assert cut.bytes_of(0) == b"a text before"
    assert cut.bytes_of(1).decode() == f"{before} {after}"


def letters_of(data: bytes) -> int:
    """How many letters a scan compares."""
    rows, totals, prefix = np.zeros((1, COLUMNS), np.int64), np.zeros(1, np.uint64), np.zeros(len(data) + 2, np.uint64)
    begins, stops = np.zeros(1, np.int64), np.zeros(1, np.int64)
    one = CutTexts.of([data])
    inspect(one.data, one.starts, one.ends, characters(), rows, totals, prefix, begins, stops)
    return int(stops[0] - begins[0])


@pytest.mark.parametrize(
    "document", ["가각ᄀ", "가", "ガか゛", "e\u0301a", "\u0301a b", "ㄱ가\u11a8\u11a8", "a ̈ b", ""]
)
def test_letters_are_told_apart_as_they_are_compared(document: str) -> None:
    data = document.encode()
    begins, ends = np.empty(len(data), np.int64), np.empty(len(data), np.int64)
    for kernel in (stretches.letter_spans, getattr(stretches.letter_spans, "py_func", stretches.letter_spans)):
        n = kernel(CutTexts.of([data]).data, characters(), begins, ends)
        assert n == letters_of(data)
        assert all(begins[k] < ends[k] <= begins[k + 1] for k in range(n - 1))


def test_debris_in_a_stretch_is_cut_once() -> None:
    texts = CutTexts.of([f"{text(9)} <b>{KOREAN}</b>".encode()])
    debris = debris_in(texts)
    known = contaminants(f"b{KOREAN}b")
    both = beside(debris, known.spans_in(texts), texts)
    assert (both.starts[1:] >= both.ends[:-1]).all()
    assert both.columns.tolist() == [debris.columns[0], -1, debris.columns[1]]
    assert without(texts, both).bytes_of(0).decode() == f"{text(9)} "


WORDS = ["가", "나다", "라", "마바", "one", "two", "3"]


def plain_spans(text: str, benchmark: Sequence[str]) -> set[int]:
    """The places of characters that a stretch holds, as a plain program finds them."""
    places = [k for k, ch in enumerate(text) if ch != " "]
    letters = text.replace(" ", "")
    held: set[int] = set()
    for known in benchmark:
        tokens = known.split()
        for k in range(max(1, len(tokens) - 12)):
            stretch = "".join(tokens[k : k + 13])
            at = letters.find(stretch)
            while at >= 0:
                held.update(range(places[at], places[at + len(stretch) - 1] + 1))
                at = letters.find(stretch, at + 1)
    return held


@examples(40)
@given(
    benchmark=st.lists(st.lists(st.sampled_from(WORDS), min_size=20, max_size=24).map(" ".join), max_size=3),
    pieces=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(1, 24)), max_size=6),
    between=st.lists(st.sampled_from(WORDS), min_size=6, max_size=6),
)
def test_stretches_stand_where_a_plain_program_finds_them(
    benchmark: list[str], pieces: list[tuple[int, int, int]], between: list[str]
) -> None:
    found = [" ".join(benchmark[k % len(benchmark)].split()[at : at + n]) for k, at, n in pieces if benchmark]
    document = " ".join(word for pair in zip(found, between, strict=False) for word in pair if word)
    spans = contaminants(*benchmark).spans_in(CutTexts.of([b"", document.encode(), b"one two"]))
    data = document.encode()
    marked = {k for start, end in zip(spans.starts, spans.ends, strict=True) for k in range(start, end)}
    size, expected = 0, set[int]()
    held = plain_spans(document, benchmark)
    for k, ch in enumerate(document):
        expected.update(range(size, size + len(ch.encode())) if k in held else ())
        size += len(ch.encode())
    assert marked == expected
    assert size == len(data)


def test_the_bytes_do_not_depend_on_jobs(corpus: Path, run: Run) -> None:
    takes = run.manifest["settings"]["against_takes"]
    out = corpus / f"{takes}-again"
    cleaned(corpus / "data", out, against=[str(corpus / "eval")], against_takes=takes, jobs=3)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        path.name: path.read_bytes() for path in (corpus / takes).iterdir()
    }


EVAL = [text(70, 20), " ".join(words(18, 71, "abcdefghij")), unspaced(40, 72)]
PIECES = st.sampled_from([
    *EVAL, EVAL[0][:60], EVAL[0][20:], EVAL[1].upper(), EVAL[2][5:37], unicodedata.normalize("NFD", EVAL[0]), "<b>",
    "</b>", "&nbsp;", " ", "\n", "=====", "me@example.com", "한국어 문장. ", "\ufffd", "010-1234-5678", "a",
    "í•œêµ­ì–´ ë¬¸ìž¥ì\x9d„", EVAL[0].replace(" ", " <i> "), EVAL[1].replace("a", "a\u0301"),
])  # fmt: skip
WAYS: list[dict[str, bool]] = [{}, {"nfc": True}, {"mask_personal_data": True}, {"repair_mojibake": True}]


@hypothesis.settings(examples(40), max_examples=40 if laws.thorough else 3)
@given(
    texts=st.lists(st.lists(PIECES, max_size=9).map("".join), min_size=12, max_size=30),
    takes=st.sampled_from(["documents", "stretches"]),
    way=st.sampled_from(WAYS),
)
def test_before_and_after_agree_whatever_the_text(
    texts: list[str], takes: str, way: dict[str, bool], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    write_files(folder, {"data/a.jsonl": jsonl(["a text that stays", *texts]), "eval.jsonl": jsonl(EVAL)})
    vocabulary, against = write_vocabulary(folder / "vocab.txt", "".join((*texts, *EVAL))), [str(folder / "eval.jsonl")]
    assert_agreed(folder / "data", folder / "out", vocabulary, against=against, against_takes=takes, **way)
    (told,) = document_of(folder / "out", tokenizer=vocabulary, against=against)["against"]
    assert told["contaminated_documents"] == 0
    if takes == "stretches":
        sizes: Counter[str] = Counter()
        for row in removed_from(folder / "out"):
            sizes[row["rule"]] += row["bytes"]
        removal = manifest_of(folder / "out")["removed_by"].get("CC710", {"bytes": 0})
        assert removal["bytes"] <= sizes["CC710"]  # of a document that goes the debris is in the list too
