"""From Python: what the functions take and refuse, what they return, and how that shows itself."""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from operator import attrgetter
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from results import ATTACKS, full_result, hostile_result
from support import EXAMPLES, REPOSITORY, Main, korean_lines, scanned, write_files, write_vocabulary

import corpuscheck
from corpuscheck import (
    CorpuscheckError,
    Peek,
    Result,
    Scan,
    Sides,
    clean,
    compare,
    estimate,
    options,
    peek,
    sample,
    scan,
    train,
)
from corpuscheck.cleaning import plan
from corpuscheck.cleaning.outcome import Cleaned
from corpuscheck.cleaning.plan import CleanPlan
from corpuscheck.domain.reference import Reference
from corpuscheck.errors import UsageError
from corpuscheck.estimates.comparison import TokenizerComparison
from corpuscheck.estimates.draw import Draw
from corpuscheck.estimates.drawn import Drawn
from corpuscheck.estimates.estimate import Estimate
from corpuscheck.estimates.plan import Plan
from corpuscheck.peeking.view import View
from corpuscheck.profile.profile import Profile
from corpuscheck.reading.batch import Batch
from corpuscheck.reports.answers import answers
from corpuscheck.result.comparing import Baseline
from corpuscheck.settings import Limits, Policy, Reading, Settings, Training
from corpuscheck.text.printable import printable
from corpuscheck.values.brief import brief

NEWS = EXAMPLES / "korean-news"
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus, a tokenizer for it, and its saved profile."""
    folder = tmp_path_factory.mktemp("python")
    text = "\n".join(korean_lines(150))
    write_files(folder / "corpus", {"a.txt": text, "b.txt": text[: len(text) // 2], "c.csv": "id,text\n1,<b>x</b>\n"})
    write_vocabulary(folder / "vocab.txt", sorted(set(text))[:-3])
    scan(folder / "corpus", tokenizer=folder / "vocab.txt", jobs=1).profile.save(str(folder / "saved.ccp"))
    return folder


# ---- what is refused ----

WRONG_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"document": "lines"}, "one of file, line, blank-line, wikiextractor, not 'lines': did you mean 'line'?"),
    ({"document": 5}, "document must be one of file, line"),
    ({"document": None}, "document must be one of file, line"),
    ({"document": ["line"]}, "document must be one of file, line"),
    ({"jobs": "two"}, "jobs: 'two' is not a number"),
    ({"jobs": 1.5}, "jobs must be a whole number, not 1.5"),
    ({"jobs": True}, "jobs must be a whole number, not True"),
    ({"jobs": 0}, "jobs must be 1 or more"),
    ({"target": "abc"}, "unknown option 'target': did you mean 'target_bytes'?"),
    ({"min_size": 5}, "unknown option 'min_size': did you mean 'min_bytes'?"),
    ({"target_bytes": "abc"}, "target_bytes: 'abc' is not a size"),
    ({"target_bytes": 10**40}, "target_bytes must be a whole number of bytes"),
    ({"target_bytes": 0}, "target must be above zero"),
    ({"min_bytes": -1}, "0 or more"),
    ({"hint": "kr"}, "knows the languages ko, ja"),
    ({"hint": 1}, "hint must be text, not 1"),
    ({"encoding": "utf-88"}, "did you mean 'utf8'?"),
    ({"encoding": b"utf-8"}, "encoding must be text, not b'utf-8'"),
    ({"encoding": "utf-8\0"}, "encoding must be text"),
    ({"preset": "nickl"}, "there are nikl, nikl-spoken"),
    ({"preset": ["nikl"]}, "there are nikl, nikl-spoken"),
    ({"cache_key": "size"}, "cache_key must be one of mtime, content, not 'size'"),
    ({"cache": 7}, "cache must be a path, not 7"),
    ({"select": ["CC999"]}, "no such rule"),
    ({"select": "unk-rat"}, "did you mean 'unk-rate'?"),
    ({"select": 301}, "select must be a list of texts, not 301"),
    ({"ignore": [301]}, "ignore must be text, not 301"),
    ({"include": {"a": 1}}, "include must be a list of texts"),
    ({"text_fields": b"text"}, "text_fields must be a list of texts"),
    ({"severity": {"CC301": "fatal"}}, "severity of CC301 must be one of error, warning, info, not 'fatal'"),
    ({"severity": {"CC999": "info"}}, "there is no rule 'CC999'"),
    ({"severity": "info"}, "severity must be a dictionary by rule, such as {'CC301': …}"),
    ({"severity": {301: "info"}}, "severity must be a dictionary by rule"),
    ({"limit": {"CC301": "low"}}, "'low' is not a share: write a share, as in 1% or 0.01"),
    ({"limit": {"CC301": -1}}, "'-1' is below zero"),
    ({"limit": {"CC301": float("nan")}}, "'nan' is not a share"),
    ({"max_unk_rate": 1.5}, "between 0 and 1"),
    ({"max_unk_rate": "5"}, "max_unk_rate: must lie between 0 and 1: 5 is 500 %, write 5% or 0.05"),
    ({"max_unk_rate": float("inf")}, "between 0 and 1"),
    ({"max_unk_rate": 1j}, "must be a number"),
    ({"fail_on": "errors"}, "must be one of error, warning, never, not 'errors': did you mean 'error'?"),
    ({"strict": "yes"}, "strict must be True or False, not 'yes'"),
    ({"clean": 1}, "clean must be True or False, not 1"),
    ({"vocab_size": None}, "vocab_size must be a whole number"),
    ({"held_out_share": 1}, "below 1"),
    ({"tokenizer": "missing.txt"}, "missing.txt: cannot be read"),
    ({"tokenizer": 5}, "tokenizer must be a path, not 5"),
    ({"tokenizer": ""}, "tokenizer must be a path, not ''"),
    ({"tokenizer": "a\0b"}, "tokenizer must be a path"),
    ({"tokenizer": EXAMPLES}, "holds none of tokenizer.json"),
    ({"baseline": "missing.ccp"}, "missing.ccp: cannot be read"),
    ({"baseline": ["a.ccp"]}, "baseline must be a path"),
    ({"references": [5]}, "references must be text, not 5"),
    ({"references": "missing.ccp"}, "missing.ccp: cannot be read"),
    ({"dokument": "line"}, "unknown option 'dokument': did you mean 'document'?"),
    ({"qqq": 1}, "unknown option 'qqq': there are against, against_fields, articles_per_gb, baseline"),
    *(({name: value}, f"unknown option '{name}'") for name, value in (
        ("members", ("a.txt",)), ("defer", True), ("majority", "cp949"), ("config", "x.toml"), ("lines", {}),
        ("policy", Policy()), ("reading", Reading()), ("limits", Limits()),
    )),
]  # fmt: skip


@pytest.mark.parametrize(("given", "message"), WRONG_OPTIONS, ids=lambda value: ascii(value)[:60])
def test_a_wrong_option_is_refused_before_anything_is_read(given: dict[str, Any], message: str) -> None:
    with pytest.raises(CorpuscheckError) as told:
        scan(NEWS, **given)
    assert message in str(told.value)


WRONG_PATHS: list[tuple[Any, str]] = [
    ("missing", "missing: no such file or folder"),
    (Path("missing"), "missing: no such file or folder"),
    (["corpus", "missing"], "missing: no such file or folder"),
    (5, "paths must be a path, or a list of paths, not 5"),
    (None, "paths must be a path, or a list of paths, not None"),
    ([5], "paths must be a path, or a list of paths, not 5"),
    ([["corpus"]], "paths must be a path"),
    ({"corpus": 1}, "paths must be a path"),
    ([], "name at least one file or folder"),
    ("", "paths must be a path"),
    ("a\0b", "paths must be a path"),
    (b"missing\xff", "missing\\xff: no such file or folder".replace("\\\\", "\\")),
]


FUNCTIONS = (
    scan, train, peek, clean, lambda p: sample(p, "drawn", documents=1),
    lambda p: compare(p, train=True, tokenizers="vocab.txt"),
)  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("paths", "message"), WRONG_PATHS, ids=lambda value: ascii(value)[:40])
def test_a_wrong_path_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, function: Call, paths: Any, message: str
) -> None:
    monkeypatch.chdir(place)
    with pytest.raises(CorpuscheckError) as told:
        function(paths)
    assert message in printable(str(told.value), 999)


WRONG_CALLS: list[tuple[Call, dict[str, Any], str]] = [
    (estimate, {}, "name a sample or a profile"),
    (estimate, {"articles": "many", "mean_bytes": 4}, "articles must be a whole number, not 'many'"),
    (estimate, {"articles": 0, "mean_bytes": 4}, "above zero"),
    (estimate, {"articles": 9, "mean_bytes": "4kB"}, "mean_bytes must be a number of bytes, not '4kB'"),
    (estimate, {"articles": 9, "mean_bytes": 4, "usable": 2}, "at most 1"),
    (estimate, {"articles": 9, "mean_bytes": 4, "document": "line"}, "document is for a sample of the text"),
    (estimate, {"sample": "saved.ccp", "tokenizer": "vocab.txt"}, "tokenizer is for a sample of the text"),
    (estimate, {"sample": "corpus", "articles": 9}, "for when there is no sample"),
    (estimate, {"sample": "missing.ccp"}, "missing.ccp: cannot be read"),
    (estimate, {"sample": 5}, "must be a path"),
    (estimate, {"sample": "corpus", "vocab_size": 5}, "unknown option 'vocab_size'"),
    (estimate, {"sample": "corpus", "document": "lines"}, "did you mean 'line'?"),
    (train, {"paths": "corpus", "folder": 5}, "folder must be a path, not 5"),
    (train, {"paths": "corpus", "vocab_size": 0}, "1 or more"),
    (train, {"paths": "corpus", "tokenizer": "vocab.txt"}, "unknown option 'tokenizer'"),
    (compare, {"paths": "corpus"}, "at least two tokenizers"),
    (compare, {"paths": "corpus", "tokenizers": "vocab.txt"}, "at least two tokenizers"),
    (compare, {"paths": "corpus", "tokenizers": ["vocab.txt", "missing"]}, "missing: cannot be read"),
    (compare, {"paths": "corpus", "tokenizers": 5}, "must be a path"),
    (compare, {"paths": "corpus", "tokenizers": None}, "must be a path"),
    (compare, {"paths": "corpus", "tokenizers": "vocab.txt", "train": "yes"}, "train must be True or False"),
    (compare, {"paths": "saved.ccp"}, "name two or more"),
    (compare, {"paths": ["saved.ccp", "saved.ccp"], "train": True}, "no tokenizers"),
    (peek, {"paths": "corpus", "rule": "CC999"}, "names no documents"),
    (peek, {"paths": "corpus", "rule": 5}, "rule must be text, not 5"),
    (peek, {"paths": "corpus", "rule": "CC401", "words": "x"}, "exclude each other"),
    (peek, {"paths": "corpus", "words": "U+ZZZZ"}, "no code point"),
    (peek, {"paths": "corpus", "words": [""]}, "at least one character"),
    (peek, {"paths": "corpus", "words": [5]}, "words must be text, not 5"),
    (peek, {"paths": "corpus", "count": 0}, "1 or more"),
    (peek, {"paths": "corpus", "count": "5"}, "count must be a whole number"),
    (peek, {"paths": "corpus", "seed": 1.5}, "seed must be a whole number"),
    (peek, {"paths": "corpus", "excerpt": 0}, "above zero"),
    (peek, {"paths": "corpus", "tokenizer": "vocab.txt"}, "unknown option 'tokenizer'"),
    (scan, {"paths": "corpus", "documents": 5}, "documents must be a path, not 5"),
    (scan, {"paths": "corpus", "documents": "rows.csv"}, ".jsonl.zst or .parquet"),
    (scan, {"paths": "corpus", "documents": "rows.parquet", "clean": False}, "--clean"),
    (scan, {"paths": "corpus", "against": "missing.jsonl"}, "missing.jsonl: no such file or folder"),
    (clean, {"paths": "corpus", "out": 5}, "out must be a path, not 5"),
    (clean, {"paths": "corpus", "out": "corpus/clean"}, "corpus"),
    (clean, {"paths": "corpus", "force": "yes"}, "force must be True or False"),
    (clean, {"paths": "corpus", "drop": "CC999"}, "not CC999"),
    (clean, {"paths": "corpus", "to": "csv"}, "one of jsonl, parquet, text"),
    (clean, {"paths": "corpus", "by": "script"}, "--by script"),
    (clean, {"paths": "corpus", "tokenizer": "vocab.txt"}, "unknown option 'tokenizer'"),
    (sample, {"paths": "corpus", "output": "drawn"}, "in one way"),
    (sample, {"paths": "corpus", "output": "drawn", "share": 0.5, "documents": 5}, "in one way"),
    (sample, {"paths": "corpus", "output": "drawn", "documents": 1.5}, "documents must be a whole number"),
    (sample, {"paths": "corpus", "output": "drawn", "documents": 5, "by": "script"}, "--by script"),
    (sample, {"paths": "corpus", "output": "drawn", "documents": 5, "equal": True}, "unknown option 'equal'"),
    (sample, {"paths": "corpus", "output": "corpus/drawn", "documents": 5}, "choose a place outside"),
    (sample, {"paths": "corpus", "output": None, "documents": 5}, "output must be a path, not None"),
]


@pytest.mark.parametrize(
    ("function", "given", "message"), WRONG_CALLS, ids=lambda value: getattr(value, "__name__", "") or ascii(value)[:70]
)
def test_a_wrong_argument_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, function: Call, given: dict[str, Any], message: str
) -> None:
    monkeypatch.chdir(place)
    with pytest.raises(CorpuscheckError) as told:
        function(**given)
    assert message in str(told.value)


# ---- what is taken ----


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("given", "same"),
    [
        ({"include": "*.txt"}, {"include": ["*.txt"]}),
        ({"include": ["*.txt"]}, {"include": ("*.txt",)}),
        ({"text_fields": "text"}, {"text_fields": ("text",)}),
        ({"vocab_size": np.int64(900)}, {"vocab_size": 900}),
        ({"max_unk_rate": np.float64(0.5)}, {"max_unk_rate": 0.5}),
        ({"clean": np.bool_(False)}, {"clean": False}),
        ({"severity": {"cc301": "info"}}, {"severity": {"CC301": "info"}}),
        ({"severity": {"unk-rate": "info"}}, {"severity": {"CC301": "info"}}),
        ({"limit": {"unk-rate": 0.9}}, {"max_unk_rate": 0.9}),
    ],
    ids=ascii,
)
def test_what_means_the_same_gives_the_same(place: Path, given: Any, same: Any) -> None:
    tokenizer: dict[str, Any] = {} if "vocab_size" in given else {"tokenizer": place / "vocab.txt"}
    results = [scan(place / "corpus", jobs=1, **options, **tokenizer).to_dict() for options in (given, same)]
    assert results[0] == results[1]


@pytest.mark.few(3)
@pytest.mark.parametrize("paths", ["str", "Path", "bytes", "list", "tuple", "generator"])
def test_paths_of_every_kind(place: Path, paths: str) -> None:
    whole = str(place / "corpus")
    given: Any = {
        "str": whole, "Path": Path(whole), "bytes": os.fsencode(whole), "list": [whole], "tuple": (Path(whole),),
        "generator": (path for path in [whole]),
    }[paths]  # fmt: skip
    assert scan(given, tokenizer=str(place / "vocab.txt"), jobs=1).profile.reading.measured == 3


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        (options.CleanOptions, (Reading, CleanPlan)),
        (options.SampleOptions, (Reading, Draw)),
        (options.ScanOptions, (Reading, Training, Limits, Policy, Settings)),
        (options.TrainingOptions, (Reading, Training)),
        (options.EstimateOptions, (Reading, Plan)),
        (options.PeekOptions, (Reading, View)),
    ],
)
def test_the_options_that_a_type_checker_knows_are_those_that_are_taken(typed: type, kinds: tuple[type, ...]) -> None:
    known = get_type_hints(typed)
    fields = {
        name: hint
        for kind in kinds
        for name, hint in get_type_hints(kind).items()
        if not dataclasses.is_dataclass(hint) and name not in ("config", "lines", "tokenizer", "equal")
    }
    of_settings = {Draw: {"by"}, CleanPlan: {*plan.SETTINGS}}.get(kinds[-1], set())
    assert known.keys() == fields.keys() | {"preset", "jobs"} | of_settings
    for name, hint in fields.items():
        plain = hint in (bool, int, float) or (isinstance(hint, UnionType) and get_args(hint)[0] in (int, float))
        if plain and name != "jobs":
            assert known[name] == hint, name


# ---- what is returned ----


def _conclusions(place: Path) -> dict[str, Any]:
    corpus, vocabulary = place / "corpus", place / "vocab.txt"
    return {
        "scan": (scan(corpus, tokenizer=vocabulary), ("scan", corpus, "--tokenizer", vocabulary)),
        "numbers": (
            estimate(articles=30_000, mean_bytes=3900, available=900_000, per_day=500),
            ("estimate", "--articles", "30000", "--mean-bytes", "3.9kB", "--available", "900000", "--per-day", "500"),
        ),
        "profile": (estimate(place / "saved.ccp"), ("estimate", place / "saved.ccp")),
        "sample": (
            estimate(corpus, document="line", tokenizer=vocabulary, target_bytes=10**6),
            ("estimate", corpus, "--document", "line", "--tokenizer", vocabulary, "--target", "1MB"),
        ),
        "tokenizers": (
            compare(corpus, vocabulary, train=True, document="line"),
            ("compare", corpus, "--tokenizer", vocabulary, "--train", "--document", "line"),
        ),
        "profiles": (compare([place / "saved.ccp"] * 2), ("compare", *[place / "saved.ccp"] * 2)),
        "peek": (peek(corpus, count=2, document="line"), ("peek", corpus, "-n", "2", "--document", "line")),
        "copies": (peek(corpus, rule="normalised-copies"), ("peek", corpus, "--rule", "CC502")),
        "word": (peek(corpus, words=["U+AC00", "나"]), ("peek", corpus, "--word", "가", "--word", "나")),
        "clean": (clean(corpus, nfc=True), ("clean", corpus, "--nfc", "--dry-run")),
    }


NAMES = ("scan", "numbers", "profile", "sample", "tokenizers", "profiles", "peek", "copies", "word", "clean")


@pytest.fixture(scope="module")
def conclusions(place: Path) -> dict[str, Any]:
    return _conclusions(place)


@pytest.mark.few(1)
@pytest.mark.parametrize("name", NAMES)
def test_to_dict_is_the_json_of_the_command(conclusions: dict[str, Any], run_main: Main, name: str) -> None:
    conclusion, call = conclusions[name]
    _, out, err = run_main(*call, "--format", "json", "-q")
    assert conclusion.to_dict() == json.loads(out), err


def test_nothing_is_printed(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _conclusions(place)
    train(place / "corpus", vocab_size=900)
    assert capfd.readouterr() == ("", "")


def test_clean_writes_what_the_command_writes(place: Path, tmp_path: Path, run_main: Main) -> None:
    made = clean(place / "corpus", tmp_path / "one", document="line", drop="CC401", jobs=1)
    run_main("clean", place / "corpus", "-o", tmp_path / "two", "--document", "line", "--drop", "CC401", "-q")
    names = sorted(path.name for path in (tmp_path / "two").iterdir())
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert made.to_dict() == json.loads((tmp_path / "one" / "manifest.json").read_bytes())
    assert made.documents_kept + made.documents_removed == made.to_dict()["documents_read"]
    with pytest.raises(CorpuscheckError, match="--force"):
        clean(place / "corpus", tmp_path / "one")
    clean(place / "corpus", tmp_path / "one", force=True, jobs=1)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"documents": 9}, ("--documents", "9")),
        ({"share": 0.25, "seed": 3}, ("25%", "--seed", "3")),
        ({"bytes": 2000, "by": "source"}, ("--bytes", "2kB", "--by", "source")),
        ({"documents": 9, "by": "file"}, ("--documents", "9", "--by", "file")),
    ],
    ids=ascii,
)
def test_sample_draws_what_the_command_draws(
    place: Path, tmp_path: Path, run_main: Main, given: dict[str, Any], asked: tuple[str, ...]
) -> None:
    drawn = sample(place / "corpus", tmp_path / "one", document="line", jobs=1, **given)
    run_main("sample", place / "corpus", "-o", tmp_path / "two", "--document", "line", *asked)
    assert (tmp_path / "one" / "sample.jsonl.zst").read_bytes() == (tmp_path / "two" / "sample.jsonl.zst").read_bytes()
    assert drawn.to_dict()["documents"] == drawn.documents > 0
    assert drawn.path == str(tmp_path / "one" / "sample.jsonl.zst")
    assert _read(drawn._repr_html_()).text.startswith(f"{drawn.documents} documents of ")


def test_scan_writes_rows_and_looks_for_texts(place: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"eval.jsonl": json.dumps({"text": (place / "corpus" / "b.txt").read_text("utf-8")[:300]})})
    result = scan(
        place / "corpus", tokenizer=place / "vocab.txt", documents=tmp_path / "rows.jsonl.zst",
        against=tmp_path / "eval.jsonl", jobs=1,
    )  # fmt: skip
    assert (tmp_path / "rows.jsonl.zst").stat().st_size > 0
    assert result.to_dict()["against"][0]["contaminated_documents"] == 1
    assert "CC710" in {finding.rule for finding in result.findings}


def test_train_gives_what_it_saves(place: Path, tmp_path: Path) -> None:
    trained = train(place / "corpus", tmp_path / "made", vocab_size=900, document="line", jobs=1)
    assert trained.artefact.vocab_size <= 900
    assert trained.held_out
    again = scan(place / "corpus", tokenizer=tmp_path / "made", document="line", jobs=1)
    assert again.tokenizer.fingerprint == trained.artefact.fingerprint
    assert (tmp_path / "made" / "README.md").is_file()
    before = sorted(tmp_path.iterdir())
    train(place / "corpus", vocab_size=900, jobs=1)
    assert sorted(tmp_path.iterdir()) == before


def test_the_documentation_of_the_package_is_there() -> None:
    for name in ("scan", "estimate", "train", "compare", "peek", "clean", "sample"):
        told = getattr(corpuscheck, name).__doc__
        assert all(part in told for part in ("Args:", "Returns:", "Raises:")), name
    assert (REPOSITORY / "corpuscheck" / "py.typed").is_file()
    assert all(getattr(corpuscheck, name) is not None for name in corpuscheck.__all__)


def test_the_module_of_a_function_never_takes_its_place() -> None:
    import corpuscheck.running.showing

    assert callable(corpuscheck.peek)
    assert not {path.stem for path in (REPOSITORY / "corpuscheck").iterdir()} & {*corpuscheck.__all__}


# ---- how it shows itself ----

PUBLIC: tuple[type, ...] = (
    Scan,
    Result,
    Cleaned,
    Drawn,
    Estimate,
    TokenizerComparison,
    Sides,
    Peek,
    Baseline,
    Reference,
    Batch,
)
_GROWS = re.compile(r"\b(Ints|Hashes|Bytes|bytes|dict|list|set|frozenset)\b|\.\.\.\]")


def _reachable() -> Iterator[type]:
    """All dataclasses that the fields of public objects lead to, but for settings."""
    waiting, seen = list(PUBLIC), set[type]()
    while waiting:
        kind = waiting.pop()
        if kind in seen or kind.__module__ == "corpuscheck.settings":
            continue
        seen.add(kind)
        yield kind
        for hint in get_type_hints(kind).values():
            parts = [hint]
            while parts:
                part = parts.pop()
                parts += [arg for arg in get_args(part) if arg is not Ellipsis]
                if isinstance(part, type) and dataclasses.is_dataclass(part):
                    waiting.append(part)


def test_every_public_object_that_holds_a_table_is_brief() -> None:
    lengthy = [
        kind.__name__
        for kind in _reachable()
        if kind is not Result
        and attrgetter("__repr__")(kind) is not brief
        and any(_GROWS.search(str(field.type)) for field in dataclasses.fields(kind))
    ]
    assert set(lengthy) <= {"View", "CacheUse", "CharacterKind"}


def _objects(value: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(value):
        yield value
        for field in dataclasses.fields(value):
            yield from _objects(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value[:5]:
            yield from _objects(item)


@pytest.mark.thorough
def test_nothing_shows_more_than_a_screen(tmp_path: Path) -> None:
    text = "\n".join(korean_lines(600))
    write_files(tmp_path, {f"{k}.txt": text[k * 100 :] for k in range(9)} | {"long.txt": "q" * 100_000})
    done = scanned(tmp_path)
    objects = [done, *_objects(done), *_objects(peek(tmp_path, jobs=1))]
    assert len(objects) > 50
    assert len(repr(done.result)) < 400
    for thing in objects:
        assert len(repr(thing)) < 1500, type(thing)
        assert len(str(thing)) < 1500, type(thing)


def test_a_result_says_the_verdict_and_the_figures(place: Path) -> None:
    told = repr(scan(place / "corpus", tokenizer=place / "vocab.txt", jobs=1))
    assert told.startswith("<Result ")
    assert "CC201 warning" in told
    assert "in 3 documents" in told


@pytest.mark.parametrize("attack", ATTACKS, ids=ascii)
def test_corpus_text_in_what_is_shown_is_written_out(attack: str) -> None:
    word = dataclasses.replace(full_result().tokenizer.worst_words[0], word=attack, characters=(attack,))
    assert all(ch.isprintable() for ch in repr(word))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        assert {name for name, _ in attrs} <= {"class", "align"}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


def _read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    page.close()
    assert not page.open
    assert {*page.tags} <= {"div", "p", "b", "table", "tr", "th", "td"}
    return page


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_shows_a_small_table(conclusions: dict[str, Any], name: str) -> None:
    html = conclusions[name][0]._repr_html_()
    assert len(html) < 20_000
    assert ("table" in _read(html).tags) == (name != "copies")  # of which there are none here


def test_a_notebook_shows_verdict_findings_and_answers(conclusions: dict[str, Any]) -> None:
    result = conclusions["scan"][0]
    page = _read(result._repr_html_())
    assert page.text.startswith(("NOT READY", "CAUTION"))
    for finding in result.findings:
        assert finding.rule in page.text
        assert printable(finding.message, 1000) in page.text
    for answer in answers(result):
        assert f"\n{answer.title}\n" in page.text
        assert printable("".join(answer.whole), 1000) in page.text


def test_a_notebook_is_safe_from_what_is_in_a_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    page = _read(hostile_result()._repr_html_())
    for attack in ATTACKS:
        assert printable(attack) in page.text
    assert 'class="tex2jax_ignore mathjax_ignore"' in hostile_result()._repr_html_()


@pytest.mark.parametrize("path", [5, None, ["p.ccp"], "", "a\0b"])
def test_a_profile_is_saved_under_a_path_and_nothing_else(path: Any) -> None:
    with pytest.raises(UsageError, match="path must be a path"):
        Profile().save(path)
