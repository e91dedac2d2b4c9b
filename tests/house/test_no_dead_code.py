"""Nothing in the package is there for nobody: what a module defines is used by the product, not by tests alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from support import REPOSITORY

from corpuscheck.settings import REPORT_FORMATS

PUBLIC = {
    "corpuscheck": {"__getattr__", "compare", "estimate", "peek", "scan", "train"},
    "corpuscheck.commands.domain": {"build", "listed"},
    "corpuscheck.domain.shipped": {"to_bytes"},
    "corpuscheck.domain.language_shares": {"to_bytes"},
    **{f"corpuscheck.reports.{module}": {"render"} for module in REPORT_FORMATS.values()},
}
"""What users, decorators, the registry of reports, and the benchmark that makes the shipped references call."""

BY_OTHERS = {"on_end", "on_start", "readable", "readinto", "to_dict"}
"""Methods that Numba, io and users call."""


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text("utf-8")
        )
        for path in (REPOSITORY / "corpuscheck").rglob("*.py")
    }


def _defined(tree: ast.Module) -> Iterator[str]:
    """Functions, classes and values at the top of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from (name.id for name in ast.walk(target) if isinstance(name, ast.Name))


def _methods(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from (part.name for part in node.body if isinstance(part, ast.FunctionDef))


def _read(tree: ast.Module) -> set[str]:
    """Names that are read in the module, also in annotations that are text."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return names | {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _taken_from_others(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(module, name) of what is imported, and of what is reached through an imported module."""
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.module, alias.name
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def test_every_function_class_and_value_is_used_in_the_package(trees: dict[str, ast.Module]) -> None:
    taken = {pair for tree in trees.values() for pair in _taken_from_others(tree)}
    read = {module: _read(tree) for module, tree in trees.items()}
    assert not [
        f"{module}.{name}"
        for module, tree in trees.items()
        for name in _defined(tree)
        if name not in read[module] | PUBLIC.get(module, set())
        and (module, name) not in taken
        and not (name.startswith("__") and name.endswith("__") and name != "__getattr__")
    ]


def test_every_method_is_called_in_the_package(trees: dict[str, ast.Module]) -> None:
    called = {node.attr for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    templates = (REPOSITORY / "corpuscheck").rglob("*.j2")
    called |= {name for path in templates for name in re.findall(r"\.(\w+)", path.read_text("utf-8"))}
    assert not [
        f"{module}: {name}"
        for module, tree in trees.items()
        for name in _methods(tree)
        if name not in called | BY_OTHERS and not name.startswith("_")
    ]
