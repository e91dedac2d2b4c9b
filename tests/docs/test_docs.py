"""The pages under docs/: their commands can be run, their links lead somewhere, their tables come from the code."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from pages import DOCS, PAGES, fenced, marked
from support import EXAMPLES, REPOSITORY, Main, korean_lines, write_files

from corpuscheck.cli import cli

PROSE = [*PAGES, REPOSITORY / "CONTRIBUTING.md", REPOSITORY / "CHANGELOG.md", REPOSITORY / "examples" / "README.md"]


def _commands(page: Path) -> Iterator[list[str]]:
    """The arguments of each command line that begins with the program, without what the shell does with it."""
    for block in fenced(page, "sh", "bat", "make"):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\|\||;|\(", line):
                words = shlex.split(part.replace("\\", "/"), comments=True)
                starts = [at for at, word in enumerate(words) if Path(word).name == "corpuscheck"]
                if starts and words[0] not in ("git", "pip", "docker"):
                    yield [word.strip(")") for word in words[starts[0] + 1 :] if word not in (">", "report.json")]


COMMANDS = [(page, words) for page in PAGES for words in _commands(page)]


@pytest.mark.parametrize(
    ("page", "words"), COMMANDS, ids=[f"{page.name}: {' '.join(words)}" for page, words in COMMANDS]
)
def test_a_command_of_a_page_has_only_options_that_there_are(
    page: Path, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name, command = words[0], cli.commands[words.pop(0)]
    if isinstance(command, click.Group):
        name, command = words[0], command.commands[words.pop(0)]
    shutil.copy(_configuration(tmp_path), tmp_path / "corpuscheck.toml")
    if "--config" in words:
        words[words.index("--config") + 1] = "corpuscheck.toml"
    with click.Context(cli) as program:
        command.make_context(name, words, parent=program)


def _configuration(folder: Path) -> Path:
    return write_files(folder, {"given.toml": 'paths = ["."]\n'}) / "given.toml"


def test_there_are_commands_in_most_pages() -> None:
    assert len(COMMANDS) > 40
    assert len({page for page, _ in COMMANDS}) > 10


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the commands of the pages name."""
    for number, name in enumerate(("wiki", "news", "novels", "rulings", "shard-1", "shard-2", "data", "sample")):
        text = "\n\n".join(korean_lines(40, seed=number, words=40))
        write_files(tmp_path, {f"{name}/{part}.txt": text[part * 500 :] for part in range(3)})
    write_files(tmp_path, {"kmmlu.jsonl": '{"text": "수영은 어느 계절에 가장 많이 하는 운동입니까?"}\n'})
    (tmp_path / "examples").symlink_to(EXAMPLES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("page", "needs"),
    [
        ("domain.md", []),
        ("scale.md", ["train data -o tokenizer"]),
        ("report.md", ["scan data --save corpus.ccp"]),
        ("cleaning.md", []),
        ("index.md", ["scan data --save base.ccp"]),
    ],
)
def test_the_commands_of_a_page_do_their_work_one_after_the_other(
    place: Path, run_main: Main, page: str, needs: list[str]
) -> None:
    for words in [*map(str.split, needs), *_commands(DOCS / page)]:
        status, _, errors = run_main(*words)
        assert status in (0, 1), errors


def test_the_configuration_that_is_shown_is_one(place: Path, run_main: Main) -> None:
    (shown,) = fenced(DOCS / "options.md", "toml")
    assert tomllib.loads(shown)["paths"] == ["data"]
    write_files(place, {"corpuscheck.toml": shown})
    assert run_main("scan", "--show-config")[0] == 0
    assert run_main("scan", "-q")[0] in (0, 1)


def test_python_gives_what_the_page_shows(place: Path) -> None:
    names: dict[str, object] = {}
    shown = 0
    for line in marked(DOCS / "python.md", "from-python").splitlines():
        code, comment, said = line.partition("  # ")
        if not comment:
            exec(line, names)
            continue
        shown += 1
        value = repr(eval(code, names))
        start, cut, end = said.partition("…")
        assert (value.startswith(start) and value.endswith(end)) if cut else value == said
    assert shown == 8


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PROSE, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.S | re.M)
    targets = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r"^\[[^\]]+\]: (\S+)$", text, re.M)]
    for target in targets:
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        place = page.parent / name if name else page
        assert place.exists(), target
        assert not anchor or anchor in _anchors(place), target
    used = set(re.findall(r"\]\[([^\]]+)\]", text))
    assert used <= set(re.findall(r"^\[([^\]]+)\]: ", text, re.M))


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_tables_are_those_that_the_code_makes() -> None:
    """Where this fails: python docs/generate.py"""
    generate = _module(DOCS / "generate.py")
    assert generate.TYPED.read_text("utf-8") == generate.typed_options()
    for name, (page, table) in generate.TABLES.items():
        text = (DOCS / page).read_text("utf-8")
        assert generate.updated(text, name, table()) == text


def test_every_option_is_in_the_table() -> None:
    page = (DOCS / "options.md").read_text("utf-8")
    for command in cli.commands.values():
        for option in command.params:
            assert isinstance(option, click.Argument) or all(name in page for name in option.opts)


HAS_SPHINX = all(map(importlib.util.find_spec, ("sphinx", "myst_parser", "furo")))


def _site(pages: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(pages), str(folder)],
        capture_output=True, text=True, timeout=120, check=False, cwd=REPOSITORY,
    )  # fmt: skip


@pytest.mark.thorough
@pytest.mark.skipif(not HAS_SPHINX, reason="needs corpuscheck[docs]")
def test_the_site_is_built_and_a_dead_link_stops_it(tmp_path: Path) -> None:
    """Nothing is said but of the two links that are put in here."""
    pages = shutil.copytree(DOCS, tmp_path / "docs")
    with (pages / "index.md").open("a", encoding="utf-8") as page:
        page.write("\n[gone](gone.md) [and](reading.md#nowhere)\n")
    done = _site(pages, tmp_path / "site")
    assert done.returncode != 0
    warnings = [line for line in done.stderr.splitlines() if "WARNING" in line or "ERROR" in line]
    assert len(warnings) == 2, done.stderr
    assert "gone.md" in warnings[0]
    assert "nowhere" in warnings[1]
    assert (tmp_path / "site" / "reading.html").is_file()
