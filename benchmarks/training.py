"""Train on nine tenths of a text, here and with Hugging Face's trainers at equal size; judge each on the last tenth.

    python benchmarks/training.py [--vocab-size N] NAME=PATH …

Each PATH is read as `corpuscheck` reads it; every tenth document (line, where documents are few) is held out. Hugging
Face's trainers get their best options: an alphabet without a limit, and each character of the text as initial alphabet.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenizers import BertWordPieceTokenizer, Tokenizer, trainers

from corpuscheck.profile.sample import Sample
from corpuscheck.reading.discover import discover
from corpuscheck.reading.files import FileRecord, Piece
from corpuscheck.reading.reader import read
from corpuscheck.settings import Reading, Training
from corpuscheck.tokenizer.loading import SPECIAL_TOKENS, UNK
from corpuscheck.tokenizer.ranking import rank, segmentation
from corpuscheck.tokenizer.training import train

_NO_LIMIT = 1 << 20
_FEW = 100


@dataclass(frozen=True)
class Row:
    """One tokenizer on held-out text, and on the text that it was made from."""

    name: str
    pieces: int
    alphabet: int
    lost_of_training: int
    lost: int
    words: int
    tokens: int


def texts_of(path: str) -> list[str]:
    """The documents under a path, or their lines where documents are few."""
    documents = [text for text in _documents(path) if text.strip()]
    if len(documents) < _FEW:
        return [line for text in documents for line in text.splitlines() if line.strip()]
    return documents


def _documents(path: str) -> Iterator[str]:
    for source in discover([path], Reading()).sources:
        parts: list[bytes] = []
        for batch in read(Piece(source), Reading(), FileRecord(source.path), lambda _: None):
            texts = [batch.data[start:end].tobytes() for start, end in zip(batch.starts, batch.ends, strict=True)]
            if batch.offset:
                parts[-1] += texts.pop(0)
            parts += texts
        yield from (part.decode() for part in parts)


def ours(texts: Sequence[str], vocab_size: int) -> Tokenizer:
    """As `corpuscheck train` does, but from all of the text."""
    counts = Counter(map(ord, "".join(texts)))
    sample = Sample.of(1 << 40, ((number, text.encode(), 1, 0) for number, text in enumerate(texts)))
    return train(rank(counts), sample, Training(vocab_size=vocab_size)).tokenizer


def bert_wordpiece_tokenizer(texts: Sequence[str], vocab_size: int) -> Tokenizer:
    """`BertWordPieceTokenizer.train_from_iterator` with its best options."""
    tokenizer = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
    tokenizer.train_from_iterator(
        texts, vocab_size=vocab_size, limit_alphabet=_NO_LIMIT, initial_alphabet=_alphabet(texts), show_progress=False
    )
    return Tokenizer.from_str(tokenizer.to_str())


def wordpiece_trainer(texts: Sequence[str], vocab_size: int) -> Tokenizer:
    """`WordPieceTrainer` on BERT's segmentation, with the same options."""
    tokenizer = segmentation()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        limit_alphabet=_NO_LIMIT,
        initial_alphabet=_alphabet(texts),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def with_its_defaults(texts: Sequence[str], vocab_size: int) -> Tokenizer:
    """`BertWordPieceTokenizer` as it is, but cased: its alphabet has 1,000 characters."""
    tokenizer = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
    tokenizer.train_from_iterator(texts, vocab_size=vocab_size, show_progress=False)
    return Tokenizer.from_str(tokenizer.to_str())


def _alphabet(texts: Sequence[str]) -> list[str]:
    return sorted(set(segmentation().normalizer.normalize_str("".join(texts))) - set(" "))


TRAINERS = {
    "corpuscheck": ours,
    "BertWordPieceTokenizer, best": bert_wordpiece_tokenizer,
    "WordPieceTrainer, best": wordpiece_trainer,
    "BertWordPieceTokenizer, defaults": with_its_defaults,
}


def rows_of(texts: Sequence[str], vocab_size: int) -> list[Row]:
    """Each trainer on the same nine tenths, judged on the same tenth."""
    held_out = texts[::10]
    learned = [text for number, text in enumerate(texts) if number % 10]
    rows = []
    for name, trainer in TRAINERS.items():
        tokenizer = trainer(learned, vocab_size)
        of_training, _, _ = _counted(tokenizer, learned)
        lost, words, tokens = _counted(tokenizer, held_out)
        vocabulary = tokenizer.get_vocab()
        alphabet = sum(1 for piece in vocabulary if len(piece) == 1)
        rows.append(Row(name, len(vocabulary), alphabet, of_training, lost, words, tokens))
    return rows


def _counted(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[int, int, int]:
    """(words lost, words, tokens)"""
    unk = tokenizer.token_to_id(UNK)
    lost = words = tokens = 0
    for start in range(0, len(texts), 256):
        for encoding in tokenizer.encode_batch(list(texts[start : start + 256]), add_special_tokens=False):
            lost += sum(token == unk for token in encoding.ids)
            words += max((w for w in encoding.word_ids if w is not None), default=-1) + 1
            tokens += len(encoding.ids)
    return lost, words, tokens


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", metavar="NAME=PATH")
    parser.add_argument("--vocab-size", type=int, default=32_000)
    arguments = parser.parse_args()
    print("| text | trainer | pieces | alphabet | lost of training | lost of held-out | share | tokens per word |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for corpus in arguments.corpora:
        name, _, path = corpus.rpartition("=")
        for row in rows_of(texts_of(path), arguments.vocab_size):
            print(
                f"| {name} | {row.name} | {row.pieces:,} | {row.alphabet:,} | {row.lost_of_training:,} | {row.lost:,} "
                f"| {row.lost / row.words:.4%} | {row.tokens / row.words:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
