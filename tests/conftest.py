"""What holds for all tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support import Main, Outcome

from corpuscheck.cli import main


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands keep no cache in the repository unless a test asks for one."""
    monkeypatch.setenv("CORPUSCHECK_NO_CACHE", "1")


@pytest.fixture
def run_main(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Main:
    """The same entry point as the command, in this process: (exit status, stdout, stderr)."""

    def call(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["corpuscheck", *map(str, arguments)])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        sys.stdout.flush()
        return status, *capfd.readouterr()

    return call
