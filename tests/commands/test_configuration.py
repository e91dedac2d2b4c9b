"""The configuration file: which one counts, what may stand in it, and what beats it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import Main, write_files, write_vocabulary

from corpuscheck.commands.gate import scan
from corpuscheck.configuration import option_key

OPTIONS: dict[str, tuple[str, str, str, str]] = {
    "document": ('"line"', "line", "blank-line", "blank-line"),
    "layout": ('"tsv"', "tsv", "text", "text"),
    "text-field": ('["title", "body"]', "title, body", "text", "text"),
    "preset": ('"hf"', "hf", "nikl", "nikl"),
    "skip-front-matter": ("true", "true", "0", "false"),
    "strip-markup": ("true", "true", "0", "false"),
    "encoding": ('"cp949"', "cp949", "utf-8", "utf-8"),
    "hint": ('"ko"', "ko", "ja", "ja"),
    "include": ('["*.txt", "가*"]', "*.txt, 가*", "*.md", "*.md"),
    "exclude": ('["drafts/"]', "drafts/", "old/", "old/"),
    "follow-links": ("true", "true", "0", "false"),
    "tokenizer-pattern": ('"gpt2"', "gpt2", "qwen", "qwen"),
    "by": ('"folder"', "folder", "field:source", "field:source"),
    "per-source": ('["CC301"]', "CC301", "CC416", "CC416"),
    "against": ('["eval.jsonl"]', "eval.jsonl", "other.jsonl", "other.jsonl"),
    "against-field": ('["question"]', "question", "context", "context"),
    "tokenizer": ('"t/vocab.txt"', "t/vocab.txt", "other", "other"),
    "vocab-size": ("16000", "16000", "8000", "8000"),
    "character-coverage": ("0.99", "0.99", "0.9", "0.9"),
    "limit-alphabet": ("1200", "1200", "2000", "2000"),
    "lowercase": ("true", "true", "0", "false"),
    "train-bytes": ('"1MB"', "1000000", "2MB", "2000000"),
    "save-tokenizer": ('"out"', "out", "elsewhere", "elsewhere"),
    "baseline": ('"base.ccp"', "base.ccp", "older.ccp", "older.ccp"),
    "survey": ('"survey.ccp"', "survey.ccp", "other.ccp", "other.ccp"),
    "dask": ('"local"', "local", "tcp://host:8786", "tcp://host:8786"),
    "work": ('"work"', "work", "elsewhere", "elsewhere"),
    "shard": ('"1/2"', "1/2", "2/2", "2/2"),
    "reference": ('["general.ccp"]', "general.ccp", "other.ccp", "other.ccp"),
    "target": ('"1GB"', "1000000000", "5kB", "5000"),
    "articles-per-gb": ("1000", "1000", "2000", "2000"),
    "min-size": ("5000", "5000", "6_000", "6000"),
    "max-unk-rate": ("0.02", "0.02", "0.03", "0.03"),
    "max-shattered-rate": ("0.02", "0.02", "0.03", "0.03"),
    "max-unk-increase": ("0", "0.0", "0.5", "0.5"),
    "max-shrinkage": ("1", "1.0", "0.5", "0.5"),
    "max-contaminated": ("3", "3", "0", "0"),
    "select": ('["CC1", "unk-rate"]', "CC1, unk-rate", "CC2", "CC2"),
    "ignore": ('["CC2"]', "CC2", "CC3", "CC3"),
    "severity": ('["CC301=info"]', "CC301, info", "CC302=error", "CC302, error"),
    "limit": ('["CC101=3"]', "CC101, 3", "CC101=4", "CC101, 4"),
    "fail-on": ('"warning"', "warning", "never", "never"),
    "strict": ("true", "true", "0", "false"),
    "format": ('"json"', "json", "concise", "concise"),
    "output": ('["sarif=r.sarif", "r.json"]', "sarif=r.sarif, r.json", "junit=j.xml", "junit=j.xml"),
    "full": ("true", "true", "0", "false"),
    "quiet": ("true", "true", "0", "false"),
    "save": ('"p.ccp"', "p.ccp", "q.ccp", "q.ccp"),
    "files": ('"f.jsonl"', "f.jsonl", "g.jsonl", "g.jsonl"),
    "documents": ('"d.parquet"', "d.parquet", "e.parquet", "e.parquet"),
    "clean": ("false", "false", "1", "true"),
    "near-duplicates": ("false", "false", "1", "true"),
    "count-tokens": ("true", "true", "0", "false"),
    "jobs": ("2", "2", "3", "3"),
    "cache-dir": ('".cache"', ".cache", ".other", ".other"),
    "no-cache": ("true", "true", "0", "false"),
    "cache-key": ('"content"', "content", "mtime", "mtime"),
    "verbose": ("true", "true", "0", "false"),
    "no-progress": ("true", "true", "0", "false"),
    "paths": ('["a", "b"]', "a, b", "c", "c"),
}
"""Each key: a value in TOML and how it is shown, another value as it is given elsewhere and how that is shown."""

Row = tuple[str, str]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")


def shown(run_main: Main, *arguments: str | Path, command: str = "scan") -> dict[str, Row]:
    """(value, origin) of each key that --show-config shows."""
    status, out, err = run_main(command, "--show-config", *arguments)
    assert (status, err) == (0, "")
    rows = [re.split(r"\s{2,}", line) for line in out.splitlines()[1:]]
    return {key: (value, origin) for key, value, origin in rows}


# which file


def test_the_nearest_file_counts_and_it_alone(tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(
        tmp_path,
        {
            "corpuscheck.toml": "jobs = 1\nstrict = true\n",
            "a/pyproject.toml": "[tool.corpuscheck]\njobs = 2\n",
            "a/b/corpuscheck.toml": "jobs = 3\n",
            "a/b/pyproject.toml": "[tool.corpuscheck]\njobs = 4\n",
            "a/b/c/pyproject.toml": "[tool.other]\njobs = 5\n",
            "a/b/c/d/corpuscheck.toml/file": "a folder of this name is no configuration",
        },
    )
    expected = {
        ".": ("1", "corpuscheck.toml:1", "true"),
        "a": ("2", "pyproject.toml:2", "false"),  # nearer before farther, nothing merged
        "a/b": ("3", "corpuscheck.toml:1", "false"),  # before the pyproject.toml beside it
        "a/b/c": ("3", "../corpuscheck.toml:1", "false"),  # a pyproject.toml without the section is passed over
        "a/b/c/d": ("3", "../../corpuscheck.toml:1", "false"),
    }
    for folder, (jobs, origin, strict) in expected.items():
        monkeypatch.chdir(tmp_path / folder)
        rows = shown(run_main)
        assert rows["jobs"] == (jobs, origin)
        assert rows["strict"][0] == strict


def test_without_a_file_all_are_defaults(run_main: Main) -> None:
    assert {origin for _, origin in shown(run_main).values()} == {"default"}


def test_config_names_another_file(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"corpuscheck.toml": "jobs = 1", "ci/strict.toml": "\njobs = 2"})
    assert shown(run_main, "--config", "ci/strict.toml")["jobs"] == ("2", "ci/strict.toml:2")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_from_windows(tmp_path: Path, run_main: Main, mark: str, end: str) -> None:
    write_files(tmp_path, {"corpuscheck.toml": f"{mark}jobs = 2{end}strict = true{end}"})
    rows = shown(run_main)
    assert rows["jobs"] == ("2", "corpuscheck.toml:1")
    assert rows["strict"] == ("true", "corpuscheck.toml:2")


# what may stand in it, and what beats it


def test_every_option_can_be_set_in_the_file(tmp_path: Path, run_main: Main) -> None:
    keys = {option_key(option) for option in scan.params} - {"config", "show-config"}
    assert keys == OPTIONS.keys()
    write_files(tmp_path, {"corpuscheck.toml": "\n".join(f"{key} = {OPTIONS[key][0]}" for key in OPTIONS)})
    for line, (key, row) in enumerate(shown(run_main).items(), 1):
        place = list(OPTIONS).index(key) + 1
        assert row == (OPTIONS[key][1], f"corpuscheck.toml:{place}"), line


@pytest.mark.few(39)
@pytest.mark.parametrize("key", OPTIONS)
def test_environment_beats_the_file_and_the_command_line_beats_both(
    key: str, tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_file, first, other, second = OPTIONS[key]
    variable = "CORPUSCHECK_" + key.replace("-", "_").upper()
    write_files(tmp_path, {"corpuscheck.toml": f"{key} = {in_file}"})
    assert shown(run_main)[key] == (first, "corpuscheck.toml:1")
    if key == "paths":
        assert shown(run_main, other)[key] == (second, "command line")
        return
    monkeypatch.setenv(variable, other)
    assert shown(run_main)[key] == (second, f"environment, {variable}")
    given = [f"--{key}"] if in_file == "true" else [f"--{key}", other]
    monkeypatch.setenv(variable, "0" if in_file == "true" else first.split(", ")[0])
    assert shown(run_main, *given)[key] == (first if in_file == "true" else second, "command line")


def test_an_option_that_was_given_beats_the_limit_of_its_rule(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"corpuscheck.toml": "max-unk-rate = 0.3\n[rules.unk-rate]\nlimit = 0.2\n"})
    for given, limit in (
        ([], "20.0 %"),
        (["--max-unk-rate", "0.4"], "40.0 %"),
        (["--max-unk-rate", "0.4", "--limit", "unk-rate=0.5"], "50.0 %"),
    ):
        assert re.search(rf"CC301  error +{limit}", run_main("rules", *given)[1])


def test_rules_by_id_and_by_name(tmp_path: Path, run_main: Main) -> None:
    text = '[rules.CC101]\nseverity = "info"\n\n[rules."invalid-bytes"]\nlimit = 7\nseverity="error"\n'
    text += "[rules.cut-short]\nlimit = 2\n"
    write_files(tmp_path, {"corpuscheck.toml": text})
    rules = run_main("rules")[1]
    assert re.search(r"CC101  info .*skipped-files", rules)
    assert re.search(r"CC10\d  error +7 \w+  invalid-bytes", rules)
    assert re.search(r"CC10\d  \w+ +2 \w+  cut-short", rules)
    rows = shown(run_main)
    assert rows["rules.CC101.severity"] == ("info", "corpuscheck.toml:2")
    assert rows["rules.invalid-bytes.limit"] == ("7", "corpuscheck.toml:5")


def test_other_commands_pass_over_what_is_for_scan(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"corpuscheck.toml": 'paths = ["a"]\ntokenizer = "t"\n[rules.CC301]\nlimit = 0.25\n'})
    assert "25.0 %" in run_main("explain", "CC301")[1]
    assert "paths" not in shown(run_main, command="rules")


# paths


def test_paths_in_the_file_are_meant_from_its_folder(
    tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t").mkdir()
    write_vocabulary(tmp_path / "t" / "vocab.txt", "가나")
    text = 'paths = ["data"]\ntokenizer = "t/vocab.txt"\ncache-dir = ".kept"\nsave = "base.ccp"\nfiles = "f.jsonl"\n'
    text += 'output = ["sarif=r.sarif", "r.json"]\nsave-tokenizer = "tok"\nformat = "concise"\n'
    write_files(tmp_path, {"corpuscheck.toml": text, "data/a.txt": "가 나 다\n", "sub/folder/x": ""})
    for folder in (tmp_path / "sub" / "folder", tmp_path):
        monkeypatch.chdir(folder)
        status, _, err = run_main("scan")
        assert status == 1, err  # 다 is lost
        made = {"base.ccp", "f.jsonl", "r.sarif", "r.json", "tok", ".kept"}
        assert made <= {path.name for path in tmp_path.iterdir()}
    assert [path.name for path in (tmp_path / "sub" / "folder").iterdir()] == ["x"]
