"""What is shipped: the package, its metadata, and the workflows that test and publish it."""

from __future__ import annotations

import re
import sys
import tarfile
import tomllib
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import REPOSITORY, run

PROJECT: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOWS = sorted((REPOSITORY / ".github" / "workflows").glob("*.yml"))
JOBS: dict[str, dict[str, Any]] = {
    f"{path.stem} {name}": job
    for path in WORKFLOWS
    for name, job in yaml.safe_load(path.read_text("utf-8"))["jobs"].items()
}
PYTHONS = re.findall(r":: (3\.\d+)'", str(PROJECT["classifiers"]))


def test_python_m_is_the_command() -> None:
    done = run("--version")
    assert done.stdout == f"corpuscheck, version {_version()}\n"


def _version() -> str:
    from corpuscheck import __version__

    return __version__


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_as_the_page_shows(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.shell_completion import get_completion_class

    from corpuscheck.cli import cli

    page = (REPOSITORY / "docs" / "install.md").read_text("utf-8")
    assert f"_CORPUSCHECK_COMPLETE={shell}_source" in page
    monkeypatch.setenv("COMP_WORDS", "corpuscheck sca")
    monkeypatch.setenv("COMP_CWORD", "1" if shell != "fish" else "sca")
    completing = get_completion_class(shell)
    assert completing
    completion = completing(cli, {}, "corpuscheck", "_CORPUSCHECK_COMPLETE")
    assert "_CORPUSCHECK_COMPLETE=" in completion.source()
    assert "scan" in completion.complete()


@pytest.mark.parametrize("name", JOBS)
def test_a_job_has_the_least_rights_and_no_secret(name: str) -> None:
    job = JOBS[name]
    allowed = {"id-token": "write"} if name == "publish pypi" else {"contents": "read"}
    assert job["permissions"] == allowed
    assert "secrets." not in str(job)
    for step in job.get("steps", ()):
        assert "checkout" not in step.get("uses", "") or step["with"]["persist-credentials"] is False
        assert not step.get("uses") or re.search(r"@(v\d+|release/v\d+|[0-9a-f]{40})$", step["uses"])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_has_no_rights_of_its_own(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {}


def test_all_pythons_that_the_package_names_are_tested() -> None:
    assert JOBS["ci test"]["strategy"]["matrix"]["python"] == PYTHONS
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in PYTHONS


def test_the_files_that_workflows_name_are_there() -> None:
    for path in WORKFLOWS:
        for name in re.findall(r"\b(?:tests|examples|docs)[/\\][\w./\\-]+", path.read_text("utf-8")):
            assert (REPOSITORY / name.replace("\\", "/")).exists(), name


@pytest.mark.skipif(not find_spec("hatchling"), reason="needs hatchling")
def test_the_package_has_all_that_it_needs_and_nothing_else(tmp_path: Path) -> None:
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(REPOSITORY)).build(directory=str(tmp_path), versions=["standard"])
    (source,) = SdistBuilder(str(REPOSITORY)).build(directory=str(tmp_path), versions=["standard"])
    installed = set(zipfile.ZipFile(wheel).namelist())
    with tarfile.open(source) as archive:
        shipped = {name.partition("/")[2] for name in archive.getnames()}
    code = {path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "corpuscheck").rglob("*.*")}
    code = {name for name in code if "__pycache__" not in name}
    assert {name for name in installed if ".dist-info/" not in name} == code
    assert {"corpuscheck/py.typed", "corpuscheck/reports/schema.json", "corpuscheck/kernels/utf8.py"} <= code <= shipped
    assert {"README.md", "README.ko.md", "LICENSE", "docs/index.md", "tests/conftest.py"} <= shipped
    assert not [
        name for name in shipped if re.search(r"__pycache__|\.nb[ic]$|\.(hypothesis|venv|mypy_cache)|\.ccp$", name)
    ]
