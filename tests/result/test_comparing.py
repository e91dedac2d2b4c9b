"""What a corpus has become since its baseline: two sets of files, and what is said of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws import examples
from support import korean_lines, scanned, write_files, write_vocabulary

from corpuscheck.api import report
from corpuscheck.profile.profile import Profile
from corpuscheck.result.comparing import compare
from corpuscheck.result.result import Changes, Result
from corpuscheck.settings import settings_from

Files = dict[str, str | bytes]

KNOWN = "가나다라마바사아자차카타파하"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def records(*texts: str) -> str:
    return "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)


THREE = ("가 나 다", "라 마 바", "사 아 자")
A = "가나 다라\n마바 사아\n"
BASE: Files = {
    "a.txt": A,
    "b.txt": "자차 카타\n파하 가나\n",
    "c.jsonl": records(*THREE),
}


@dataclass(frozen=True)
class Case:
    """`head` is added to the files of the base (None takes one out); the rest is what is expected, empty if not."""

    head: dict[str, str | bytes | None]
    files: dict[str, str] = field(default_factory=dict)
    """name: change"""
    rules: str = ""
    base: Files = field(default_factory=dict)
    """Further files of the base."""
    copies: dict[str, int] = field(default_factory=dict)
    characters: dict[str, tuple[str, int | None, bool]] = field(default_factory=dict)
    """character: file, line, whether words with it are lost"""
    lost: Iterable[str] = ()
    encodings: dict[str, list[str]] = field(default_factory=dict)
    damage: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    new_words: tuple[int, int] | None = None
    """words, and those that are [UNK]"""


CASES: dict[str, Case] = {
    "identical": Case({}),
    "added": Case({"d.txt": "가다 나라\n"}, {"d.txt": "added"}, new_words=(2, 0)),
    "changed": Case({"a.txt": "가나 다라\n마바 사아\n차카\n"}, {"a.txt": "changed"}, new_words=(1, 0)),
    "moved": Case({"a.txt": None, "new/a.txt": A}, {"new/a.txt": "moved"}),
    "moved and packed": Case({"a.txt": None, "a.txt.gz": gzip.compress(A.encode(), mtime=0)}, {"a.txt.gz": "moved"}),
    "two of the same text moved": Case(
        {"x.txt": None, "y.txt": None, "z/x.txt": "하하 호\n", "z/y.txt": "하하 호\n"},
        {"z/x.txt": "moved", "z/y.txt": "moved"},
        base={"x.txt": "하하 호\n", "y.txt": "하하 호\n"},
    ),
    "removed": Case({"a.txt": None}, {"a.txt": "removed"}, "CC705"),
    "cut": Case({"a.txt": "가나\n"}, {"a.txt": "changed"}, "CC705", new_words=(0, 0)),
    "copy of a file": Case(
        {"d.txt": A, "e.txt": A}, {"d.txt": "added", "e.txt": "added"}, "CC708",
        copies={"d.txt": 1, "e.txt": 1},
    ),
    "new copies of each other are not of the base": Case(
        {"d.txt": "하파 타카\n", "e.txt": "하파 타카\n"}, {"d.txt": "added", "e.txt": "added"}
    ),
    "copies of documents in another jsonl": Case(
        {"d.jsonl": records("가 나 다", "라 마 바", "카 타 파")}, {"d.jsonl": "added"}, "CC708",
        copies={"d.jsonl": 2},
    ),
    "copies within its own jsonl": Case(
        {"c.jsonl": records(*THREE, "가 나 다", "가 나 다")}, {"c.jsonl": "changed"}, "CC708",
        copies={"c.jsonl": 2},
    ),
    "a file copied into a jsonl": Case(
        {"c.jsonl": records(*THREE, "가나 다라\n마바 사아\n")}, {"c.jsonl": "changed"}, "CC708",
        copies={"c.jsonl": 1},
    ),
    "few copies among many": Case(
        {"d.jsonl": records("가 나 다", *("하 " * n for n in range(1, 120)))}, {"d.jsonl": "added"},
        copies={"d.jsonl": 1},
    ),
    "a copy added to a large jsonl": Case(
        {"many.jsonl": records(*("하 " * n for n in range(1, 120)), "가 나 다")}, {"many.jsonl": "changed"}, "CC708",
        copies={"many.jsonl": 1}, base={"many.jsonl": records(*("하 " * n for n in range(1, 120)))},
    ),
    "a document moved from one jsonl to another": Case(
        {"c.jsonl": records("가 나 다", "라 마 바"), "d.jsonl": records("사 아 자")},
        {"c.jsonl": "changed", "d.jsonl": "added"},
    ),
    "new encoding": Case(
        {"d.txt": ("가나다 라마바 사아자 차카타\n" * 20).encode("cp949")}, {"d.txt": "added"}, "CC704",
        encodings={"cp949": ["d.txt"]},
    ),
    "saved in another encoding": Case(
        {"a.txt": ("가나 다라\n마바 사아\n" * 20).encode("cp949")}, {"a.txt": "changed"}, "CC704",
        base={"a.txt": "가나 다라\n마바 사아\n" * 20}, encodings={"cp949": ["a.txt"]},
    ),
    "new characters that are lost": Case(
        {"d.txt": "가나 다라\n마바 뷁\n뷁 아\n"}, {"d.txt": "added"}, "CC701 CC702 CC703",
        characters={"뷁": ("d.txt", 2, True)}, lost=["뷁"],
    ),
    "a new character that is known": Case(
        {"d.txt": "가나\n다 z\n"}, {"d.txt": "added"}, characters={"z": ("d.txt", 2, False)},
    ),
    "a known character in a lost word": Case(
        {"d.txt": "가나\n나뷁\n"}, {"d.txt": "added"}, "CC701 CC702",
        base={"old.txt": "뷁\n" + "가나 " * 50}, lost=["나뷁"],
    ),
    "good words replaced by lost ones": Case(
        {"a.txt": "뷁 뷁뷁\n마바 사아 가\n"}, {"a.txt": "changed"}, "CC701 CC702 CC703",
        characters={"뷁": ("a.txt", 1, True)}, lost=["뷁", "뷁뷁"], new_words=(2, 2),
    ),
    "damage": Case(
        {"a.txt": "가나 다라\n마바 사아\n".encode() + "가나다라 마바사아 ".encode() * 20 + b"\xff\n"},
        {"a.txt": "changed"}, "CC706", characters={"\ufffd": ("a.txt", 3, False)}, damage={"invalid bytes": 1},
    ),
    "a broken record": Case(
        {"c.jsonl": records(*THREE) + '{"text": \n'}, rules="CC706",
        damage={"bad records": 1},
    ),
    "newly skipped": Case({"d.txt": PNG}, rules="CC707", skipped={"binary (png)": 1}),
    "an image in place of the text": Case(
        {"a.txt": PNG}, {"a.txt": "removed"}, "CC705 CC707", skipped={"binary (png)": 1}
    ),
    "skipped as before": Case({}, base={"p.txt": PNG}),
    "an empty file more": Case({"d.txt": b""}),
}  # fmt: skip


@pytest.fixture
def vocabulary(tmp_path: Path) -> str:
    return write_vocabulary(tmp_path / "vocab.txt", KNOWN + "호z")


def named(places: Iterable[Any]) -> list[str]:
    return [Path(place.path).name for place in places]


def base_and_head(tmp_path: Path, vocabulary: str, case: Case, **options: Any) -> tuple[str, Result, Result]:
    """The saved baseline, its result, and the result of the corpus as it became."""
    corpus = write_files(tmp_path / "corpus", {**BASE, **case.base})
    base = scanned(corpus, tokenizer=vocabulary, **options).result
    base.profile.save(str(tmp_path / "base.ccp"))
    for name, content in case.head.items():
        if content is None:
            (corpus / name).unlink()
        else:
            write_files(corpus, {name: content})
    head = scanned(corpus, baseline=str(tmp_path / "base.ccp"), **options).result
    return str(tmp_path / "base.ccp"), base, head


@pytest.mark.few(1)
@pytest.mark.parametrize("name", CASES)
def test_what_has_become_of_a_corpus(name: str, tmp_path: Path, vocabulary: str) -> None:
    case = CASES[name]
    saved, _, result = base_and_head(tmp_path, vocabulary, case)
    found = result.comparison
    assert found
    root = tmp_path / "corpus"
    assert {Path(file.path).relative_to(root).as_posix(): file.change for file in found.files} == case.files
    characters = {c.character: (Path(c.place.path).name, c.place.line, c.lost) for c in found.new_characters if c.place}
    assert characters == case.characters
    assert {word.word for word in found.newly_lost} == set(case.lost)
    assert {name: named(places) for name, places in found.new_encodings.items()} == case.encodings
    assert {damage.kind: damage.amount for damage in found.damage} == case.damage
    assert {skipped.kind: skipped.files for skipped in found.newly_skipped} == case.skipped
    assert found.copies.documents == sum(case.copies.values())
    assert named(found.copies.places) == list(case.copies)
    if case.new_words:
        assert (found.new_words, found.new_unk_words) == case.new_words
    assert all(file.new_unk_words <= file.new_words for file in found.files)
    assert {f.rule for f in result.findings if f.rule.startswith("CC7")} == set(case.rules.split())

    result.profile.save(str(tmp_path / "head.ccp"))
    again = report(str(tmp_path / "head.ccp"), settings_from(baseline=saved))
    assert again.findings == result.findings
    assert again.comparison == result.comparison


@pytest.mark.thorough
@examples(10)
@given(data=st.data())
def test_a_corpus_compared_with_itself_is_unchanged(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the number of workers and the order of the paths, twins and damage included."""
    folder = tmp_path_factory.mktemp("self")
    lines = korean_lines(12)
    texts = st.sampled_from([*lines, "", *lines[:2]])
    files: Files = {f"{n}.txt": data.draw(texts) for n in range(data.draw(st.integers(1, 8)))}
    files |= {"x.jsonl": records(*data.draw(st.lists(texts, max_size=5))), "y.txt": b"\xff" + "가나 ".encode() * 40}
    paths = [str(write_files(folder, files) / name) for name in files]
    first = scanned(paths, tokenizer=write_vocabulary(folder / "v.txt", KNOWN)).result.profile
    first.save(str(folder / "base.ccp"))
    again = scanned(
        data.draw(st.permutations(paths)), baseline=str(folder / "base.ccp"), jobs=data.draw(st.integers(1, 3))
    )
    saved = Profile.load(str(folder / "base.ccp"))
    assert again.result.comparison == Changes(str(folder / "base.ccp"), saved)
    assert not [finding for finding in again.result.findings if finding.rule.startswith("CC7")]
    assert compare(first, again.result.profile, "x").files == ()
