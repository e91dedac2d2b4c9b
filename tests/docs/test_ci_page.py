"""docs/ci.md does what it says: each of its snippets is tried, as far as that can be done without a network."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from scratch import NEEDS_GIT_AND_BASH, Repository, branch_of, new_repository
from support import REPOSITORY, korean_lines
from workflow import ACTION, Runner

pytestmark = NEEDS_GIT_AND_BASH

PAGE = (REPOSITORY / "docs" / "ci.md").read_text("utf-8")
SNIPPETS: dict[str, str] = dict(re.findall(r"<!-- ([^\n]+) -->\n```\w+\n(.*?)^```$", PAGE, re.S | re.M))
BAD: dict[str, str | bytes] = {"corpus/new.txt": "\n".join(korean_lines(10, seed=3)).encode("cp949")}
HOOKS: list[dict[str, Any]] = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Set up with the commands of the page."""
    repository = new_repository(tmp_path_factory.mktemp("main") / "repository")
    done = repository.shell(SNIPPETS["set-up"])
    assert done.returncode == 0, done.stderr
    return repository


@pytest.fixture
def branch(main: Repository, tmp_path: Path) -> Repository:
    return branch_of(main, tmp_path / "branch")


def test_every_snippet_is_marked_and_tried_here() -> None:
    here = Path(__file__).read_text("utf-8")
    assert len(SNIPPETS) == PAGE.count("```") // 2
    assert [name for name in SNIPPETS if f'"{name.removeprefix("github: ")}"' not in here] == []


@pytest.mark.thorough
def test_set_up_leaves_nothing_uncommitted(main: Repository) -> None:
    assert main.git("status", "--short") == ""
    assert {"corpuscheck.toml", "base.ccp"} <= set(main.git("ls-files").split())


@pytest.mark.thorough
def test_compare_and_accept(branch: Repository) -> None:
    branch.commit(BAD)
    assert branch.shell(SNIPPETS["compare"]).returncode == 1
    assert branch.shell(SNIPPETS["accept"]).returncode == 0
    assert branch.shell(SNIPPETS["compare"]).returncode == 0


@pytest.mark.thorough
def test_accept_with_the_same_tokenizer(branch: Repository) -> None:
    branch.commit(BAD)
    assert branch.shell(SNIPPETS["accept-with-the-same-tokenizer"]).returncode == 0
    assert branch.shell(SNIPPETS["compare"]).returncode == 0


@pytest.mark.thorough
def test_judged_by_the_base_configuration(branch: Repository) -> None:
    planted = 'paths = ["corpus"]\nfail-on = "never"\n'
    branch.commit({**BAD, "corpuscheck.toml": planted})
    assert branch.shell(SNIPPETS["compare"]).returncode == 0
    assert "CC709" in branch.shell(SNIPPETS["compare"]).stdout
    assert branch.shell(SNIPPETS["base-configuration"]).returncode == 1


@pytest.mark.thorough
def test_files_that_are_no_corpus(branch: Repository) -> None:
    ignored = SNIPPETS["ignore: corpus/.corpuscheckignore"]
    files = {"corpus/drafts/new.txt": BAD["corpus/new.txt"], "corpus/.corpuscheckignore": ignored}
    branch.commit(files)
    assert branch.shell(SNIPPETS["compare"]).returncode == 0


@pytest.mark.thorough
def test_compare_with_a_worktree_of_main(branch: Repository) -> None:
    branch.commit(BAD)
    done = branch.shell(SNIPPETS["worktree"])
    assert done.returncode == 1
    assert "CC704" in done.stdout


@pytest.mark.parametrize("name", ["committed", "artifact", "by-hand"])
def test_workflows_give_the_action_inputs_that_it_has(name: str) -> None:
    job = yaml.safe_load(SNIPPETS[f"github: {name}"])["jobs"]["corpus"]
    used = [step["with"] for step in job["steps"] if "/corpuscheck@" in step.get("uses", "")]
    assert len(used) == (name != "by-hand")
    assert all(given.keys() <= ACTION["inputs"].keys() for given in used)
    permissions = {"contents": "read", "actions": "read"} if name == "artifact" else {"contents": "read"}
    assert job["permissions"] == permissions


def test_inputs_and_outputs_that_the_page_names_are_those_of_the_action() -> None:
    for entry in [*ACTION["inputs"], *ACTION["outputs"]]:
        assert re.search(rf"`{entry}\b|\b{entry}:", PAGE), entry


@pytest.mark.thorough
def test_workflow_by_hand(branch: Repository, tmp_path: Path) -> None:
    branch.commit(BAD)
    command = yaml.safe_load(SNIPPETS["github: by-hand"])["jobs"]["corpus"]["steps"][-1]["run"]
    step = Runner(branch, tmp_path).run(command)
    assert (step.done.returncode, step.done.stdout[:7]) == (1, "::error")
    assert step.summary.startswith("## corpuscheck: NOT READY")


@pytest.mark.thorough
def test_gitlab(branch: Repository) -> None:
    branch.commit(BAD)
    job = yaml.safe_load(SNIPPETS["gitlab"])["corpus"]
    assert branch.shell("\n".join(job["script"])).returncode == 1
    reports = {kind: branch.folder / name for kind, name in job["artifacts"]["reports"].items()}
    assert json.loads(reports["codequality"].read_bytes())[0]["location"]["path"] == "corpus/new.txt"
    assert ET.parse(reports["junit"]).getroot().get("failures") == "1"


@pytest.mark.thorough
def test_dvc(branch: Repository) -> None:
    stage = yaml.safe_load(SNIPPETS["dvc"])["stages"]["corpus"]
    assert branch.shell(stage["cmd"]).returncode == 0
    assert all((branch.folder / name).exists() for name in [*stage["deps"], *stage["outs"], *stage["metrics"][0]])


@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make(branch: Repository) -> None:
    branch.commit({"Makefile": SNIPPETS["make"], **BAD})
    done = branch.shell("make corpus-check")
    assert done.returncode == 2  # make's own status for a command that failed
    assert "CC704" in done.stdout


def test_the_hook_judges_the_whole_corpus_once() -> None:
    (hook,) = HOOKS
    (repository,) = yaml.safe_load(SNIPPETS["pre-commit"])["repos"]
    assert [used["id"] for used in repository["hooks"]] == [hook["id"]]
    assert hook["language"] == "python"
    assert hook["entry"].split()[:2] == ["corpuscheck", "scan"]
    assert (hook["pass_filenames"], hook["require_serial"]) == (False, True)


@pytest.mark.skipif(not find_spec("pre_commit"), reason="needs pre-commit (pip install pre-commit)")
def test_pre_commit(branch: Repository, tmp_path: Path) -> None:
    """With `language: system`: an installation would need a network."""
    (used,) = yaml.safe_load(SNIPPETS["pre-commit"])["repos"][0]["hooks"]
    hook = {**HOOKS[0], **used, "language": "system"}
    configuration = {"repos": [{"repo": "local", "hooks": [hook]}]}
    branch.commit({".pre-commit-config.yaml": yaml.safe_dump(configuration)})

    def pre_commit() -> subprocess.CompletedProcess[str]:
        return branch.shell(f'"{sys.executable}" -m pre_commit run --all-files', PRE_COMMIT_HOME=str(tmp_path / "home"))

    assert pre_commit().returncode == 0
    branch.commit(BAD)
    stopped = pre_commit()
    assert stopped.returncode == 1
    assert "CC704 an encoding that the baseline does not have: cp949 (1 file)" in stopped.stdout
    assert "corpus/new.txt" in stopped.stdout
