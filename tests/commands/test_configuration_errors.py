"""A configuration file that is wrong: one line that names the file, the line, the key and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import Main, write_files


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def error_of(run_main: Main, *arguments: str | Path) -> str:
    """The one line that a command says when it cannot work."""
    status, out, err = run_main(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("corpuscheck: ")
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    return err.removeprefix("corpuscheck: ").rstrip("\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs = 1\nmax_unk_rat = 1", "corpuscheck.toml:2: unknown key 'max-unk-rat': did you mean 'max-unk-rate'?"),
        ("show-config = true", "corpuscheck.toml:1: unknown key 'show-config'"),
        ("\nconfig = 'x'", "corpuscheck.toml:2: unknown key 'config'"),
        ("\n[other]\nx = 1", "corpuscheck.toml:2: unknown key 'other'"),
        ('\n"\\u001b[31m" = 1', "unknown key '\\u001b[31m'"),
        ('jobs = "two"', "corpuscheck.toml:1: jobs: 'two' is not a number: write it as in 30000"),
        ("jobs = 1.5", "corpuscheck.toml:1: jobs: '1.5' is not a whole number"),
        ("jobs = true", "corpuscheck.toml:1: jobs: must be a whole number"),
        ("\njobs = 0", "corpuscheck.toml:2: --jobs must be 1 or more"),
        ("target = 1.5", "corpuscheck.toml:1: target: 1.5 bytes? Write 1.5GB"),
        ("target = 4", "corpuscheck.toml:1: target: 4 bytes? Write 4GB, or 4B where bytes are meant"),
        ("target = {a = 1}", 'corpuscheck.toml:1: target: must be a size, as in "4GB"'),
        ('target = "4XB"', "corpuscheck.toml:1: target: '4XB' is not a size"),
        ("min-size = -1", "corpuscheck.toml:1: min-size: '-1' is below zero"),
        ('max-unk-rate = "much"', "corpuscheck.toml:1: max-unk-rate: 'much' is not a share"),
        ("max-unk-rate = true", 'corpuscheck.toml:1: max-unk-rate: must be a share, as in "1%"'),
        ("max-unk-rate = nan", "corpuscheck.toml:1: max-unk-rate: 'nan' is not a share"),
        (
            "\nmax-unk-rate = 2",
            "corpuscheck.toml:2: max-unk-rate: must lie between 0 and 1: 2 is 200 %, write 2% or 0.02",
        ),
        ("strict = 1", "corpuscheck.toml:1: strict: must be true or false"),
        ('strict = "yes"', "corpuscheck.toml:1: strict: must be true or false"),
        ("encoding = 949", "corpuscheck.toml:1: encoding: must be text"),
        ('encoding = "utf-9"', "corpuscheck.toml:1: --encoding 'utf-9' is no text encoding"),
        ("encoding = 2026-01-01", "corpuscheck.toml:1: encoding: must be text"),
        ('hint = "xx"', "corpuscheck.toml:1: --hint knows the languages"),
        ('preset = "nikk"', "corpuscheck.toml:1: --preset knows no 'nikk'"),
        ('document = "page"', "corpuscheck.toml:1: document: 'page' is not one of"),
        ("document = ['line']", "corpuscheck.toml:1: document: must be one value, not a list"),
        ('include = "*.txt"', "corpuscheck.toml:1: include: must be a list"),
        ("include = [1]", "corpuscheck.toml:1: include: must be text"),
        ('paths = "data"', "corpuscheck.toml:1: paths: must be a list"),
        ("paths = [1]", "corpuscheck.toml:1: paths must be text"),
        ('tokenizer = "a\\u0000b"', "corpuscheck.toml:1: tokenizer must be a path"),
        ("tokenizer = 1", "corpuscheck.toml:1: tokenizer must be text"),
        ('severity = ["CC301"]', "corpuscheck.toml:1: severity: 'CC301' is not RULE=VALUE"),
        ('severity = ["CC301=bad"]', "corpuscheck.toml:1: severity: 'bad' is not one of"),
        ('limit = ["unk-rat=1"]', "corpuscheck.toml:1: --limit unk-rat: there is no rule 'unk-rat'"),
        ('\nselect = ["CC9"]', "corpuscheck.toml:2: --select 'CC9': no such rule"),
        ('ignore = ["unk-rat"]', "corpuscheck.toml:1: --ignore 'unk-rat': no such rule: did you mean 'unk-rate'?"),
        ("[rules.unk-rat]\nlimit = 1", "corpuscheck.toml:1: there is no rule 'unk-rat': did you mean 'unk-rate'?"),
        ("[rules.CC301]\nlimt = 1", "corpuscheck.toml:2: unknown key 'limt' of rule CC301: did you mean 'limit'?"),
        ('[rules.CC301]\nlimit = "much"', "corpuscheck.toml:2: 'much' is not a share"),
        ("[rules.CC301]\nlimit = 5", "corpuscheck.toml:2: must lie between 0 and 1: 5 is 500 %, write 5% or 0.05"),
        ("[rules.CC301]\nlimit = true", "corpuscheck.toml:2: limit must be a number, 0 or more"),
        ("[rules.CC301]\nlimit = nan", "corpuscheck.toml:2: 'nan' is not a share"),
        ("rules.CC301.limit = -1", "corpuscheck.toml:1: '-1' is below zero"),
        ('[rules.CC301]\n\nseverity = "fatal"', "corpuscheck.toml:3: severity must be one of error, warning, info"),
        ("[rules.CC301]\nseverity = ['error']", "corpuscheck.toml:2: severity must be one of error, warning, info"),
        ("rules = 1", "corpuscheck.toml:1: rules are tables"),
        ("[rules]\nCC301 = 1", "corpuscheck.toml:1: rules are tables"),
        ('[rules."\\u001b[31m"]\nlimit = 1', "there is no rule '\\u001b[31m'"),
        ("jobs = ", "corpuscheck.toml: cannot be read (Invalid value (at end of document"),
        ("a = 1\na = 2", "cannot be read (Cannot overwrite a value"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_key(tmp_path: Path, run_main: Main, text: str, said: str) -> None:
    write_files(tmp_path, {"corpuscheck.toml": text, "data.txt": "가나다"})
    assert said in error_of(run_main, "scan", "data.txt")


def test_lines_in_pyproject_are_those_of_the_section(tmp_path: Path, run_main: Main) -> None:
    text = '[project]\njobs = "x"\n\n[tool.corpuscheck.rules.CC301]\nlimit = "x"\n\n[tool.corpuscheck]\njobs = 2\n'
    write_files(tmp_path, {"pyproject.toml": text, "data.txt": "가나다"})
    assert "pyproject.toml:8" in run_main("scan", "--show-config")[1]
    assert error_of(run_main, "rules").startswith("pyproject.toml:5: ")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        (b"", ""),
        (b"jobs = [", "Invalid value"),
        (b"\xff\xfej\x00", "can't decode byte 0xff"),
        (b"jobs = 1\x1b[31m", "Expected newline or end of document"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, run_main: Main, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "x.toml").write_bytes(content)
    if said:
        assert said in error_of(run_main, "scan", "--config", "x.toml", "--show-config")
    else:
        assert run_main("scan", "--config", "x.toml", "--show-config")[0] == 0


def test_config_that_is_a_folder(tmp_path: Path, run_main: Main) -> None:
    assert "Is a directory" in error_of(run_main, "scan", "--config", tmp_path)


def test_help_needs_no_valid_file(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"corpuscheck.toml": "nonsense"})
    assert run_main("scan", "--help")[0] == 0


def test_without_paths_anywhere_scan_says_what_to_do(run_main: Main) -> None:
    assert error_of(run_main, "scan") == "name the files and folders to scan, or set paths in corpuscheck.toml"


@pytest.mark.parametrize("name", ["\x1b[31mred", "a\nb", "\u202egnp"])
def test_hostile_values_are_shown_safely(tmp_path: Path, run_main: Main, name: str) -> None:
    escaped = "".join(f"\\u{ord(ch):04x}" for ch in name)
    write_files(tmp_path, {"corpuscheck.toml": f'tokenizer = "{escaped}"\ninclude = ["{escaped}"]\n'})
    for arguments in (["scan", "--show-config"], ["scan", "x", "--config", name], ["explain", name]):
        _, out, err = run_main(*arguments)
        assert name not in out + err
        assert all(ch.isprintable() or ch == "\n" for ch in out + err)
