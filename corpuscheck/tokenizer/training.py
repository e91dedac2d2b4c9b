"""Train: a WordPiece tokenizer as a careful practitioner would.

[UNK] depends on the alphabet, not on the merges: the alphabet comes from the character counts of the
whole training part, the merges from a bounded sample of it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, normalizers, pre_tokenizers, trainers
from tokenizers.decoders import WordPiece as WordPieceDecoder
from tokenizers.models import WordPiece
from tokenizers.processors import TemplateProcessing

from corpuscheck.arrays import CODE_POINTS, Flags
from corpuscheck.errors import CorpuscheckError, TokenizerError
from corpuscheck.profile.sample import Sample
from corpuscheck.settings import Training
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import SPECIAL_TOKENS, UNK

LONGEST_WORD = 100


def segmentation(lowercase: bool = False) -> Tokenizer:
    """BERT's normaliser and pre-tokenizer with an empty model: how text is cut before any vocabulary."""
    tokenizer = Tokenizer(WordPiece({UNK: 0}, unk_token=UNK, max_input_chars_per_word=LONGEST_WORD))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=lowercase, lowercase=lowercase
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def segmentation_artefact(lowercase: bool = False) -> Artefact:
    """The same as an artefact, to probe characters with."""
    return Artefact(segmentation(lowercase).to_str(), "segmentation")


@dataclass(frozen=True)
class Ranking:
    """Characters by frequency after normalisation, the most frequent first; ties in code point order.

    `ranks` maps a raw code point to the rank of the rarest character it is normalised to.
    """

    characters: str
    counts: tuple[int, ...]
    ranks: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @cached_property
    def table(self) -> Flags:
        """The ranks by code point, int32; that of a character which was never seen is beyond all others."""
        table = np.full(CODE_POINTS, len(self.characters), np.int32)
        table[list(self.ranks)] = list(self.ranks.values())
        return table

    @cached_property
    def name(self) -> str:
        return hashlib.sha256(self.characters.encode()).hexdigest()[:16]

    def covering(self, share: float) -> int:
        """The fewest characters that make up this share of the text."""
        needed = share * self.total
        reached = 0
        for size, count in enumerate(self.counts, 1):
            reached += count
            if reached >= needed:
                return size
        return len(self.counts)


def rank(counts: dict[int, int], lowercase: bool = False, seen: dict[int, int] | None = None) -> Ranking:
    """The ranking by `counts` (raw code points). Characters only in `seen` come last, in code point order."""
    normalizer = segmentation(lowercase).normalizer
    normal: dict[int, str] = {}
    for cp in {**counts, **(seen or {})}:
        between = str(normalizer.normalize_str(f"a{chr(cp)}a"))
        normal[cp] = "".join(between[1:-1].split())
    totals: dict[str, int] = {}
    for cp, text in normal.items():
        for ch in text:
            totals[ch] = totals.get(ch, 0) + counts.get(cp, 0)
    order = sorted(totals, key=lambda ch: (-totals[ch], ch))
    place = {ch: number for number, ch in enumerate(order)}
    ranks = {cp: max((place[ch] for ch in text), default=0) for cp, text in normal.items()}
    return Ranking("".join(order), tuple(totals[ch] for ch in order), ranks)


def alphabet_size(ranking: Ranking, settings: Training) -> int:
    """How many characters go in: as many as asked for, else as cover the share asked for.

    Raises TokenizerError where the vocabulary cannot hold them.
    """
    seen = sum(1 for count in ranking.counts if count)
    size = settings.limit_alphabet or ranking.covering(settings.character_coverage)
    size = min(size, seen)
    needed = 2 * size + len(SPECIAL_TOKENS)
    if needed > settings.vocab_size:
        room = (settings.vocab_size - len(SPECIAL_TOKENS)) // 2
        advice = f", or pass --limit-alphabet {room} and lose more words" if room > 0 else ""
        raise TokenizerError(
            f"--vocab-size {settings.vocab_size:,} cannot hold an alphabet of {size:,} characters in both forms: "
            f"pass --vocab-size {needed} or more{advice}"
        )
    return size


def train(ranking: Ranking, sample: Sample, settings: Training) -> Artefact:
    """A cased WordPiece tokenizer with both forms of every character of its alphabet."""
    alphabet = ranking.characters[: alphabet_size(ranking, settings)]
    pieces = dict.fromkeys(SPECIAL_TOKENS)
    pieces.update(dict.fromkeys(sorted(alphabet)))
    pieces.update(dict.fromkeys("##" + ch for ch in sorted(alphabet)))
    pieces.update(dict.fromkeys(_merged_pieces(alphabet, sample, settings)))
    vocabulary = {piece: number for number, piece in enumerate(list(pieces)[: settings.vocab_size])}
    tokenizer = segmentation(settings.lowercase)
    tokenizer.model = WordPiece(vocabulary, unk_token=UNK, max_input_chars_per_word=LONGEST_WORD)
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    tokenizer.decoder = WordPieceDecoder()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")],
    )
    return Artefact(tokenizer.to_str(), "trained here", trained=True)


def _merged_pieces(alphabet: str, sample: Sample, settings: Training) -> list[str]:
    """Longer pieces, in the order in which the trainer made them.

    The trainer breaks ties by number, and numbers `##c` as it happens to meet them: handing them over as
    special tokens numbers them beforehand, so that two trainings agree.
    """
    if settings.vocab_size <= 2 * len(alphabet) + len(SPECIAL_TOKENS):
        return []
    tokenizer = segmentation(settings.lowercase)
    trainer = trainers.WordPieceTrainer(
        vocab_size=settings.vocab_size,
        special_tokens=[UNK, *("##" + ch for ch in sorted(alphabet))],
        initial_alphabet=sorted(alphabet),
        limit_alphabet=len(alphabet),
        show_progress=False,
    )
    texts = (text.decode() for text, count, _ in sample.texts() for _ in range(count))
    tokenizer.train_from_iterator(texts, trainer)
    by_id = sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])
    return [piece for piece, _ in by_id if len(piece.removeprefix("##")) > 1 and piece != UNK]


def save(artefact: Artefact, folder: str) -> None:
    """Write tokenizer.json, vocab.txt and tokenizer_config.json, as `transformers` expects them."""
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / "tokenizer.json").write_text(artefact.definition, "utf-8")
        by_id = sorted(artefact.tokenizer.get_vocab().items(), key=lambda pair: pair[1])
        (place / "vocab.txt").write_text("".join(f"{piece}\n" for piece, _ in by_id), "utf-8")
        config = {
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": artefact.lowercases,
            "strip_accents": artefact.strips_accents,
            "tokenize_chinese_chars": True,
            "model_max_length": 512,
            **{f"{token[1:-1].lower()}_token": token for token in SPECIAL_TOKENS},
        }
        (place / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise CorpuscheckError(f"{folder}: the tokenizer cannot be saved there ({error.strerror})") from None
