"""The alphabet of a trained tokenizer: every character while there is room, and never less than Hugging Face keeps."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from support import TESTS, korean_lines
from tokenizers import BertWordPieceTokenizer, Tokenizer, trainers

from corpuscheck.errors import TokenizerError
from corpuscheck.profile.sample import Sample
from corpuscheck.settings import Training
from corpuscheck.tokenizer.alphabet import PRINTABLE_ASCII, alphabet_of, reserved
from corpuscheck.tokenizer.loading import SPECIAL_TOKENS, UNK
from corpuscheck.tokenizer.ranking import rank, segmentation
from corpuscheck.tokenizer.training import train

KS_X_1001 = {
    bytes([lead, trail]).decode("euc_kr") for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF)
}  # fmt: skip
KOREAN = "서울의 도서관은 아침 일찍 문을 열고 사람들은 책을 읽는다. 똻똻하다, 漢字 and some English."
LANGUAGES = sorted((TESTS / "languages").glob("*.txt"))


def ranking_of(text: str, lowercase: bool = False):  # type: ignore[no-untyped-def]
    return rank(Counter(map(ord, text)), lowercase)


def trained_on(texts: Sequence[str], **options: object) -> Tokenizer:
    sample = Sample.of(1 << 30, ((number, text.encode(), 1, 0) for number, text in enumerate(texts)))
    return train(ranking_of("\n".join(texts)), sample, Training(**options)).tokenizer  # type: ignore[arg-type]


def test_the_list_is_that_of_the_codec() -> None:
    assert len(KS_X_1001) == 2350
    assert set(PRINTABLE_ASCII) == {chr(cp) for cp in range(0x21, 0x7F)}


@pytest.mark.parametrize(
    ("text", "korean"),
    [
        (KOREAN, True),
        ("가" * 51 + "a" * 49, True),
        ("가" * 49 + "a" * 51, False),
        ("가" * 10 + "1 2 3 , . !" * 100, True),  # of the letters, not of all characters
        ("Liberté, égalité — 50 €", False),
        ("吾輩は猫である。名前はまだ無い。", False),
        (unicodedata.normalize("NFD", KOREAN), False),  # jamo, which no syllable helps
    ],
)
def test_while_there_is_room_every_character_of_the_text_stays_and_what_goes_with_it(text: str, korean: bool) -> None:
    alphabet = alphabet_of(ranking_of(text), Training())
    expected = set(text) - {" "} | set(PRINTABLE_ASCII) | (KS_X_1001 if korean else set())
    assert set(alphabet.characters) == set(alphabet.inside) == expected
    assert len(alphabet.characters) == len(expected)
    assert ("KS X 1001" in alphabet.described) is korean


def test_lowercasing_has_no_capitals_and_no_syllables() -> None:
    alphabet = alphabet_of(ranking_of(KOREAN, lowercase=True), Training(lowercase=True))
    assert not [ch for ch in alphabet.characters if ch.isupper() or "가" <= ch <= "힣"]
    assert set(PRINTABLE_ASCII.lower()) <= set(alphabet.characters)


@pytest.mark.parametrize("characters", [10, 500, 5000])
@pytest.mark.parametrize("vocab_size", [1000, 2000, 8000, 32_000])
def test_the_share_of_the_vocabulary_decides_what_stays(characters: int, vocab_size: int) -> None:
    text = "".join(chr(0x1400 + number) * (1 + (number < 100)) for number in range(639))  # syllabics: parts of words
    text += "".join(chr(0x4E00 + number) for number in range(characters))  # Han: words of their own
    ranking = ranking_of(text)
    room = vocab_size - len(SPECIAL_TOKENS)
    try:
        alphabet = alphabet_of(ranking, Training(vocab_size=vocab_size))
    except TokenizerError:
        assert ranking.covering(0.9995) + 94 > room / 2
        return
    both = 2 * (639 + characters + 94)
    assert set(PRINTABLE_ASCII) <= set(alphabet.characters)
    assert alphabet.places <= room
    if both <= vocab_size / 3:
        assert (alphabet.places, alphabet.left_out) == (both, ())
    else:
        assert not [ch for ch in alphabet.inside if "\u4e00" <= ch <= "\u9fff" or ch in "!.,"]
        needed = ranking.covering(0.9995)
        assert set(ranking.characters[:needed]) <= set(alphabet.characters)
        kept = len(set(alphabet.characters) - set(PRINTABLE_ASCII))
        assert set(ranking.characters[:kept]) <= set(alphabet.characters)  # by frequency, none passed over
        if alphabet.left_out:
            assert kept == needed or alphabet.places > room * 2 / 3 - 2


@pytest.mark.parametrize(("options", "size"), [({"limit_alphabet": 7}, 7), ({"character_coverage": 1.0}, None),
                                               ({"character_coverage": 0.5}, 6)])  # fmt: skip
def test_what_the_user_says_decides(options: dict[str, object], size: int | None) -> None:
    text = KOREAN + "가나다라마바사아자차" * 20
    ranking = ranking_of(text)
    alphabet = alphabet_of(ranking, Training(**options))  # type: ignore[arg-type]
    expected = len(set(text) - {" "}) if size is None else size
    assert alphabet.characters == alphabet.inside == ranking.characters[:expected]


def test_special_tokens_and_places_for_later_take_their_room_first() -> None:
    settings = Training(vocab_size=400, special=("[DOC]", "[DOC]", "[PAD]"), unused=3)
    assert reserved(settings) == (*SPECIAL_TOKENS, "[DOC]", "[unused0]", "[unused1]", "[unused2]")
    pieces = sorted(trained_on([KOREAN] * 3, vocab_size=400, special=("[DOC]",), unused=3).get_vocab().items(),
                    key=lambda pair: pair[1])  # fmt: skip
    assert [piece for piece, _ in pieces[:9]] == list(reserved(settings))
    with pytest.raises(TokenizerError, match="cannot hold an alphabet"):
        alphabet_of(ranking_of(KOREAN), Training(vocab_size=400, unused=200))


def test_places_that_longer_pieces_leave_go_to_the_characters_that_had_no_room() -> None:
    han = "".join(chr(0x4E00 + number) * (1 + 4000 // (number + 1)) for number in range(1000))  # no longer pieces in it
    vocabulary = trained_on([han], vocab_size=1200).get_vocab()
    assert {chr(0x4E00 + number) for number in range(1000)} <= set(vocabulary)


# Against Hugging Face


def bert_wordpiece(texts: Sequence[str], vocab_size: int) -> Tokenizer:
    theirs = BertWordPieceTokenizer(lowercase=False, strip_accents=False)
    theirs.train_from_iterator(texts, vocab_size=vocab_size, limit_alphabet=1 << 20, show_progress=False,
                               initial_alphabet=sorted(set("".join(texts)) - {" "}))  # fmt: skip
    return Tokenizer.from_str(theirs.to_str())


def wordpiece_trainer(texts: Sequence[str], vocab_size: int) -> Tokenizer:
    tokenizer = segmentation()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size, special_tokens=list(SPECIAL_TOKENS), limit_alphabet=1 << 20, show_progress=False,
        initial_alphabet=sorted(set("".join(texts)) - {" "}),
    )  # fmt: skip
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def lost(tokenizer: Tokenizer, texts: Sequence[str]) -> int:
    unk = tokenizer.token_to_id(UNK)
    return sum(token == unk for encoding in tokenizer.encode_batch(list(texts)) for token in encoding.ids)


def sentences(path: Path) -> list[str]:
    """Real sentences, and as many in which their words stand in another order."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    dice = random.Random(path.name)
    words = " ".join(lines).split()
    return [part for line in lines for part in line.split(". ")] + [
        " ".join(dice.choices(words, k=8)) for _ in range(20)
    ]


@pytest.mark.few(8)
@pytest.mark.parametrize("theirs", [bert_wordpiece, wordpiece_trainer])
@pytest.mark.parametrize("vocab_size", [900, 3000, 32_000])
@pytest.mark.parametrize("path", LANGUAGES, ids=[path.stem for path in LANGUAGES])
def test_no_more_is_lost_than_with_hugging_face_at_its_best(path: Path, vocab_size: int, theirs: object) -> None:
    texts = sentences(path)
    for fold in range(3):
        held_out = texts[fold::3]
        learned = [text for number, text in enumerate(texts) if number % 3 != fold]
        ours = trained_on(learned, vocab_size=vocab_size)
        other = theirs(learned, vocab_size)  # type: ignore[operator]
        assert lost(ours, learned) == 0
        assert lost(ours, held_out) <= lost(other, held_out)
        assert ours.get_vocab_size() <= vocab_size


def test_every_place_is_filled_where_the_text_has_the_pieces() -> None:
    texts = korean_lines(2000)
    for vocab_size in (500, 1000, 6000):
        assert trained_on(texts, vocab_size=vocab_size).get_vocab_size() == vocab_size
