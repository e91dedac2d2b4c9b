"""The command line: exit statuses, what goes to which stream, and one clear line for every known error."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support import EXAMPLES, REPOSITORY, Main, command, document_of, korean_lines, run, write_files, write_vocabulary
from tokenizers import Regex, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split

from corpuscheck import __version__
from corpuscheck.profile.profile import Profile

RECIPES = EXAMPLES / "english-recipes-jsonl"


def test_json_goes_to_stdout_and_nothing_else() -> None:
    done = run("scan", RECIPES, "--format", "json", "-q")
    assert done.returncode == 0
    assert done.stderr == ""
    assert json.loads(done.stdout) == document_of(RECIPES)


def test_text_report_says_not_ready_with_status_1() -> None:
    done = run("scan", EXAMPLES / "rare-syllables", "--jobs", "2")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith(" NOT READY ")
    assert not [line for line in done.stderr.splitlines() if not line.endswith(" of 6 files")]  # progress, when slow


def test_known_error_is_one_line_with_status_2() -> None:
    done = run("scan", "no-such-folder")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "corpuscheck: no-such-folder: no such file or folder\n"


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("options", "status", "word"),
    [
        (["--target", "1kB"], 0, "READY"),
        ([], 0, "CAUTION"),
        (["--min-size", "1GB"], 1, "NOT READY"),
        (["--severity", "CC201=error"], 1, "NOT READY"),
        (["--max-unk-rate", "1", "--min-size", "22kB"], 0, "CAUTION"),
    ],
)
def test_verdict_decides_the_status(run_main: Main, options: list[str], status: int, word: str) -> None:
    ended, out, _ = run_main("scan", RECIPES, *options)
    assert ended == status
    assert out.splitlines()[-1].startswith(f" {word} ")


def test_files_are_written(run_main: Main, tmp_path: Path) -> None:
    options = ["--output", tmp_path / "r.json", "--save", tmp_path / "p.ccp", "--files", tmp_path / "f.jsonl"]
    options += ["--min-size", "1GB"]
    status, out, err = run_main("scan", EXAMPLES / "broken", *options, "--save-tokenizer", tmp_path / "tok")
    report = json.loads((tmp_path / "r.json").read_bytes())
    rows = [json.loads(line) for line in (tmp_path / "f.jsonl").read_bytes().splitlines()]
    profile = Profile.load(str(tmp_path / "p.ccp"))
    assert (status, err) == (1, "")
    assert "NOT READY" in out
    assert report["verdict"] == "not_ready"
    assert profile.size.utf8_bytes == report["size"]["utf8_bytes"]
    assert len(rows) == report["reading"]["files"] == len(list((EXAMPLES / "broken").iterdir()))
    assert [row["path"] for row in rows] == sorted(row["path"] for row in rows)
    wanted = "path status reason encoding confidence bytes utf8_bytes documents invalid_bytes first_invalid_offset"
    assert all(set(wanted.split()) <= row.keys() for row in rows)
    assert sum(row["utf8_bytes"] for row in rows) == report["size"]["utf8_bytes"]
    assert {p.name for p in (tmp_path / "tok").iterdir()} == {"tokenizer.json", "vocab.txt", "tokenizer_config.json"}


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["", "tokenizer.json", "vocab.txt"])
def test_saved_tokenizer_gives_the_same_figures(run_main: Main, tmp_path: Path, name: str) -> None:
    _, first, _ = run_main("scan", RECIPES, "--format", "json", "--save-tokenizer", tmp_path / "tok")
    _, second, _ = run_main("scan", RECIPES, "--format", "json", "--tokenizer", tmp_path / "tok" / name)
    trained, loaded = (json.loads(out)["tokenizer"] for out in (first, second))
    for key in ("fingerprint", "vocab_size", "words", "unk_words", "documents_with_unk", "tokens", "worst_words"):
        assert trained[key] == loaded[key]


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["scan", "--help"]])
def test_help(run_main: Main, arguments: list[str]) -> None:
    status, out, err = run_main(*arguments)
    assert (status, err) == (0, "")
    assert "Usage: " in out
    if "scan" in arguments:
        assert "--limit-alphabet" in out
        assert "130 interrupted" in out


def test_version(run_main: Main) -> None:
    assert run_main("--version")[1] == f"corpuscheck, version {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["scan", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    line = [sys.executable, "-X", "importtime", *command(*arguments)[1:]]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=True, encoding="utf-8")
    imported = {row.rsplit("|", 1)[-1].strip().split(".")[0] for row in done.stderr.splitlines() if "|" in row}
    assert "click" in imported
    assert not imported & {"numba", "numpy", "tokenizers", "rich", "chardet", "tqdm", "orjson", "zstandard", "pathspec"}


def test_quiet_prints_only_findings_and_verdict(run_main: Main) -> None:
    _, brief, err = run_main("scan", RECIPES, "-q")
    _, full, _ = run_main("scan", RECIPES, "--full")
    assert err == ""
    assert "CAUTION" in brief
    assert full.endswith(brief)
    assert "Can it be read?" in full
    assert "Can it be read?" not in brief


def test_verbose_says_what_is_done_on_stderr(run_main: Main) -> None:
    _, out, err = run_main("scan", RECIPES, "-v", "--format", "json")
    json.loads(out)
    steps = [line.split(":")[0] for line in err.splitlines() if line.endswith(" s")]
    assert steps[0] == "counting characters"
    assert steps[-2:] == ["training", "measuring"]


@pytest.mark.few(6)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tokeniser", "x"], "--tokenizer"),
        (["--target", "4XB"], "4GB"),
        (["--target", "-1"], "4GB"),
        (["--target", "0"], "--target must be above zero"),
        (["--min-size", "much"], "500MB"),
        (["--max-unk-rate", "1.5"], "between 0 and 1"),
        (["--max-unk-rate", "nan"], "'nan' is not a share: write a share, as in 1% or 0.01"),
        (["--max-unk-rate", "one"], "'one' is not a share"),
        (["--document", "page"], "blank-line"),
        (["--format", "yaml"], "json"),
        (["--jobs", "0"], "--jobs must be 1 or more"),
        (["--character-coverage", "0"], "above 0 and at most 1"),
        (["--limit-alphabet", "0"], "--limit-alphabet must be 1 or more"),
        (["--vocab-size", "50"], "--limit-alphabet 22"),
        (["--vocab-size", "3"], "--vocab-size"),
        (["--articles-per-gb", "0"], "--articles-per-gb"),
        (["--encoding", "utf-9"], "utf-9"),
        (["--encoding", "base64"], "base64"),
        (["--encoding", "undefined"], "undefined"),
        (["--encoding", "idna"], "idna"),
        (["--include", "*.nothing"], "--include"),
        (["--text-field", "nobody"], "nobody"),
        (["--output", "no-such-folder/report.json"], "no-such-folder"),
        (["--save", "no-such-folder/profile"], "no-such-folder"),
        (["--files", "no-such-folder/files"], "no-such-folder"),
        (["--save-tokenizer", str(RECIPES / "recipes.jsonl")], "recipes.jsonl"),
        (["no-such-file.txt"], "no such file or folder"),
        (["bad\x1b[31mname\n.txt"], "bad\\u001b[31mname\\u000a.txt: no such file or folder"),
    ],
)
def test_usage_errors_say_what_to_do(run_main: Main, arguments: list[str], said: str) -> None:
    status, out, err = run_main("scan", RECIPES, *arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert len([line for line in err.splitlines() if not line.startswith(("Usage:", "Try ")) and line]) == 1


def test_no_path_is_a_usage_error(run_main: Main) -> None:
    assert run_main("scan")[0] == 2
    assert run_main("scna")[0] == 2


def test_empty_folder_is_nothing_to_scan(run_main: Main, tmp_path: Path) -> None:
    status, out, err = run_main("scan", tmp_path)
    assert (status, out) == (2, "")
    assert err.startswith("corpuscheck: nothing to scan")
    assert err.count("\n") == 1


UNSUITABLE: dict[str, tuple[dict[str, str | bytes], str]] = {
    "corrupt": ({"tokenizer.json": '{"version": "1.0", "model": {"type": "WordPie'}, "not a valid tokenizer.json"),
    "other json": ({"tokenizer.json": '{"name": "x"}'}, "it has no model"),
    "unknown model": ({"tokenizer.json": '{"model": {"type": "Magic"}}'}, "not a valid tokenizer.json"),
    "no unknown token": ({"vocab.txt": "a\nb\n##a\n"}, "[UNK]"),
    "empty vocabulary": ({"vocab.txt": ""}, "[UNK]"),
    "empty tokenizer": ({"tokenizer.json": ""}, "tokenizer.json"),
    "binary": ({"tokenizer.json": b"\x80\x03}q\x00\xff"}, "not UTF-8"),
    "unrelated": ({"model.bin": b"x"}, "none of tokenizer.json, vocab.txt"),
}


@pytest.mark.parametrize("kind", UNSUITABLE)
def test_unsuitable_tokenizer_is_one_clear_line(run_main: Main, tmp_path: Path, kind: str) -> None:
    contents, said = UNSUITABLE[kind]
    status, out, err = run_main("scan", RECIPES, "--tokenizer", write_files(tmp_path / "tok", contents))
    assert (status, out) == (2, "")
    assert said in err
    assert err.startswith("corpuscheck: ")
    assert err.count("\n") == 1


def test_missing_tokenizer(run_main: Main) -> None:
    status, _, err = run_main("scan", RECIPES, "--tokenizer", "nowhere.json")
    assert (status, err) == (2, "corpuscheck: nowhere.json: cannot be read (No such file or directory)\n")


def _slow_tokenizer(place: Path) -> Path:
    """A byte-level BPE without merges, cut in a way that only the library knows: it encodes every document."""
    tokenizer = Tokenizer(BPE(vocab={ch: n for n, ch in enumerate(sorted(ByteLevel.alphabet()))}, merges=[]))
    cut = Split(Regex(r"\S+(?!x)|\s+"), "isolated")
    tokenizer.pre_tokenizer = Sequence([cut, ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.save(str(place))
    return place


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to a process group there")
@pytest.mark.parametrize("name", ["text.txt", "records.jsonl"])
def test_interrupt_ends_with_130(tmp_path: Path, name: str) -> None:
    text = "\n".join(korean_lines(8000))
    content = text if name == "text.txt" else json.dumps({"text": text}, ensure_ascii=False)
    for number in range(30):
        write_files(tmp_path / "corpus", {f"{number}-{name}": content})
    line = command("scan", tmp_path / "corpus", "--tokenizer", _slow_tokenizer(tmp_path / "t.json"), "--jobs", "2")
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # it may be ignored here
    )  # fmt: skip
    guard = threading.Timer(100, process.kill)
    guard.start()
    assert process.stderr is not None
    assert process.stderr.readline().startswith("measuring: ")  # the first line of progress: it is at work
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate()
    guard.cancel()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "corpuscheck: interrupted, nothing was concluded"
    assert out == ""


def _first(package: Path) -> dict[str, str]:
    """The environment in which this copy of the package is the one that is imported."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(package.parent), os.environ.get("PYTHONPATH"))))}


@pytest.mark.thorough
def test_works_where_nothing_can_be_written(tmp_path: Path) -> None:
    """No HOME, no cache folder, and a package in which no cache can be made (a file stands in its place)."""
    package = tmp_path / "installed" / "corpuscheck"
    shutil.copytree(REPOSITORY / "corpuscheck", package, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in [package, *(p for p in package.iterdir() if p.is_dir())]:
        (folder / "__pycache__").write_text("in the way")
    nowhere = str(tmp_path / "file" / "home")
    (tmp_path / "file").write_text("not a folder")
    env = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA")}
    env |= _first(package) | {"HOME": nowhere, "USERPROFILE": nowhere, "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {"NUMBA_OPT": "0"}  # every kernel is compiled anew
    vocabulary = write_vocabulary(tmp_path / "vocab.txt", "abcdefghijklmnopqrstuvwxyz")
    options = ("--tokenizer", vocabulary, "--no-clean", "--format", "json", "--jobs", "1")
    done = run("scan", RECIPES, *options, env=env, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout) == document_of(RECIPES, tokenizer=vocabulary, clean=False)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user can write everywhere")
def test_works_in_a_read_only_folder_without_home(tmp_path: Path) -> None:
    package = tmp_path / "installed" / "corpuscheck"
    shutil.copytree(REPOSITORY / "corpuscheck", package, ignore=shutil.ignore_patterns("__pycache__"))
    folders = [package, *(p for p in package.rglob("*") if p.is_dir())]
    env = {k: v for k, v in os.environ.items() if k not in ("HOME", "NUMBA_CACHE_DIR")}
    try:
        for folder in folders:
            folder.chmod(0o555)
        done = run("scan", RECIPES, "-q", env=env | _first(package), cwd=tmp_path)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
