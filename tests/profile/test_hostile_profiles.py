"""Profiles that somebody has changed: every command says so in one line, and none takes them for a verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import laws
import orjson
import pytest
import zstandard
from support import Main, korean_lines, scanned, terminal_report, write_files, write_vocabulary

from corpuscheck.api import estimate, report
from corpuscheck.domain.reference import Reference
from corpuscheck.errors import CorpuscheckError, ProfileError
from corpuscheck.estimates.plan import Plan
from corpuscheck.profile.profile import MAGIC, Profile
from corpuscheck.reports.json import estimate as estimate_json
from corpuscheck.reports.json.report import render as render_json
from corpuscheck.settings import Settings, settings_from

NASTY: list[Any] = [
    1e308, -1e308, 0.5, 2**63 - 1, 2**63, 2**64 - 1, 10**30, -1, -(2**63), True, None, "", "x" * 5000, "1e308", [], {},
    [[]], [1e308], {"a": 1e308},
]  # fmt: skip
COMMANDS = (
    ("report", "{bad}"), ("report", "{good}", "--baseline", "{bad}"), ("report", "{good}", "--reference", "{bad}"),
    ("diff", "{bad}", "{good}"), ("diff", "{good}", "{bad}"), ("merge", "{bad}", "{good}", "-o", "{out}"),
    ("merge", "{good}", "{bad}", "-o", "{out}"), ("estimate", "{bad}"), ("compare", "{good}", "{bad}"),
    ("scan", "{text}", "--baseline", "{bad}", "--no-cache"), ("scan", "{text}", "--reference", "{bad}", "--no-cache"),
    ("reference", "build", "{out}", "{bad}", "{good}", "-o", "{out}"),
)  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("profiles")
    texts = {f"data/{k}.txt": "\n".join(korean_lines(60, k)) for k in range(3)}
    texts["data/copy.txt"] = texts["data/0.txt"]
    write_files(folder, {**texts, "data/bad.txt": b"\x89PNG\0", "data/cut.txt": "가나".encode() + b"\xff\xfe a\n" * 9})
    vocabulary = write_vocabulary(folder / "vocab.txt", "가나다라마바사아자차카타파하고노도로모보소오조")
    profile = scanned(folder / "data", tokenizer=vocabulary, forecast=True, document="line").result.profile
    profile.save(str(folder / "good.ccp"))
    return folder / "good.ccp"


def _state(path: Path) -> dict[str, Any]:
    state: dict[str, Any] = orjson.loads(zstandard.ZstdDecompressor().decompress(path.read_bytes()[len(MAGIC) :]))
    return state


def _packed(state: dict[str, Any]) -> bytes:
    return MAGIC + zstandard.ZstdCompressor(1).compress(json.dumps(state).encode())


def _places(node: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every key of the parts, and of the tables in them the first rows."""
    children: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        children = list(node.items())[: 3 if way and way[0] == "clean" else None]
    elif isinstance(node, list):
        children = list(enumerate(node[: 8 if len(node) < 9 else 2]))
    for key, child in children:
        yield (*way, key)
        yield from _places(child, (*way, key))


def _with(state: dict[str, Any], way: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed: Any = state
    for key in way[:-1]:
        changed[key] = deepcopy(changed[key]) if len(str(changed[key])) < 10_000 else type(changed[key])(changed[key])
        changed = changed[key]
    changed[way[-1]] = value
    return state


def test_every_value_of_a_profile_is_checked_when_it_is_read(good: Path) -> None:
    """What passes the checks has to add up, and be saved again, without an error."""
    whole, state = Profile.load(str(good)), _state(good)
    kept = 0
    for k, way in enumerate(list(_places(state))[:: 1 if laws.thorough else 24]):
        for value in ((1e308, 2**63 - 1, "x", 0)[k % 4],):
            try:
                changed = Profile.from_bytes(_packed(_with(dict(state), way, value)))
            except ProfileError:
                continue
            kept += 1
            if way[0] != "about" and k % 5 == 0:
                assert changed.merge(whole).to_bytes() == whole.merge(changed).to_bytes(), (way, value)
    assert kept


@pytest.mark.few(3)
@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(map(str, c)))
def test_commands_with_a_profile_in_which_a_number_is_none(
    command: tuple[str, ...], good: Path, tmp_path: Path, run_main: Main
) -> None:
    names = {"bad": tmp_path / "bad.ccp", "good": good, "out": tmp_path / "out.ccp", "text": good.parent / "data"}
    for value in (1e308, 2**63 - 1):
        names["bad"].write_bytes(_packed(_with(_state(good), ("size", "utf8_bytes"), value)))
        status, out, err = run_main(*(part.format(**names) for part in command))
        assert (status, out) == (2, "")
        assert err.count("\n") == 1
        assert "damaged profile" in err
        assert not names["out"].exists()


@pytest.mark.thorough
@pytest.mark.parametrize("value", [0, 2**59])
def test_what_passes_the_checks_is_judged_or_refused(value: int, good: Path, tmp_path: Path) -> None:
    """Numbers that are possible one by one and not together: any result, but never an error inside."""
    state, base, bad = _state(good), str(good), str(tmp_path / "bad.ccp")
    against = settings_from(baseline=base)
    for way in list(_places(state))[value % 25 :: 25 if laws.thorough else 100]:
        try:
            Profile.from_bytes(_packed(_with(dict(state), way, value)), "bad").save(bad)
            for judged in (report(bad, against), report(base, settings_from(baseline=bad))):
                render_json(judged)
                terminal_report(judged)
            estimate_json.render(estimate([bad], Plan(10**9, 256_000), Settings()))
        except CorpuscheckError:
            continue
        except Exception as error:
            raise AssertionError(f"{way} = {value}") from error


def test_every_value_of_a_reference_is_checked(good: Path) -> None:
    reference = Reference.from_bytes(good.read_bytes(), "good")
    data = reference.to_bytes()
    magic, _, packed = data.partition(b"\n")
    state = orjson.loads(zstandard.ZstdDecompressor().decompress(packed))
    for k, way in enumerate(list(_places(state))[:: 1 if laws.thorough else 6]):
        for value in NASTY if laws.thorough else NASTY[k % 5 :: 5]:
            changed = (
                magic
                + b"\n"
                + zstandard.ZstdCompressor(1).compress(json.dumps(_with(dict(state), way, value)).encode())
            )
            try:
                Reference.from_bytes(changed, "bad").to_bytes()
            except ProfileError:
                continue
