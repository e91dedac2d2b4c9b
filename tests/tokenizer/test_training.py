from __future__ import annotations

import re
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from corpuscheck.api import run_scan
from corpuscheck.errors import TokenizerError
from corpuscheck.profile.sample import Sample
from corpuscheck.settings import Training, settings_from
from corpuscheck.tokenizer.alphabet import alphabet_of
from corpuscheck.tokenizer.loading import SPECIAL_TOKENS, load
from corpuscheck.tokenizer.ranking import rank
from corpuscheck.tokenizer.training import save, train

TEXT = (
    "서울의 도서관은 아침 일찍 문을 열고 사람들은 책을 읽는다. 똻똻하다는 말은 드물다.\n" * 30
    + "The library opens early.\n" * 10
)


def counts_of(text: str) -> dict[int, int]:
    return {ord(ch): text.count(ch) for ch in set(text)}


def sample_of(text: str) -> Sample:
    return Sample.of(1 << 20, ((k, line.encode(), 1, 0) for k, line in enumerate(text.splitlines())))


@pytest.mark.parametrize(("share", "expected"), [(0.5, 1), (0.51, 2), (0.8, 2), (0.81, 3), (1.0, 4)])
def test_coverage_takes_the_fewest_characters_that_reach_it(share: float, expected: int) -> None:
    ranking = rank({ord("a"): 50, ord("b"): 30, ord("c"): 10, ord("d"): 10})
    assert ranking.covering(share) == expected
    assert ranking.characters == "abcd"


def test_white_space_and_deleted_characters_are_no_part_of_the_alphabet() -> None:
    assert rank(counts_of("a a\n\t\u200b\x00b")).characters == "ab"


def test_lowercasing_ranks_what_is_left_after_it() -> None:
    assert set(rank(counts_of("Éé가"), lowercase=True).characters) == {"e", "\u1100", "\u1161"}


def test_every_character_has_both_forms() -> None:
    artefact = train(rank(counts_of(TEXT)), sample_of(TEXT), Training(vocab_size=2000))
    alphabet = {piece.removeprefix("##") for piece in artefact.vocabulary if piece not in SPECIAL_TOKENS}
    for ch in {ch for piece in alphabet for ch in piece}:
        assert ch in artefact.vocabulary
        assert "##" + ch in artefact.vocabulary
    assert any(len(piece.removeprefix("##")) > 1 for piece in artefact.vocabulary if piece not in SPECIAL_TOKENS)


def test_two_trainings_agree_to_the_last_piece() -> None:
    settings = Training(vocab_size=600)
    one, two = (train(rank(counts_of(TEXT)), sample_of(TEXT), settings) for _ in range(2))
    assert one.definition == two.definition


@pytest.mark.parametrize("vocab_size", [1, 20, 60])
def test_a_vocabulary_too_small_for_its_alphabet_says_what_it_takes(vocab_size: int) -> None:
    ranking = rank(counts_of(TEXT))
    with pytest.raises(TokenizerError) as raised:
        alphabet_of(ranking, Training(vocab_size=vocab_size))
    needed = int(re.findall(r"--vocab-size (\d+) or more", str(raised.value))[0])
    assert alphabet_of(ranking, Training(vocab_size=needed)).places == needed - len(SPECIAL_TOKENS)
    with pytest.raises(TokenizerError):
        alphabet_of(ranking, Training(vocab_size=needed - 1))


def test_a_saved_tokenizer_is_the_same_tokenizer(tmp_path: Path) -> None:
    artefact = train(rank(counts_of(TEXT)), sample_of(TEXT), Training(vocab_size=500))
    save(artefact, str(tmp_path / "new" / "folder"))
    for path in (tmp_path / "new" / "folder", tmp_path / "new" / "folder" / "vocab.txt"):
        loaded = load(str(path))
        assert loaded.fingerprint == artefact.fingerprint
        pieces = [one.tokenizer.encode(TEXT, add_special_tokens=False).ids for one in (loaded, artefact)]
        assert pieces[0] == pieces[1]
    assert Tokenizer.from_file(str(tmp_path / "new" / "folder" / "tokenizer.json")).encode("서울").tokens[0] == "[CLS]"


@pytest.mark.parametrize("lowercase", [False, True])
def test_the_whole_scan_is_the_same_twice(tmp_path: Path, lowercase: bool) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    one, two = (run_scan(tmp_path, settings_from(jobs=1, lowercase=lowercase)).result for _ in range(2))
    assert one.profile.to_bytes() == two.profile.to_bytes()
    assert one.tokenizer.normalizer.startswith("BERT (lowercased" if lowercase else "BERT (cased, accents kept")


def test_cut_off_files_and_wrong_json_are_no_tokenizers(tmp_path: Path) -> None:
    for name, content in {"a.json": "{", "b.json": '{"model": 1}', "vocab.txt": "no unknown token\n"}.items():
        (tmp_path / name).write_text(content, "utf-8")
        with pytest.raises(TokenizerError):
            load(str(tmp_path / name))
