"""What holds for all tests."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands keep no cache in the repository unless a test asks for one."""
    monkeypatch.setenv("CORPUSCHECK_NO_CACHE", "1")
