"""The house keeps its own rules: names, docstrings, sizes, and nothing of this machine in the locks."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("crawlers", "monitor", "digest")
NAMELESS = {
    *("util", "utils", "helper", "helpers", "common", "base", "manager", "managers"),
    *("service", "services", "misc", "stuff", "core", "tools"),
}
LONGEST_MODULE = 350


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts)


@pytest.mark.parametrize("room", ROOMS)
def test_our_rooms_are_ours(room):
    """`digest` exists on PyPI too: what is imported under our names is this project."""
    assert Path(str(importlib.import_module(room).__file__)).is_relative_to(ROOT)


def test_no_module_has_a_name_that_says_nothing():
    """No drawer for odds and ends, and no folder of that sort either."""
    named = [path.relative_to(ROOT) for path in (*modules(), *(ROOT / "tests").glob("*.py"))]
    assert [path for path in named if NAMELESS & {path.stem, *path.parts}] == []


def test_modules_stay_small():
    """A module that grows beyond holding in mind lacks a noun."""
    sizes = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {path: size for path, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_everything_public_says_what_it_is():
    """Modules, public classes and functions, and their methods, have a docstring; so has every test."""
    assert [path for path in modules() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []
    bare = [f"{path.relative_to(ROOT)}: {node.name}" for path in modules() for node in public(path) if not said(node)]
    for path in (ROOT / "tests").glob("test_*.py"):
        bare += [
            f"{path.name}: {node.name}" for node in public(path) if node.name.startswith("test_") and not said(node)
        ]
    assert bare == []


def public(path: Path) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every public class and function of a module, and the public methods of its public classes."""
    waiting = list(ast.parse(path.read_text("utf-8")).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                waiting += node.body


def said(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it has a docstring."""
    return bool((ast.get_docstring(node) or "").strip())


def test_the_locks_name_no_place():
    """The locked dependencies hold hashes and no address of a registry."""
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text("utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"://|--(extra-)?index-url|--find-links", text)
