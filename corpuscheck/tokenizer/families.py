"""Families: the classes of `transformers` that read a vocab.txt as WordPiece, and how each of them does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_BERT = {
    "unk_token": "[UNK]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
}


@dataclass(frozen=True)
class Family:
    """What a class does where its configuration says nothing.

    `tokens` are its special tokens by the name of their setting, in the order in which they get ids. With
    `always_lowercases`, `do_lower_case` has no effect; with `mask_takes_space`, the mask swallows a space before it;
    with `settles_controls`, `clean_text` is heeded; with `keeps_json`, a tokenizer.json is taken as it stands.
    """

    tokens: Mapping[str, str] = field(default_factory=lambda: dict(_BERT))
    always_lowercases: bool = False
    mask_takes_space: bool = False
    settles_controls: bool = False
    keeps_json: bool = False


BERT = Family()
_DPR = Family(always_lowercases=True)
_FUNNEL = Family(
    {
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "sep_token": "<sep>",
        "pad_token": "<pad>",
        "cls_token": "<cls>",
        "mask_token": "<mask>",
    },
    settles_controls=True,
)
_MPNET = Family(
    {
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "[UNK]",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "cls_token": "<s>",
        "mask_token": "<mask>",
    },
    mask_takes_space=True,
)
_SPLINTER = Family({**_BERT, "question_token": "[QUESTION]"})

FAMILIES: Mapping[str, Family] = {
    **dict.fromkeys(
        (
            "BertTokenizer",
            "DistilBertTokenizer",
            "ElectraTokenizer",
            "LayoutLMTokenizer",
            "LayoutLMv2Tokenizer",
            "LxmertTokenizer",
            "MobileBertTokenizer",
            "SqueezeBertTokenizer",
        ),
        BERT,
    ),
    "ConvBertTokenizer": Family(keeps_json=True),
    "DPRContextEncoderTokenizer": _DPR,
    "DPRQuestionEncoderTokenizer": _DPR,
    "DPRReaderTokenizer": _DPR,
    "FunnelTokenizer": _FUNNEL,
    "MPNetTokenizer": _MPNET,
    "SplinterTokenizer": _SPLINTER,
}
"""By class, without the `Fast` at its end."""

BY_MODEL_TYPE: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "align", "bark", "bert", "blip", "bros", "chinese_clip", "convbert", "distilbert", "electra", "ernie",
            "flava", "git", "grounding-dino", "layoutlm", "lxmert", "megatron-bert", "mm-grounding-dino", "mobilebert",
            "nezha", "nomic_bert", "qdqbert", "realm", "retribert", "squeezebert", "tvp", "vilt", "visual_bert",
        ),
        "BertTokenizer",
    ),
    "dpr": "DPRQuestionEncoderTokenizer",
    "funnel": "FunnelTokenizer",
    "layoutlmv2": "LayoutLMv2Tokenizer",
    "mpnet": "MPNetTokenizer",
    "splinter": "SplinterTokenizer",
    "bert-japanese": "BertJapaneseTokenizer",
    "tapas": "TapasTokenizer",
    "roformer": "RoFormerTokenizer",
    "roc_bert": "RoCBertTokenizer",
    "esm": "EsmTokenizer",
}  # fmt: skip
"""The class that a config.json with this `model_type` stands for, where nothing names another."""

NOT_JUDGED: Mapping[str, str] = {
    "BertJapaneseTokenizer": "it splits words with MeCab, Sudachi or Juman++ before it looks into the vocabulary",
    "RoFormerTokenizer": "it splits words with Jieba before it looks into the vocabulary",
    "CpmAntTokenizer": "it splits words with Jieba before it looks into the vocabulary",
    "TapasTokenizer": "it is made for tables, in Python",
    "RoCBertTokenizer": "it is written in Python, with shapes and sounds beside the vocabulary",
    "EsmTokenizer": "it reads proteins, not words",
    "ProphetNetTokenizer": "it is written in Python",
    "BertTokenizerLegacy": "it is written in Python",
    "PhobertTokenizer": "its vocab.txt goes with merges (BPE)",
    "BertweetTokenizer": "its vocab.txt goes with merges (BPE)",
}
"""Why the tokens of other classes with a vocab.txt cannot be foretold from the vocabulary."""
