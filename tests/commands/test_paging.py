"""What is paged: colours in less, plain text in what cannot show them, raw codes nowhere."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Mapping
from pathlib import Path

import prepared
import pytest
from support import write_files

from corpuscheck.commands.paging import pager_of, raw

HIGHLIGHTED = "\x1b[1;7;32m똻"
OTHERS = ("PAGER", "LESS", "NO_COLOR", "COLUMNS", "LINES", "FORCE_COLOR", "MORE", "LESSOPEN")


@pytest.mark.parametrize(
    ("options", "lets_through"),
    [
        ("-R", True), ("-r", True), ("R", True), ("FRX", True), ("-FRX", True), ("-F -R -X", True), ("-M -q -R", True),
        ("--RAW-CONTROL-CHARS", True), ("--raw-control-chars", True), ("--quit-if-one-screen -R", True), ("-j4R", True),
        ("-x4 -R", True), ("-Pstill reading$ -R", True), ("--tabs=4 -R", True), ("-iMR", True), ("--raw", True),
        ("", False), ("-F", False), ("FX", False), ("-S -M", False), ("--quit-if-one-screen", False), ("-R -+R", False),
        ("-PReally", False), ("-p R", False), ("-ofile.R", False), ("--prompt=R", False), ("-x4", False),
        ("--redraw", False), ("--no-init", False), ("+/R", False), ("-T tags/R", False), ("-kRC", False),
    ],
    ids=ascii,
)  # fmt: skip
def test_what_less_is_told(options: str, lets_through: bool) -> None:
    assert raw(options) == lets_through


@pytest.mark.parametrize(
    ("environment", "name", "colours"),
    [
        ({}, "less", True), ({"LESS": ""}, "less", True), ({"LESS": "-R"}, "less", True),
        ({"LESS": "FX"}, "less", False),
        ({"PAGER": "less"}, "less", True), ({"PAGER": "less -S"}, "less", True), ({"PAGER": "less -R"}, "less", True),
        ({"PAGER": "less -R", "LESS": "FX"}, "less", True), ({"PAGER": "less -F", "LESS": "-M"}, "less", False),
        ({"PAGER": "more"}, "more", False), ({"PAGER": "head -5"}, "head", False),
        ({"PAGER": "less '-R"}, "less", True),
        ({"PAGER": ""}, None, None), ({"PAGER": " "}, None, None), ({"PAGER": "cat"}, None, None),
        ({"PAGER": "no-such-pager"}, None, None), ({"TERM": "dumb"}, None, None), ({"TERM": ""}, None, None),
        ({"PATH": "/nowhere"}, None, None),
    ],
    ids=ascii,
)  # fmt: skip
def test_which_pager_it_is(environment: dict[str, str], name: str | None, colours: bool | None) -> None:
    if not shutil.which("less") or not shutil.which("more"):
        pytest.skip("no less or no more")
    found = pager_of({"PATH": os.environ["PATH"], "TERM": "xterm-256color", **environment})
    assert ((Path(found.command[0]).name, found.colours) if found else (None, None)) == (name, colours)


def test_less_by_other_names(tmp_path: Path) -> None:
    less = shutil.which("less")
    if not less:
        pytest.skip("no less")
    for name in ("pager", "more"):
        (tmp_path / name).symlink_to(less)
    found = [pager_of({"PATH": str(tmp_path), "TERM": "xterm", "PAGER": name}) for name in ("pager", "more")]
    assert [pager and pager.colours for pager in found] == [True, False]


def _seen(folder: Path, environment: Mapping[str, str], *arguments: str) -> str:
    """What a terminal of 100 columns and 24 lines gets until nothing more comes; then `q` is typed."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in OTHERS}
    process = subprocess.Popen(
        [*prepared.command_line(), "peek", folder, "--word", "똻", "-q", *arguments],
        stdin=follower, stdout=follower, stderr=follower,
        env={**kept, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **environment}, start_new_session=True,
    )  # fmt: skip
    os.close(follower)
    said, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        ready = select.select([leader], [], [], 0.4 if said else 30)[0]
        if not ready and process.poll() is None:
            os.write(leader, b"q")
        try:
            block = os.read(leader, 1 << 16) if ready or process.poll() is None else b""
        except OSError:  # the other end was closed
            break
        if not block:
            break
        said += block
    os.close(leader)
    assert process.wait(30) == 0
    return said.decode()


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("environment", "highlighted"),
    [
        ({}, True), ({"LESS": ""}, True), ({"LESS": "-R"}, True), ({"LESS": "FRX"}, True), ({"LESS": "-FX"}, False),
        ({"LESS": "-M -i"}, False), ({"PAGER": "less"}, True), ({"PAGER": "less -S", "LESS": "-M"}, False),
        ({"PAGER": "more"}, False), ({"PAGER": "head -n 30"}, False), ({"PAGER": "cat -n"}, False),
        ({"PAGER": ""}, True), ({"PAGER": "cat"}, True), ({"PAGER": "no-such-pager"}, True), ({"TERM": "dumb"}, False),
    ],
    ids=ascii,
)  # fmt: skip
def test_no_raw_code_is_seen(tmp_path: Path, environment: dict[str, str], highlighted: bool) -> None:
    if not shutil.which("less") or not shutil.which("more"):
        pytest.skip("no less or no more")
    seen = _seen(write_files(tmp_path, {"a.txt": "똻 words\n" * 60}), environment)
    assert not re.search(r"ESC|\^\[|\[1;7;32m", seen.replace(HIGHLIGHTED, "")), seen
    assert (HIGHLIGHTED in seen) == highlighted
    assert ("⟦똻⟧" in re.sub(r"\x1b\[[0-9;]*[mK]", "", seen)) == (not highlighted)


def test_no_colour_is_no_colour(tmp_path: Path) -> None:
    seen = _seen(write_files(tmp_path, {"a.txt": "똻 words\n" * 60}), {"NO_COLOR": "1"})
    assert "ESC" not in seen
    assert not re.search(r"\x1b\[(\d+;)*3[0-7]m", seen)
    assert "\x1b[1;7m똻" in seen
