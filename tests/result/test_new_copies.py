"""CC708: which documents that came in addition are copies, and which have moved or were edited."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from support import korean_lines, scanned, terminal_report, write_files, write_vocabulary

from corpuscheck.api import merge_profiles, report
from corpuscheck.profile.documents import DocumentPart
from corpuscheck.profile.near import NearPart
from corpuscheck.reports.registry import render
from corpuscheck.result import new_copies as copying
from corpuscheck.result.result import Result
from corpuscheck.settings import settings_from

Files = dict[str, str]
Change = Callable[[Files], dict[str, str | None]]
"""From the files of the base to those that change; None takes one out."""

SENTENCE = "이 문장은 나중에 덧붙인 것이다.\n"
ENGLISH = (
    "Le café de la gare ouvre à sept heures, et le préfet y prend son déjeuner chaque matin avant le conseil. "
    "Personne ne sait qui a signé l'arrêté du douze février, ni pourquoi le marché reste fermé.\n"
)


def ruling(n: int) -> str:
    return "\n".join(korean_lines(3000, seed=100)[30 * n : 30 * n + 30]) + "\n"


def records(*texts: str) -> str:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)


RULINGS = {f"rulings/{n:02}.txt": ruling(n) for n in range(12)}
BASE: Files = {
    **RULINGS,
    "more.jsonl": records(*map(ruling, range(20, 25))),
    "fr.txt": ENGLISH,
}

KNOWN = sorted(set("".join(BASE.values())) - set(" \n"))


def again(change: Callable[[str], str]) -> Change:
    """Each ruling once more, changed, beside the old ones."""
    return lambda base: {f"again/{name}": change(base[name]) for name in RULINGS}


def in_place(change: Callable[[str], str]) -> Change:
    return lambda base: {name: change(base[name]) for name in RULINGS}


def renamed(change: Callable[[str], str]) -> Change:
    return lambda base: {**dict.fromkeys(RULINGS), **again(change)(base)}


def as_records(change: Callable[[str], str]) -> Change:
    return lambda base: {"again.jsonl": records(*(change(base[name]) for name in RULINGS))}


def last_line_first(text: str) -> str:
    *lines, last = text.splitlines(keepends=True)
    return "".join([last, *lines])


def trimmed(text: str) -> str:
    return text.strip()


@dataclass(frozen=True)
class Case:
    change: Change
    kinds: dict[str, int] = field(default_factory=dict)
    pair: str = ""
    """One of the pairs, without what is said of their likeness."""


FIRST = "again/rulings/00.txt#1 = rulings/00.txt#1"
CASES: dict[str, Case] = {
    # copies
    "the same": Case(again(str), {"exact": 12}, FIRST),
    "a space and a line end more": Case(again(lambda text: text + " \n"), {"normalised": 12}, FIRST),
    "other spaces": Case(again(lambda text: text.replace(" ", "  ")), {"normalised": 12}, FIRST),
    "other line ends": Case(again(lambda text: text.replace("\n", "\r\n")), {"normalised": 12}, FIRST),
    "no-break spaces": Case(again(lambda text: text.replace(" ", "\u00a0")), {"normalised": 12}, FIRST),
    "other punctuation": Case(again(lambda text: text.replace(".", " !")), {"normalised": 12}, FIRST),
    "decomposed": Case(again(lambda text: unicodedata.normalize("NFD", text)), {"normalised": 12}, FIRST),
    "a sentence more": Case(again(lambda text: text + SENTENCE), {"near": 12}, FIRST),
    "a sentence before": Case(again(lambda text: SENTENCE + text), {"near": 12}, FIRST),
    "a line less": Case(again(lambda text: text.split("\n", 1)[1]), {"near": 12}, FIRST),
    "the last line first": Case(again(last_line_first), {"near": 12}, FIRST),
    "in another format": Case(as_records(str), {"exact": 12}, "again.jsonl#3 = rulings/02.txt#1"),
    "in another format, trimmed": Case(as_records(trimmed), {"normalised": 12}, "again.jsonl#3 = rulings/02.txt#1"),
    "a letter with its mark apart": Case(
        lambda base: {"fr2.txt": unicodedata.normalize("NFD", base["fr.txt"])}, {"normalised": 1},
        "fr2.txt#1 = fr.txt#1",
    ),
    "in capitals": Case(lambda base: {"fr2.txt": base["fr.txt"].upper()}, {"normalised": 1}, "fr2.txt#1 = fr.txt#1"),
    "into a file that is there": Case(
        lambda base: {"more.jsonl": base["more.jsonl"] + records(base["rulings/07.txt"] + " \n")},
        {"normalised": 1}, "more.jsonl#6 = rulings/07.txt#1",
    ),
    "of a document of the same file": Case(
        lambda base: {"more.jsonl": base["more.jsonl"] + records(ruling(22) + SENTENCE)},
        {"near": 1}, "more.jsonl#6 = more.jsonl#3",
    ),
    "of each kind": Case(
        lambda base: {"a.jsonl": records(ruling(1), ruling(2) + " ", ruling(3) + SENTENCE, ruling(99))},
        {"exact": 1, "normalised": 1, "near": 1},
        "a.jsonl#3 = rulings/03.txt#1",
    ),
    "three times the same change": Case(
        lambda base: {"a.jsonl": records(*[ruling(1) + " "] * 3)}, {"normalised": 3}, "a.jsonl#1 = rulings/01.txt#1"
    ),
    "of what was edited at the same time": Case(
        lambda base: {"rulings/01.txt": ruling(1) + SENTENCE, "a.txt": ruling(1) + "다른 문장이다.\n"},
        {"near": 1}, "a.txt#1 = rulings/01.txt#1"
    ),
    "one moved, one copied": Case(
        lambda base: {"rulings/01.txt": None, "a.txt": ruling(1) + " ", "b.txt": ruling(1) + "  "}, {"normalised": 1},
    ),
    "a file that is replaced by a copy of another": Case(
        lambda base: {"rulings/01.txt": ruling(2) + " "}, {"normalised": 1}, "rulings/01.txt#1 = rulings/02.txt#1"
    ),
    # none
    "nothing": Case(lambda base: {}),
    "other text": Case(lambda base: {f"other/{n}.txt": ruling(n) for n in range(50, 62)}),
    "new copies of each other": Case(
        lambda base: {"x.txt": ruling(50), "y.txt": ruling(50), "z.txt": ruling(50) + " "}
    ),
    "renamed": Case(renamed(str)),
    "renamed and trimmed": Case(renamed(trimmed)),
    "renamed and edited": Case(renamed(lambda text: text + SENTENCE)),
    "moved into one file": Case(lambda base: {**dict.fromkeys(RULINGS), **as_records(trimmed)(base)}),
    "moved into one file and edited": Case(
        lambda base: {**dict.fromkeys(RULINGS), **as_records(lambda text: text + SENTENCE)(base)}
    ),
    "trimmed in place": Case(in_place(trimmed)),
    "edited in place": Case(in_place(lambda text: text + SENTENCE)),
    "a line less in place": Case(in_place(lambda text: text.split("\n", 1)[1])),
    "documents of a file in another order": Case(
        lambda base: {"more.jsonl": records(*map(ruling, (24, 22, 20, 23, 21)))}
    ),
    "a document before the others of a file": Case(
        lambda base: {"more.jsonl": records(ruling(60), *map(ruling, range(20, 25)))}
    ),
}  # fmt: skip


def compared(folder: Path, base: Files, change: Change, **options: Any) -> Result:
    corpus = write_files(folder / "corpus", dict(base))
    write_vocabulary(folder / "vocab.txt", KNOWN)
    options, saved = {"tokenizer": "vocab.txt", **options}, str(folder / "base.ccp")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path(saved).write_bytes(_scanned(tuple(base.items()), tuple(options.items())))
        return _changed_and_scanned(corpus, base, change, saved, options)


@cache
def _scanned(base: tuple[tuple[str, str], ...], options: tuple[tuple[str, Any], ...]) -> bytes:
    """The profile of the corpus that lies here: most tests begin with the same."""
    return scanned("corpus", **dict(options)).result.profile.to_bytes()


def _changed_and_scanned(corpus: Path, base: Files, change: Change, saved: str, options: dict[str, Any]) -> Result:
    for name, text in change(base).items():
        if text is None:
            (corpus / name).unlink()
        else:
            write_files(corpus, {name: text})
    return scanned("corpus", baseline=saved, **options).result


def kinds(result: Result) -> dict[str, int]:
    assert result.comparison
    return {kind: n for kind, n in result.comparison.copies.kinds.items() if n}


def told(result: Result) -> list[str]:
    assert result.comparison
    return [copy.told.replace("corpus/", "") for copy in result.comparison.copies.pairs]


@pytest.mark.few(1)
@pytest.mark.parametrize("name", CASES)
def test_copies_of_the_baseline_fail_the_gate_and_moves_and_edits_do_not(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    result = compared(tmp_path, BASE, case.change)
    assert kinds(result) == case.kinds
    assert case.pair in "\n".join(told(result))
    assert ("CC708" in {finding.rule for finding in result.findings}) == bool(case.kinds)
    assert not result.comparison or not result.comparison.copies.unlooked


def _changed(change: dict[str, str | None], _: Files) -> dict[str, str | None]:
    return change


def test_copies_that_the_baseline_had_already_do_not_count_again(tmp_path: Path) -> None:
    """Also where one of two copies is edited, or turned into the other."""
    twins = {"a.txt": ruling(1), "b.txt": ruling(1), "c.txt": ruling(1) + " ", "d.txt": ruling(1) + SENTENCE}
    others = {"e.txt": ruling(2)}
    changes: list[dict[str, str | None]] = [
        {},
        {"d.txt": ruling(1)},
        {"c.txt": ruling(1) + "\n\n"},
        {"b.txt": None, "f.txt": ruling(1)},
    ]
    for n, change in enumerate(changes):
        result = compared(tmp_path / str(n), {**twins, **others}, partial(_changed, change))
        assert kinds(result) == {}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("base", "head", "found", "says"),
    [
        ({"clean": False}, {"clean": True}, {"exact": 1}, "the baseline was not looked into (--no-clean)"),
        pytest.param(
            {"clean": True}, {"clean": False}, {"exact": 1}, "this corpus was not looked into (--no-clean)",
            marks=pytest.mark.thorough,
        ),
        pytest.param(
            {"near_duplicates": False}, {}, {"exact": 1, "normalised": 1}, "scanned with --no-near-duplicates",
            marks=pytest.mark.thorough,
        ),
        ({}, {"near_duplicates": False}, {"exact": 1, "normalised": 1}, "scanned with --no-near-duplicates"),
    ],
)  # fmt: skip
def test_what_was_not_looked_into_is_not_judged(
    base: dict[str, bool], head: dict[str, bool], found: dict[str, int], says: str, tmp_path: Path
) -> None:
    corpus, saved = write_files(tmp_path / "corpus", dict(BASE)), str(tmp_path / "base.ccp")
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", KNOWN)
    scanned(corpus, tokenizer=vocabulary, **base).result.profile.save(saved)
    write_files(corpus, {"x.jsonl": records(*map(ruling, range(50, 60)))})
    result = scanned(corpus, tokenizer=vocabulary, baseline=saved, **head).result
    assert kinds(result) == {}
    (skipped,) = (skipped for skipped in result.skipped_rules if skipped.rule == "CC708")
    assert skipped.reason.endswith(says)
    write_files(corpus, {"a.txt": ruling(1), "b.txt": ruling(2) + " ", "c.txt": ruling(3) + SENTENCE})
    result = scanned(corpus, tokenizer=vocabulary, baseline=saved, **head).result
    assert kinds(result) == found
    (finding,) = (finding for finding in result.findings if finding.rule == "CC708")
    assert finding.message.endswith(says)


@pytest.mark.thorough
def test_workers_cache_shards_and_saved_profiles_give_the_same_copies(tmp_path: Path) -> None:
    change = CASES["of each kind"].change(BASE)
    corpus, saved = write_files(tmp_path / "corpus", dict(BASE)), str(tmp_path / "base.ccp")
    cache = str(tmp_path / "cache")
    scanned(corpus, cache=cache).result.profile.save(saved)
    write_files(corpus, {name: text for name, text in change.items() if text})
    first = scanned(corpus, baseline=saved).result
    copies = first.comparison and first.comparison.copies
    assert copies
    assert copies.documents == 3
    for options in ({"jobs": 3}, {"cache": cache}, {"cache": cache}):
        result = scanned(corpus, baseline=saved, **options).result
        assert result.comparison
        assert result.comparison.copies == copies
    shards = []
    for n, paths in enumerate(([corpus / "rulings", corpus / "fr.txt"], [corpus / "a.jsonl", corpus / "more.jsonl"])):
        shards.append(str(tmp_path / f"{n}.ccp"))
        scanned(paths, baseline=saved).result.profile.save(shards[-1])
    merge_profiles(shards[::-1]).save(str(tmp_path / "head.ccp"))
    merged = report(str(tmp_path / "head.ccp"), settings_from(baseline=saved))
    assert merged.comparison
    assert merged.comparison.copies == copies


@pytest.mark.thorough
def test_copies_are_estimated_where_documents_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DocumentPart, "MOST", 300)
    monkeypatch.setattr(NearPart, "MOST", 300)
    lines = korean_lines(12_100)
    texts = ["\n".join(lines[n : n + 30]) + "\n" for n in range(0, 12_000, 30)]
    change = records(
        *texts[:100],
        *(text + " " for text in texts[100:200]),
        *(text + line for text, line in zip(texts[200:300], lines[12_000:], strict=True)),
    )
    result = compared(tmp_path, {"all.jsonl": records(*texts)}, lambda _: {"new.jsonl": change})
    assert result.comparison
    copies = result.comparison.copies
    assert copies.sampled
    for kind, n in kinds(result).items():
        assert 50 <= n <= 180, kind
    assert abs(copies.documents - 300) <= 2.5 * copies.documents_error < 200
    assert abs(copies.utf8_bytes - len(change.encode())) <= 3 * copies.error
    (finding,) = (finding for finding in result.findings if finding.rule == "CC708")
    assert re.match(r"~\d+ ± \d+ new documents \(~[\d.]+ [kM]B ± [\d.]+ kB\) are copies", finding.message)
    assert re.search(r"~[\d.]+ % ± [\d.]+ % of the new documents", finding.message)
    edited = compared(
        tmp_path / "2", {"all.jsonl": records(*texts)}, lambda _: {"all.jsonl": records(*(t + " " for t in texts))}
    )
    assert kinds(edited) == {}


@pytest.mark.thorough
def test_many_forms_that_are_alike_and_edited_at_once_are_edits(tmp_path: Path) -> None:
    """Far more than are compared with each other under one key."""
    form = ruling(7)
    forms = [form.replace(" ", f" {n} ", 1) for n in range(600)]
    base = {"forms.jsonl": records(*forms)}
    assert kinds(compared(tmp_path, base, lambda _: {"forms.jsonl": records(*(f + SENTENCE for f in forms))})) == {}


@pytest.fixture(scope="module")
def of_each_kind(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return compared(tmp_path_factory.mktemp("each"), BASE, CASES["of each kind"].change)


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "github", "concise", "gitlab", "junit", "sarif"])
def test_each_report_names_a_copy_with_its_twin(format_: str, of_each_kind: Result) -> None:
    result = of_each_kind
    text = terminal_report(result, width=400) if format_ == "text" else render(result, format_).decode()
    if format_ == "json":
        pairs = json.loads(text)["comparison"]["copies"]["pairs"]
        assert {pair["kind"]: Path(pair["twin"]["path"]).name for pair in pairs} == {
            "exact": "01.txt", "normalised": "02.txt", "near": "03.txt",
        }  # fmt: skip
        assert {pair["place"]["document"] for pair in pairs} == {1, 2, 3}
    else:
        assert "a.jsonl" in text
        assert format_ == "concise" or "rulings/02.txt#1" in text


def test_no_more_pairs_are_named_than_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "MOST_PAIRS", 5)
    result = compared(tmp_path, BASE, again(str))
    assert result.comparison
    assert len(result.comparison.copies.pairs) == 5
    assert result.comparison.copies.documents == 12
