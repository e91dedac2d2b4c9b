"""Every count of a scan is what `encode` gives for whole documents, whatever the style of the tokenizer."""

from __future__ import annotations

from pathlib import Path

import pytest
from definitions import DEFINITIONS, expected
from support import EXAMPLES, LANGUAGES, korean_lines, scanned, write_files
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from corpuscheck.tokenizer.encoder import DROPPED
from corpuscheck.tokenizer.loading import load

ODD = "a  b\t c\n\n 똻 <s> [MASK]<|endoftext|> e\u0301 12345 don't ▁x \u200b🙂 ㅋㅋㅋ ﾊﾝ\n"
TEXTS = [*LANGUAGES.values(), ODD, "the cat", "다. 다.\n", *(p.read_text("utf-8") for p in EXAMPLES.rglob("*.md"))]


@pytest.mark.few(1)
@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_count_is_that_of_whole_documents(tmp_path: Path, name: str) -> None:
    tokenizer = DEFINITIONS[name]([*LANGUAGES.values()][:5])
    texts = [text for text in TEXTS if text.strip()]
    write_files(tmp_path / "texts", {f"{number:03}.txt": text for number, text in enumerate(texts)})
    write_files(tmp_path, {"t.json": tokenizer.to_str()})
    artefact = load(str(tmp_path / "t.json"))
    words = scanned(tmp_path / "texts", tokenizer=str(tmp_path / "t.json"), jobs=1).result.profile.words
    unk = None if artefact.unk_id is None else artefact.tokenizer.id_to_token(artefact.unk_id)
    wanted = expected(artefact.tokenizer, texts, unk, artefact.byte_level)
    assert (words.words, words.unk_words, words.unk_tokens, words.shattered.words) == wanted[1:]
    if words.encoded_tokens is not None:
        assert words.encoded_tokens == sum(len(tokenizer.encode(text, add_special_tokens=False)) for text in texts)
    assert (unk == DROPPED) == (name == "BPE that drops")


def test_an_english_tokenizer_on_korean_text_is_told_first_of_all(tmp_path: Path) -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    letters = pre_tokenizers.ByteLevel.alphabet()
    english = [path.read_text("utf-8") for path in sorted(EXAMPLES.rglob("*.jsonl"))] + ["the cat sat on the mat"] * 9
    trainer = trainers.BpeTrainer(vocab_size=800, initial_alphabet=letters, show_progress=False)
    tokenizer.train_from_iterator(english, trainer)
    write_files(tmp_path, {"t.json": tokenizer.to_str(), "text/a.txt": "\n".join(korean_lines(200))})
    result = scanned(tmp_path / "text", tokenizer=str(tmp_path / "t.json"), jobs=1).result
    first = result.findings[0]
    assert (first.rule, first.severity) == ("CC304", "error")
    assert "of the words are shattered into pieces of characters" in first.message
    assert result.verdict == "not_ready"
    rows = {cost.script: cost for cost in result.tokenizer.wholeness.scripts}
    assert rows["Hangul"].tokens_per_character is not None
    assert rows["Hangul"].tokens_per_character > 2
