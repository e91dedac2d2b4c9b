"""Bytewise: train the tokenizers that spell in bytes what they do not know, with every character of an alphabet whole.

Both learn from the same joins of characters: those are the merges of the BPE, and what the Unigram model chooses from.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers, trainers
from tokenizers.models import BPE, Unigram

from corpuscheck.profile.sample import Sample
from corpuscheck.settings import Training
from corpuscheck.text.word_patterns import CL100K
from corpuscheck.tokenizer.alphabet import alphabet_of, reserved, special_tokens
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.ranking import Ranking
from corpuscheck.tokenizer.spelling import letters_of_bytes

_MARK = "▁"
_WORDS = re.compile(rf"\n|{_MARK}[^{_MARK}\n]*|[^{_MARK}\n]+")
_SEEDS, _KEPT = 2.0, 0.75
"""How many more joins the Unigram model begins with, and the share of its pieces that stays in each round."""

_LONGEST_PIECE = 16
_RARE = 0.5
"""What a piece counts that no text needs any more."""

Join = tuple[str, str]


def train_bpe(ranking: Ranking, sample: Sample, settings: Training) -> Artefact:
    """A byte-level BPE whose first merges make the characters of the alphabet whole."""
    letters = letters_of_bytes()

    def spelled(text: str) -> str:
        return "".join(letters[byte] for byte in text.encode())

    pieces = dict.fromkeys((*reserved(settings), *(letters[byte] for byte in range(256))))
    merges: list[Join] = []
    characters = _characters(ranking, settings)
    for ch in characters:
        whole = spelled(ch)
        for cut in range(1, len(whole)):
            if whole[: cut + 1] not in pieces and len(pieces) < settings.vocab_size:
                pieces[whole[: cut + 1]] = None
                merges.append((whole[:cut], whole[cut]))
    cut_by = pre_tokenizers.Split(Regex(CL100K), "isolated")
    known = [ch for ch in characters if spelled(ch) in pieces]
    for left, right in _joins(known, _texts(sample), cut_by, settings.vocab_size - len(pieces), sample.size):
        pieces[spelled(left + right)] = None
        merges.append((spelled(left), spelled(right)))
    tokenizer = Tokenizer(BPE({piece: number for number, piece in enumerate(pieces)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([cut_by, pre_tokenizers.ByteLevel(False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([*special_tokens(settings), *settings.special])
    return Artefact(tokenizer.to_str(), "trained here", trained=True)


def train_unigram(ranking: Ranking, sample: Sample, settings: Training) -> Artefact:
    """A Unigram model of the joins that spell the text best, found by expectation and maximisation over the best
    spelling of each word, with bytes for what it does not know."""
    characters = [ch if ch != " " else _MARK for ch in _characters(ranking, settings)]
    fixed = [*reserved(settings), *(f"<0x{byte:02X}>" for byte in range(256))]
    room = settings.vocab_size - len(fixed)
    characters = characters[:room]
    seeds = int(_SEEDS * max(0, room - len(characters)))
    texts = (text.replace(" ", _MARK) for text in _texts(sample))
    cut_by = pre_tokenizers.Sequence(
        [pre_tokenizers.Split("\n", "isolated"), pre_tokenizers.Split(_MARK, "merged_with_next")]
    )
    joined = [left + right for left, right in _joins(characters, texts, cut_by, seeds, sample.size)]
    words = Counter[str]()
    for text in _texts(sample):
        words.update(_WORDS.findall(text.replace(" ", _MARK)))
    longer = [piece for piece in joined if len(piece) <= _LONGEST_PIECE]
    scores = _fitted(characters, longer, sorted(words.items()), room)
    lowest = min(scores.values(), default=0.0) - 1
    ordered = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    vocabulary = [*((piece, lowest) for piece in fixed), *ordered]
    tokenizer = Tokenizer(Unigram(vocabulary, unk_id=fixed.index("<unk>"), byte_fallback=True))
    newline = pre_tokenizers.Split("\n", "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([newline, pre_tokenizers.Metaspace(prepend_scheme="never")])
    tokenizer.decoder = decoders.Sequence([decoders.Replace(_MARK, " "), decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens([*special_tokens(settings), *settings.special])
    return Artefact(tokenizer.to_str(), "trained here", trained=True)


def _characters(ranking: Ranking, settings: Training) -> list[str]:
    """The alphabet, white space and what BERT's normaliser deletes as well, where the text shows it."""
    chosen = alphabet_of(ranking, settings).characters
    others = sorted(ch for ch in map(chr, ranking.ranks) if ch not in ranking.characters)
    return list(dict.fromkeys((" ", "\n", *chosen, *others)))


def _texts(sample: Sample) -> Iterator[str]:
    return (text.decode() for text, count, _ in sample.items() for _ in range(count))


def _joins(
    characters: Sequence[str], texts: Iterable[str], cut_by: pre_tokenizers.PreTokenizer, room: int, size: int
) -> list[Join]:
    """The pairs of pieces to join, in order, the most frequent first.

    The trainer numbers characters in the order of their code points and breaks ties by number, so that two trainings
    agree.
    """
    room = min(room, 2 * size)  # each join is of two characters at least; the trainer takes memory for all room
    if room <= 0 or not characters:
        return []
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = cut_by
    trainer = trainers.BpeTrainer(
        vocab_size=room + len(characters), initial_alphabet=list(characters), limit_alphabet=len(characters),
        show_progress=False,
    )  # fmt: skip
    tokenizer.train_from_iterator(texts, trainer)
    return [(left, right) for left, right in json.loads(tokenizer.to_str())["model"]["merges"]][:room]


def _fitted(
    characters: Sequence[str], longer: Sequence[str], words: Sequence[tuple[str, int]], room: int
) -> dict[str, float]:
    """The scores of as many pieces as there is room for, among them all characters."""
    single = set(characters)
    scores = dict.fromkeys(dict.fromkeys((*characters, *longer)), 0.0)
    scores = {piece: -float(len(scores)) if piece in single else -1.0 for piece in scores}
    while True:
        scores = _scored(_occurrences(scores, words))
        if len(scores) <= room:
            return _scored(_occurrences(scores, words))
        counts = _occurrences(scores, words)
        worth = {
            piece: counts[piece] * (scores[piece] - _otherwise(piece, scores))
            for piece in scores
            if piece not in single
        }
        most = max(room, int(_KEPT * len(scores))) - len(single)
        kept = sorted(worth, key=lambda piece: (-worth[piece], piece))[: max(0, most)]
        scores = {piece: scores[piece] for piece in (*characters, *kept)}


def _occurrences(scores: Mapping[str, float], words: Sequence[tuple[str, int]]) -> dict[str, int]:
    """How often each piece stands in the best spelling of all words."""
    pieces = list(scores)
    tokenizer = Tokenizer(Unigram([("", 0.0), *scores.items()], unk_id=0))
    counts = [0] * (len(pieces) + 1)
    for start in range(0, len(words), 1 << 16):
        part = words[start : start + (1 << 16)]
        found = tokenizer.encode_batch([word for word, _ in part], add_special_tokens=False)
        for (_, times), encoding in zip(part, found, strict=True):
            for number in encoding.ids:
                counts[number] += times
    return dict(zip(pieces, counts[1:], strict=True))


def _scored(counts: Mapping[str, int]) -> dict[str, float]:
    total = sum(counts.values()) or 1
    return {piece: round(log(max(count, _RARE) / total), 6) for piece, count in counts.items()}


def _otherwise(piece: str, scores: Mapping[str, float]) -> float:
    """The score of the best spelling of a piece by others."""
    best = [0.0, *(float("-inf") for _ in piece)]
    for end in range(1, len(piece) + 1):
        for start in range(end):
            score = scores.get(piece[start:end])
            if score is not None and end - start < len(piece):
                best[end] = max(best[end], best[start] + score)
    return best[-1]
