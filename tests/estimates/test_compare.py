"""compare: each tokenizer is counted as scan counts it, in any order, whatever file it comes in."""

from __future__ import annotations

import io
import json
import random
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import laws
import pytest
from jsonschema import Draft202012Validator
from rich.console import Console
from support import EXAMPLES, document_of, korean_lines, run, set_budgets, write_files, write_vocabulary
from tokenizer_zoo import artefact

from corpuscheck.api import compare_tokenizers
from corpuscheck.estimates.comparison import TokenizerRow, recommend
from corpuscheck.profile.estimates import Interval
from corpuscheck.reports.terminal.comparison import render_terminal
from corpuscheck.settings import settings_from
from corpuscheck.tokenizer.loading import load

NEWS = EXAMPLES / "korean-news"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads((files("corpuscheck.reports") / "comparison_schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A small vocab.txt, a folder as transformers saves it, a byte-level BPE and a Unigram."""
    folder = tmp_path_factory.mktemp("tokenizers")
    text = "".join(path.read_text("utf-8") for path in sorted(NEWS.glob("*.txt")))
    often = sorted({ch for ch in text if text.count(ch) > 3 and not ch.isspace()})
    saved = write_files(
        folder / "saved",
        {"tokenizer.json": artefact("bert cased").definition, "tokenizer_config.json": "{}",
         "special_tokens_map.json": "{}"},
    )  # fmt: skip
    files_of = {"bpe.json": artefact("byte-level BPE").definition, "unigram.json": artefact("Unigram").definition}
    write_files(folder, files_of)
    return {
        "vocab": write_vocabulary(folder / "vocab.txt", often, ["##에서", "있다"]),
        "saved": str(saved),
        "bpe": str(folder / "bpe.json"),
        "unigram": str(folder / "unigram.json"),
    }


def compared(*paths: str, train: bool = False, corpus: Path = NEWS, **options: Any) -> tuple[TokenizerRow, ...]:
    return compare_tokenizers(corpus, paths, train, settings_from(jobs=1, **options)).rows


def figures_of(row: TokenizerRow) -> tuple[Any, ...]:
    return (row.words, row.unk_words, row.documents_with_unk, row.fingerprint, row.vocab_size)


@pytest.mark.thorough
@pytest.mark.parametrize("document", ["file", pytest.param("line", marks=pytest.mark.thorough)])
def test_counts_are_those_of_a_scan_with_each(tokenizers: dict[str, str], document: Any) -> None:
    for row in compared(*tokenizers.values(), document=document):
        found = document_of(NEWS, tokenizer=row.name, document=document)["tokenizer"]
        names = ("words", "unk_words", "documents_with_unk", "fingerprint", "vocab_size")
        assert figures_of(row) == tuple(found[name] for name in names), row.name
        worst = [(word["word"], word["count"]) for word in found["worst_words"][:10]]
        assert list(row.worst) == worst
        assert row.tokens.value == found["tokens"]
        assert row.tokens.exact


@pytest.mark.thorough
def test_the_order_changes_no_figure(tokenizers: dict[str, str]) -> None:
    paths = list(tokenizers.values())
    settings = settings_from(jobs=1)
    one, other = (compare_tokenizers(NEWS, order, False, settings) for order in (paths, paths[::-1]))
    assert one.rows == other.rows[::-1]
    assert (one.recommended, one.reason) == (other.recommended, other.reason)


@pytest.mark.thorough
def test_one_trained_here_is_the_one_that_scan_trains(tokenizers: dict[str, str]) -> None:
    given, trained = compared(tokenizers["vocab"], train=True)
    found = document_of(NEWS)["tokenizer"]
    assert trained.name == "trained here"
    assert trained.fingerprint == found["fingerprint"]
    assert (trained.words, trained.unk_words) == (found["words"], found["unk_words"])
    assert trained.held_out_rate == found["held_out"]["unk_rate"]
    assert given.held_out_rate is not None  # judged on the same held-out text
    assert compared(tokenizers["vocab"], tokenizers["saved"])[0].held_out_rate is None


@pytest.mark.thorough
def test_tokens_are_of_all_text_and_tokens_per_word_of_text_that_none_has_learned_by_heart(
    tokenizers: dict[str, str],
) -> None:
    paths = [tokenizers["vocab"], tokenizers["bpe"], tokenizers["unigram"]]
    alone = compared(*paths)
    beside = compared(*paths, train=True)
    scan = document_of(NEWS)["tokenizer"]
    assert [row.tokens for row in beside[:-1]] == [row.tokens for row in alone]
    assert all(row.tokens.exact for row in beside)
    assert beside[-1].tokens.value == scan["tokens"]
    assert beside[-1].tokens_per_word.value > 1.2 * scan["tokens"] / scan["words"]
    assert beside[-1].judged_tokens > 1.2 * beside[-1].tokens.value
    for row, other in zip(beside[:1], alone, strict=False):  # lines are encoded otherwise than documents by the others
        assert row.tokens_per_word.low < other.tokens_per_word.value < row.tokens_per_word.high


def planted(seed: int) -> list[str]:
    """Documents of very different lengths, each with words of its own beside those of all: tokens per word differ."""
    dice = random.Random(seed)
    common = ["".join(dice.choices("가나다라마바사", k=dice.randint(1, 4))) for _ in range(300)]
    documents = []
    for _ in range(300):
        own = ["".join(dice.choices("아자차카타파하힘톤", k=dice.randint(2, 9))) for _ in range(5)]
        share = dice.random() ** 3
        length = int(dice.paretovariate(1.2) * 20)
        words = (dice.choice(own if dice.random() < share else common) for _ in range(length))
        documents.append(" ".join(words))
    return documents


@pytest.mark.parametrize("train", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_intervals_hold_the_true_count_in_nearly_all_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, train: bool
) -> None:
    set_budgets(monkeypatch, curve=60_000, compared=60_000)
    vocabularies = [
        write_vocabulary(tmp_path / "a.txt", "가나다라마바사아자차카타파하힘톤", ["가나", "##다라", "##힘톤"]),
        write_vocabulary(tmp_path / "b.txt", "가나다라마바사아자차카타", ["나다", "##가"]),
    ]
    seeds, held = 12 if laws.thorough else 4, [0, 0]  # of four one may lie outside
    for seed in range(seeds):
        texts = planted(seed)
        write_files(tmp_path / "corpus", {"a.txt": "\n".join(texts)})
        rows = compared(*vocabularies, corpus=tmp_path / "corpus", document="line", train=train)
        for number, row in enumerate(rows[:2]):
            assert not row.tokens.exact
            encodings = load(row.name).tokenizer.encode_batch(texts, add_special_tokens=False)
            held[number] += row.tokens.low <= sum(len(e.ids) for e in encodings) <= row.tokens.high
    assert min(held) >= (0.85 if laws.thorough else 0.75) * seeds


@pytest.mark.few(1)
@pytest.mark.parametrize("text", ["가나 다라\n", "한 줄"])
def test_where_nothing_is_held_out_nothing_is_recommended(
    tmp_path: Path, tokenizers: dict[str, str], text: str
) -> None:
    write_files(tmp_path, {"a.txt": text})
    done = run("compare", tmp_path, "--tokenizer", tokenizers["vocab"], "--train", "-q")
    assert done.returncode == 0
    assert "→ no recommendation: nothing was held out to judge the one trained here by" in done.stdout
    rows = compared(tokenizers["vocab"], corpus=tmp_path, train=True)
    assert all(row.tokens.value > 0 and row.tokens_per_word.value > 0 and row.pieces_used > 0 for row in rows)
    assert [row.held_out_rate for row in rows] == [None, None]
    done = run("compare", tmp_path, "--tokenizer", tokenizers["vocab"], "--train", "-q", "--format", "json")
    document = json.loads(done.stdout)
    assert (document["recommended"], document["nothing_held_out"]) == (None, True)
    of_two = compare_tokenizers(tmp_path, [tokenizers["vocab"], tokenizers["bpe"]], True, settings_from(jobs=1))
    assert of_two.recommended in (tokenizers["vocab"], tokenizers["bpe"])  # those that can be judged
    assert "nothing was held out to judge the one trained here by" in of_two.reason


@pytest.mark.few(1)
@pytest.mark.parametrize("options", [{"lowercase": True}, {"vocab_size": 2000}, {"limit_alphabet": 50}])
def test_options_of_training_are_those_of_scan(tokenizers: dict[str, str], options: dict[str, Any]) -> None:
    recipes = EXAMPLES / "english-recipes-jsonl"
    _, trained = compared(tokenizers["saved"], train=True, corpus=recipes, **options)
    assert trained.fingerprint == document_of(recipes, **options)["tokenizer"]["fingerprint"]


@pytest.mark.thorough
def test_a_large_text_is_estimated_and_says_so(
    tmp_path: Path, tokenizers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, {"a.txt": "\n".join(korean_lines(3_000))})
    paths = [tokenizers["vocab"], tokenizers["saved"]]
    set_budgets(monkeypatch, compared=150_000)
    whole = compare_tokenizers(tmp_path, paths, False, settings_from(jobs=1, document="line"))
    told = render_terminal(whole, Console(file=io.StringIO(), width=200))
    assert re.search("tokens are estimated from [0-9.]+ .B of the text, with 95 % intervals", told)
    for row in compared(tokenizers["vocab"], tokenizers["saved"], corpus=tmp_path, document="line"):
        assert row.tokens.low < row.tokens.value < row.tokens.high
        exact = document_of(tmp_path, tokenizer=row.name, document="line")["tokenizer"]
        assert row.unk_words == exact["unk_words"]


def test_json_fits_its_schema(validator: Draft202012Validator, tokenizers: dict[str, str], tmp_path: Path) -> None:
    pair = ("--tokenizer", tokenizers["vocab"], "--tokenizer", tokenizers["unigram"])
    (tmp_path / "spaces.txt").write_text(" \n", "utf-8")
    (tmp_path / "one.txt").write_text("가", "utf-8")
    for paths, options in (((NEWS,), ("--train",)), ((NEWS,), ()), ((tmp_path,), ())):
        done = run("compare", *paths, *pair, *options, "--format", "json", "-q", "--output", tmp_path / "x.json")
        assert (done.returncode, done.stderr) == (0, "")
        document = json.loads(done.stdout)
        validator.validate(document)
        assert json.loads((tmp_path / "x.json").read_text("utf-8")) == document
        assert not validator.is_valid({**document, "more": 1})


def test_the_report_has_a_column_for_each_and_a_recommendation(tokenizers: dict[str, str]) -> None:
    done = run("compare", NEWS, "--tokenizer", tokenizers["vocab"], "--tokenizer", tokenizers["bpe"], "-q")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "Tokenizers on 34.2 kB in 24 documents"
    assert lines[1] == f"1  {tokenizers['vocab']}  WordPiece"
    assert any(line.split()[0] == "[UNK]" for line in lines if line)
    assert f"→ {tokenizers['vocab']}: it loses least" in " ".join(
        done.stdout.split()
    )  # the other one shatters more words
    assert "░ a token for each byte of what is lost" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name at least two tokenizers to compare"),
        (("--train",), "name at least two tokenizers to compare"),
        (("--tokenizer", "VOCAB"), "name at least two tokenizers to compare"),
        (("--tokenizer", "VOCAB", "--tokenizer", "nowhere.txt"), "nowhere.txt: cannot be read"),
        (("--tokenizer", "VOCAB", "--train", "--vocab-size", "10"), "--vocab-size 10 cannot hold"),
    ],
)
def test_nonsense_is_one_clear_line(tokenizers: dict[str, str], arguments: tuple[str, ...], said: str) -> None:
    done = run("compare", NEWS, *(tokenizers["vocab"] if a == "VOCAB" else a for a in arguments), "-q")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_nothing_to_compare_on_is_one_clear_line(tmp_path: Path, tokenizers: dict[str, str]) -> None:
    (tmp_path / "empty.txt").write_text("", "utf-8")
    done = run("compare", tmp_path, "--tokenizer", tokenizers["vocab"], "--train", "-q")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "nothing to scan" in done.stderr


def row(name: str, unk: int, tokens: float, shattered: int = 0) -> TokenizerRow:
    counted, per_token = Interval(tokens, tokens, tokens), 40_000 / tokens
    each = Interval(per_token, per_token, per_token)
    return TokenizerRow(name, "", "", 1, 1, 10_000, unk, None, 0, (), each, each, counted, (), 0.0, shattered)


@pytest.mark.parametrize(
    ("rows", "taken", "why"),
    [
        ((row("a", 10, 900), row("b", 20, 1000)), "a", "loses least (0.10 % of the words) and needs the fewest"),
        ((row("a", 0, 1000), row("b", 5, 800)), "b", "needs 20.0 % fewer tokens than a and loses hardly more"),
        ((row("a", 0, 1000), row("b", 5, 950)), "a", "it loses least: 0 % of the words, b 0.050 %"),
        ((row("a", 0, 1000), row("b", 300, 500)), "a", "it loses least: 0 % of the words, b 3.0 %"),
        ((row("b", 10, 900), row("a", 10, 900)), "a", "it loses least"),
        ((row("a", 10, 900), row("b", 0, 700, shattered=4000)), "a", "it loses least: 0.10 % of the words, b 40.0 %"),
        ((row("a", 0, 900), row("b", 0, 700, shattered=5)), "b", "needs 22.2 % fewer tokens than a"),
        ((row("a", 6000, 9000), row("b", 9000, 5000)), "a", "it loses least"),
        ((row("a", 0, 1000), row("b", 5, 700), row("c", 4000, 400)), "b", "needs 30.0 % fewer tokens than a"),
        (
            (row("a", 0, 1000), row("b", 9, 990), row("c", 10_000, 0.001)),
            "a",
            "it loses least: 0 % of the words, c 100 %",
        ),
    ],
)
def test_what_is_lost_counts_first_then_what_it_costs(rows: tuple[TokenizerRow, ...], taken: str, why: str) -> None:
    name, reason = recommend(rows)
    assert name == taken
    assert why in reason


@pytest.mark.thorough
def test_by_script_each_script_has_its_rows_and_each_tokenizer_its_bar(tokenizers: dict[str, str]) -> None:
    arguments = ("--tokenizer", tokenizers["vocab"], "--tokenizer", tokenizers["bpe"], "--by", "script", "-q")
    shown = run("compare", NEWS, *arguments).stdout
    assert re.search(r"Hangul +[\d.]+ +[\d.]+ +tokens per word", shown)
    assert len(re.findall(r"^[12]  ▇", shown, re.MULTILINE)) == 2
    assert "tokens per word\n" not in run("compare", NEWS, *arguments[:4], "-q").stdout.replace("per word  ", "")


def test_the_scripts_of_the_json_hold_all_tokens_of_the_text(tokenizers: dict[str, str]) -> None:
    for row in compared(tokenizers["vocab"], tokenizers["bpe"], tokenizers["unigram"]):
        assert row.wholeness.complete
        assert sum(row.wholeness.of(script)[3] for script in row.wholeness.names) == row.tokens.value
