"""Tokenizers that hang, burst or break the library: one line and status 2, before any text is read."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from support import run, write_files
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from corpuscheck.errors import TokenizerError
from corpuscheck.tokenizer import loading, trial
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import load, usable

_VOCABULARY = {"[PAD]": 0, "[UNK]": 1, "a": 2, "##a": 3, "b": 4, "##b": 5}
_PLAIN: dict[str, Any] = json.loads(Tokenizer(models.WordPiece(_VOCABULARY, unk_token="[UNK]")).to_str())


def _split(pattern: str) -> dict[str, Any]:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def _replace(pattern: dict[str, str], content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": pattern, "content": content}


def _sequence(step: dict[str, Any], times: int) -> dict[str, Any]:
    return {"type": "Sequence", "normalizers": [step] * times}


def _nested(levels: int) -> dict[str, Any]:
    step: dict[str, Any] = {"type": "Lowercase"}
    for _ in range(levels):
        step = _sequence(step, 1)
    return step


def _charsmap(table: bytes) -> dict[str, Any]:
    return {"type": "Precompiled", "precompiled_charsmap": b64encode(table).decode()}


HOSTILE: dict[str, dict[str, Any]] = {
    "a pattern without end": {"pre_tokenizer": _split("(a+)+$")},
    "another": {"pre_tokenizer": _split(r"^(\w+\s?)*$")},
    "a third": {"pre_tokenizer": _split("(?:x|x)*y")},
    "a replacement without end": {"normalizer": _replace({"Regex": "(b+)+$"}, "b")},
    "replacements that multiply": {"normalizer": _sequence(_replace({"String": "a"}, "aaaaaaaaaa"), 4)},
    "replacements that multiply beyond memory": {"normalizer": _sequence(_replace({"String": "q"}, "q" * 10_000), 5)},
    "text put before all text": {"normalizer": _sequence({"type": "Prepend", "prepend": "a" * 1000}, 1000)},
    "no table of characters": {"normalizer": _charsmap(b"")},
    "four bytes of a table": {"normalizer": _charsmap(b"\x00" * 4)},
    "a table that says it is huge": {"normalizer": _charsmap(b"\xff\xff\xff\x7f" + b"\x01" * 64)},
    "a table that is noise": {"normalizer": _charsmap(b"\x40\x00\x00\x00" + bytes(range(256)))},
    "pieces of length 0": {"pre_tokenizer": {"type": "FixedLength", "length": 0}},
    "3,000 steps inside each other": {"normalizer": _nested(300)},
    "a step of no known type": {"normalizer": {"type": "Nonsense"}},
    "a step that is a number": {"pre_tokenizer": 5},
    "an id below zero": {"model": {**_PLAIN["model"], "vocab": {**_VOCABULARY, "c": -1}}},
    "an id beyond 32 bits": {"model": {**_PLAIN["model"], "vocab": {**_VOCABULARY, "c": 2**40}}},
    "no unknown token": {"model": {**_PLAIN["model"], "unk_token": "[NONE]"}},
    "an unknown token that is a number": {"model": {**_PLAIN["model"], "unk_token": 1}},
    "no pieces": {"model": {"type": "WordPiece", "unk_token": "[UNK]"}},
    "a model of no type": {"model": {}},
    "a unigram without its unknown piece": {"model": {"type": "Unigram", "unk_id": 9, "vocab": [["a", 0.0]]}},
    "merges of pieces that are none": {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["x y"]}},
}


def _write(folder: Path, changes: dict[str, Any]) -> str:
    path = folder / "tokenizer.json"
    path.write_text(json.dumps({**deepcopy(_PLAIN), **changes}), "utf-8")
    return str(path)


@pytest.mark.few(3)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tokenizer_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(TokenizerError) as told:
        load(_write(tmp_path, HOSTILE[name]))
    assert str(told.value).startswith(f"{tmp_path}/tokenizer.json: ")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("name", ["a pattern without end", "no table of characters"])
def test_hostile_tokenizer_of_a_baseline_is_refused(name: str) -> None:
    with pytest.raises(TokenizerError, match=r"^the baseline x: this tokenizer cannot be used \("):
        usable(Artefact(json.dumps({**_PLAIN, **HOSTILE[name]}), "the baseline x"))


@pytest.mark.parametrize("name", ["a third", "no table of characters"])
def test_hostile_tokenizer_on_the_command_line(name: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"corpus/a.txt": "x" * 3000 + "!y"})
    done = run("scan", tmp_path / "corpus", "--tokenizer", _write(tmp_path, HOSTILE[name]), "--no-cache")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "this tokenizer cannot be used" in done.stderr


@pytest.mark.parametrize(
    ("normalizer", "splitter"),
    [
        (None, pre_tokenizers.Split(" ", "isolated")),
        (normalizers.Replace("a", "bb"), pre_tokenizers.WhitespaceSplit()),
        (normalizers.Prepend("▁"), pre_tokenizers.Metaspace()),
        (normalizers.NFKC(), pre_tokenizers.Sequence([pre_tokenizers.ByteLevel(use_regex=True)])),
    ],
)
def test_ordinary_patterns_pass_the_trial(normalizer: Any, splitter: Any, tmp_path: Path) -> None:
    tokenizer = Tokenizer(models.WordPiece(_VOCABULARY, unk_token="[UNK]"))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = splitter
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert load(str(tmp_path / "tokenizer.json")).unk_id == 1


def test_pattern_of_a_byte_level_model_passes_the_trial(tmp_path: Path) -> None:
    """As large models have it."""
    pattern = (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
        r"\s+(?!\S)|\s+"
    )
    assert load(_write(tmp_path, {"pre_tokenizer": _split(pattern)})).unk_id == 1


def test_an_ordinary_tokenizer_needs_no_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "trouble_with", None)
    bert = {"normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
            "strip_accents": None, "lowercase": False}, "pre_tokenizer": {"type": "BertPreTokenizer"}}  # fmt: skip
    load(_write(tmp_path, bert))


def test_a_tokenizer_is_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _write(tmp_path, {"pre_tokenizer": _split("[ab]+ ?")})
    load(path)
    monkeypatch.setattr(trial, "_SECONDS", 0)
    load(path)


def test_trial_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_SECONDS", 0.01)
    with pytest.raises(TokenizerError, match=r"takes over 0.01 seconds for a few small texts"):
        load(_write(tmp_path, {"pre_tokenizer": _split("[ab]+  ?")}))


@pytest.mark.skipif(os.name == "nt", reason="no pipes with names there")
@pytest.mark.parametrize("name", ["tokenizer_config.json", "config.json"])
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")] if os.name != "nt" else [])
def test_a_pipe_or_device_beside_a_vocabulary_is_not_waited_for(name: str, make: Any, tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[UNK]\na\n##a\n", "utf-8")
    make(tmp_path / name)
    with pytest.raises(TokenizerError, match="cannot be read"):
        load(str(tmp_path))
