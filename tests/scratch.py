"""A scratch repository with a corpus and its baseline, as a project that watches its corpus has it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import prepared
import pytest
from support import EXAMPLES, korean_lines, run, write_files

NEEDS_GIT_AND_BASH = pytest.mark.skipif(
    sys.platform == "win32" or not (shutil.which("git") and shutil.which("bash")), reason="needs git and bash"
)

_IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
    "GIT_COMMITTER_NAME": "Test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
}


@dataclass(frozen=True)
class Repository:
    folder: Path

    def shell(self, script: str, **further: str) -> subprocess.CompletedProcess[str]:
        """What a user types, or a step of a workflow: run by bash as GitHub does."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment(further),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def environment(self, further: Mapping[str, str]) -> dict[str, str]:
        """This one, with a `corpuscheck` and a git identity."""
        commands = self.folder.parent / "commands"
        if not commands.exists():
            write_files(commands, {"corpuscheck": f'#!/bin/sh\nexec {shlex.join(prepared.command_line())} "$@"\n'})
            (commands / "corpuscheck").chmod(0o755)
        path = os.pathsep.join((str(commands), os.environ["PATH"]))
        return {**os.environ, **_IDENTITY, "PATH": path, **further}

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=self.environment({}), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def scan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run("scan", *arguments, cwd=self.folder)

    def commit(self, files: Mapping[str, str | bytes], *removed: str) -> None:
        write_files(self.folder, files)
        for name in removed:
            (self.folder / name).unlink()
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change the corpus")

    def text(self) -> str:
        return "".join(path.read_text("utf-8") for path in sorted((self.folder / "corpus").rglob("*.txt")))


def new_repository(folder: Path) -> Repository:
    """On the branch main, with 60 documents written for this project, and nothing of corpuscheck's."""
    lines = korean_lines(720, seed=4)
    files: dict[str, str | bytes] = {
        f"corpus/made/{n:02}.txt": "\n".join(lines[n * 20 : n * 20 + 20]) + "\n" for n in range(36)
    }
    for path in sorted((EXAMPLES / "korean-news").iterdir()):
        files[f"corpus/news/{path.name}"] = path.read_bytes()
    folder.mkdir()
    repository = Repository(folder)
    repository.git("init", "--quiet", "--initial-branch", "main")
    repository.commit(files)
    return repository


def watched_repository(folder: Path) -> Repository:
    """A new one, with corpuscheck.toml and base.ccp committed."""
    repository = new_repository(folder)
    for arguments in (["init", "corpus"], ["scan", "--save", "base.ccp", "--no-cache", "--quiet"]):
        done = run(*arguments, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    repository.commit({})
    return repository


def branch_of(base: Repository, folder: Path) -> Repository:
    """A clone, on a branch of its own."""
    base.git("clone", "--quiet", str(base.folder), str(folder))
    branch = Repository(folder)
    branch.git("switch", "--quiet", "--create", "branch")
    return branch
