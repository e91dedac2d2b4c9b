"""Everything that is written is the old one or the new one, whole, whatever happens meanwhile."""

from __future__ import annotations

import ast
import errno
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from prepared import serving, start
from support import REPOSITORY, Main, korean_lines, quick_command, run, write_files

from corpuscheck.errors import CorpuscheckError
from corpuscheck.files import writing
from corpuscheck.files.writing import write_new, write_together, write_whole
from corpuscheck.settings import REPORT_FORMATS
from corpuscheck.tokenizer.loading import load

NEW = {"tokenizer.json": b"new tokenizer", "vocab.txt": b"new words", "card.md": b"new card"}
OLD = {name: b"old " + name.encode() for name in NEW}
FOREIGN = {"model.safetensors": b"weights", ".git/config": b"[core]", "a/b/c.txt": b"deep"}

posix = pytest.mark.skipif(os.name == "nt", reason="signals and permissions of POSIX")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under the folder, hidden ones too."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def save(folder: Path) -> None:
    write_together(str(folder), NEW, "the tokenizer")


# Every step that can fail


STEPS: dict[str, tuple[object, str]] = {
    "the folder beside": (Path, "mkdir"),
    "a new file": (os, "open"),
    "its bytes": (os, "fsync"),
    "its permissions": (os, "chmod"),
    "links to what else is there": (os, "link"),
    "the exchange": (writing, "_exchange"),
    "renaming": (os, "rename"),
    "replacing": (os, "replace"),
}
TROUBLES = [OSError(number, os.strerror(number)) for number in (errno.ENOSPC, errno.EIO, errno.EFBIG)]


def failing(function: Callable[..., object], at: int, trouble: BaseException) -> Callable[..., object]:
    calls = iter(range(1000))

    def call(*given: object, **named: object) -> object:
        if next(calls) == at:
            raise trouble
        return function(*given, **named)

    return call


@pytest.mark.few(49)
@pytest.mark.parametrize("trouble", [TROUBLES[0], KeyboardInterrupt()], ids=["full", "stopped"])
@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("exchange", [True, False], ids=["one renaming", "two renamings"])
@pytest.mark.parametrize("before", [{}, OLD, {**OLD, **FOREIGN}], ids=["no folder", "old", "old with others"])
def test_a_folder_is_the_old_or_the_new_one_whichever_step_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: dict[str, bytes],
    exchange: bool,
    step: str,
    at: int,
    trouble: BaseException,
) -> None:
    place = tmp_path / "tok"
    if before:
        write_files(place, before)
    with monkeypatch.context() as patched:
        if not exchange:
            patched.setattr(writing, "_exchange", failing(writing._exchange, 0, OSError(errno.EINVAL, "no")))
        owner, name = STEPS[step]
        patched.setattr(owner, name, failing(getattr(owner, name), at, trouble))
        with suppress(CorpuscheckError, KeyboardInterrupt):
            save(place)
    found = tree(tmp_path / "tok") if place.exists() else {}
    assert found in (before, {**before, **NEW})
    save(place)
    assert tree(tmp_path) == {f"tok/{name}": data for name, data in {**before, **NEW}.items()}


@pytest.mark.parametrize("trouble", [*TROUBLES, KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("step", [(os, "open"), (os, "fsync"), (os, "replace")], ids=["open", "fsync", "replace"])
@pytest.mark.parametrize("before", [None, b"old"], ids=["new", "old"])
def test_a_file_is_the_old_or_the_new_one_whichever_step_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: bytes | None,
    step: tuple[object, str],
    trouble: BaseException,
) -> None:
    place = tmp_path / "report.json"
    if before:
        place.write_bytes(before)
    with monkeypatch.context() as patched:
        patched.setattr(*step, failing(getattr(*step), 0, trouble))
        with pytest.raises((CorpuscheckError, KeyboardInterrupt)):
            write_whole(str(place), b"new")
    assert tree(tmp_path) == ({"report.json": before} if before else {})
    assert write_new(tmp_path / "mark", b"new")
    assert not write_new(tmp_path / "mark", b"newer")
    assert (tmp_path / "mark").read_bytes() == b"new"


# Processes that are killed


STOPPED = """
import os, sys, time
from pathlib import Path
from corpuscheck.files import writing
where, at, place = sys.argv[1], int(sys.argv[2]), sys.argv[3]
owner = writing if where.startswith("_") else os
function, calls = getattr(owner, where), iter(range(1000))
def stop():
    print("here", flush=True)
    for _ in range(PAUSES):
        time.sleep(0.02)
def stopping(*given, **named):
    call = next(calls)
    if call == at:
        stop()
    outcome = function(*given, **named)
    if call == at - 100:
        stop()
    return outcome
setattr(owner, where, stopping)
if "without" in sys.argv:
    def _exchange(one, other):
        raise OSError("no such call")
    writing._exchange = _exchange
if place.endswith(".json"):
    writing.write_whole(place, b"new")
else:
    names = ("tokenizer.json", "vocab.txt", "card.md")
    files = dict(zip(names, (b"new tokenizer", b"new words", b"new card")))
    writing.write_together(place, files, "it")
print("done", flush=True)
"""


def killed(where: str, at: int, place: Path, number: int, *options: str) -> None:
    """A process that stops before or (from 100 on) after a call, and is killed there."""
    line = ["-c", STOPPED.replace("PAUSES", "2000"), where, str(at), str(place), *options]
    reader, writer = os.pipe()
    with open(reader, encoding="utf-8") as said, open(writer, "wb") as out, open(os.devnull, "wb") as nothing:
        process = start(serving(), line, (nothing.fileno(), out.fileno(), nothing.fileno()), os.environ, os.getcwd())
        assert said.readline() == "here\n"
        os.kill(process.pid, number)
        assert process.wait(30) == -number


@posix
@pytest.mark.parametrize(
    "number",
    [signal.SIGTERM, signal.SIGKILL, pytest.param(signal.SIGHUP, marks=pytest.mark.thorough)],
    ids=lambda n: n.name,
)
@pytest.mark.parametrize(
    ("where", "at"),
    [("fsync", 0), ("fsync", 2), ("fsync", 102), ("_take_along", 0), ("_exchange", 0), ("_exchange", 100)],
)
@pytest.mark.parametrize("before", [OLD, {**OLD, **FOREIGN}], ids=["old", "with others"])
def test_a_killed_process_leaves_the_old_or_the_new_folder(
    tmp_path: Path, before: dict[str, bytes], where: str, at: int, number: signal.Signals
) -> None:
    place = write_files(tmp_path / "tok", before)
    killed(where, at, place, number)
    assert tree(place) in (before, {**before, **NEW})
    if number != signal.SIGKILL:
        assert [path.name for path in tmp_path.iterdir()] == ["tok"]
    save(place)
    assert [path.name for path in tmp_path.iterdir()] == ["tok"]
    assert tree(place) == {**before, **NEW}


@pytest.mark.few(9)
@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
@pytest.mark.parametrize("at", [0, 1, 2, 3, 101, 102, 103])
@pytest.mark.parametrize("before", [OLD, {**OLD, **FOREIGN}], ids=["old", "with others"])
@pytest.mark.parametrize("back", ["by the next write", "by the next look"])
def test_a_killed_process_leaves_the_old_or_the_new_folder_where_folders_cannot_be_exchanged(
    tmp_path: Path, before: dict[str, bytes], at: int, number: signal.Signals, back: str
) -> None:
    place = write_files(tmp_path / "tok", before)
    killed("rename", at, place, number, "without")
    if number != signal.SIGKILL:
        assert tree(place) in (before, {**before, **NEW})
    if back == "by the next look":
        with suppress(CorpuscheckError):
            load(str(place / "vocab.txt" if at % 2 else place))
        assert tree(place) in (before, {**before, **NEW})
    save(place)
    assert [path.name for path in tmp_path.iterdir()] == ["tok"]
    assert tree(place) == {**before, **NEW}


@posix
def test_only_an_own_folder_is_brought_back_and_only_under_its_own_name(tmp_path: Path) -> None:
    names = ["t" * 60, "t" * 61]
    for name in names:
        write_files(tmp_path / name, OLD)
        killed("rename", 101, tmp_path / name, signal.SIGKILL, "without")
        assert not (tmp_path / name).exists()
    writing.restore(tmp_path / names[1])
    assert tree(tmp_path / names[1]) == OLD
    save(tmp_path / names[1])
    assert not (tmp_path / names[0]).exists()
    save(tmp_path / names[0])
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    writing._aside_of(tmp_path / "link").symlink_to(names[0])
    writing.restore(tmp_path / "link")
    assert not (tmp_path / "link").exists()


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
@pytest.mark.parametrize(("where", "at"), [("fsync", 0), ("replace", 0), ("replace", 100)])
def test_a_killed_process_leaves_the_old_or_the_new_file(
    tmp_path: Path, where: str, at: int, number: signal.Signals
) -> None:
    place = write_files(tmp_path, {"r.json": "old"}) / "r.json"
    killed(where, at, place, number)
    assert place.read_bytes() == (b"new" if at == 100 else b"old")
    write_whole(str(place), b"newer")
    assert tree(tmp_path) == {"r.json": b"newer"}


@pytest.mark.thorough
@posix
def test_what_a_living_process_has_begun_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "r.json"
    line = [sys.executable, "-c", STOPPED.replace("PAUSES", "50"), "fsync", "0", str(place)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout
        assert process.stdout.readline() == "here\n"
        write_whole(str(place), b"mine")
        assert place.read_bytes() == b"mine"
        assert process.stdout.read() == "done\n"
    assert tree(tmp_path) == {"r.json": b"new"}


def test_many_that_write_the_same_at_once_leave_one_of_them(tmp_path: Path) -> None:
    place = tmp_path / "tok"

    def write(letter: bytes) -> None:
        for _ in range(10):
            write_together(str(place), dict.fromkeys(NEW, letter), "it")
            write_whole(str(tmp_path / "r"), letter * 1000)

    threads = [threading.Thread(target=write, args=(bytes([65 + n]),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({data[:1] for name, data in tree(place).items()}) == 1
    assert sorted(tree(tmp_path)) == ["r", *sorted(f"tok/{name}" for name in NEW)]


# What users expect of files, folders, links and devices


@posix
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_are_those_of_the_old_one_or_as_for_any_new_file(tmp_path: Path, mask: int) -> None:
    write_files(tmp_path, {"old": "", "tok/vocab.txt": ""})
    (tmp_path / "old").chmod(0o640)
    (tmp_path / "tok" / "vocab.txt").chmod(0o600)
    (tmp_path / "tok").chmod(0o750)
    before = os.umask(mask)
    try:
        write_whole(str(tmp_path / "old"), b"x")
        write_whole(str(tmp_path / "new"), b"x")
        save(tmp_path / "tok")
        save(tmp_path / "fresh")
    finally:
        os.umask(before)
    modes = {str(p.relative_to(tmp_path)): stat.S_IMODE(p.stat().st_mode) for p in tmp_path.rglob("*")}
    assert (modes["old"], modes["new"]) == (0o640, 0o666 & ~mask)
    assert (modes["tok"], modes["tok/vocab.txt"], modes["tok/card.md"]) == (0o750, 0o600, 0o666 & ~mask)
    assert (modes["fresh"], modes["fresh/card.md"]) == (0o777 & ~mask, 0o666 & ~mask)


@posix
def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    write_files(tmp_path, {"precious": "precious", "blobs/tok/vocab.txt": "old", "blobs/card": "blob"})
    for name, target in {"r.json": "precious", "dangling": "nothing", "loop": "loop"}.items():
        (tmp_path / name).symlink_to(target)
        write_whole(str(tmp_path / name), b"new")
        assert (tmp_path / name).read_bytes() == b"new"
        assert not (tmp_path / name).is_symlink()
    assert (tmp_path / "precious").read_bytes() == b"precious"
    (tmp_path / "mark").symlink_to("precious")
    assert not write_new(tmp_path / "mark", b"new")
    (tmp_path / "blobs" / "tok" / "card.md").symlink_to("../card")
    (tmp_path / "tok").symlink_to("blobs/tok")
    save(tmp_path / "tok")
    assert (tmp_path / "tok").is_symlink()
    assert tree(tmp_path / "blobs") == {"card": b"blob", **{f"tok/{name}": data for name, data in NEW.items()}}
    assert (tmp_path / "precious").read_bytes() == b"precious"


@posix
def test_links_and_special_files_in_the_folder_are_kept(tmp_path: Path) -> None:
    place = write_files(tmp_path / "tok", {**OLD, "sub/x": "x"})
    (place / "link").symlink_to("elsewhere")
    (place / "linked").symlink_to("sub")
    os.mkfifo(place / "pipe")
    times = (place / "sub" / "x").stat().st_mtime_ns, (place / "sub").stat().st_mtime_ns
    save(place)
    assert os.readlink(place / "link") == "elsewhere"
    assert os.readlink(place / "linked") == "sub"
    assert (place / "pipe").is_fifo()
    assert ((place / "sub" / "x").stat().st_mtime_ns, (place / "sub").stat().st_mtime_ns) == times
    assert os.listdir(tmp_path) == ["tok"]


@posix
def test_a_file_that_others_brought_meanwhile_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, exchange = write_files(tmp_path / "tok", OLD), writing._exchange

    def late(one: Path, other: Path) -> None:
        (place / "late").write_text("late")
        exchange(one, other)

    monkeypatch.setattr(writing, "_exchange", late)
    save(place)
    assert [path.read_text() for path in tmp_path.rglob("late")] == ["late"]


@posix
@pytest.mark.parametrize("where", [".", "tok"])
def test_who_works_in_the_folder_stays_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    place = write_files(tmp_path / "tok", {**OLD, **FOREIGN})
    monkeypatch.chdir(place if where == "." else tmp_path)
    number = place.stat().st_ino
    write_together(where, NEW, "the tokenizer")
    assert tree(place) == {**FOREIGN, **NEW}
    assert Path(where, "vocab.txt").read_bytes() == NEW["vocab.txt"]
    if where == ".":
        assert place.stat().st_ino == number


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no names of streams")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/stderr", "link"])
def test_standard_streams_are_written_to_directly(tmp_path: Path, name: str) -> None:
    """Also where they are redirected to a file, which other programs write to as well."""
    if name == "link":
        name = str(tmp_path / "link")
        os.symlink("/dev/stdout", name)
    before = os.lstat("/dev/stdout"), os.lstat("/dev/stderr")
    code = f"from corpuscheck.files.writing import write_whole; print(1); write_whole({name!r}, b'new\\n'); print(2)"
    with open(tmp_path / "out", "wb") as out:
        subprocess.run(quick_command("-c", code), stdout=out, stderr=out, check=True)
    assert (tmp_path / "out").read_text() == "1\nnew\n2\n"
    assert all(
        os.path.samestat(*both) for both in zip(before, map(os.lstat, ("/dev/stdout", "/dev/stderr")), strict=True)
    )


@posix
def test_pipes_and_devices_are_written_to_directly(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to-pipe").symlink_to("pipe")
    for name in ("pipe", "to-pipe"):
        with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
            write_whole(str(tmp_path / name), b"new")
            assert reader.communicate(timeout=30)[0] == b"new"
    write_whole("/dev/null", b"new")
    assert not Path("/dev/null").is_file()
    if Path("/dev/full").exists():
        with pytest.raises(CorpuscheckError, match="No space left"):
            write_whole("/dev/full", b"new")
    assert sorted(os.listdir(tmp_path)) == ["pipe", "to-pipe"]


@pytest.mark.parametrize("path", ["", ".", "/", "folder", "missing/r.json", "file/r.json", "a\0b", "x" * 300])
def test_what_cannot_be_a_file_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.chdir(write_files(tmp_path, {"folder/x": "", "file": ""}))
    with pytest.raises(CorpuscheckError, match="cannot be written"):
        write_whole(path, b"new")
    assert tree(tmp_path) == {"folder/x": b"", "file": b""}


@pytest.mark.parametrize("name", ["한" * 80, "e" * 240, "a\udcffb", "-x", "..."])
def test_long_and_strange_names_are_written(tmp_path: Path, name: str) -> None:
    write_whole(str(tmp_path / name), b"new")
    write_whole(str(tmp_path / name), b"newer")
    assert os.listdir(tmp_path) == [name]


@posix
def test_what_may_not_be_written_to_is_not_replaced(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write to everything")
    place = write_files(tmp_path, {"base.ccp": "old", "tok/vocab.txt": "old"})
    (place / "base.ccp").chmod(0o444)
    (place / "tok" / "vocab.txt").chmod(0o444)
    with pytest.raises(CorpuscheckError, match="Permission denied"):
        write_whole(str(place / "base.ccp"), b"new")
    with pytest.raises(CorpuscheckError, match="Permission denied"):
        save(place / "tok")
    assert tree(tmp_path) == {"base.ccp": b"old", "tok/vocab.txt": b"old"}


# All commands that write


WRITERS: dict[str, tuple[list[str], str]] = {
    **{f"scan --output {form}": (["scan", "text", "--output", f"{form}=out"], "out") for form in REPORT_FORMATS},
    "scan --save": (["scan", "text", "--save", "out"], "out"),
    "scan --files": (["scan", "text", "--files", "out"], "out"),
    "scan --save-tokenizer": (["scan", "text", "--save-tokenizer", "out"], "out/tokenizer.json"),
    "report --output": (["report", "base.ccp", "--output", "out"], "out"),
    "diff --output": (["diff", "base.ccp", "base.ccp", "--output", "out"], "out"),
    "train": (["train", "text", "-o", "out"], "out/tokenizer.json"),
    "merge": (["merge", "base.ccp", "-o", "out"], "out"),
    "reference build": (["reference", "build", "general", "text", "-o", "out"], "out"),
    "estimate --output": (["estimate", "base.ccp", "--output", "out"], "out"),
    "compare --output": (["compare", "base.ccp", "base.ccp", "--output", "out"], "out"),
    "init": (["init", "text", "--force"], "corpuscheck.toml"),
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small corpus and its profile."""
    folder = tmp_path_factory.mktemp("prepared")
    write_files(folder, {f"text/{n}.txt": "\n".join(korean_lines(8, n)) for n in range(12)})
    assert run("scan", folder / "text", "--save", folder / "base.ccp", "-q").returncode < 2
    return folder


@pytest.mark.few(2)
@pytest.mark.parametrize(
    "writer",
    [
        pytest.param(writer, marks=[pytest.mark.thorough] if number in range(2, len(REPORT_FORMATS)) else [])
        for number, writer in enumerate(WRITERS)
    ],
)
def test_every_command_leaves_the_old_one_where_the_disk_is_full(
    tmp_path: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch, run_main: Main, writer: str
) -> None:
    line, output = WRITERS[writer]
    shutil.copytree(prepared, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    write_files(Path(), {output: "old"})
    before = tree(Path())
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing(os.fsync, 0, TROUBLES[0]))
        status, _, told = run_main(*line, "-q")
    assert (status, told.count("\n")) == (2, 1)
    assert "No space left on device" in told
    assert tree(Path()) == before
    status, _, told = run_main(*line)
    assert status < 2
    assert Path(output).read_bytes() != b"old"
    assert not [name for name in tree(Path()) if ".corpuscheck-" in name]


@posix
@pytest.mark.parametrize(
    "writer", ["scan --save", "train", pytest.param("scan --output json", marks=pytest.mark.thorough)]
)
def test_a_limit_on_the_size_of_files_leaves_the_old_one(tmp_path: Path, prepared: Path, writer: str) -> None:
    line, output = WRITERS[writer]
    here = shutil.copytree(prepared, tmp_path / "here")
    write_files(here, {output: "old"})
    before = tree(here)

    limited = (
        "import resource, sys; sys.dont_write_bytecode = True; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));"
        "from corpuscheck.cli import main; main()"
    )
    done = run("-c", limited, *line, "-q", cwd=here)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "File too large" in done.stderr
    assert tree(here) == before


@pytest.mark.parametrize("planted", [".gitignore", "CACHEDIR.TAG"])
@posix
def test_the_marks_of_a_cache_are_never_half_and_never_written_through_a_link(tmp_path: Path, planted: str) -> None:
    write_files(tmp_path, {"text/a.txt": "Some text to read.\n", "precious": "precious", "cache/x": ""})
    (tmp_path / "cache" / planted).symlink_to("../precious")
    keeping = {name: value for name, value in os.environ.items() if name != "CORPUSCHECK_NO_CACHE"}
    assert run("scan", tmp_path / "text", "--cache-dir", tmp_path / "cache", "-q", env=keeping).returncode < 2
    assert (tmp_path / "precious").read_text() == "precious"


# Nothing else in the package writes


WRITES = {"write_text", "write_bytes", "mkstemp", "NamedTemporaryFile", "TemporaryDirectory", "save_pretrained",
          "copyfile", "copy", "copy2", "copytree", "touch", "symlink_to", "savez", "tofile"}  # fmt: skip
WRITING_FLAGS = {"O_CREAT", "O_RDWR", "O_TRUNC", "O_APPEND"}


def calls_that_write(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in WRITING_FLAGS:
            yield node.attr
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        of = (
            node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
        )
        modes = [a.value for a in [*node.args, *(k.value for k in node.keywords)] if isinstance(a, ast.Constant)]
        if name in WRITES - {"copy"} or (name == "copy" and of == "shutil"):
            yield name
        if name in ("replace", "rename", "renames", "link") and of == "os":
            yield f"os.{name}"
        if name in ("open", "fdopen") and any(re.fullmatch("[rwabtx+]*[wax+][rwabtx+]*", str(mode)) for mode in modes):
            yield f"{name} {modes}"


@pytest.mark.thorough
def test_nothing_but_the_one_mechanism_writes_files() -> None:
    found = {
        (path.name, call)
        for path in (REPOSITORY / "corpuscheck").rglob("*.py")
        if "cleaning" not in (path.stem, path.parent.name)  # they fill a folder that is renamed as a whole
        for call in calls_that_write(ast.parse(path.read_text("utf-8")))
    }
    found.discard(("database.py", "O_CREAT"))  # an empty file, which SQLite fills
    found = {(name, how) for name, how in found if name != "spilling.py"}  # what waits there is gone at the end
    assert {name for name, _ in found} == {"writing.py"}, sorted(found)
