"""The GitHub action: its definition, and its scripts run by bash as GitHub runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from scratch import NEEDS_GIT_AND_BASH, Repository, branch_of, watched_repository
from support import korean_lines, write_files
from workflow import ACTION, STEPS, Runner

pytestmark = NEEDS_GIT_AND_BASH


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return watched_repository(tmp_path_factory.mktemp("main") / "repository")


@pytest.fixture
def runner(main: Repository, tmp_path: Path) -> Runner:
    (tmp_path / "temporary").mkdir()
    return Runner(branch_of(main, tmp_path / "branch"), tmp_path / "temporary")


def test_the_action_says_what_it_is_and_takes_no_input_that_it_does_not_describe() -> None:
    assert ACTION["name"] == "corpuscheck"
    assert ACTION["description"]
    assert ACTION["runs"]["using"] == "composite"
    assert all(entry["description"] for part in ("inputs", "outputs") for entry in ACTION[part].values())
    named = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(ACTION["runs"])))
    assert named == set(ACTION["inputs"])


@pytest.mark.parametrize("name", STEPS)
def test_each_step_is_a_pinned_action_or_a_script_without_expressions(name: str) -> None:
    step = STEPS[name]
    if "uses" in step:
        assert re.fullmatch(r"(actions|github)/[a-z/-]+@v\d+", step["uses"])
    else:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]  # values come in through env: in the script they would be code


def test_what_was_measured_is_kept_where_it_is_restored_from() -> None:
    restored, kept = STEPS["Restore what was measured before"]["with"], STEPS["Keep what was measured"]["with"]
    assert (restored["path"], restored["key"]) == (kept["path"], kept["key"])
    assert restored["key"].startswith(restored["restore-keys"])
    assert restored["path"] in STEPS["Scan"]["run"]


def test_install_takes_the_action_itself_or_what_is_asked_for(runner: Runner) -> None:
    python = '#!/bin/sh\nmkdir -p "$3/bin" && cp "$0" "$3/bin/python"\necho "$@"\n'
    commands = write_files(runner.temporary / "fake", {"python": python})
    (commands / "python").chmod(0o755)
    path = os.pathsep.join((str(commands), os.environ["PATH"]))
    script = STEPS["Install corpuscheck"]["run"]
    own = runner.run(script, PATH=path, SPECIFICATION="")
    assert own.done.stdout.splitlines()[-1].endswith(f"pip install --quiet --disable-pip-version-check {_here()}")
    assert own.outputs == {"command": f"{runner.temporary}/corpuscheck/bin/corpuscheck"}
    assert "corpuscheck==9" in runner.run(script, PATH=path, SPECIFICATION="corpuscheck==9").done.stdout


def _here() -> Path:
    return Path(__file__).resolve().parent.parent


def test_a_corpus_that_passes(runner: Runner) -> None:
    step = runner.step("Scan", baseline="base.ccp")
    assert (step.done.returncode, step.done.stderr) == (0, "")
    assert [line.split(" ", 1)[0] for line in step.done.stdout.splitlines()] == ["::warning"]
    assert step.summary.startswith("## corpuscheck: CAUTION\n")
    assert "<table>" in MarkdownIt("commonmark").enable("table").render(step.summary)
    assert step.outputs["exit-status"] == "0"
    assert json.loads(Path(step.outputs["json"]).read_bytes())["verdict"] == "caution"
    assert json.loads(Path(step.outputs["sarif"]).read_bytes())["version"] == "2.1.0"
    again = runner.step("Scan", baseline=step.outputs["profile"], summary="false")
    assert (again.done.returncode, again.summary) == (0, "")


def test_a_pull_request_that_is_stopped(runner: Runner) -> None:
    write_files(runner.checkout.folder, {"corpus/new.txt": "\n".join(korean_lines(9, seed=3)).encode("cp949")})
    step = runner.step("Scan", baseline="base.ccp")
    assert step.done.returncode == 1
    assert step.done.stdout.startswith("::error file=corpus/new.txt,line=1,title=CC704 new-encoding::")
    assert step.summary.startswith("## corpuscheck: NOT READY\n")
    assert "`corpus/new.txt`" in step.summary
    assert step.outputs.keys() == ACTION["outputs"].keys()


def test_what_cannot_be_checked_is_an_error_with_its_reason(runner: Runner) -> None:
    step = runner.step("Scan", baseline="nowhere.ccp")
    reason = "corpuscheck: nowhere.ccp: cannot be read (No such file or directory)"
    assert step.done.returncode == 2
    assert step.done.stdout == f"::error title=corpuscheck could not check::{reason}\n"
    assert step.done.stderr == f"{reason}\n"
    assert step.outputs == {"exit-status": "2"}
    assert step.summary == f"## corpuscheck could not check\n\n```text\n{reason}\n```\n"


def test_inputs_are_values_and_never_code(runner: Runner) -> None:
    folder = write_files(runner.checkout.folder, {"-q/$(touch a)/one.txt": "하나 둘 셋", "two words/2.txt": "넷"})
    step = runner.step("Scan", paths="-q/$(touch a)\ntwo words\n", args=" --document line\n --target 1GB ")
    assert step.done.returncode in (0, 1)
    files = json.loads(Path(step.outputs["json"]).read_bytes())["reading"]["files"]
    assert files == 2
    done = runner.step("Scan", args="$(touch a) ; touch a", config="`touch a`", baseline='"; touch a; "').done
    assert done.returncode == 2
    assert not (folder / "a").exists()


def test_an_unchanged_file_is_not_read_again_though_a_checkout_changes_its_time(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    for expected in (r"", r"60 files as before, 0 read\n"):
        step = runner.step("Scan", baseline="base.ccp")
        assert re.fullmatch(expected, step.done.stderr)
        for path in (runner.checkout.folder / "corpus").rglob("*.txt"):
            os.utime(path)
    assert runner.checkout.git("status", "--short") == ""  # the cache hides itself


ARTIFACTS = [
    {"id": 4, "expired": False, "created_at": "2026-04-01", "workflow_run": _run}
    for _run in [{"id": 40, "head_branch": "topic", "head_repository_id": 1, "repository_id": 1}]
] + [
    {"id": n, "expired": expired, "created_at": f"2026-03-0{n}", "workflow_run": run}
    for n, expired, run in [
        (1, False, {"id": 10, "head_branch": "main", "head_repository_id": 1, "repository_id": 1}),
        (2, False, {"id": 20, "head_branch": "main", "head_repository_id": 1, "repository_id": 1}),
        (3, True, {"id": 30, "head_branch": "main", "head_repository_id": 1, "repository_id": 1}),
        (5, False, {"id": 50, "head_branch": "main", "head_repository_id": 7, "repository_id": 1}),  # a fork's main
    ]
]
