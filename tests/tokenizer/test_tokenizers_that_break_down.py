"""Tokenizers that pass their trial and hang, burst or die on a text of the corpus: the scan ends and names the file."""

from __future__ import annotations

import gc
import json
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import laws
import pytest
from support import Main, run, write_files
from tokenizer_zoo import WHY_SLOW, ZOO, artefact
from tokenizers import Tokenizer, models

from corpuscheck.errors import TextError, TokenizerError
from corpuscheck.measuring.estimating import estimate_tokens
from corpuscheck.measuring.fertility import fertility
from corpuscheck.measuring.letters import letters_part
from corpuscheck.peeking.excerpts import Excerpter, LostWordMarker
from corpuscheck.peeking.marking import Spans
from corpuscheck.peeking.view import View
from corpuscheck.profile.sample import Sample
from corpuscheck.reading.batch import batch_of
from corpuscheck.reading.files import FileRecord
from corpuscheck.rules.conclude import explained
from corpuscheck.running.peeking import _excerpts
from corpuscheck.tokenizer import encoder
from corpuscheck.tokenizer.artefact import Artefact
from corpuscheck.tokenizer.encoder import Apart, Here
from corpuscheck.tokenizer.explain import Explainer
from corpuscheck.tokenizer.letters import Letters
from corpuscheck.tokenizer.loading import load
from corpuscheck.tokenizer.ranking import standing_alone

_VOCABULARY = {"[PAD]": 0, "[UNK]": 1, "a": 2, "##a": 3, "b": 4, "##b": 5}
_PLAIN: dict[str, Any] = json.loads(Tokenizer(models.WordPiece(_VOCABULARY, unk_token="[UNK]")).to_str())
_WORDS = {"type": "WhitespaceSplit"}


def _split(pattern: str) -> dict[str, Any]:
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}


def _multiplied(times: int) -> dict[str, Any]:
    """Steps each of which makes ten Greek letters of one."""
    step = {"type": "Replace", "pattern": {"Regex": r"\p{Greek}"}, "content": "α" * 10}
    return {"type": "Sequence", "normalizers": [step] * times}


def _nested_pieces() -> dict[str, Any]:
    return {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], *(["ω" * k, -1.0 * k] for k in range(1, 1500))]}


_LONG_WORDS = {**_PLAIN["model"], "max_input_chars_per_word": 10**9}

BREAKING: dict[str, tuple[dict[str, Any], str, str]] = {
    "a pattern without end": ({"pre_tokenizer": _split(r"(?:\p{Greek}|\p{Greek})*\d")}, "α" * 60, "Onig"),
    "another": ({"pre_tokenizer": _split(r"^(\p{Greek}+\s?)*$")}, "α" * 60 + "!", "Onig"),
    "replacements beyond memory": (
        {"normalizer": _multiplied(12), "pre_tokenizer": _WORDS}, "b α b", "it asks for too much memory",
    ),
    "replacements that multiply": (
        {"normalizer": _multiplied(5), "pre_tokenizer": _split(".")}, "b ααα b", "tokens of 7 characters",
    ),
    "pieces inside each other": ({"model": _nested_pieces(), "pre_tokenizer": _WORDS}, "ω" * 200_000, ""),
    "words without a limit": (
        {"model": _LONG_WORDS, "pre_tokenizer": _WORDS}, "b" + "a" * 60_000 + "é", "it takes over 2 seconds",
    ),
}  # fmt: skip
"""What is changed of a plain WordPiece, a text on which it breaks down, and what is said."""


def _write(folder: Path, changes: dict[str, Any]) -> str:
    path = folder / "tokenizer.json"
    path.write_text(json.dumps({**_PLAIN, **changes}), "utf-8")
    return str(path)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "SECONDS", 2)


@pytest.mark.few(1)
@pytest.mark.parametrize("name", laws.each_but(["another"], BREAKING))
def test_the_scan_ends_and_names_the_file(name: str, tmp_path: Path, run_main: Main) -> None:
    changes, planted, said = BREAKING[name]
    files = {f"{k}.txt": "a b ab\n" * 9 for k in range(5)}
    corpus = write_files(tmp_path / "corpus", {**files, "planted\n.txt": planted, "z.txt": "b"})
    tokenizer = _write(tmp_path, changes)
    load(tokenizer)  # it passes its trial
    status, out, told = run_main("scan", corpus, "--no-cache", "--jobs", "1", "--tokenizer", tokenizer)
    assert (status, out) == (2, "")
    assert told.startswith(f"corpuscheck: {tokenizer}: this tokenizer breaks down (")
    assert said in told or "it takes over 2 seconds" in told
    assert told.count("\n") == 1
    if name in ("words without a limit", "pieces inside each other"):  # asked about for their tokens alone
        assert told.endswith(", in the sample of the corpus; take another tokenizer\n")
    else:
        assert told.endswith("planted\\u000a.txt; take another tokenizer, or leave the file out with --exclude\n")


@pytest.mark.thorough
def test_the_scan_ends_in_worker_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine its time may be over before its memory is."""
    monkeypatch.undo()  # other processes have their own limit
    changes, planted, said = BREAKING["replacements beyond memory"]
    lines = "".join(json.dumps({"text": "a b"}) + "\n" for _ in range(9))
    corpus = write_files(tmp_path / "corpus", {f"{k}.jsonl": lines for k in range(9)})
    (corpus / "x.jsonl").write_text(json.dumps({"text": planted}), "utf-8")
    done = run("scan", corpus, "--no-cache", "--jobs", "2", "--tokenizer", _write(tmp_path, changes))
    assert done.returncode == 2
    assert said in done.stderr or f"it takes over {encoder.SECONDS} seconds" in done.stderr
    assert "x.jsonl; take another tokenizer" in done.stderr


def test_without_the_file_it_works(tmp_path: Path, run_main: Main) -> None:
    changes, planted, _ = BREAKING["a pattern without end"]
    corpus = write_files(tmp_path / "corpus", {"a.txt": "a b ab\n" * 9, "planted.txt": planted})
    options = ("--no-cache", "--tokenizer", _write(tmp_path, changes), "--exclude", "planted.txt")
    status, out, _ = run_main("scan", corpus, *options)
    assert status in (0, 1)
    assert out


@pytest.mark.few(4)
@pytest.mark.parametrize("name", ZOO)
def test_an_encoder_says_the_same_here_and_apart(name: str) -> None:
    texts = [
        "가나 한국어 [UNK] abc",
        "",
        "\u0301a\u0300 [MASK]",
        "x" * 150,
        "日本 12,3",
        "a\nb " * 50,
        "\x00\U0001f600",
    ]
    known = artefact(name)
    watched = [known.unk_id or 0, *known.special_ids]
    here, apart = Here(known.tokenizer, watched), Apart(known.definition, watched, name)
    plain = [(e.tokens, e.words, tuple(map(tuple, e.watched))) for e in apart.encode(texts)]
    assert plain == [(e.tokens, e.words, tuple(map(tuple, e.watched))) for e in here.encode(texts)]
    assert apart.words(texts) == here.words(texts)
    assert apart.normalized(texts) == here.normalized(texts)
    assert apart.pieces(texts) == here.pieces(texts)


@pytest.mark.few(3)
@pytest.mark.parametrize("name", ZOO)
def test_what_is_counted_is_what_the_library_says(name: str) -> None:
    texts = ["가나 한국어 abc", "", "x" * 150, "日本 12,3"]
    known = artefact(name)
    encodings = known.tokenizer.encode_batch(texts, add_special_tokens=False)
    found = known.encoder.encode(texts)
    assert [each.tokens for each in found] == [len(encoding) for encoding in encodings]
    words = [{word for word in encoding.word_ids if word is not None} for encoding in encodings]
    assert [each.words for each in found] == [max(numbers, default=-1) + 1 for numbers in words]
    assert [each.holds(known.unk_id) for each in found] == [known.unk_id in encoding.ids for encoding in encodings]


@pytest.mark.parametrize("name", ZOO)
def test_an_ordinary_wordpiece_needs_no_process(name: str) -> None:
    assert artefact(name).tame == (name not in WHY_SLOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"pre_tokenizer": _split(r"\s")},
        {"normalizer": _multiplied(1), "pre_tokenizer": _WORDS},
        {"model": _LONG_WORDS, "pre_tokenizer": _WORDS},
        {"model": {**_PLAIN["model"], "continuing_subword_prefix": "#" * 5000}, "pre_tokenizer": _WORDS},
    ],
)
def test_others_do(changes: dict[str, Any]) -> None:
    assert not Artefact(json.dumps({**_PLAIN, **changes}), "x").tame


def _broken(**changes: Any) -> Artefact:
    return Artefact(json.dumps({**_PLAIN, **changes}), "x")


@cache
def _sample() -> Sample:
    return Sample.of(1000, [(1, b"a b", 1, 1), (2, "b ααα".encode(), 1, 2)])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("ask", "of_what"),
    [
        (lambda bad: estimate_tokens(bad, _sample()), "the sample of the corpus"),
        (lambda bad: fertility(_sample(), artefact("bert cased"), [bad], 0.0, 1000), "the sample of the corpus"),
        (lambda bad: letters_part(bad, _sample(), map(ord, "abα")), "the sample of the corpus"),
        (lambda bad: explained(bad, {"a": 1, "bα": 2}), "the words of the corpus"),
    ],
)
def test_where_no_file_is_known_it_is_said_what_was_asked_about(
    ask: Callable[[Artefact], object], of_what: str
) -> None:
    with pytest.raises(TokenizerError, match=rf"this tokenizer breaks down .*, in {of_what}; take another tokenizer$"):
        ask(_broken(normalizer=_multiplied(6), pre_tokenizer=_split(".")))


def test_a_peek_names_the_file_too() -> None:
    class Marking:
        def spans(self, text: str, wide: bool) -> Spans:
            return LostWordMarker(_broken(pre_tokenizer=_split(r"(?:\p{Greek}|\p{Greek})*\d"))).spans(text, wide)

    def excerpter() -> Excerpter:
        return Excerpter(View("CC301"), Marking())

    batches = [batch_of([b"a b", ("α" * 60).encode()]).of_file(0)]
    records = [FileRecord("in\n.txt")]
    with pytest.raises(TokenizerError, match=r", in in\\u000a\.txt; take another tokenizer, or leave the file out"):
        list(_excerpts(iter(batches), records, {"in\n.txt": frozenset((0, 1))}, excerpter))


@pytest.mark.thorough
def test_the_text_is_named_by_its_number_and_its_beginning() -> None:
    broken = Artefact(json.dumps({**_PLAIN, **BREAKING["a pattern without end"][0]}), "x")
    with pytest.raises(
        TextError, match=r"^x: this tokenizer breaks down .*of 61 characters that begins '\\u001bα"
    ) as told:
        broken.encoder.encode(["a b"] * 20_000 + ["\x1b" + "α" * 60] + ["a"] * 9)
    assert told.value.number == 20_000


def test_a_process_that_was_killed_is_begun_anew() -> None:
    known = artefact("Unigram")
    apart = Apart(known.definition, [], "x")
    wanted = apart.encode(["가나"])
    process = apart._process
    assert process
    process.kill()
    process.wait()
    assert apart.encode(["가나"]) == wanted
    assert apart._process is not process


def test_no_process_is_left_behind() -> None:
    apart = Apart(artefact("Unigram").definition, [], "x")
    apart.encode(["가"])
    process = apart._process
    del apart
    gc.collect()
    assert process
    assert process.returncode is not None


@pytest.mark.thorough
def test_what_asks_about_single_words_ends_too() -> None:
    broken = Artefact(json.dumps({**_PLAIN, "normalizer": _multiplied(6), "pre_tokenizer": _WORDS}), "x")
    for ask in (
        lambda: Letters(broken).losses([ord("α")]),
        lambda: Letters(broken).changed_words(["a", "βa"]),
        lambda: Explainer(broken).reason("γ"),
        lambda: standing_alone(broken.encoder, ["a", "δ"]),
    ):
        with pytest.raises(TokenizerError, match="this tokenizer breaks down"):
            ask()


def test_a_tokenizer_travels_without_its_process() -> None:
    known = Artefact(artefact("Unigram").definition, "x")
    known.encoder.encode(["가"])
    again = pickle.loads(pickle.dumps(known))
    assert again == known
    assert again.encoder.encode(["가"]) == known.encoder.encode(["가"])
