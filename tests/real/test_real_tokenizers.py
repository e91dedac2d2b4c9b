"""Ten styles of tokenizers on real corpora: every count equals `encode` on whole documents."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from definitions import DEFINITIONS, expected
from support import REPOSITORY, scanned, write_files

from corpuscheck.tokenizer.loading import load

pytestmark = pytest.mark.slow

CORPORA = Path(os.environ.get("CORPUSCHECK_CORPORA") or REPOSITORY.parent / "shared" / "corpora")
NAMES = ["general/ko-news.txt", "general/en-web.txt", "general/zh-encyclopedia.txt", "general/ru-novels.txt",
         "general/th-social.txt", "general/ja-encyclopedia.txt"]  # fmt: skip
_BYTES = 200_000


@pytest.mark.parametrize("corpus", NAMES)
@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_count_is_that_of_whole_documents(tmp_path: Path, name: str, corpus: str) -> None:
    place = CORPORA / corpus
    if not place.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {corpus} in {CORPORA.name}")
    lines = place.read_text("utf-8", "ignore")[:_BYTES].splitlines()
    documents = ["\n".join(lines[start : start + 20]) for start in range(0, len(lines), 20)]
    documents = [document for document in documents if document.strip()]
    tokenizer = DEFINITIONS[name](documents[::4])
    write_files(tmp_path / "texts", {f"{number:05}.txt": text for number, text in enumerate(documents)})
    write_files(tmp_path, {"t.json": tokenizer.to_str()})
    artefact = load(str(tmp_path / "t.json"))
    words = scanned(tmp_path / "texts", tokenizer=str(tmp_path / "t.json"), jobs=1).result.profile.words
    unk = None if artefact.unk_id is None else artefact.tokenizer.id_to_token(artefact.unk_id)
    wanted = expected(artefact.tokenizer, documents, unk, artefact.byte_level)
    assert (words.words, words.unk_words, words.unk_tokens, words.shattered.words) == wanted[1:]
    if words.encoded_tokens is not None:
        assert words.encoded_tokens == sum(len(tokenizer.encode(text, add_special_tokens=False)) for text in documents)
