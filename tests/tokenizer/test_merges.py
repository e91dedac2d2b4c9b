"""vocab.json and merges.txt are read as transformers reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizer_zoo import byte_level_bpe

from corpuscheck.errors import TokenizerError
from corpuscheck.tokenizer.loading import load

TEXTS = [
    "the cat sat",
    " the  cat\n\n1234 12",
    "서울 똻 e\u0301 I'll DON'T",
    "a <mask> b</s><|endoftext|> c",
    "",
    "a_b!?",
]
CONFIGS: dict[str, dict[str, Any]] = {
    "GPT2Tokenizer": {},
    "GPT2TokenizerFast": {"add_prefix_space": True},
    "CodeGenTokenizer": {},
    "RobertaTokenizer": {},
    "BartTokenizer": {},
    "DebertaTokenizer": {},
    "GPTNeoXTokenizer": {},
    "Qwen2Tokenizer": {},
    "CohereTokenizer": {},
    "BlenderbotTokenizer": {},
    "WhisperTokenizer": {},
    "CLIPTokenizer": {},
    "HerbertTokenizer": {},
    "OpenAIGPTTokenizer": {},
}
ENDS_OF_WORDS = {"CLIPTokenizer", "HerbertTokenizer", "OpenAIGPTTokenizer"}


def files_in(folder: Path, config: dict[str, Any] | None) -> Path:
    vocabulary = byte_level_bpe().get_vocab()
    merges = json.loads(byte_level_bpe().to_str())["model"]["merges"]
    if config and config["tokenizer_class"] in ENDS_OF_WORDS:
        for piece in list(vocabulary):
            vocabulary[f"{piece}</w>"] = len(vocabulary)
        merges = [pair for a, b in merges for pair in ((a, b), (a, f"{b}</w>"))]
    for token in ("<|endoftext|>", "<s>", "</s>", "<pad>", "<unk>", "<mask>"):
        vocabulary[token] = len(vocabulary)
    (folder / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), "utf-8")
    if config is not None:
        (folder / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    return folder


@pytest.mark.parametrize("name", CONFIGS)
def test_a_folder_is_read_as_its_class_reads_it(tmp_path: Path, name: str) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    files_in(tmp_path, {"tokenizer_class": name, **CONFIGS[name]})
    theirs = transformers.AutoTokenizer.from_pretrained(str(tmp_path))
    ours = load(str(tmp_path)).tokenizer
    for text in TEXTS:
        assert ours.encode(text, add_special_tokens=False).ids == theirs.encode(text, add_special_tokens=False), text


@pytest.mark.parametrize("name", ["", "vocab.json", "merges.txt"])
def test_without_a_class_it_is_read_as_gpt_2_and_says_so(tmp_path: Path, name: str) -> None:
    artefact = load(str(files_in(tmp_path, None) / name))
    expected = byte_level_bpe()
    for text in ("the cat sat", "서울 똻 1234"):
        assert artefact.tokenizer.encode(text).ids == expected.encode(text).ids
    assert "as GPT-2 reads it" in artefact.assumed
    assert artefact.spelling.pieces


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "another class": ({"tokenizer_config.json": '{"tokenizer_class": "BioGptTokenizer"}'}, "cannot be judged here"),
    "no JSON": ({"vocab.json": "{"}, "not valid JSON"),
    "no numbers": ({"vocab.json": '{"a": "b"}'}, "not a table of pieces"),
    "a merge of three": ({"merges.txt": "#version: 0.2\na b c\n"}, "line 2 is not two pieces"),
    "a merge of no pieces": ({"merges.txt": "똻 뷁\n"}, "merges.txt does not fit"),
    "ends of words": ({"vocab.json": '{"a</w>": 0}', "merges.txt": ""}, "end in </w>"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_judged_is_refused_with_the_reason(tmp_path: Path, case: str) -> None:
    files, why = REFUSED[case]
    files_in(tmp_path, None)
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(TokenizerError, match=why):
        load(str(tmp_path))


def test_one_file_without_the_other_is_refused(tmp_path: Path) -> None:
    (files_in(tmp_path, None) / "merges.txt").unlink()
    with pytest.raises(TokenizerError, match="belong together"):
        load(str(tmp_path / "vocab.json"))
