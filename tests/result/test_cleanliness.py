"""Is it clean? What a scan says of copies in one file, of private lines, and of parts that nobody looked into."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import korean_lines, scanned, write_files, write_vocabulary

from corpuscheck.api import merge_profiles
from corpuscheck.measuring import ledger
from corpuscheck.profile.profile import Profile
from corpuscheck.reports.registry import render
from corpuscheck.rules.conclude import conclude
from corpuscheck.rules.registry import RULES
from corpuscheck.settings import REPORT_FORMATS, Limits, Policy

LINES = korean_lines(400)
PRIVATE = ("010-9876-5432", "9876", "hong.gildong@secret.example", "secret", "900101-1234567", "1234567")

PRIVATE_LINE = f"문의 전화 {PRIVATE[0]} 이메일 {PRIVATE[2]} 주민번호 {PRIVATE[4]}"


@pytest.fixture
def vocabulary(tmp_path: Path) -> str:
    return write_vocabulary(tmp_path / "vocab.txt", "".join(LINES) + PRIVATE_LINE)


def documents(n: int) -> list[str]:
    return ["\n".join(LINES[k * 5 : k * 5 + 5]) for k in range(n)]


def test_copies_in_one_file_are_a_pair_of_places(tmp_path: Path, vocabulary: str) -> None:
    texts = documents(8)
    texts = [*texts, texts[2], texts[5], texts[2]]
    rows = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    write_files(tmp_path / "corpus", {"a.jsonl": rows})
    found = scanned(tmp_path / "corpus", tokenizer=vocabulary).result.cleanliness.exact
    assert found.amount.documents == 3
    assert {(kept.document, copy.document) for kept, copy, _ in found.pairs} == {(3, 11), (6, 10)}


def test_lines_that_are_shown_hold_no_personal_data(tmp_path: Path, vocabulary: str) -> None:
    texts = [f"{LINES[k][:40]}\n{PRIVATE_LINE}" for k in range(9)]
    write_files(tmp_path / "corpus", {f"{k}.txt": text for k, text in enumerate(texts)})
    result = scanned(tmp_path / "corpus", tokenizer=vocabulary).result
    assert "CC504" in {finding.rule for finding in result.findings}
    for form in REPORT_FORMATS:
        shown = render(result, form).decode()
        assert not [value for value in PRIVATE if value in shown], form
    assert b"secret" not in json.dumps(result.profile.boilerplate.to_state()).encode()


def test_documents_are_looked_into_a_few_at_a_time(
    tmp_path: Path, vocabulary: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n\n".join([*documents(30), *documents(3), "ㅋㅋㅋㅋㅋㅋㅋㅋ" * 20])
    write_files(tmp_path / "corpus", {"a.txt": text, "b.txt": text[:900]})
    whole = scanned(tmp_path / "corpus", tokenizer=vocabulary, document="blank-line")
    monkeypatch.setattr(ledger, "_AT_ONCE", 4)
    parts = scanned(tmp_path / "corpus", tokenizer=vocabulary, document="blank-line")
    assert parts.result.profile.to_bytes() == whole.result.profile.to_bytes()
    assert whole.result.profile.clean["CC407"].documents == 1


def test_what_was_not_looked_into_is_not_clean(tmp_path: Path, vocabulary: str) -> None:
    write_files(tmp_path / "a", {"a.txt": "\n".join(LINES[:50])})
    write_files(tmp_path / "b", {"b.txt": "\n".join(LINES[50:99])})
    for name, clean in (("a", True), ("b", False)):
        scanned(tmp_path / name, tokenizer=vocabulary, clean=clean).result.profile.save(str(tmp_path / f"{name}.ccp"))
    merged: Profile = merge_profiles([str(tmp_path / "a.ccp"), str(tmp_path / "b.ccp")])
    result = conclude(merged, Limits(), Policy(select=("CC4", "CC5")))
    assert not result.cleanliness.looked_into
    judged = {rule.id for rule in RULES if rule.needs in ("documents", "near copies")}
    assert judged <= {rule.rule for rule in result.skipped_rules}


def test_blank_text_is_of_no_use(tmp_path: Path, vocabulary: str) -> None:
    write_files(tmp_path / "corpus", {"a.txt": "\n".join(LINES[:9]), "blank.txt": " \n" * 3000})
    result = scanned(tmp_path / "corpus", tokenizer=vocabulary).result
    assert result.cleanliness.usable_bytes == len("\n".join(LINES[:9]).encode())
    assert result.profile.clean["CC401"].worst[0].path.endswith("blank.txt")
