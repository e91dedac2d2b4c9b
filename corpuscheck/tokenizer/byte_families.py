"""Byte families: the classes of `transformers` that read vocab.json with merges.txt, and how each of them does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE

from corpuscheck.text.word_patterns import QWEN
from corpuscheck.tokenizer.families import Family

_CLIP_WORDS = (
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)  # fmt: skip
END_OF_WORD = "</w>"


@dataclass(frozen=True, kw_only=True)
class MergesFamily(Family):
    """What such a class does where its configuration says nothing.

    `normalizer` and `splitter` come before the bytes; a splitter cuts words itself, so that GPT-2's pattern is not
    asked. With `whole_words` pieces at the end of a word are marked, and what has no piece is the unknown token; with
    `of_bytes`, pieces are spelled in letters that stand for bytes.
    """

    normalizer: normalizers.Normalizer | None = None
    splitter: pre_tokenizers.PreTokenizer | None = None
    own_pattern: bool = False
    prefix_space: bool = False
    whole_words: bool = False
    of_bytes: bool = True

    def tokenizer(
        self, vocabulary: dict[str, int], merges: list[tuple[str, str]], unk: str, prefix_space: bool
    ) -> Tokenizer:
        """Raises what the library raises where merges and vocabulary do not fit."""
        model = BPE(vocabulary, merges)
        if self.whole_words:
            model.unk_token, model.end_of_word_suffix = unk, END_OF_WORD
        tokenizer = Tokenizer(model)
        if self.normalizer is not None:
            tokenizer.normalizer = self.normalizer
        steps = [self.splitter] if self.splitter is not None else []
        if self.of_bytes:
            pattern = not self.own_pattern
            steps.append(pre_tokenizers.ByteLevel(add_prefix_space=prefix_space, use_regex=pattern))
            tokenizer.decoder = decoders.ByteLevel()
        tokenizer.pre_tokenizer = steps[0] if len(steps) == 1 else pre_tokenizers.Sequence(steps)
        return tokenizer


def _same(token: str, *roles: str) -> dict[str, str]:
    return dict.fromkeys((f"{role}_token" for role in roles), token)


GPT2 = MergesFamily(_same("<|endoftext|>", "bos", "eos", "unk"))
_OF_ROBERTA = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "cls_token": "<s>",
    "mask_token": "<mask>",
}
_ROBERTA = MergesFamily(_OF_ROBERTA)

MERGES_FAMILIES: Mapping[str, MergesFamily] = {
    **dict.fromkeys(("GPT2Tokenizer", "CodeGenTokenizer", "WhisperTokenizer"), GPT2),
    **dict.fromkeys(
        ("RobertaTokenizer", "BartTokenizer", "LongformerTokenizer", "LEDTokenizer", "MvpTokenizer"), _ROBERTA
    ),
    "BlenderbotTokenizer": MergesFamily(_OF_ROBERTA, mask_takes_space=True, prefix_space=True),
    "LayoutLMv3Tokenizer": MergesFamily(_OF_ROBERTA, prefix_space=True),
    "DebertaTokenizer": MergesFamily(
        {
            "bos_token": "[CLS]",
            "eos_token": "[SEP]",
            "unk_token": "[UNK]",
            "sep_token": "[SEP]",
            "pad_token": "[PAD]",
            "cls_token": "[CLS]",
            "mask_token": "[MASK]",
        }
    ),
    "GPTNeoXTokenizer": MergesFamily(
        {**_same("<|endoftext|>", "bos", "eos", "unk"), "pad_token": "<|padding|>"}, normalizer=normalizers.NFC()
    ),
    "Qwen2Tokenizer": MergesFamily(
        _same("<|endoftext|>", "eos", "unk", "pad"),
        normalizer=normalizers.NFC(),
        splitter=pre_tokenizers.Split(Regex(QWEN), "isolated"),
        own_pattern=True,
    ),
    "CohereTokenizer": MergesFamily(
        {
            "bos_token": "<BOS_TOKEN>",
            "eos_token": "<|END_OF_TURN_TOKEN|>",
            "unk_token": "<UNK>",
            "sep_token": "<SEP>",
            "pad_token": "<PAD>",
            "cls_token": "<CLS>",
            "mask_token": "<MASK_TOKEN>",
        },
        normalizer=normalizers.NFC(),
        splitter=pre_tokenizers.Digits(individual_digits=True),
    ),
    "CLIPTokenizer": MergesFamily(
        {**_same("<|endoftext|>", "eos", "unk", "pad"), "bos_token": "<|startoftext|>"},
        normalizer=normalizers.Sequence(
            [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
        ),
        splitter=pre_tokenizers.Split(Regex(_CLIP_WORDS), "removed", invert=True),
        whole_words=True,
    ),
    "HerbertTokenizer": MergesFamily(
        {
            "unk_token": "<unk>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "cls_token": "<s>",
            "mask_token": "<mask>",
        },
        normalizer=normalizers.BertNormalizer(lowercase=False, strip_accents=False),
        splitter=pre_tokenizers.BertPreTokenizer(),
        whole_words=True,
        of_bytes=False,
    ),
    "OpenAIGPTTokenizer": MergesFamily(
        {"unk_token": "<unk>"},
        normalizer=normalizers.BertNormalizer(lowercase=True),
        splitter=pre_tokenizers.BertPreTokenizer(),
        whole_words=True,
        of_bytes=False,
    ),
}
"""By class, without the `Fast` at its end."""

MERGES_BY_MODEL_TYPE: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "gpt2", "gpt_neo", "gptj", "opt", "gpt_bigcode", "codegen", "dbrx", "phi", "starcoder2", "blip-2",
            "instructblip", "emu3", "jais2",
        ),
        "GPT2Tokenizer",
    ),
    **dict.fromkeys(
        (
            "roberta", "roberta-prelayernorm", "bart", "longformer", "led", "mvp", "data2vec-text", "ibert", "lilt",
            "mega", "mra", "clap", "bridgetower",
        ),
        "RobertaTokenizer",
    ),
    **dict.fromkeys(
        (
            "qwen2", "qwen2_moe", "qwen2_vl", "qwen2_5_vl", "qwen2_audio", "qwen3", "qwen3_moe", "qwen3_next",
            "qwen3_vl", "internvl",
        ),
        "Qwen2Tokenizer",
    ),
    "blenderbot": "BlenderbotTokenizer",
    "clip": "CLIPTokenizer",
    "cohere": "CohereTokenizer",
    "deberta": "DebertaTokenizer",
    "gpt_neox": "GPTNeoXTokenizer",
    "herbert": "HerbertTokenizer",
    "layoutlmv3": "LayoutLMv3Tokenizer",
    "openai-gpt": "OpenAIGPTTokenizer",
    "whisper": "WhisperTokenizer",
}  # fmt: skip
"""The class that a config.json with this `model_type` stands for, where nothing names another."""
