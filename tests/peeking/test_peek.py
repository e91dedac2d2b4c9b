"""peek: the documents that the rules name, in the order of a scan, with the right place highlighted."""

from __future__ import annotations

import json
import os
import random
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support import korean_lines, run, scanned, write_files, write_vocabulary

from corpuscheck.api import peek
from corpuscheck.errors import UsageError
from corpuscheck.peeking.criteria import CRITERIA, rule_to_show, word_to_find
from corpuscheck.peeking.view import View
from corpuscheck.profile.document_rules import DOCUMENT_RULES
from corpuscheck.reports.json import peek as peek_json
from corpuscheck.running import units
from corpuscheck.running.showing import Peek, Shown
from corpuscheck.settings import settings_from

PROSE = " ".join(korean_lines(6, 5))
ENGLISH = "The court held that the contract was void, and the parties went home without a word to each other. " * 4
SAYING = [
    f"Statement number {word} of the witness was read to the court that day." for word in ("one", "two", "six", "ten")
]


def _stretch(seed: int, n: int = 60) -> str:
    dice = random.Random(seed)
    return "".join(chr(0xAC00 + dice.randrange(2000)) for _ in range(n))


PLANTED: dict[str, tuple[str, str]] = {
    "CC401": ("12:30 17:45 !!! 99.5 | 33.1 | 20 | 48.0 " * 12, "12:30"),
    "CC402": ("measured 5512 8812 9921 7713 " + "44120 90134 " * 30, "5512"),
    "CC403": (ENGLISH[:100] + "(%) [$] ~~ ^^ (@!) <> // " * 20, ","),
    "CC404": (f"{_stretch(1)} {_stretch(2)} {_stretch(1)} {_stretch(2)} {_stretch(1)}",
              f"{_stretch(1)} {_stretch(2)} {_stretch(1)}"),
    "CC405": ("\n".join([*SAYING, "Back to the top of this page", *SAYING[:2], "Back to the top of this page"] * 2),
              SAYING[0]),
    "CC406": ("\n".join(f"menu entry {k} of the site" for k in range(20)), "menu entry 0 of the site"),
    "CC407": (PROSE[:200] + "ㅋ" * 200, "ㅋ" * 200),
    "CC408": (ENGLISH + "lost \ufffd\x01 here", "\ufffd\x01"),
    "CC409": (ENGLISH[:100] + "Ã©Ã¨Ãª" * 20, "Ã©Ã¨Ãª" * 20),
    "CC410": (ENGLISH[:200] + " " + "QUJDREVG" * 30, "QUJDREVG" * 30),
    "CC411": ("if (ready) { start(); } else { stop(); } " * 10, "{"),
    "CC412": ("\n".join(f"- point {k} of what was said in the long debate of the evening" for k in range(9)), "-"),
    "CC413": (ENGLISH + "<div class=a>text</div>&nbsp;", "<div class=a>"),
    "CC414": (ENGLISH + "see http://example.org/a?b and www.example.com.", "http://example.org/a?b"),
    "CC415": (ENGLISH + "call 415-555-2671 now", "•••-•••-••••"),
}  # fmt: skip


def looked(path: Path | list[Path], jobs: int = 1, processes: bool = False, reading: Any = None, **view: Any) -> Peek:
    return peek(path, View(**view), settings_from(jobs=jobs, **(reading or {})), processes=processes)


def as_json(found: Peek) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(peek_json.render(found))
    schema = json.loads((files("corpuscheck.reports") / "peek_schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    return document


def marked(shown: Shown, kinds: tuple[str, ...]) -> list[str]:
    return [shown.excerpt.text[m.start : m.end] for m in shown.excerpt.marks if m.kind in kinds]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plain documents, and one for each rule, each a file."""
    folder = tmp_path_factory.mktemp("planted")
    write_files(folder, {f"plain{k}.txt": " ".join(korean_lines(9, k)) for k in range(8)})
    return write_files(folder, {f"{rule}.txt": text for rule, (text, _) in PLANTED.items()})


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same documents many times over with others between, as JSON lines in two files."""
    folder = tmp_path_factory.mktemp("lines")
    dice = random.Random(7)
    texts = [line for seed in range(3) for line in korean_lines(60, seed)]
    texts += [text + str(k) * k for text, _ in PLANTED.values() for k in range(4)]
    dice.shuffle(texts)
    half = len(texts) // 2
    rows = ["\n".join(json.dumps({"text": text}) for text in part) for part in (texts[:half], texts[half:])]
    return write_files(folder, {"a.jsonl": rows[0], "b.jsonl": rows[1]})


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_document_is_shown_first_with_its_trouble_marked(tmp_path: Path, rule: str) -> None:
    write_files(tmp_path, {f"plain{k}.txt": " ".join(korean_lines(9, k)) for k in range(8)})
    text, trouble = PLANTED[rule]
    write_files(tmp_path, {"planted.txt": text})
    found = looked(tmp_path, rule=rule, excerpt=4000)
    first = found.shown[0]
    assert os.path.basename(first.place.path) == "planted.txt"
    assert marked(first, CRITERIA[rule].marks)[0] == trouble
    assert found.held == len(found.shown)
    document = as_json(found)["documents"][0]
    assert all(0 <= span["start"] < span["end"] <= len(document["text"]) for span in document["spans"])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("document", "small"),
    [
        ("file", False),
        ("line", True),
        pytest.param("file", True, marks=pytest.mark.thorough),
        pytest.param("line", False, marks=pytest.mark.thorough),
    ],
)
def test_the_worst_are_those_of_a_scan(
    planted: Path, lines: Path, small: bool, document: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if small:
        monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    text = "\n".join(line for path in sorted(planted.glob("*.txt")) for line in [path.read_text("utf-8")] * 3)
    write_files(tmp_path, {"all.txt": text})
    vocabulary = write_vocabulary(tmp_path.parent / f"{tmp_path.name}.vocab.txt", "abc")
    paths = [planted, lines, tmp_path]
    profile = scanned([str(p) for p in paths], tokenizer=vocabulary, document=document).result.profile
    for rule in DOCUMENT_RULES:
        worst = [(w.path, w.number + 1, w.score, w.utf8_bytes) for w in profile.clean[rule.id].worst]
        found = looked(paths, rule=rule.id, count=10, reading={"document": document})
        assert found.held == profile.clean[rule.id].documents
        shown = [
            (s.place.path, s.place.document, round((s.score or 0) * 1e6), s.excerpt.utf8_bytes) for s in found.shown
        ]
        assert shown == worst, rule.id


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "view", [{}, {"seed": 3}, {"rule": "CC405"}, {"rule": "CC503"}, {"words": ("가", "각하")}], ids=str
)
def test_neither_workers_nor_order_change_anything(lines: Path, planted: Path, view: dict[str, Any]) -> None:
    one = peek_json.render(looked([lines, planted], **view))
    assert one == peek_json.render(looked([planted, lines], **view))
    assert one == peek_json.render(looked([lines, planted], jobs=2, **view))


def test_spawned_workers_give_the_same(lines: Path) -> None:
    outputs = {
        run("peek", lines, "--format", "json", "--jobs", str(jobs), "--word", "U+AC00", "-q").stdout for jobs in (1, 2)
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop())["words"][0]["word"] == "가"


def test_typical_documents_are_drawn_by_their_text_and_the_seed(tmp_path: Path) -> None:
    texts = korean_lines(200, 11)
    write_files(tmp_path / "a", {"a.txt": "\n".join(texts)})
    write_files(tmp_path / "b", {f"{k}.txt": "\n".join(texts[k::7]) for k in range(7)})
    drawn = [
        {s.excerpt.text for s in looked(tmp_path / name, seed=seed, reading={"document": "line"}).shown}
        for name, seed in (("a", 0), ("b", 0), ("a", 1))
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 5


def test_equal_texts_are_drawn_once(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "the same\n" * 50 + "another\n"})
    found = looked(tmp_path, reading={"document": "line"})
    assert sorted(s.excerpt.text for s in found.shown) == ["another", "the same"]
    assert {s.place.document for s in found.shown} == {1, 51}
    assert found.documents == 51


@pytest.mark.parametrize("block", [1, 50_000])
def test_words_are_counted_as_python_counts_them(tmp_path: Path, block: int) -> None:
    """Also where a document goes on from block to block, and where two documents lie end to end."""
    texts = ["aba" * 3, "ab", "aab", "한글한글 글한 " * block, "b" + "aab" * 2 * block]
    write_files(tmp_path, {"a.jsonl": "\n".join(json.dumps({"text": t}) for t in texts), "long.txt": "ab글한 " * block})
    texts.append("ab글한 " * block)
    for words in (("ab",), ("aba",), ("글한", "bb")):
        found = looked(tmp_path, words=words, count=20)
        assert found.amounts == tuple(sum(text.count(word) for text in texts) for word in words)
        assert found.held == sum(any(word in text for word in words) for text in texts)
        assert all(marked(shown, ("word",))[0] in words for shown in found.shown)


def test_the_word_is_in_the_window_however_far_in_it_stands(tmp_path: Path) -> None:
    far = "긴 문서 " * 600_000
    text = f"{far}여기 똻 있다 {far}"
    write_files(tmp_path, {"long.txt": text})
    (shown,) = looked(tmp_path, words=("똻",), excerpt=500).shown
    assert marked(shown, ("word",)) == ["똻"]
    excerpt = shown.excerpt
    assert excerpt.before + len(excerpt.text.encode()) + excerpt.after == excerpt.utf8_bytes == len(text.encode())
    assert text.encode()[excerpt.before :].decode().startswith(excerpt.text)


@pytest.mark.parametrize(
    ("given", "word"), [("U+B63B", "똻"), ("u+2014", "—"), ("U+", "U+"), ("a[b", "a[b"), (".", ".")]
)
def test_words_are_literal_or_code_points(given: str, word: str) -> None:
    assert word_to_find(given) == word


@pytest.mark.parametrize("given", ["", "U+D800", "U+110000", "U+XYZ"])
def test_words_that_cannot_be(given: str) -> None:
    with pytest.raises(UsageError):
        word_to_find(given)


@pytest.mark.parametrize("name", ["CC302", "CC416", "CC505", "nonsense", "CC4"])
def test_a_rule_that_names_no_documents_says_which_do(name: str) -> None:
    with pytest.raises(UsageError, match="CC301, CC401 to CC415 and CC501 to CC504"):
        rule_to_show(name)
    assert rule_to_show("cc405") == rule_to_show("repeated-lines") == "CC405"


def test_copies_are_shown_in_pairs_with_what_differs(tmp_path: Path) -> None:
    text = "\n".join(korean_lines(12, 3))
    changed = text.replace("\n", " CHANGED\n", 1)
    write_files(
        tmp_path, {"a.txt": text, "b.txt": text, "c.txt": text.upper().replace(".", "!") + "!!!", "d.txt": changed}
    )
    exact, normalised, near = (looked(tmp_path, rule=rule) for rule in ("CC501", "CC502", "CC503"))
    assert [os.path.basename(s.place.path) for s in exact.shown] == ["a.txt", "b.txt"] or exact.held == 1
    assert not any(m.kind == "different" for s in exact.shown for m in s.excerpt.marks)
    assert normalised.held == 1
    assert "!" in "".join(marked(normalised.shown[0], ("different",)) + marked(normalised.shown[1], ("different",)))
    pair = near.shown[:2]
    assert "CHANGED" in "".join(text for shown in pair for text in marked(shown, ("different",)))
    assert pair[1].copy_of == pair[0].place
    as_json(near)


def test_copies_are_shown_from_where_they_first_differ(tmp_path: Path) -> None:
    lines = korean_lines(300, 3)
    write_files(tmp_path, {"a.txt": "\n".join(lines), "b.txt": "\n".join([*lines[:200], "DIFFERENT", *lines[201:]])})
    pair = looked(tmp_path, rule="CC503", excerpt=600).shown
    assert any("DIFFERENT" in text for shown in pair for text in marked(shown, ("different",)))
    for shown in pair:
        excerpt = shown.excerpt
        assert excerpt.before + len(excerpt.text.encode()) + excerpt.after == excerpt.utf8_bytes
        assert len(excerpt.text.encode()) <= 600 < excerpt.before


def test_copies_in_the_same_file_are_the_first_and_the_last(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "some line that is long enough\n" * 3})
    kept, copy = looked(tmp_path, rule="CC501", reading={"document": "line"}).shown
    assert (kept.place.document, copy.place.document) == (1, 3)
    assert copy.copy_of == kept.place


def test_one_long_document_is_shown_around_its_first_trouble(tmp_path: Path) -> None:
    """20 MB: more than one work unit, whose parts are joined."""
    plain = "\n".join(korean_lines(2000, 9)).encode()
    whole = plain * (20_000_000 // len(plain)) + "여기 \ufffd\ufffd\ufffd".encode() * 30_000
    write_files(tmp_path, {"long.txt": whole})
    (shown,) = looked(tmp_path, rule="CC408", jobs=2, excerpt=600).shown
    assert marked(shown, ("unreadable",))[0] == "\ufffd\ufffd\ufffd"
    excerpt = shown.excerpt
    assert len(excerpt.text.encode()) <= 600
    assert excerpt.before + len(excerpt.text.encode()) + excerpt.after == excerpt.utf8_bytes == len(whole)


def test_members_of_archives_and_legacy_encodings_are_found_again(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, (text, _) in PLANTED.items():
            archive.writestr(f"{name}.txt", text)
    write_files(tmp_path, {f"{k}.txt": "\n".join(korean_lines(40, k)).replace("똠", "다").replace("쫡", "다")
                           .replace("뷁", "다").encode("cp949") for k in range(3)})  # fmt: skip
    write_files(tmp_path, {"short.txt": "여기 저기".encode("cp949")})
    assert looked(tmp_path, rule="CC412").shown[0].place.path.endswith("a.zip!/CC412.txt")
    (shown,) = looked(tmp_path, words=("저기",)).shown
    assert shown.excerpt.text == "여기 저기"
