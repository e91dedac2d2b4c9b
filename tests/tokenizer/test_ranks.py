"""Files of tiktoken are read as tiktoken reads them."""

from __future__ import annotations

import random
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support import EXAMPLES, LANGUAGES, run, write_files
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

from corpuscheck.errors import TokenizerError
from corpuscheck.text.word_patterns import PATTERNS
from corpuscheck.tokenizer.loading import load
from corpuscheck.tokenizer.spelling import letters_of_bytes

ODD = " \t\n\r\u3000\u00a0aAbBzZ'sSſ't re've12३４5.!/_-가힣똻漢ñé\u0301ǅʰ🙂\u200b\x85\u2028İK"
TEXTS = [*LANGUAGES.values(), *(path.read_text("utf-8") for path in sorted(EXAMPLES.rglob("*.md")))]


@cache
def ranks_of(name: str) -> dict[bytes, int]:
    """Tokens that are trained here, as nobody may ship those of others."""
    tokenizer = Tokenizer(models.BPE())
    cut = pre_tokenizers.Split(Regex(PATTERNS[name]), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([cut, pre_tokenizers.ByteLevel(False, use_regex=False)])
    letters = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=1500, initial_alphabet=letters, show_progress=False)
    tokenizer.train_from_iterator(TEXTS, trainer)
    byte_of = {letter: byte for byte, letter in letters_of_bytes().items()}
    return {bytes(byte_of[letter] for letter in piece): number for piece, number in tokenizer.get_vocab().items()}


def file_of(ranks: dict[bytes, int]) -> bytes:
    return b"".join(b64encode(token) + b" %d\n" % rank for token, rank in ranks.items())


def texts() -> list[str]:
    chance = random.Random(5)
    return [*TEXTS, *("".join(chance.choices(ODD, k=chance.randint(0, 60))) for _ in range(400))]


@pytest.mark.parametrize("name", ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"])
def test_a_file_is_encoded_as_tiktoken_encodes_it(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tiktoken: Any = pytest.importorskip("tiktoken", reason="tiktoken is not installed")
    from tiktoken_ext import openai_public

    ranks = ranks_of(name.removesuffix("_base"))
    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", lambda *_, **__: ranks)
    told = getattr(openai_public, name)()
    told.pop("explicit_n_vocab", None)
    theirs = tiktoken.Encoding(**told)
    write_files(tmp_path, {f"{name}.tiktoken": file_of(ranks)})
    ours = load(str(tmp_path))
    for text in texts():
        assert ours.tokenizer.encode(text).ids == theirs.encode_ordinary(text), text
    assert ours.special_ids == {number: token for token, number in told["special_tokens"].items()}
    assert ours.spelling.pieces
    assert not ours.assumed


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("files", "pattern", "like"),
    [
        ({"qwen.tiktoken": b""}, None, "qwen"),
        ({"x.tiktoken": b"", "tokenizer_config.json": b'{"tokenizer_class": "QWenTokenizer"}'}, None, "qwen"),
        ({"x.tiktoken": b"", "config.json": b'{"model_type": "qwen"}'}, None, "qwen"),
        ({"tokenizer.model": b""}, None, "llama3"),
        ({"x.tiktoken": b""}, "o200k", "o200k"),
        ({"x.tiktoken": b""}, PATTERNS["gpt2"], "gpt2"),
        ({"qwen.tiktoken": b""}, "gpt2", "gpt2"),
    ],
)
def test_the_regular_expression_is_found_by_a_name_or_given(
    tmp_path: Path, files: dict[str, bytes], pattern: str | None, like: str
) -> None:
    ranks = ranks_of("o200k")
    write_files(tmp_path, {name: content or file_of(ranks) for name, content in files.items()})
    ours = load(str(tmp_path), pattern=pattern).tokenizer
    expected = load(str(write_files(tmp_path / "other", {f"{like}.tiktoken": file_of(ranks)})))
    for text in ["I'LL 12345 it’s a\n\n b", "서울/\n 12 HTTPServer's", *TEXTS[:3]]:
        assert ours.encode(text).tokens == expected.tokenizer.encode(text).tokens


def test_a_tokenizer_model_without_a_name_says_how_it_is_read(tmp_path: Path) -> None:
    write_files(tmp_path, {"tokenizer.model": file_of(ranks_of("cl100k"))})
    assert "as Llama 3 does" in load(str(tmp_path)).assumed


REFUSED: dict[str, tuple[bytes, str]] = {
    "no name": (file_of(ranks_of("gpt2")), r"not the regular expression .* --tokenizer-pattern"),
    "a bad line": (file_of(ranks_of("gpt2")) + b"nonsense\n", r"line 1501 is no token in base64"),
    "a rank twice": (file_of(ranks_of("gpt2")) + b"5beBfQ== 3\n", r"line 1501 has the rank of another token \(3\)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_judged_is_refused_with_the_reason(tmp_path: Path, case: str) -> None:
    content, why = REFUSED[case]
    write_files(tmp_path, {"x.tiktoken": content})
    with pytest.raises(TokenizerError, match=why):
        load(str(tmp_path / "x.tiktoken"), pattern=None if case == "no name" else "gpt2")


def test_an_expression_that_is_none_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, {"x.tiktoken": file_of(ranks_of("gpt2"))})
    with pytest.raises(TokenizerError, match="no tokenizer can be made of it"):
        load(str(tmp_path / "x.tiktoken"), pattern="(unclosed")


@pytest.mark.thorough
def test_the_command_takes_it(tmp_path: Path) -> None:
    write_files(tmp_path, {"x.tiktoken": file_of(ranks_of("gpt2")), "t.txt": "서울 똻 the cat\n" * 20})
    done = run("scan", tmp_path / "t.txt", "--tokenizer", tmp_path / "x.tiktoken", "--tokenizer-pattern", "gpt2", "-q")
    assert done.returncode in (0, 1), done.stderr
