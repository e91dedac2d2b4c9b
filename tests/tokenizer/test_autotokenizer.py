"""A folder is read as AutoTokenizer of transformers reads it: the same tokens for every class, option and script."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import write_files
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

from corpuscheck.errors import TokenizerError
from corpuscheck.tokenizer.loading import load

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_WORDS = (
    "나무 ##가 있다 ᄂ ##ᅡ ##ᄆ ##ᅮ für fur ##für F FÜR か が ##が में म ##ें ##े มี ม ##ี việt viet 中 文 ##文 a ##a A b <s> x"
)
PIECES = [*SPECIAL, *_WORDS.split()]
VOCABULARY = "\n".join(PIECES) + "\n"
TEXTS = {
    "Korean": "나무가 있다, 나무가",
    "German": "für FÜR fürfür Für",
    "Japanese": "が か がが ガ",
    "Hindi": "में म में",
    "Thai": "มี ม",
    "Vietnamese": "việt Việt viet",
    "Chinese": "中文 a文 文a",
    "special tokens": "a [MASK] a[SEP]b [mask] [UNK] <s> <mask> </s>",
    "long and odd": "a" * 101 + " a\u200da \ufffda [PAD]x İ",
}
CLASSES = [
    "BertTokenizer", "BertTokenizerFast", "ElectraTokenizer", "ElectraTokenizerFast", "DistilBertTokenizer",
    "DistilBertTokenizerFast", "MobileBertTokenizer", "ConvBertTokenizer", "LayoutLMTokenizer", "LayoutLMv2Tokenizer",
    "LxmertTokenizer", "SqueezeBertTokenizer", "MPNetTokenizer", "SplinterTokenizer", "DPRReaderTokenizer",
    "DPRQuestionEncoderTokenizer",
]  # fmt: skip
OPTIONS: dict[str, list[Any]] = {
    "do_lower_case": ["unset", True, False],
    "strip_accents": ["unset", None, True, False],
    "tokenize_chinese_chars": ["unset", True, False],
}


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def tokens_by_transformers(folder: Path) -> list[list[str]]:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    if int(transformers.__version__.split(".")[0]) < 5:
        pytest.skip("transformers 4 has other tokenizers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder))
    return [tokenizer.tokenize(text) for text in TEXTS.values()]


def tokens(folder: Path) -> list[list[str]]:
    tokenizer = load(str(folder)).tokenizer
    return [tokenizer.encode(text, add_special_tokens=False).tokens for text in TEXTS.values()]


def configurations() -> Iterator[dict[str, Any]]:
    for values in itertools.product(*OPTIONS.values()):
        yield {name: value for name, value in zip(OPTIONS, values, strict=True) if value != "unset"}


def tokenizer_json(*added: AddedToken, normalizer: normalizers.Normalizer | None = None, longest: int = 100) -> str:
    """A cased one that keeps accents, unless it has another normaliser."""
    pieces = {piece: number for number, piece in enumerate(PIECES)}
    tokenizer = Tokenizer(models.WordPiece(pieces, unk_token="[UNK]", max_input_chars_per_word=longest))
    tokenizer.normalizer = normalizer or normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.add_tokens(list(added))
    return str(tokenizer.to_str())


@pytest.mark.few(2)
@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("vocabulary", ["vocab.txt", "tokenizer.json"])
def test_every_class_with_all_options_on_all_scripts(name: str, vocabulary: str, tmp_path: Path) -> None:
    for number, options in enumerate(configurations()):
        folder = tmp_path / str(number)
        content = VOCABULARY if vocabulary == "vocab.txt" else tokenizer_json()
        config = json.dumps({"tokenizer_class": name, **options})
        write_files(folder, {vocabulary: content, "tokenizer_config.json": config})
        assert tokens(folder) == tokens_by_transformers(folder), options


BERT = {"tokenizer_class": "BertTokenizer"}
ADDED = {
    "content": "나무",
    "lstrip": False,
    "rstrip": False,
    "normalized": True,
    "single_word": False,
    "special": False,
}
FOLDERS: dict[str, dict[str, Any]] = {
    "the class of config.json": {"vocab.txt": VOCABULARY, "config.json": {"model_type": "bert"}},
    "the class of config.json, options of the other": {
        "vocab.txt": VOCABULARY,
        "config.json": {"model_type": "electra"},
        "tokenizer_config.json": {"do_lower_case": False},
    },
    "a class that config.json names": {
        "vocab.txt": VOCABULARY,
        "config.json": {"model_type": "bert", "tokenizer_class": "BertTokenizerFast"},
    },
    "the class of the tokenizer beats that of the model": {
        "vocab.txt": VOCABULARY,
        "config.json": {"model_type": "gpt2"},
        "tokenizer_config.json": {**BERT, "do_lower_case": False},
    },
    "another unknown token": {"vocab.txt": VOCABULARY, "tokenizer_config.json": {**BERT, "unk_token": "x"}},
    "no mask": {"vocab.txt": VOCABULARY, "tokenizer_config.json": {**BERT, "mask_token": None}},
    "a mask that is no piece": {"vocab.txt": VOCABULARY, "tokenizer_config.json": {**BERT, "mask_token": "<mask>"}},
    "more special tokens": {
        "vocab.txt": VOCABULARY,
        "tokenizer_config.json": {**BERT, "additional_special_tokens": ["für", "<s>"]},
    },
    "a special token with a name of its own": {
        "vocab.txt": VOCABULARY,
        "tokenizer_config.json": {**BERT, "user_token": "<s>"},
    },
    "special tokens as objects": {
        "vocab.txt": VOCABULARY,
        "tokenizer_config.json": {**BERT, "mask_token": {"__type": "AddedToken", "content": "<mask>", "lstrip": True}},
    },
    "added_tokens_decoder": {
        "vocab.txt": VOCABULARY,
        "tokenizer_config.json": {**BERT, "added_tokens_decoder": {"5": ADDED}},
    },
    "added_tokens_decoder against special_tokens_map.json": {
        "vocab.txt": VOCABULARY,
        "tokenizer_config.json": {**BERT, "added_tokens_decoder": {"5": ADDED}},
        "special_tokens_map.json": {"unk_token": "x"},
    },
    "special_tokens_map.json": {
        "vocab.txt": VOCABULARY,
        "tokenizer_config.json": BERT,
        "special_tokens_map.json": {"unk_token": "x", "additional_special_tokens": ["für"]},
    },
    "added_tokens.json": {
        "vocab.txt": VOCABULARY,
        "tokenizer_config.json": {**BERT, "additional_special_tokens": ["für"]},
        "added_tokens.json": {"für": 12, "</s>": 99},
    },
    "special tokens that are split": {
        "vocab.txt": VOCABULARY,
        "tokenizer_config.json": {**BERT, "split_special_tokens": True},
    },
    "settings that have no effect": {
        "vocab.txt": VOCABULARY,
        "tokenizer_config.json": {**BERT, "do_basic_tokenize": False, "never_split": ["a"], "clean_text": False},
    },
    "tokenizer.json alone": {"tokenizer.json": tokenizer_json()},
    "tokenizer.json with the class of config.json": {
        "tokenizer.json": tokenizer_json(),
        "config.json": {"model_type": "bert"},
    },
    "tokenizer.json with a model that is not known": {
        "tokenizer.json": tokenizer_json(),
        "config.json": {"model_type": "mine"},
        "tokenizer_config.json": {"do_lower_case": True},
    },
    "tokenizer.json as it stands": {
        "tokenizer.json": tokenizer_json(normalizer=normalizers.NFC(), longest=3),
        "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "do_lower_case": True},
    },
    "tokenizer.json in the way of the class": {
        "tokenizer.json": tokenizer_json(normalizer=normalizers.NFC(), longest=3),
        "tokenizer_config.json": {**BERT, "do_lower_case": False},
    },
    "tokens that tokenizer.json adds": {
        "tokenizer.json": tokenizer_json(AddedToken("für", normalized=True), AddedToken("</s>", normalized=False)),
        "tokenizer_config.json": BERT,
    },
    "tokens that tokenizer.json adds and added_tokens_decoder does not": {
        "tokenizer.json": tokenizer_json(AddedToken("für", normalized=True)),
        "tokenizer_config.json": {**BERT, "added_tokens_decoder": {"5": ADDED}},
    },
    "tokens added to a tokenizer.json as it stands": {
        "tokenizer.json": tokenizer_json(),
        "tokenizer_config.json": {"added_tokens_decoder": {"5": ADDED}, "cls_token": "für"},
    },
    "tokenizer.json beats vocab.txt": {
        "tokenizer.json": tokenizer_json(),
        "vocab.txt": "[UNK]\n",
        "tokenizer_config.json": BERT,
    },
    "a byte order mark": {"vocab.txt": "\ufeff" + VOCABULARY, "tokenizer_config.json": BERT},
    "CR LF": {"vocab.txt": VOCABULARY.replace("\n", "\r\n"), "tokenizer_config.json": BERT},
    "blank lines": {"vocab.txt": VOCABULARY.replace("[CLS]", "\n\n[CLS]") + "\n\n", "tokenizer_config.json": BERT},
    "a repeated piece": {"vocab.txt": VOCABULARY.replace("fur\n", "x\n"), "tokenizer_config.json": BERT},
    "white space in pieces": {
        "vocab.txt": VOCABULARY.replace("für\n", "für \n").replace("fur\n", " fur\n"),
        "tokenizer_config.json": BERT,
    },
}


def write_folder(folder: Path, files: dict[str, Any]) -> Path:
    return write_files(folder, {k: v if isinstance(v, str) else json.dumps(v) for k, v in files.items()})


@pytest.mark.few(3)
@pytest.mark.parametrize("name", FOLDERS)
def test_all_files_of_a_folder_count(name: str, tmp_path: Path) -> None:
    write_folder(tmp_path, FOLDERS[name])
    assert tokens(tmp_path) == tokens_by_transformers(tmp_path)


def test_ids_are_those_of_transformers(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    for name, files in FOLDERS.items():
        folder = write_folder(tmp_path / name.replace(" ", "-"), files)
        theirs = transformers.AutoTokenizer.from_pretrained(str(folder)).backend_tokenizer.get_vocab()
        ours = load(str(folder)).tokenizer.get_vocab()
        assert ours == theirs, name


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({**BERT, "do_lower_case": None}, "do_lower_case is null, which transformers refuses: write true or false"),
        ({**BERT, "do_lower_case": "false"}, 'do_lower_case is "false"'),
        ({**BERT, "tokenize_chinese_chars": 1}, "tokenize_chinese_chars is 1"),
        ({**BERT, "unk_token": "<none>"}, "no line '<none>'"),
        ({"tokenizer_class": "BertJapaneseTokenizer"}, "it splits words with MeCab"),
        ({"tokenizer_class": "KoBertTokenizer"}, "transformers has no such class for a WordPiece vocab.txt"),
        ([], "not a JSON object"),
        ({**BERT, "added_tokens_decoder": {"x": ADDED}}, "hold what transformers cannot read"),
        ({**BERT, "additional_special_tokens": 5}, "hold what transformers cannot read"),
        ({**BERT, "cls_token": {"__type": "AddedToken", "content": 5}}, "a special token is no token"),
    ],
)
def test_what_transformers_refuses_or_cannot_be_judged_is_said(config: Any, why: str, tmp_path: Path) -> None:
    write_folder(tmp_path, {"vocab.txt": VOCABULARY, "tokenizer_config.json": config})
    with pytest.raises(TokenizerError) as raised:
        load(str(tmp_path))
    assert why in str(raised.value)


@pytest.mark.parametrize(
    ("vocabulary", "remarks"),
    [
        (VOCABULARY, []),
        ("\ufeff" + VOCABULARY, ["vocab.txt begins with a byte order mark, so its first piece is not '[PAD]'"]),
        (VOCABULARY.replace("\n", "\r\n"), [f"{len(PIECES)} lines of vocab.txt end in CR LF"]),
        (VOCABULARY.replace("[CLS]", "\n[CLS]"), ["vocab.txt has 1 blank line, and it takes an id"]),
        (VOCABULARY + "\n\n", ["vocab.txt has 2 blank lines, and each takes an id"]),
        (VOCABULARY.replace("fur\n", "x\n"), ["1 piece stands in vocab.txt more than once, and the last line counts"]),
        (VOCABULARY.replace("fur\n", " fur\n"), ["1 piece of vocab.txt holds white space and matches no text: ' fur'"]),
    ],
)
def test_what_is_odd_about_a_vocabulary_is_said(vocabulary: str, remarks: list[str], tmp_path: Path) -> None:
    write_folder(tmp_path, {"vocab.txt": vocabulary, "tokenizer_config.json": BERT})
    said = [remark.message for remark in load(str(tmp_path)).remarks]
    assert [message[: len(begins)] for message, begins in zip(said, remarks, strict=True)] == remarks


def test_a_tokenizer_json_that_its_configuration_contradicts_is_said(tmp_path: Path) -> None:
    write_folder(tmp_path, {"tokenizer.json": tokenizer_json(), "tokenizer_config.json": BERT})
    (remark,) = load(str(tmp_path)).remarks
    assert remark.message.startswith("tokenizer.json says 'BERT (cased, accents kept, Han isolated)'")
    assert remark.message.endswith("which makes it 'BERT (lowercased, accents stripped, Han isolated)'")
    write_folder(tmp_path, {"tokenizer_config.json": {**BERT, "do_lower_case": False}})
    assert not load(str(tmp_path)).remarks
