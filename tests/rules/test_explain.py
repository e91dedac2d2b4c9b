from __future__ import annotations

import unicodedata

import pytest
from tokenizer_zoo import UNK, artefact_of, bert, pieces_of
from tokenizers import normalizers
from tokenizers.models import WordPiece

from corpuscheck.rules.conclude import explained, saved_by_nfc
from corpuscheck.text.printable import name_of
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.explain import Explainer


def vocabulary(both: str, initial: str = "", inside: str = "", lowercase: bool = False) -> Artefact:
    tokenizer = bert(lowercase=lowercase)
    tokenizer.model = WordPiece(
        {UNK: 0, **{p: k + 1 for k, p in enumerate(pieces_of(both, initial, inside))}}, unk_token=UNK
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    return artefact_of(tokenizer)


@pytest.mark.parametrize(
    ("artefact", "word", "cause", "characters"),
    [
        (vocabulary("가나다"), "가똻나", "똻 not in the alphabet", "똻"),
        (vocabulary("가나다"), "똻뷁가똻", "똻 not in the alphabet", "똻뷁"),
        (vocabulary("가나", initial="다"), "가다", "##다 form missing", "다"),
        (vocabulary("가나", inside="다"), "다가", "다 form missing", "다"),
        (vocabulary("가나다"), "가" * 101, "over 100 characters", ""),
        (vocabulary("abcÉe\u1100", lowercase=True), "É가", "가 not in the alphabet", "가"),
        (vocabulary("ab가", lowercase=True), "a가", "가 normalised away to ᄀ", "가"),
    ],
)
def test_the_guilty_character_and_its_cause(artefact: Artefact, word: str, cause: str, characters: str) -> None:
    reason = Explainer(artefact).reason(word)
    assert (reason.text, "".join(reason.characters)) == (cause, characters)


def test_what_adding_a_character_wins_back() -> None:
    _, characters, causes = explained(vocabulary("가나"), {"가똻": 5, "똻뷁": 2, "뷁나": 1})
    assert [(c.character, c.words_lost, c.words_won_back) for c in characters] == [("똻", 7, 5), ("뷁", 3, 1)]
    assert causes == {"not in the alphabet": 8}


def test_words_that_nfc_would_save() -> None:
    artefact = vocabulary("가나다")
    assert (
        saved_by_nfc(
            artefact, {unicodedata.normalize("NFD", "가나"): 3, unicodedata.normalize("NFD", "똻"): 2, "뷁": 1}
        )
        == 3
    )


@pytest.mark.parametrize(
    ("ch", "name"),
    [
        ("똻", "HANGUL SYLLABLE DDWALH"),
        ("\x07", "ALERT"),
        ("\ue000", "<private-use-E000>"),
        ("\u0378", "<reserved-0378>"),
    ],
)
def test_every_character_has_a_name(ch: str, name: str) -> None:
    assert name_of(ch) == name
