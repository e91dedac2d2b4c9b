"""Piece families: the classes of `transformers` that read a SentencePiece model, and what they do otherwise than it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tokenizers.pre_tokenizers import Metaspace, PreTokenizer, Punctuation, WhitespaceSplit

from corpuscheck.tokenizer.families import Family
from corpuscheck.tokenizer.folder import Folder

Step = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class PieceFamily(Family):
    """What such a class does where its configuration says nothing.

    `do_lower_case`, `keep_accents` and `add_prefix_space` are its defaults; None where it knows no such setting. Its
    normaliser turns `quotes` into one, then what `replaced` says, has the `table` of the model, and at the end what
    `finally_replaced` says. With `white_space` all of it parts words.
    """

    do_lower_case: bool | None = None
    keep_accents: bool | None = None
    add_prefix_space: bool | None = None
    quotes: bool = False
    replaced: tuple[tuple[str, str], ...] = ()
    composes: bool = False
    table: bool = True
    finally_replaced: tuple[tuple[str, str], ...] = ()
    white_space: bool = True
    splits_punctuation: bool = False
    otherwise: str = "never"
    is_bpe: bool = False

    def steps(self, folder: Folder, table: list[Step]) -> Iterator[Step]:
        """The steps of the normaliser, with those of the model's own table."""
        if self.quotes:
            for quotes in ("``", "''"):
                yield {"type": "Replace", "pattern": {"String": quotes}, "content": '"'}
        if self.composes and self._says(folder, "do_lower_case", self.do_lower_case):
            yield {"type": "Lowercase"}
        yield from _replacing(self.replaced)
        if self.composes:
            yield from ({"type": "NFC"}, {"type": "Strip", "strip_left": False, "strip_right": True})
            return
        if self.keep_accents is not None and not self._says(folder, "keep_accents", self.keep_accents):
            yield from ({"type": "NFKD"}, {"type": "StripAccents"})
        if self._says(folder, "do_lower_case", self.do_lower_case):
            yield {"type": "Lowercase"}
        if self.table:
            yield from table
        yield from _replacing(self.finally_replaced)

    def splitters(self, folder: Folder) -> Iterator[PreTokenizer]:
        if self.is_bpe:
            if self._says(folder, "add_prefix_space", self.add_prefix_space):
                scheme = "always" if folder.flag("legacy", False) else "first"
                yield Metaspace(prepend_scheme=scheme, split=False)
            return
        if self.white_space:
            yield WhitespaceSplit()
        if self.splits_punctuation and folder.flag("split_by_punct", False):
            yield Punctuation(behavior="isolated")
        prefix = self.add_prefix_space is None or self._says(folder, "add_prefix_space", self.add_prefix_space)
        yield Metaspace(prepend_scheme="always" if prefix else self.otherwise)

    @staticmethod
    def _says(folder: Folder, name: str, default: bool | None) -> bool:
        return default is not None and bool(folder.flag(name, default))


def _replacing(pairs: tuple[tuple[str, str], ...]) -> Iterator[Step]:
    return ({"type": "Replace", "pattern": {"Regex": pattern}, "content": content} for pattern, content in pairs)


def _tokens(**roles: str) -> dict[str, str]:
    return {f"{role}_token": token for role, token in roles.items()}


_S = _tokens(bos="<s>", eos="</s>", unk="<unk>", sep="</s>", pad="<pad>", cls="<s>", mask="<mask>")
_CLS = _tokens(bos="[CLS]", eos="[SEP]", unk="<unk>", sep="[SEP]", pad="<pad>", cls="[CLS]", mask="[MASK]")
_ROBERTA = PieceFamily(_S, add_prefix_space=True)
_MBART = PieceFamily(_S, table=False, mask_takes_space=True)
_LLAMA = PieceFamily(_tokens(bos="<s>", eos="</s>", unk="<unk>"), is_bpe=True, add_prefix_space=True)

PIECE_FAMILIES: Mapping[str, PieceFamily] = {
    "AlbertTokenizer": PieceFamily(
        _CLS, quotes=True, do_lower_case=True, keep_accents=False, add_prefix_space=True, mask_takes_space=True
    ),
    "BarthezTokenizer": _ROBERTA,
    "BigBirdTokenizer": PieceFamily(
        _tokens(bos="<s>", eos="</s>", unk="<unk>", sep="[SEP]", pad="<pad>", cls="[CLS]", mask="[MASK]"),
        add_prefix_space=True, table=False, replaced=((" {2,}", "▁"),), white_space=False, mask_takes_space=True,
    ),
    "CamembertTokenizer": PieceFamily(_S, add_prefix_space=True, mask_takes_space=True),
    "CodeLlamaTokenizer": _LLAMA,
    "DebertaV2Tokenizer": PieceFamily(
        _tokens(bos="[CLS]", eos="[SEP]", unk="[UNK]", sep="[SEP]", pad="[PAD]", cls="[CLS]", mask="[MASK]"),
        do_lower_case=False, add_prefix_space=True, composes=True, replaced=((r"\s{2,}|[\n\r\t]", " "),),
        table=False, white_space=False, splits_punctuation=True, otherwise="first",
    ),
    "GemmaTokenizer": PieceFamily(
        _tokens(bos="<bos>", eos="<eos>", unk="<unk>", pad="<pad>", mask="<mask>"), is_bpe=True, table=False
    ),
    "LlamaTokenizer": _LLAMA,
    "MBart50Tokenizer": _MBART,
    "MBartTokenizer": _MBART,
    "PegasusTokenizer": PieceFamily(
        _tokens(eos="</s>", unk="<unk>", pad="<pad>", mask="<mask_2>"), finally_replaced=((" {2,}", " "),),
        white_space=False,
    ),
    "T5Tokenizer": PieceFamily(_tokens(eos="</s>", unk="<unk>", pad="<pad>")),
    "XLMRobertaTokenizer": _ROBERTA,
    "XLNetTokenizer": PieceFamily(
        _tokens(bos="<s>", eos="</s>", unk="<unk>", sep="<sep>", pad="<pad>", cls="<cls>", mask="<mask>"),
        quotes=True, do_lower_case=False, keep_accents=False, mask_takes_space=True,
    ),
}  # fmt: skip
"""By class, without the `Fast` at its end; every other one is taken to read as SentencePiece itself does."""

PIECES_BY_MODEL_TYPE: Mapping[str, str] = {
    "albert": "AlbertTokenizer",
    "barthez": "BarthezTokenizer",
    "big_bird": "BigBirdTokenizer",
    "camembert": "CamembertTokenizer",
    "deberta-v2": "DebertaV2Tokenizer",
    **dict.fromkeys(("gemma", "gemma2", "gemma3", "gemma3_text", "paligemma"), "GemmaTokenizer"),
    **dict.fromkeys(("llama", "mistral", "mixtral"), "LlamaTokenizer"),
    "code_llama": "CodeLlamaTokenizer",
    "mbart": "MBartTokenizer",
    "pegasus": "PegasusTokenizer",
    **dict.fromkeys(("t5", "mt5", "umt5", "longt5"), "T5Tokenizer"),
    **dict.fromkeys(("xlm-roberta", "xlm-roberta-xl", "xmod"), "XLMRobertaTokenizer"),
    "xlnet": "XLNetTokenizer",
}
"""The class that a config.json with this `model_type` stands for, where nothing names another."""
