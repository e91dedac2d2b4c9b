"""docs/security.md: a gate for pull requests of strangers is judged by the base branch, whatever the branch brings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from scratch import NEEDS_GIT_AND_BASH, Repository, branch_of, watched_repository
from support import REPOSITORY, korean_lines
from workflow import ACTION, Runner

PAGE = (REPOSITORY / "docs" / "security.md").read_text("utf-8")
(WORKFLOW,) = re.findall(r"<!-- strangers -->\n```yaml\n(.*?)^```$", PAGE, re.S | re.M)
STEPS: list[dict[str, Any]] = yaml.safe_load(WORKFLOW)["jobs"]["corpus"]["steps"]
GIVEN: dict[str, str] = {key.replace("-", "_"): value for key, value in STEPS[-1]["with"].items()}
BAD: dict[str, str | bytes] = {"corpus/new.txt": "\n".join(korean_lines(10, seed=3)).encode("cp949")}
LENIENT = 'paths = ["corpus/news"]\nfail-on = "never"\nselect = ["CC101"]\n'


def test_the_workflow_has_no_rights_and_no_secrets() -> None:
    workflow = yaml.safe_load(WORKFLOW)
    assert workflow[True] == "pull_request"  # YAML takes the word `on` for a truth value
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets." not in WORKFLOW
    assert all(step["with"]["persist-credentials"] is False for step in STEPS if "checkout" in step["uses"])
    assert STEPS[-1]["with"].keys() <= ACTION["inputs"].keys()


def test_pages_link_to_it() -> None:
    for page in ("README.md", "docs/ci.md", "CHANGELOG.md"):
        assert "security.md" in (REPOSITORY / page).read_text("utf-8")


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return watched_repository(tmp_path_factory.mktemp("watched") / "main")


@pytest.mark.thorough
@NEEDS_GIT_AND_BASH
@pytest.mark.parametrize("own_judge", [False, True], ids=["as shown", "with what the branch brings"])
def test_a_branch_that_brings_its_own_judge_is_red_all_the_same(
    main: Repository, tmp_path: Path, own_judge: bool
) -> None:
    branch: Repository = branch_of(main, tmp_path / "branch")
    branch.commit({**BAD, "corpuscheck.toml": LENIENT})
    assert branch.scan("--save", "base.ccp", "--no-cache", "-q").returncode == 0
    branch.commit({})
    main.git("clone", "--quiet", str(main.folder), str(branch.folder / ".base"))
    given = {"baseline": "base.ccp", "cache": "false"} if own_judge else GIVEN
    step = Runner(branch, tmp_path).step("Scan", **given)
    assert step.done.returncode == (0 if own_judge else 1), step.done.stderr
    assert ("corpus/new.txt" in step.done.stdout) is not own_judge
