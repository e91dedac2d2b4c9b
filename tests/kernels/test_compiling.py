"""Who waits for kernels to be compiled is told, once."""

from __future__ import annotations

import pytest

from corpuscheck.kernels import compiling


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: seconds[0])
    monkeypatch.setattr(compiling, "_since", [])
    monkeypatch.setattr(compiling, "_told", [])
    return seconds


@pytest.mark.parametrize(("at", "told"), [([], 0), ([0], 0), ([0, 1, 1.9], 0), ([0, 2.1], 1), ([0, 3, 4, 50], 1)])
def test_it_is_told_once_and_only_where_it_takes_a_while(clock: list[float], at: list[float], told: int) -> None:
    heard: list[str] = []
    compiling.when_compiling(lambda: heard.append("told"))
    for seconds in at:
        clock[0] = 100 + seconds
        compiling.compiling()
    assert len(heard) == told


def test_a_kernel_that_is_compiled_counts(clock: list[float]) -> None:
    from corpuscheck.kernels.jit import kernel

    @kernel
    def doubled(number: int) -> int:
        return 2 * number

    assert doubled(2) == 4
    compiled = len(compiling._since)
    assert doubled(3) == 6
    assert len(compiling._since) == compiled <= 1  # none where kernels run as plain Python
