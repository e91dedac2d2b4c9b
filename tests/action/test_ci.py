"""The GitHub action: its definition, and its scripts run by bash as GitHub runs them."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from scratch import NEEDS_GIT_AND_BASH, Repository, branch_of, watched_repository
from support import REPOSITORY, korean_lines, write_files
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
    assert restored["path"] == STEPS["Scan"]["env"]["KEPT"]
    assert restored["path"].startswith("${{ runner.temp }}/")  # nothing in the checkout is the cache


@pytest.mark.thorough
def test_install_takes_the_action_itself_or_what_is_asked_for(runner: Runner) -> None:
    python = '#!/bin/sh\nmkdir -p "$3/bin" && cp "$0" "$3/bin/python"\necho "$@"\n'
    commands = write_files(runner.temporary / "fake", {"python": python})
    (commands / "python").chmod(0o755)
    path = os.pathsep.join((str(commands), os.environ["PATH"]))
    script = STEPS["Install corpuscheck"]["run"]
    own = runner.run(script, PATH=path, SPECIFICATION="")
    assert own.done.stdout.splitlines()[-1].endswith(f"pip install --quiet --disable-pip-version-check {REPOSITORY}")
    assert own.outputs == {"command": f"{runner.temporary}/corpuscheck/bin/corpuscheck"}
    assert "corpuscheck==9" in runner.run(script, PATH=path, SPECIFICATION="corpuscheck==9").done.stdout


@pytest.mark.thorough
def test_a_corpus_that_passes(runner: Runner) -> None:
    step = runner.step("Scan", baseline="base.ccp")
    assert (step.done.returncode, step.done.stderr) == (0, "")
    assert step.done.stdout == ""  # the goal is no fault of a pull request
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


def _artifact(run: int, day: int, branch: str = "main", repository: int = 1, expired: bool = False) -> dict[str, Any]:
    source = {"id": run, "head_branch": branch, "head_repository_id": repository, "repository_id": 1}
    return {"created_at": f"2026-03-0{day}T00:00:00Z", "expired": expired, "workflow_run": source}


@pytest.mark.thorough
def test_what_is_kept_is_believed_with_its_secret(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CORPUSCHECK_NO_CACHE")
    known = "60 files as before, 0 read\n"
    for secret, fork, expected in (
        ("a secret of the repository", "", ""),
        ("a secret of the repository", "", known),
        ("another secret of somebody", "", ""),
        ("", "", ""),
        ("", "", known),
        ("", "true", ""),
    ):
        job = Runner(runner.checkout, runner.temporary, {"github.event.pull_request.head.repo.fork": fork})
        assert job.step("Scan", baseline="base.ccp", cache_secret=secret).done.stderr == expected
    assert runner.checkout.git("status", "--short") == ""


@pytest.mark.thorough
def test_a_pull_request_is_judged_by_the_configuration_of_its_base(main: Repository, runner: Runner) -> None:
    base = main.git("rev-parse", "HEAD").strip()
    bad = "\n".join(korean_lines(9, seed=3)).encode("cp949")
    planted = 'paths = ["corpus"]\nfail-on = "never"\n'
    runner.checkout.commit(
        {"corpus/new.txt": bad, "corpuscheck.toml": planted, "corpus/.corpuscheckignore": "x", "base.ccp": b""}
    )
    context = {"github.event.pull_request.base.sha": base}
    step = Runner(runner.checkout, runner.temporary, context).step(
        "Take the configuration of the base branch", baseline="base.ccp"
    )
    assert step.done.returncode == 0, step.done.stderr
    changed = "base.ccp corpus/.corpuscheckignore corpuscheck.toml "
    told = "pull request also changes what it is judged by"
    assert step.done.stdout == f"::warning title=corpuscheck::this {told}: {changed}\n"
    assert (runner.checkout.folder / step.outputs["file"]).read_text() == main.git("show", "HEAD:corpuscheck.toml")
    runner.checkout.git("checkout", "-q", base, "--", "base.ccp")
    context = {f"steps.configuration.outputs.{name}": step.outputs[name] for name in ("file", "changed")}
    for job, status in ((Runner(runner.checkout, runner.temporary, context), 1), (runner, 0)):
        scan = job.step("Scan", baseline="base.ccp")
        assert scan.done.returncode == status
        assert (told in scan.summary) == (job is not runner)


def test_a_base_without_configuration_is_the_defaults(main: Repository, runner: Runner) -> None:
    """Whatever the pull request brings, and whatever it has in the place where the base's configuration is put."""
    first = main.git("rev-list", "--max-parents=0", "HEAD").strip()
    runner.checkout.commit({"pyproject.toml": "[tool.other]\n", "precious": "precious"})
    (runner.checkout.folder / ".corpuscheck-base.toml").symlink_to("precious")
    job = Runner(runner.checkout, runner.temporary, {"github.event.pull_request.base.sha": first})
    step = job.step("Take the configuration of the base branch")
    assert (runner.checkout.folder / step.outputs["file"]).read_text() == ""
    assert (runner.checkout.folder / "precious").read_text() == "precious"
    assert "corpuscheck.toml" in step.outputs["changed"]
    job = Runner(runner.checkout, runner.temporary, {"github.event.pull_request.base.sha": "0" * 40})
    assert job.step("Take the configuration of the base branch").done.returncode == 2


OTHERS = [
    _artifact(30, 3, expired=True),
    _artifact(40, 4, branch="topic"),
    _artifact(50, 5, repository=7),  # the main branch of a fork
]


@pytest.mark.few(1)
@pytest.mark.skipif(not shutil.which("jq"), reason="needs jq, to do what gh does with its query")
@pytest.mark.parametrize("artifacts", [[_artifact(10, 1), _artifact(20, 2), *OTHERS], OTHERS])
def test_the_baseline_is_the_newest_artifact_of_the_main_branch(runner: Runner, artifacts: list[Any]) -> None:
    gh = """#!/bin/sh
case "$1" in
  api) shift $(($# - 1)); jq --raw-output "$1" artifacts.json ;;
  run) echo "$@" > arguments; for folder; do :; done; mkdir "$folder"; cp base.ccp "$folder/profile.ccp" ;;
esac
"""
    folder = write_files(
        runner.checkout.folder, {"artifacts.json": json.dumps({"artifacts": artifacts}), "commands/gh": gh}
    )
    (folder / "commands" / "gh").chmod(0o755)
    context = {"github.event.repository.default_branch": "main"}
    job = Runner(runner.checkout, runner.temporary, context)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.pathsep.join((str(folder / "commands"), os.environ["PATH"])))
        fetched = job.step("Fetch the baseline", baseline_artifact="corpus-baseline")
    if artifacts == OTHERS:
        assert fetched.done.returncode == 2
        assert "branch main has no artifact corpus-baseline to compare with" in fetched.done.stdout
        return
    assert (fetched.done.returncode, fetched.done.stdout) == (0, "")
    assert (folder / "arguments").read_text().startswith("run download 20 --repo owner/corpus --name corpus-baseline ")
    context = {"steps.baseline.outputs.file": fetched.outputs["file"]}
    assert Runner(runner.checkout, runner.temporary, context).step("Scan").done.returncode == 0


def test_only_runs_on_the_main_branch_make_the_baseline_and_they_do_not_fetch_one() -> None:
    on_main = re.search(r"github\.ref_name == .*", STEPS["Upload the profile as the baseline"]["if"])
    assert on_main is not None
    assert f"!({on_main[0]})" in STEPS["Fetch the baseline"]["if"]
    assert "pull_request" not in on_main[0]
