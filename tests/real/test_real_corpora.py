"""Real corpora, where they are: every file is accounted for, and [UNK] is what the tokenizer itself gives.

They lie in the folder that CORPUSCHECK_CORPORA names, by default `../shared/corpora` beside the repository.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support import REPOSITORY, documents_in, scanned, shrink_samples
from tokenizers import Encoding

from corpuscheck.reading.discover import discover
from corpuscheck.settings import Reading
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.loading import load

pytestmark = pytest.mark.slow

CORPORA = Path(os.environ.get("CORPUSCHECK_CORPORA") or REPOSITORY.parent / "shared" / "corpora")
NAMES = (
    sorted(p.name for p in CORPORA.iterdir() if p.is_dir() and not p.name.startswith("vocab-"))
    if CORPORA.is_dir()
    else []
)
VOCABULARIES = {
    "koelectra": "vocab-koelectra/pretrain/vocab.txt",
    "bert-uncased": "vocab-bert-uncased/bert-base-uncased/tokenizer.json",
    "biomedical": "vocab-biomedical/biobert/vocab.txt",
}
ENCODED_BYTES = 400_000
"""Text of each corpus that Hugging Face encodes too, document by document: at most so much, and one document."""


@pytest.fixture(autouse=True, scope="module")
def _corpora() -> None:
    if not NAMES:
        message = f"no corpora in {CORPORA.name} (CORPUSCHECK_CORPORA names another folder)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)


@pytest.fixture(autouse=True)
def _small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink_samples(monkeypatch, 100_000)


def test_corpora_are_here() -> None:
    assert len(NAMES) > 1


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_measured_or_skipped_with_a_reason(name: str) -> None:
    finished = scanned(CORPORA / name, tokenizer=str(CORPORA / VOCABULARIES["koelectra"]), jobs=2)
    profile = finished.result.profile
    files = {os.path.join(folder, file) for folder, _, found in os.walk(CORPORA / name) for file in found}
    assert {record.path.partition("!/")[0] for record in finished.records} == files
    assert profile.reading.files == len(finished.records)
    assert profile.reading.measured + sum(profile.reading.skipped.values()) == profile.reading.files
    assert all(record.reason for record in finished.records if record.status == "skipped")
    assert profile.size.documents >= profile.reading.measured
    assert profile.size.utf8_bytes == sum(record.utf8_bytes for record in finished.records)
    assert profile.characters.total > 0
    lost = sum(profile.words.lost.words().values())  # of a sample, where there are very many different ones
    assert lost == (
        profile.words.unk_words if profile.words.lost.exact else pytest.approx(profile.words.unk_words, rel=0.1)
    )


TRAINED = ["ko-wikinews", "ja-aozora-sjis", "th-wisesight"]


@pytest.mark.parametrize("name", [name for name in TRAINED if name in NAMES])
def test_training_on_real_text(name: str) -> None:
    first, second = (scanned(CORPORA / name, train_bytes=200_000, jobs=jobs).result for jobs in (1, 2))
    assert first.tokenizer == second.tokenizer
    words = first.profile.words
    assert 0 < words.held_out_words < words.words
    curve = {point.alphabet: point.unk_words for point in first.tokenizer.alphabet.points}
    assert curve[max(curve)] <= words.unk_words


def _chosen(folder: Path) -> list[str]:
    """Files, the smaller ones first, of at most `ENCODED_BYTES` together."""
    chosen: list[str] = []
    total = 0
    for source in sorted(discover([folder], Reading()).sources, key=lambda s: (s.size, s.path)):
        total += source.size
        if chosen and total > ENCODED_BYTES:
            break
        chosen.append(source.path)
    return chosen


def _lost_words(artefact: Artefact, encoding: Encoding) -> int:
    return len({word for token, word in zip(encoding.ids, encoding.word_ids, strict=True) if token == artefact.unk_id})


PAIRS = [
    ("ko-precedents-md", "koelectra"), ("ko-nsmc-raw-json", "koelectra"), ("ko-wiki-wikiextractor", "koelectra"),
    ("ko-korsts-tsv", "koelectra"), ("ko-chatbot-csv", "koelectra"), ("ko-chatbot-csv", "bert-uncased"),
    ("ja-aozora-sjis", "koelectra"), ("ja-aozora-sjis", "bert-uncased"), ("zh-poetry", "bert-uncased"),
    ("th-wisesight", "bert-uncased"), ("ru-ruslit", "bert-uncased"), ("de-gesetze", "bert-uncased"),
    ("en-contracts", "biomedical"), ("en-medquad-xml", "biomedical"), ("en-gutenberg", "bert-uncased"),
    ("udhr-encodings", "koelectra"), ("udhr-encodings", "bert-uncased"), ("udhr-encodings", "biomedical"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "vocabulary"), PAIRS)
def test_unk_is_what_hugging_face_gives_document_by_document(name: str, vocabulary: str) -> None:
    if name not in NAMES:
        pytest.skip(f"{name} is not here")
    artefact = load(str(CORPORA / VOCABULARIES[vocabulary]))
    files = _chosen(CORPORA / name)
    words = unk_words = touched = documents = 0
    for path in files:
        encodings = artefact.tokenizer.encode_batch(documents_in(path)[0], add_special_tokens=False)
        for encoding in encodings:
            lost = _lost_words(artefact, encoding)
            words += max((word for word in encoding.word_ids if word is not None), default=-1) + 1
            unk_words += lost
            touched += lost > 0
            documents += 1
    profile = scanned(files, tokenizer=str(CORPORA / VOCABULARIES[vocabulary])).result.profile
    assert documents > 0
    assert (profile.size.documents, profile.words.words) == (documents, words)
    assert (profile.words.unk_words, profile.words.documents_with_unk) == (unk_words, touched)
