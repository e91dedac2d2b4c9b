"""Train: a tokenizer as a careful practitioner would.

[UNK] depends on the alphabet, not on the merges: the alphabet comes from the character counts of the
whole training part, the merges from a bounded sample of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from tokenizers import trainers
from tokenizers.decoders import WordPiece as WordPieceDecoder
from tokenizers.models import WordPiece
from tokenizers.processors import TemplateProcessing

from corpuscheck.files.writing import write_together
from corpuscheck.profile.sample import Sample
from corpuscheck.settings import Training
from corpuscheck.tokenizer.alphabet import Alphabet, alphabet_of, reserved
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.bytewise import train_bpe, train_unigram
from corpuscheck.tokenizer.folder import CONFIG
from corpuscheck.tokenizer.loading import SPECIAL_TOKENS, UNK
from corpuscheck.tokenizer.ranking import LONGEST_WORD, Ranking, segmentation


def train(ranking: Ranking, sample: Sample, settings: Training) -> Artefact:
    """The tokenizer that is asked for. Raises TokenizerError where the vocabulary cannot hold its alphabet."""
    return _TRAINERS[settings.model](ranking, sample, settings)


def train_wordpiece(ranking: Ranking, sample: Sample, settings: Training) -> Artefact:
    """A WordPiece tokenizer with every character of its alphabet; longer pieces, and what room they leave.

    Raises TokenizerError where the vocabulary cannot hold its alphabet.
    """
    alphabet = alphabet_of(ranking, settings)
    pieces = dict.fromkeys(reserved(settings))
    pieces.update(dict.fromkeys(sorted(alphabet.characters)))
    pieces.update(dict.fromkeys("##" + ch for ch in sorted(alphabet.inside)))
    pieces.update(dict.fromkeys(_merged_pieces(alphabet, sample, settings)))
    pieces.update(dict.fromkeys(alphabet.left_out))
    vocabulary = {piece: number for number, piece in enumerate(list(pieces)[: settings.vocab_size])}
    tokenizer = segmentation(settings.lowercase)
    tokenizer.model = WordPiece(vocabulary, unk_token=UNK, max_input_chars_per_word=LONGEST_WORD)
    tokenizer.add_special_tokens([*SPECIAL_TOKENS, *settings.special])
    tokenizer.decoder = WordPieceDecoder()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")],
    )
    return Artefact(tokenizer.to_str(), "trained here", trained=True)


def _merged_pieces(alphabet: Alphabet, sample: Sample, settings: Training) -> list[str]:
    """Longer pieces, in the order in which the trainer made them.

    The trainer breaks ties by number, and numbers `##c` as it happens to meet them: handing them over as
    special tokens numbers them beforehand, so that two trainings agree.
    """
    room = settings.vocab_size - alphabet.places - len(reserved(settings))
    if room <= 0:
        return []
    room = min(room, 2 * sample.size)  # each piece joins two characters for good; the trainer takes memory for all room
    tokenizer = segmentation(settings.lowercase)
    trainer = trainers.WordPieceTrainer(
        vocab_size=room + alphabet.places + 1,
        special_tokens=[UNK, *("##" + ch for ch in sorted(alphabet.inside))],
        initial_alphabet=sorted(alphabet.characters),
        limit_alphabet=len(alphabet.characters),
        show_progress=False,
    )
    texts = (text.decode() for text, count, _ in sample.items() for _ in range(count))
    tokenizer.train_from_iterator(texts, trainer)
    by_id = sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])
    return [piece for piece, _ in by_id if len(piece.removeprefix("##")) > 1 and piece != UNK]


_TRAINERS: dict[str, Callable[[Ranking, Sample, Training], Artefact]] = {
    "wordpiece": train_wordpiece,
    "bpe": train_bpe,
    "unigram": train_unigram,
}


def save(artefact: Artefact, folder: str, further: dict[str, str] | None = None) -> None:
    """Write tokenizer.json, tokenizer_config.json and the vocabulary, as `transformers` expects them, and `further`
    files.

    Raises CorpuscheckError where the folder cannot be written to; then no file is changed.
    """
    files = {"tokenizer.json": artefact.definition, **_beside(artefact), **(further or {})}
    write_together(folder, {name: text.encode() for name, text in files.items()}, "the tokenizer")


def _beside(artefact: Artefact) -> dict[str, str]:
    by_id = sorted(artefact.tokenizer.get_vocab().items(), key=lambda pair: pair[1])
    special = [token["content"] for token in artefact.added_tokens if token["content"] not in SPECIAL_TOKENS]
    if artefact.model_type != "WordPiece":
        roles = {role: token for token, names in _ROLES.items() if token in special for role in names}
        others = [token for token in special if token not in _ROLES]
        fast = {"tokenizer_class": "PreTrainedTokenizerFast", **roles}
        return {CONFIG: _json({**fast, **({"additional_special_tokens": others} if others else {})})}
    config = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": artefact.lowercases,
        "strip_accents": artefact.strips_accents,
        "tokenize_chinese_chars": True,
        "model_max_length": 512,
        **{f"{token[1:-1].lower()}_token": token for token in SPECIAL_TOKENS},
        **({"additional_special_tokens": special} if special else {}),
    }
    return {"vocab.txt": "".join(f"{piece}\n" for piece, _ in by_id), CONFIG: _json(config)}


_ROLES = {
    "<|endoftext|>": ("bos_token", "eos_token"),
    "<|pad|>": ("pad_token",),
    "<unk>": ("unk_token",),
    "<s>": ("bos_token",),
    "</s>": ("eos_token",),
    "<pad>": ("pad_token",),
}


def _json(config: object) -> str:
    return json.dumps(config, indent=2, ensure_ascii=False) + "\n"
