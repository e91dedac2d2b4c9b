"""peek by rules of the whole corpus: most [UNK] words (CC301), most lines that other documents have too (CC504)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support import korean_lines, scanned, write_files, write_vocabulary
from test_peek import as_json, looked, marked
from tokenizers import Tokenizer

from corpuscheck.peeking.criteria import rule_to_show
from corpuscheck.reports.json import peek as peek_json
from corpuscheck.running import units
from corpuscheck.tokenizer.loading import load

KNOWN = "가나다라마바사아자차카타파하이는을를에의로도고다었했"


def _texts(seed: int, documents: int) -> list[str]:
    lines = korean_lines(4 * documents, seed)
    return [" ".join(lines[4 * k : 4 * k + 1 + k % 4]) for k in range(documents)]


def _lost(tokenizer: Tokenizer, text: str) -> list[str]:
    """The words that the tokenizer itself makes [UNK] of, in their order."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    unk = tokenizer.token_to_id("[UNK]")
    return [text[a:b] for id_, (a, b) in zip(encoding.ids, encoding.offsets, strict=True) if id_ == unk]


@pytest.mark.few(3)
@pytest.mark.parametrize("small", [False, True], ids=["whole", "in ranges"])
@pytest.mark.parametrize("layout", ["files", "lines", "records"])
def test_documents_with_most_unk_words_are_those_of_the_tokenizer_itself(
    tmp_path: Path, layout: str, small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if small:
        monkeypatch.setattr(units, "_SMALLEST_UNIT", 1 << 12)
    texts = _texts(3, 120)
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", KNOWN)
    folder = tmp_path / "corpus"
    if layout == "files":
        write_files(folder, {f"{k:03}.txt": text for k, text in enumerate(texts)})
    elif layout == "lines":
        write_files(folder, {"all.txt": "\n".join(texts)})
    else:
        write_files(folder, {"all.jsonl": "\n".join(json.dumps({"text": text}) for text in texts)})
    reading: dict[str, Any] = {"tokenizer": vocabulary, "document": "line" if layout == "lines" else "file"}
    found = looked(folder, rule="CC301", count=8, reading=reading, excerpt=10_000)
    tokenizer = load(vocabulary).tokenizer
    lost = [_lost(tokenizer, text) for text in texts]
    assert found.held == sum(1 for words in lost if words)
    assert [shown.score for shown in found.shown] == sorted(map(len, lost), reverse=True)[:8]
    for shown in found.shown:
        assert marked(shown, ("lost word",)) == _lost(tokenizer, shown.excerpt.text)
    as_json(found)


@pytest.mark.thorough
def test_the_tokenizer_is_trained_as_a_scan_trains_it_where_none_is_given(tmp_path: Path) -> None:
    corpus = write_files(tmp_path, {f"{k:03}.txt": text for k, text in enumerate(_texts(5, 80))})
    found = looked(Path(corpus), rule="CC301", count=80, excerpt=10_000)
    words = scanned(corpus).result.profile.words
    assert found.held == words.documents_with_unk
    assert sum(int(shown.score or 0) for shown in found.shown) == words.unk_words
    said = Counter(word for shown in found.shown for word in marked(shown, ("lost word",)))
    assert said == words.lost.words()


@pytest.mark.thorough
def test_the_first_lost_word_is_in_the_window_however_far_in_it_stands(tmp_path: Path) -> None:
    far = "가나 다라\n" * 200_000
    write_files(tmp_path / "corpus", {"long.txt": f"{far}여기 똻 있다\n{far}"})
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "가나다라여기있")
    (shown,) = looked(tmp_path / "corpus", rule="CC301", reading={"tokenizer": vocabulary}, excerpt=300).shown
    assert marked(shown, ("lost word",)) == ["똻"]
    assert shown.score == 1


BOILERPLATE = ["처음으로 | 소식 | 자료실", "Copyright 2023 Gaon", "이 글이 도움이 되셨나요?"]


def _pages() -> list[str]:
    """Pages with some of the same lines, in various places, indented, more than once; single lines are documents."""
    own = korean_lines(60, 9)
    pages = ["\n".join(own[3 * k : 3 * k + 3]) for k in range(20)]
    pages[2] = "\n".join([BOILERPLATE[0], pages[2], BOILERPLATE[1], BOILERPLATE[1]])
    pages[5] = "\n".join([f"  {BOILERPLATE[0]}\t", pages[5], *BOILERPLATE])
    pages[7] += "\n\n" + BOILERPLATE[2]
    pages[9] = BOILERPLATE[2]
    pages[11] = "alone here twice\nalone here twice"
    return pages


def _shared(pages: list[str]) -> list[int]:
    """Bytes of the lines of each page that others have too, each line counted once."""
    lines = [{line.strip(" \t\r") for line in page.split("\n")} - {""} for page in pages]
    lines = [found if page.count("\n") else set() for page, found in zip(pages, lines, strict=True)]
    documents = Counter(line for found in lines for line in found)
    return [sum(len(line.encode()) for line in found if documents[line] > 1) for found in lines]


@pytest.mark.parametrize("layout", ["files", "records"])
def test_documents_with_most_lines_that_others_have_too(tmp_path: Path, layout: str) -> None:
    pages = _pages()
    if layout == "files":
        write_files(tmp_path, {f"{k:03}.txt": page for k, page in enumerate(pages)})
    else:
        write_files(tmp_path, {"all.jsonl": "\n".join(json.dumps({"text": page}) for page in pages)})
    found = looked(tmp_path, rule="CC504", count=20, excerpt=10_000)
    shared = _shared(pages)
    assert found.held == sum(1 for n in shared if n) == 3
    assert [shown.score for shown in found.shown] == sorted(filter(None, shared), reverse=True)
    assert {line for shown in found.shown for line in marked(shown, ("shared line",))} == set(BOILERPLATE)
    assert "of it, are lines that other documents have too" in found.shown[0].why
    as_json(found)


@pytest.mark.few(1)
@pytest.mark.parametrize("rule", ["CC301", "CC504"])
def test_workers_change_nothing(tmp_path: Path, rule: str) -> None:
    write_files(tmp_path, {f"{k:03}.txt": page for k, page in enumerate(_pages())})
    one, two = (peek_json.render(looked(tmp_path, jobs=jobs, rule=rule)) for jobs in (1, 2))
    assert one == two


@pytest.mark.parametrize(("name", "rule"), [("cc301", "CC301"), ("unk-rate", "CC301"), ("boilerplate", "CC504")])
def test_they_are_known_by_id_and_by_name(name: str, rule: str) -> None:
    assert rule_to_show(name) == rule
