"""The house: which room may look into which. A room is a package of corpuscheck, or a module that stands by itself.

A room imports from the floors below its own, nothing from beside or above. To move a module or to add a room, change
`FLOORS`. What goes upward today is in `UPWARD`, by file: the list may only get shorter.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from support import REPOSITORY

HOUSE = REPOSITORY / "corpuscheck"

FLOORS = """
    __main__
    cli
    commands
    __init__
    options
    api
    reports
    rules running
    cleaning
    estimates
    result peeking
    measuring
    tokenizer domain
    profile
    reading
    configuration
    settings
    option values files
    kernels
    text _version
    errors
"""
"""The rooms, the top floor first."""

UPWARD = {("values/presentable.py", "reports")}
"""A file, and the room beside or above that it imports from."""

NOTHING_BUT = {
    "errors": "",
    "text": "errors",
    "kernels": "text",
    "files": "errors text",
    "option": "text",
    "settings": "errors option text values",
}
"""Rooms that import from these alone."""

NEVER = {
    "rules": "reading running measuring kernels api reports commands",
    "reports": "measuring api commands",
    "profile": "measuring running tokenizer rules result",
    "domain": "reading measuring running tokenizer rules reports",
    "commands": "reading measuring kernels",
}
"""Rooms that these are closed to, though they stand below."""

OUTSIDE = {
    "kernels": "numba numpy",
    "rules": "",
    "result": "numpy",
    "text": "",
    "settings": "",
    "domain": "numpy orjson zstandard",
    "measuring": "numpy",
    "tokenizer": "numpy tokenizers",
    "reports": "jinja2 markupsafe orjson rich",
    "commands": "click rich tqdm",
}
"""Packages of others that a room may import."""

ONLY_IN = {
    "numba": "kernels",
    "tokenizers": "tokenizer",
    "rich": "reports commands",
    "jinja2": "reports",
    "click": "cli commands configuration",
    "tqdm": "commands",
    "pyarrow": "reading running cleaning",
    "lxml": "reading",
    "chardet": "reading",
    "distributed": "running",
    "fsspec": "files",
    "huggingface_hub": "files",
    "sqlite3": "running",
    "subprocess": "running tokenizer commands",
}
"""Packages that no other room imports."""

Import = tuple[str, str]
"""A file of the house, and what it imports: `corpuscheck.reading.files`, `numpy`."""


def imports_of(path: Path) -> Iterator[str]:
    """What a file imports, wherever in it; of `from corpuscheck import api` it is `corpuscheck.api`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path.name} imports by a relative name"
            one_by_one = module_at(f"{node.module}.{node.names[0].name}") or node.module == "corpuscheck"
            yield from (f"{node.module}.{alias.name}" for alias in node.names) if one_by_one else (node.module,)


def module_at(name: str) -> bool:
    """Whether there is a module of the house by this name."""
    place = HOUSE.parent.joinpath(*name.split("."))
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()


@cache
def imports() -> frozenset[Import]:
    files = sorted(HOUSE.rglob("*.py"))
    return frozenset((file.relative_to(HOUSE).as_posix(), name) for file in files for name in imports_of(file))


def room_of(file: str) -> str:
    return file.partition("/")[0].removesuffix(".py")


def inside() -> Iterator[tuple[str, str]]:
    """A file, and a room other than its own that it imports from."""
    for file, name in imports():
        package, _, rest = name.partition(".")
        room = rest.partition(".")[0]
        if package == "corpuscheck" and room not in ("", room_of(file)):
            yield file, room


def outside() -> Iterator[tuple[str, str]]:
    return ((file, name.partition(".")[0]) for file, name in imports() if not name.startswith("corpuscheck"))


def floors() -> dict[str, int]:
    lines = FLOORS.split("\n")
    return {room: -floor for floor, line in enumerate(lines) for room in line.split()}


def test_every_room_has_its_floor() -> None:
    assert {room_of(file.relative_to(HOUSE).as_posix()) for file in HOUSE.rglob("*.py")} == set(floors())
    assert len(FLOORS.split()) == len(floors())


def test_rooms_import_from_the_floors_below() -> None:
    floor = floors()
    assert {(file, room) for file, room in inside() if floor[room] >= floor[room_of(file)]} == UPWARD


@pytest.mark.parametrize("room", NOTHING_BUT)
def test_rooms_that_import_from_few(room: str) -> None:
    assert {
        (file, other) for file, other in inside() if room_of(file) == room and other not in NOTHING_BUT[room].split()
    } == set()


@pytest.mark.parametrize("room", NEVER)
def test_rooms_that_are_closed_to_each_other(room: str) -> None:
    assert set(NEVER[room].split()) <= set(floors())
    assert {
        (file, other) for file, other in inside() if room_of(file) == room and other in NEVER[room].split()
    } == set()


@pytest.mark.parametrize("room", OUTSIDE)
def test_packages_that_a_room_may_import(room: str) -> None:
    allowed = {*sys.stdlib_module_names, *OUTSIDE[room].split()}
    assert {(file, name) for file, name in outside() if room_of(file) == room and name not in allowed} == set()


@pytest.mark.parametrize("package", ONLY_IN)
def test_packages_that_stay_in_their_room(package: str) -> None:
    files = {file for file, name in outside() if name == package}
    assert files, f"nothing imports {package} any more"
    assert {file for file in files if room_of(file) not in ONLY_IN[package].split()} == set()


def test_no_file_imports_itself_by_way_of_others() -> None:
    """Among the files themselves there is no circle but the one that values/presentable.py makes on purpose."""
    by_file: dict[str, set[str]] = {}
    for file, name in imports():
        if name.startswith("corpuscheck.") and module_at(name) and file != "values/presentable.py":
            by_file.setdefault(f"corpuscheck/{file}".removesuffix(".py").removesuffix("/__init__"), set()).add(
                name.replace(".", "/")
            )
    TopologicalSorter(by_file).prepare()


def names_defined() -> dict[str, set[str]]:
    """The public classes and types of all modules, with the files that define them. Constants are in capitals."""
    found: dict[str, set[str]] = {}
    for file in sorted(HOUSE.rglob("*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            names = [node.name] if isinstance(node, ast.ClassDef) else []
            if isinstance(node, ast.Assign):
                names += [one.id for one in node.targets if isinstance(one, ast.Name)]
            for name in names:
                if name[0].isupper() and not name.isupper():
                    found.setdefault(name, set()).add(file.relative_to(HOUSE).as_posix())
    return found


def test_a_name_of_a_class_or_a_type_means_one_thing() -> None:
    assert {name: files for name, files in names_defined().items() if len(files) > 1} == {}
