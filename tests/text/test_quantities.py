"""Numbers as people write them: understood, or refused by a line that says how; the same from everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from support import Main, scanned, write_files

from corpuscheck.cli import cli
from corpuscheck.commands.options import Quantity
from corpuscheck.errors import UsageError
from corpuscheck.settings import settings_from
from corpuscheck.text.quantities import ALL_TEXT, parse_count, parse_number, parse_share, parse_size, parse_size_or_all

SIZES: dict[Any, int] = {
    "4GB": 4 * 10**9, "4 GB": 4 * 10**9, "4gb": 4 * 10**9, " 4GB ": 4 * 10**9, "４GB": 4 * 10**9, "４ＧＢ": 4 * 10**9,
    "4\u00a0GB": 4 * 10**9, "4\u202fGB": 4 * 10**9, "1.5GB": 1_500_000_000, ".5MB": 500_000, "2.MB": 2_000_000,
    "500 MB": 5 * 10**8, "4GiB": 4 * 2**30, "1 MiB": 2**20, "30k": 30_000, "2.5M": 2_500_000, "4G": 4 * 10**9,
    "1T": 10**12, "500B": 500, "1 byte": 1, "12 bytes": 12, "0": 0, "1000": 1000, "1,000,000": 10**6,
    "1_000_000": 10**6, "1 000 000": 10**6, "1e6": 10**6, "4e9": 4 * 10**9, "1E9": 10**9, "4e0GB": 4 * 10**9,
    "30,000kB": 30_000_000, "+4GB": 4 * 10**9, 5000: 5000, 4e9: 4 * 10**9, 0: 0,
}  # fmt: skip
COUNTS: dict[Any, int] = {
    "5": 5, "30000": 30_000, "30,000": 30_000, "30_000": 30_000, "30 000": 30_000, "30k": 30_000, "30K": 30_000,
    "2.5M": 2_500_000, "110M": 110_000_000, "1.3B": 1_300_000_000, "7b": 7 * 10**9, "1e6": 10**6, "1.5e3": 1500,
    "３０，０００": 30_000, "1,234,567": 1_234_567, "5.0": 5, "0": 0, 7: 7, "1.1k": 1100,
}  # fmt: skip
SHARES: dict[Any, float] = {
    "0.01": 0.01, "1%": 0.01, "1 %": 0.01, "0.5%": 0.005, "0.5 %": 0.005, "1％": 0.01, "１％": 0.01, "100%": 1, "1": 1,
    "0": 0, "0%": 0, ".5": 0.5, "1e-3": 0.001, "99.95%": 0.9995, "5‰": 0.005, 0.25: 0.25, 1: 1, "0.005": 0.005,
}  # fmt: skip


@pytest.mark.parametrize(
    ("parse", "known"), [(parse_size, SIZES), (parse_count, COUNTS), (parse_number, COUNTS), (parse_share, SHARES)]
)
def test_numbers_are_understood(parse: Callable[[Any], float], known: dict[Any, float]) -> None:
    assert {value: parse(value) for value in known} == known


def test_a_number_may_have_a_fraction_and_a_size_be_all_there_is() -> None:
    assert parse_number("2.5") == 2.5
    assert parse_number("0.5") == 0.5
    assert parse_size_or_all("ALL") == ALL_TEXT
    assert parse_size_or_all("16MB") == 16_000_000


GARBAGE = (
    "", " ", "much", "nan", "inf", "Infinity", "-1", "\u22121", "- 1", "1-2", "1/2", "0x10", "1.2.3", "1e", "4 4", "--",
    "%", "1,5", "1_", "_1", "1,0000", "\x1b[31m", "१२", "½", "9" * 400, "1e999",
    float("nan"), float("inf"), float("-inf"), -1, True,
)  # fmt: skip


@pytest.mark.parametrize("parse", [parse_size, parse_count, parse_number, parse_share])
@pytest.mark.parametrize("value", GARBAGE)
def test_what_is_no_number_is_refused_in_one_line(parse: Callable[[Any], float], value: Any) -> None:
    with pytest.raises(UsageError) as refused:
        parse(value)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("parse", "value", "says"),
    [
        (parse_size, "4", "4 bytes? Write 4GB, or 4B where bytes are meant"),
        (parse_size, "999", "999 bytes? Write 999GB, or 999B where bytes are meant"),
        (parse_size, "3.9", "3.9 bytes? Write 3.9GB, or 3.9B where bytes are meant"),
        (parse_size, 4, "4 bytes? Write 4GB, or 4B where bytes are meant"),
        (parse_size, "4XB", "'4XB' is not a size: write a number and a unit, as in 500MB or 4GB (1 GB = 10⁹ bytes)"),
        (parse_size, "4%", "'4%' is not a size: write a number and a unit, as in 500MB or 4GB (1 GB = 10⁹ bytes)"),
        (parse_size, "1,5GB", "'1,5GB' is not a size: write a decimal point, 1.5, and commas between thousands only"),
        (parse_size, "9999999999GB", "'9999999999GB' is too large"),
        (parse_count, "1.5", "'1.5' is not a whole number"),
        (parse_count, "30.000", "'30.000' can be read in two ways: write 30,000 or 30"),
        (parse_count, "5%", "'5%' is not a number: write it as in 30000, 30,000, 30k, 2.5M or 1e6"),
        (parse_count, "-3", "'-3' is below zero: write it as in 30000, 30,000, 30k, 2.5M or 1e6"),
        (parse_share, "5", "must lie between 0 and 1: 5 is 500 %, write 5% or 0.05"),
        (parse_share, 5, "must lie between 0 and 1: 5 is 500 %, write 5% or 0.05"),
        (parse_share, "101", "must lie between 0 and 1: 101 is 10100 %, 100% is all"),
        (parse_share, "150%", "must lie between 0% and 100%, not 150%"),
        (parse_share, "0,5%", "'0,5%' is not a share: write a decimal point, 0.5, and commas between thousands only"),
        (parse_share, "5k", "'5k' is not a share: write a share, as in 1% or 0.01"),
    ],
)
def test_the_line_says_how_to_write_it(parse: Callable[[Any], float], value: Any, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(value)
    assert str(refused.value) == says


def numbers(command: click.Command) -> set[str]:
    return {option.opts[0] for option in command.params if isinstance(option.type, Quantity)}


def test_every_number_on_the_command_line_is_read_by_these() -> None:
    for command in cli.commands.values():
        plain = {option.opts[0] for option in command.params if option.type in (click.INT, click.FLOAT)}
        assert plain <= {"--seed"}, command.name
    assert numbers(cli.commands["estimate"]) >= {
        "--articles", "--mean-bytes", "--available", "--per-day", "--usable", "--target", "--params", "--epochs",
        "--jobs",
    }  # fmt: skip


GIVEN = [
    ("max-unk-rate", "1%", 0.01), ("max-unk-rate", "0.01", 0.01), ("target", "4 GiB", 4 * 2**30),
    ("min-size", "30,000", 30_000), ("articles-per-gb", "30k", 30_000), ("max-shrinkage", "0.5 %", 0.005),
]  # fmt: skip
FIELDS = {"target": "target_bytes", "min-size": "min_bytes"}


@pytest.mark.parametrize(("key", "text", "value"), GIVEN)
def test_the_command_line_the_environment_a_file_and_python_agree(
    key: str, text: str, value: float, tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    field = FIELDS.get(key, key.replace("-", "_"))

    def shown(*arguments: str) -> str:
        return next(
            line.split()[1]
            for line in run_main("rules", "--show-config", *arguments)[1].splitlines()
            if line.startswith(key)
        )

    assert float(shown(f"--{key}", text)) == value
    monkeypatch.setenv("CORPUSCHECK_" + key.upper().replace("-", "_"), text)
    assert float(shown()) == value
    monkeypatch.delenv("CORPUSCHECK_" + key.upper().replace("-", "_"))
    write_files(tmp_path, {"corpuscheck.toml": f"{key} = {json.dumps(text)}\n"})
    assert float(shown()) == value
    assert getattr(settings_from(**{field: text}).limits, field) == value


@pytest.mark.parametrize(
    ("rule", "text", "limit"), [("CC301", "1%", 0.01), ("CC201", "4kB", 4000), ("CC703", "2k", 2000)]
)
def test_limits_of_rules_are_read_in_the_unit_of_the_rule(
    rule: str, text: str, limit: float, tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plain = run_main("rules", "--limit", f"{rule}={limit}")[1]
    assert run_main("rules", "--limit", f"{rule}={text}")[1] == plain
    write_files(tmp_path, {"corpuscheck.toml": f'[rules.{rule}]\nlimit = "{text}"\n'})
    assert run_main("rules")[1] == plain


def test_a_small_target_is_refused_and_not_ready(tmp_path: Path, run_main: Main) -> None:
    write_files(tmp_path, {"a.txt": "가나다\n"})
    status, out, err = run_main("scan", tmp_path, "--target", "4")
    assert (status, out) == (2, "")
    assert "Invalid value for '--target': 4 bytes? Write 4GB, or 4B where bytes are meant" in err
    status, out, err = run_main("scan", tmp_path, "--max-unk-rate", "5")
    assert (status, out) == (2, "")
    assert "write 5% or 0.05" in err
    with pytest.raises(UsageError, match="target_bytes: 4 bytes"):
        scanned(tmp_path, target_bytes="4")
