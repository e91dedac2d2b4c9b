"""The JSON report: its schema, its promises, and that it depends on the texts alone."""

from __future__ import annotations

import copy
import gzip
import json
import random
import unicodedata
from importlib.resources import files
from pathlib import Path
from typing import Any

import laws
import pytest
from jsonschema import Draft202012Validator
from support import EXAMPLES, document_of, json_of, korean_lines, scanned, shrink_samples, write_files, write_vocabulary

from corpuscheck.reading import opening, ranges
from corpuscheck.reading.discover import discover
from corpuscheck.reports.json.report import render as render_json
from corpuscheck.running import units
from corpuscheck.running.units import work_units
from corpuscheck.settings import DocumentMode, Reading

PROMISED = {
    "": "schema_version tool_version verdict findings",
    "reading": "files measured skipped encodings",
    "reading.encodings[]": "encoding files bytes",
    "size": "raw_bytes utf8_bytes documents target_bytes share_of_target article_equivalent",
    "tokenizer": "source fingerprint vocab_size words unk_words unk_rate documents_with_unk tokens",
    "tokenizer.held_out": "words unk_words unk_rate",
    "tokenizer.worst_words[]": "word count cause characters",
    "tokenizer.worst_characters[]": "character codepoint name words_lost",
    "tokenizer.alphabet_curve[]": "alphabet unk_words unk_rate",
    "findings[]": "rule name severity message measured limit",
}


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    text = (files("corpuscheck.reports") / "schema.json").read_text("utf-8")
    schema = json.loads(text, object_pairs_hook=_without_duplicates)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def trained() -> dict[str, Any]:
    return document_of(EXAMPLES / "rare-syllables")


def _at(document: Any, path: str) -> list[Any]:
    found = [document]
    for step in filter(None, path.split(".")):
        found = [value[step.removesuffix("[]")] for value in found]
        if step.endswith("[]"):
            found = [item for items in found for item in items]
    return found


def test_trained_report_fits_the_schema(validator: Draft202012Validator, trained: dict[str, Any]) -> None:
    validator.validate(trained)
    assert trained["tokenizer"]["trained"]


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("example", "options"),
    [
        ("broken", {}),
        ("english-recipes-jsonl", {"target_bytes": 1000}),
        ("korean-news-cp949", {"document": "line", "target_bytes": 10**4, "max_unk_rate": 1.0}),
        ("korean-news", {"limit_alphabet": 1}),
    ],
)
def test_other_trained_reports_fit_the_schema(
    validator: Draft202012Validator, example: str, options: dict[str, Any]
) -> None:
    validator.validate(document_of(EXAMPLES / example, **options))


def test_report_with_a_loaded_tokenizer_fits_the_schema(validator: Draft202012Validator, tmp_path: Path) -> None:
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다라마바사.")
    for paths in (EXAMPLES / "rare-syllables", EXAMPLES / "broken"):
        document = document_of(paths, tokenizer=vocabulary)
        validator.validate(document)
        assert "held_out" not in document["tokenizer"]
        assert document["tokenizer"]["source"] == vocabulary


def test_report_of_damaged_text_fits_the_schema(validator: Draft202012Validator, tmp_path: Path) -> None:
    text = "\n".join(korean_lines(40))
    contents: dict[str, str | bytes] = {
        "twice.txt": text.encode().decode("latin-1"),
        "declared.html": '<meta charset="euc-kr"><p>' + text,
        "nfd.txt": unicodedata.normalize("NFD", text),
        "odd.txt": "\ufeffa\x00 b\x85 c\ue000\n\ufeff",
        "uncertain.txt": b"\xb0",
    }
    document = document_of(write_files(tmp_path, contents))
    validator.validate(document)
    assert document["characters"]["mojibake"]["found"]
    assert document["characters"]["byte_order_marks"] == 1


def test_report_of_text_without_words_fits_the_schema(validator: Draft202012Validator, tmp_path: Path) -> None:
    corpus = write_files(tmp_path / "corpus", {"a.txt": " \n \n"})
    validator.validate(document_of(corpus, tokenizer=write_vocabulary(tmp_path / "vocab.txt", "ab")))


@pytest.mark.parametrize("path", PROMISED)
def test_promised_keys_are_there(trained: dict[str, Any], path: str) -> None:
    found = _at(trained, path)
    assert found
    for value in found:
        assert set(PROMISED[path].split()) <= value.keys()


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ("", "verdict", "fine"),
        ("", "seconds", 1.5),
        ("size", "documents", -1),
        ("size", "utf8_bytes", 1.5),
        ("tokenizer", "unk_rate", 1.01),
        ("tokenizer", "fingerprint", ""),
        ("tokenizer.held_out", "unk_rate", "0.1"),
        ("tokenizer.worst_characters[]", "codepoint", "D6C8"),
        ("tokenizer.worst_words[]", "kind", "unlucky"),
        ("tokenizer.alphabet_curve[]", "alphabet", None),
        ("findings[]", "severity", "fatal"),
        ("findings[]", "message", ""),
    ],
)
def test_schema_refuses_what_is_wrong(
    validator: Draft202012Validator, trained: dict[str, Any], path: str, key: str, value: Any
) -> None:
    broken = copy.deepcopy(trained)
    _at(broken, path)[0][key] = value
    assert not validator.is_valid(broken)


@pytest.mark.parametrize("path", ["", "reading", "size", "characters", "tokenizer"])
def test_schema_asks_for_every_key(validator: Draft202012Validator, trained: dict[str, Any], path: str) -> None:
    for key in _at(trained, path)[0]:
        broken = copy.deepcopy(trained)
        del _at(broken, path)[0][key]
        assert not validator.is_valid(broken), key


def test_figures_agree_with_each_other(trained: dict[str, Any]) -> None:
    reading, size, tokenizer = trained["reading"], trained["size"], trained["tokenizer"]
    assert reading["files"] == reading["measured"] + reading["skipped"]
    assert sum(e["files"] for e in reading["encodings"]) == reading["measured"]
    assert sum(e["bytes"] for e in reading["encodings"]) == size["raw_bytes"]
    assert size["share_of_target"] == size["utf8_bytes"] / size["target_bytes"]
    assert size["article_equivalent"] == round(size["utf8_bytes"] * 256_000 / 10**9)
    assert tokenizer["unk_rate"] == tokenizer["unk_words"] / tokenizer["words"]
    assert sum(tokenizer["causes"].values()) == tokenizer["unk_words"]
    assert sum(w["count"] for w in tokenizer["worst_words"]) <= tokenizer["unk_words"]
    curve = tokenizer["alphabet_curve"]
    assert [p["alphabet"] for p in curve] == sorted({p["alphabet"] for p in curve})
    assert [p["unk_words"] for p in curve] == sorted((p["unk_words"] for p in curve), reverse=True)


def test_equal_results_give_equal_bytes() -> None:
    result = scanned(EXAMPLES / "english-recipes-jsonl").result
    assert render_json(result) == render_json(copy.deepcopy(result))


@pytest.mark.few(1)
@pytest.mark.parametrize("example", ["korean-news", "broken", "english-recipes-jsonl"])
def test_training_twice_gives_the_same_report(example: str) -> None:
    reports = {json_of(EXAMPLES / example) for _ in range(4 if laws.thorough else 2)}
    assert len(reports) == 1


TEXTS = ["\n".join(korean_lines(600)[start : start + 5]) + "\n" for start in range(0, 600, 5)]


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> str:
    frequent = [ch for ch in dict.fromkeys("".join(TEXTS)) if ch not in "뷁쫡 \n"]
    return write_vocabulary(tmp_path_factory.mktemp("vocabulary") / "vocab.txt", frequent, ["한국", "##한국"])


@pytest.mark.few(1)
@pytest.mark.parametrize("given", [True, False], ids=["loaded", "trained"])
def test_neither_jobs_nor_the_order_of_creation_matter(
    given: bool, vocabulary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = list(range(40))
    reports = set()
    for jobs, seed in ((1, 0), (2, 0), (3, 1), (1, 2)):
        corpus = tmp_path / f"{jobs}-{seed}" / "corpus"
        random.Random(seed).shuffle(numbers)
        write_files(corpus, {f"{n % 7}/{n}.txt": TEXTS[n] for n in numbers})
        monkeypatch.chdir(corpus.parent)
        reports.add(json_of("corpus", jobs=jobs, **({"tokenizer": vocabulary} if given else {})))
    assert len(reports) == 1


def test_workers_in_processes_give_the_same_bytes(
    vocabulary: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrink_samples(monkeypatch)
    line = json.dumps({"text": "\n".join(TEXTS)}, ensure_ascii=False) + "\n"
    write_files(tmp_path / "corpus", {f"{n}.jsonl": line * 6 for n in range(16)})
    reports = {json_of(tmp_path / "corpus", tokenizer=vocabulary, jobs=jobs, processes=jobs > 1) for jobs in (1, 2)}
    assert len(reports) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("count", [20, 120], ids=["lines held out", "documents held out"])
def test_text_figures_do_not_depend_on_the_container(tmp_path: Path, count: int) -> None:
    texts = [f"{text}긁어 모은 {n} 낯선 말\n" for n, text in enumerate(TEXTS[:count])]
    records = "".join(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(texts))
    corpora = {
        "utf-8": {f"{n}.txt": text.encode() for n, text in enumerate(texts)},
        "cp949": {f"{n}.txt": text.encode("cp949") for n, text in enumerate(texts)},
        "jsonl": {"texts.jsonl.gz": gzip.compress(records.encode(), mtime=0)},
    }
    reports = []
    for name, content in corpora.items():
        document = document_of(write_files(tmp_path / name, content), limit_alphabet=60)
        reports.append((document["size"] | {"raw_bytes": 0}, document["tokenizer"]))
    assert reports[0] == reports[1]
    assert reports[0] == reports[2]
    assert reports[0][0]["documents"] == count
    assert reports[0][1]["held_out"]["words"] > 0
    assert reports[0][1]["unk_words"] > 0


LINES = korean_lines(3200, seed=5)
LARGE = "".join(f"{line}\n\n" if n % 9 == 0 else f"{line}\n" for n, line in enumerate(LINES))
DAMAGED = LARGE.encode()
LARGE_FILES = {
    "plain": LARGE.encode(),
    "with a BOM": b"\xef\xbb\xbf" + LARGE.encode(),
    "CRLF": LARGE.replace("\n", "\r\n").encode(),
    "long lines": LARGE.replace("\n", " ", 2500).encode(),
    "one line": " ".join(LINES).encode(),
    "line ends only": b"\n" * 300_000,
    "no spaces": LARGE.replace(" ", "").encode(),
    "a bad byte": DAMAGED[:130_000] + b"\xff" + DAMAGED[130_000:],
    "CP949 between": DAMAGED[:225_000]
    + "".join(f"{line}\n" for line in LINES[:200]).encode("cp949")
    + DAMAGED[225_000:],
}


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges of 32 KiB, blocks of 64 KiB and samples of 50 kB, so that a small file is cut by all of them."""
    monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 15)
    monkeypatch.setattr(ranges, "_PROBE_BYTES", 1 << 13)
    monkeypatch.setattr(opening, "BLOCK_BYTES", 1 << 16)
    shrink_samples(monkeypatch)


@pytest.mark.few(1)
@pytest.mark.usefixtures("small_units")
@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        pytest.param(kind, mode, marks=[] if mode == "file" or kind in of_each_mode else [pytest.mark.thorough])
        for of_each_mode in [("plain", "one line", "line ends only")]
        for kind in LARGE_FILES
        for mode in ("file", "line", "blank-line")
    ],
)
def test_ranges_give_the_same_as_the_whole(kind: str, mode: DocumentMode, vocabulary: str, tmp_path: Path) -> None:
    corpus = write_files(tmp_path, {"large.txt": LARGE_FILES[kind], "small.txt": TEXTS[0]})
    reading = Reading(document=mode)
    cut = [piece for unit in work_units(discover([corpus], reading).sources, reading) for piece in unit]
    assert (len(cut) > 2) == (mode == "file" or kind != "one line")
    whole = document_of(corpus, tokenizer=vocabulary, document=mode)
    assert document_of(corpus, tokenizer=vocabulary, document=mode, jobs=8) == whole


@pytest.mark.thorough
@pytest.mark.usefixtures("small_units")
def test_ranges_give_the_same_training(tmp_path: Path) -> None:
    corpus = write_files(tmp_path, {"large.txt": LARGE.encode()})
    options = {"limit_alphabet": 60, "train_bytes": 50_000}
    assert document_of(corpus, **options, jobs=8) == document_of(corpus, **options)
