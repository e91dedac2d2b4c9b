"""Rules: each is documented, can be chosen, graded and limited, and decides the exit status."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import REPOSITORY, Main, write_files, write_vocabulary

from corpuscheck.rules.registry import RULES
from corpuscheck.rules.rule import Rule
from corpuscheck.settings import Limits, Policy

ALL = [rule.id for rule in RULES]


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `scan` is given: half of its words are lost (CC301), a file is cut short (CC103), it is small (CC201)."""
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, {"data/a.txt": "가 나 다 라\n", "data/b.txt.gz": b"\x1f\x8b\x08\0\0\0\0\0\0\xff"})
    return ["data", "--tokenizer", write_vocabulary(tmp_path / "vocab.txt", "가나"), "--format", "concise", "-q"]


def found(run_main: Main, corpus: list[str], *options: str) -> tuple[int, set[str]]:
    """Exit status, and each finding as rule and severity."""
    status, out, err = run_main("scan", *corpus, *options)
    assert err == ""
    return status, {" ".join(m) for m in re.findall(r"(CC\d+) (error|warning|info|note)", out)}


@pytest.mark.parametrize("rule", RULES, ids=ALL)
def test_a_rule_is_documented(rule: Rule, run_main: Main) -> None:
    paragraphs = rule.documentation
    assert re.fullmatch(r"CC[1-9]\d\d", rule.id)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert re.match(r"[A-Z].*\w\.?( |$)", paragraphs[0].split(". ")[0] + ".")
    assert paragraphs[-1].startswith(f"Fix: {rule.advice}.")
    assert rule.advice
    assert ". " not in rule.advice
    for name in (rule.id, rule.id.lower(), rule.name):
        status, out, err = run_main("explain", name)
        assert (status, err) == (0, "")
        assert out.startswith(f"{rule.id} {rule.name}: {rule.severity}, allowed: ")
        assert "Fix: " in out
        assert f"[rules.{rule.id}]" in out


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ("CC107", "100.0 kB"), ("CC201", "at least 4.00 GB"), ("CC202", "at least 0 B"), ("CC301", "1.0 %"),
        ("CC305", "0 times"), ("CC415", "0 documents"), ("CC601", "50.0 %"), ("CC602", "10.0 %"),
        ("CC701", "0.10 points"),
    ],
)  # fmt: skip
def test_a_limit_is_the_most_that_is_allowed_and_a_floor_says_so(rule: str, allowed: str, run_main: Main) -> None:
    _, out, _ = run_main("explain", rule)
    assert out.partition("\n")[0].endswith(f", allowed: {allowed}")


@pytest.mark.parametrize(
    ("rule", "limit", "allowed"), [("CC305", "5", "5 times"), ("CC201", "2GB", "at least 2.00 GB")]
)
def test_a_floor_that_is_set_is_a_floor(rule: str, limit: str, allowed: str, run_main: Main) -> None:
    _, out, _ = run_main("explain", rule, "--limit", f"{rule}={limit}")
    assert f"allowed: {allowed}\n" in out


def test_ids_and_names_are_unique_and_in_order() -> None:
    assert sorted(set(ALL)) == ALL
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_what_explain_shows_is_valid_configuration(
    tmp_path: Path, run_main: Main, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, before, _ = run_main("rules")
    tables = []
    for rule in ALL:
        shown = run_main("explain", rule)[1].rpartition("in corpuscheck.toml")[2]
        tables += [line.strip() for line in shown.splitlines()]
    (tmp_path / "corpuscheck.toml").write_text("\n".join(tables))
    assert run_main("rules") == (0, before, "")


def test_rules_lists_all_with_what_is_in_force(run_main: Main) -> None:
    status, out, _ = run_main("rules", "--ignore", "CC1", "--severity", "unk-rate=info", "--limit", "CC708=0.5")
    rows = {line.split()[0]: line for line in out.splitlines() if line.startswith("CC")}
    assert status == 0
    assert list(rows) == ALL
    assert all(("ignored" in line) == rule.startswith("CC1") for rule, line in rows.items())
    assert "CC301  info " in rows["CC301"]
    assert "50.0 %" in rows["CC708"]


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        ("", "1 2 3"),
        ("--select CC3", "3"),
        ("--select cc3", "3"),
        ("--select CC301 --select CC1", "1 3"),
        ("--select unk-rate", "3"),
        ("--ignore CC", ""),
        ("--ignore CC1 --ignore below-target", "3"),
        ("--ignore CC --select CC301", "3"),
        ("--select CC --ignore CC3", "1 2"),
        ("--select CC3 --ignore unk-rate", ""),
        ("--ignore CC3 --select unk-rate", "3"),
        ("--select CC301 --ignore CC301", ""),
        ("--select CC301 --ignore unk-rate", ""),
        ("--select unk-rate --ignore CC301", ""),
        ("--select CC7", ""),
    ],
)
def test_the_more_specific_of_select_and_ignore_wins(
    options: str, chosen: str, run_main: Main, corpus: list[str]
) -> None:
    _, findings = found(run_main, corpus, *options.split())
    assert {finding[2] for finding in findings} == set(chosen.split())


@pytest.mark.parametrize(
    ("options", "status", "findings"),
    [
        ("", 1, "CC301 error"),
        ("--severity CC301=warning", 0, "CC301 warning"),
        ("--severity unk-rate=warning --fail-on warning", 1, "CC301 warning"),
        ("--severity cc301=info --fail-on warning", 0, "CC301 info"),
        ("--fail-on never", 0, "CC301 error"),
        ("--limit CC301=0.5", 0, ""),
        ("--limit unk-rate=0.5", 0, ""),
        ("--limit CC301=0.49", 1, "CC301 error"),
        ("--limit CC301=0.5 --max-unk-rate 0.1", 0, ""),
        ("--limit CC201=0 --select CC201", 2, ""),  # as --target 0
        ("--limit CC301=1.5", 2, ""),
        ("--limit CC202=1kB", 1, "CC301 error"),
        ("--limit CC201=4 --select CC201", 2, ""),  # as --target 4
        ("--limit CC301=5", 2, ""),
    ],
)
def test_severity_limit_and_fail_on(
    options: str, status: int, findings: str, run_main: Main, corpus: list[str]
) -> None:
    given = options.split()
    arguments = [*corpus, *([] if "--select" in given else ["--select", "CC301"]), *given]
    ended, out, err = run_main("scan", *arguments)
    assert ended == status, err
    if status < 2:
        assert {" ".join(m) for m in re.findall(r"(CC\d+) (error|warning|info)", out)} == ({findings} - {""})


def test_strict_fails_where_a_rule_cannot_be_judged(run_main: Main, corpus: list[str]) -> None:
    assert found(run_main, corpus, "--select", "CC7") == (0, set())
    status, findings = found(run_main, corpus, "--select", "CC701", "--severity", "CC701=info", "--strict")
    assert (status, findings) == (1, {"CC701 error"})
    assert found(run_main, corpus, "--ignore", "CC301", "--strict")[0] == 0  # there was no baseline to ask for


@pytest.mark.parametrize("option", ["--select", "--ignore", "--severity", "--limit", "explain"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("unk-rat", "did you mean 'unk-rate'?"),
        ("CC499", "did you mean 'CC"),
        ("", ""),
        ("zzzzz", "'corpuscheck rules' lists them"),
        ("\x1b[31m", "'\\u001b[31m'"),
    ],
)
def test_unknown_rules_are_errors(option: str, name: str, said: str, run_main: Main, corpus: list[str]) -> None:
    value = {"--severity": f"{name}=error", "--limit": f"{name}=1"}.get(option, name)
    status, out, err = run_main(*(["explain", name] if option == "explain" else ["scan", *corpus, option, value]))
    assert (status, out) == (2, "")
    assert said in err
    assert err.startswith("corpuscheck: ")
    assert err[:-1].isprintable()


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "much", ""])
@pytest.mark.parametrize("rule", ["CC101", "CC201", "CC301"])
def test_a_limit_is_a_number(rule: str, value: str, run_main: Main, corpus: list[str]) -> None:
    status, out, err = run_main("scan", *corpus, "--limit", f"{rule}={value}")
    assert (status, out) == (2, "")
    assert any(said in err for said in ("is not a number", "is not a share", "is not a size", "is below zero"))


def test_every_limit_of_a_rule_with_an_option_is_in_force_everywhere() -> None:
    limits = Limits()
    for rule in RULES:
        if rule.option:
            assert rule.limit_in_force(limits, Policy()) == getattr(limits, rule.option)
            assert rule.limit_in_force(limits, Policy(limit={rule.id: 0.25})) == 0.25


def test_the_table_of_rules_is_the_one_of_the_docs(run_main: Main) -> None:
    page = (REPOSITORY / "docs" / "rules.md").read_text("utf-8")
    table = page.partition("<!-- rules:begin -->\n")[2].partition("<!-- rules:end -->")[0]
    assert run_main("rules", "--format", "markdown") == (0, table, "")
