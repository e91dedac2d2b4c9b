"""A SentencePiece model is read as SentencePiece reads it, or as the class beside it does in transformers."""

from __future__ import annotations

import io
import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support import EXAMPLES, write_files

from corpuscheck.errors import TokenizerError
from corpuscheck.tokenizer.loading import load

NEWS = EXAMPLES / "korean-news"
LINES = [line for path in sorted(NEWS.glob("*.txt")) for line in path.read_text("utf-8").splitlines() if line]
ODD = [
    "ﾊﾝｶｸ 뷁뷁 x",
    "  a   b ",
    "똻똻하다",
    "",
    " ",
    "a\n\nb\tc ",
    " 서울  서울",
    "x<sep>y 😀 é e\u0301",
    "A ``b'' Éa",
    "서울▁서울",
]


@cache
def model_of(kind: str, options: tuple[tuple[str, Any], ...]) -> bytes:
    sentencepiece = pytest.importorskip("sentencepiece", reason="sentencepiece is not installed")
    out = io.BytesIO()
    size = {"vocab_size": 1450} if kind in ("unigram", "bpe") else {"vocab_size": 600}
    given = {name: list(value) if isinstance(value, tuple) else value for name, value in options}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES), model_writer=out, model_type=kind, minloglevel=2, **size, **given
    )
    return out.getvalue()


def sentencepiece_model(kind: str = "unigram", **options: Any) -> bytes:
    return model_of(kind, tuple(options.items()))


OPTIONS: list[dict[str, Any]] = [
    {},
    {"byte_fallback": True},
    {"normalization_rule_name": "identity"},
    {"normalization_rule_name": "nfkc_cf"},
    {"add_dummy_prefix": False, "remove_extra_whitespaces": False},
    {"byte_fallback": True, "normalization_rule_name": "identity", "remove_extra_whitespaces": False},
    {"user_defined_symbols": ("가", "<sep>y"), "remove_extra_whitespaces": False, "add_dummy_prefix": False},
    {"user_defined_symbols": ("<sep>",), "normalization_rule_name": "identity"},
    {"split_by_whitespace": False, "normalization_rule_name": "identity"},
    {"split_digits": True, "max_sentencepiece_length": 4},
]


ONE_BY_ONE: dict[str, Any] = {"user_defined_symbols": ("▁▁", "가나"), "remove_extra_whitespaces": False}


@pytest.mark.few(2)
@pytest.mark.parametrize(("kind", "options"), [*itertools.product(["unigram", "bpe"], OPTIONS), ("bpe", ONE_BY_ONE)])
def test_a_model_encodes_as_sentencepiece_does(tmp_path: Path, kind: str, options: dict[str, Any]) -> None:
    model = sentencepiece_model(kind, **options)
    import sentencepiece

    theirs = sentencepiece.SentencePieceProcessor(model_proto=model)
    write_files(tmp_path, {"spiece.model": model})
    ours = load(str(tmp_path))
    assert ours.model_type.lower() == kind
    assert ours.fingerprint == load(str(tmp_path / "spiece.model")).fingerprint
    for line in [*LINES, *ODD]:
        assert ours.tokenizer.encode(line, add_special_tokens=False).ids == theirs.encode(line), line


CLASSES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("LlamaTokenizer", "bpe", "tokenizer.model", {}),
    ("LlamaTokenizer", "bpe", "tokenizer.model", {"add_prefix_space": False}),
    ("GemmaTokenizer", "bpe", "tokenizer.model", {}),
    ("T5Tokenizer", "unigram", "spiece.model", {}),
    ("AlbertTokenizer", "unigram", "spiece.model", {}),
    ("AlbertTokenizer", "unigram", "spiece.model", {"do_lower_case": False, "keep_accents": True}),
    ("XLNetTokenizer", "unigram", "spiece.model", {}),
    ("XLMRobertaTokenizer", "unigram", "sentencepiece.bpe.model", {}),
    ("CamembertTokenizer", "unigram", "sentencepiece.bpe.model", {}),
    ("MBartTokenizer", "unigram", "sentencepiece.bpe.model", {}),
    ("BigBirdTokenizer", "unigram", "spiece.model", {}),
    ("DebertaV2Tokenizer", "unigram", "spm.model", {}),
    ("DebertaV2Tokenizer", "unigram", "spm.model", {"do_lower_case": True, "split_by_punct": True}),
    ("PegasusTokenizer", "unigram", "spiece.model", {}),
]


OF_CLASSES: dict[str, dict[str, Any]] = {
    "AlbertTokenizer": {"control_symbols": ("[CLS]", "[SEP]")},
    "PegasusTokenizer": {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1},
}
"""What the class needs of a model."""


@pytest.mark.parametrize(("name", "kind", "file", "config"), CLASSES, ids=str)
def test_a_folder_is_read_as_its_class_reads_it(
    tmp_path: Path, name: str, kind: str, file: str, config: dict[str, Any]
) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    pytest.importorskip("google.protobuf", reason="transformers needs protobuf for it")
    options = OF_CLASSES.get(
        name, {"byte_fallback": True, "normalization_rule_name": "identity"} if kind == "bpe" else {}
    )
    write_files(tmp_path, {file: sentencepiece_model(kind, **options)})
    write_files(tmp_path, {"tokenizer_config.json": json.dumps({"tokenizer_class": name, **config}).encode()})
    theirs = transformers.AutoTokenizer.from_pretrained(str(tmp_path))
    ours = load(str(tmp_path)).tokenizer
    for line in [*LINES[:40], *ODD, "a <mask> b</s> c"]:
        encoded = ours.encode(line, add_special_tokens=False)
        assert encoded.tokens == theirs.tokenize(line), line


def test_a_class_that_is_not_known_is_read_as_sentencepiece_does_and_says_so(tmp_path: Path) -> None:
    write_files(tmp_path, {"tokenizer.model": sentencepiece_model("bpe")})
    assert not load(str(tmp_path)).assumed
    write_files(tmp_path, {"tokenizer_config.json": b'{"tokenizer_class": "BaichuanTokenizer"}'})
    assert "read as SentencePiece does, whatever BaichuanTokenizer does" in load(str(tmp_path)).assumed


@pytest.mark.parametrize(("kind", "options", "why"), [
    ("word", {"hard_vocab_limit": False}, "a SentencePiece model of words, not Unigram or BPE"),
    ("char", {"hard_vocab_limit": False}, "a SentencePiece model of characters, not Unigram or BPE"),
    ("bpe", {"treat_whitespace_as_suffix": True}, "at the end of words"),
])  # fmt: skip
def test_what_cannot_be_judged_is_refused_with_the_reason(
    tmp_path: Path, kind: str, options: dict[str, Any], why: str
) -> None:
    write_files(tmp_path, {"m.model": sentencepiece_model(kind, **options)})
    with pytest.raises(TokenizerError, match=why):
        load(str(tmp_path / "m.model"))


@pytest.mark.parametrize("kind", ["unigram", "bpe"])
def test_a_model_that_is_cut_off_is_one_clear_line(tmp_path: Path, kind: str) -> None:
    model = sentencepiece_model(kind)
    for end in (5, 100, 10_000, len(model) - 3):
        write_files(tmp_path, {"cut.model": model[:end]})
        with pytest.raises(TokenizerError, match=r"cut\.model"):
            load(str(tmp_path / "cut.model"))
