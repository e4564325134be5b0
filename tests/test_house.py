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
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "service_layer", "misc"}
LONGEST_MODULE = 350


def modules() -> Iterator[Path]:
    for room in ROOMS:
        yield from (path for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts)


def public(tree: ast.Module) -> Iterator[ast.AST]:
    """The module and every public class and function of it, methods too."""
    yield tree
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


@pytest.mark.parametrize("room", ROOMS)
def test_our_rooms_are_ours(room):
    """`digest` exists on PyPI too: what is imported under our names is this project."""
    assert Path(str(importlib.import_module(room).__file__)).is_relative_to(ROOT)


def test_no_module_has_a_name_that_says_nothing():
    """No drawer for odds and ends."""
    assert [path for path in modules() if path.stem in NAMELESS] == []


def test_modules_stay_small():
    """A module that grows beyond holding in mind lacks a noun."""
    sizes = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {path: size for path, size in sizes.items() if size > LONGEST_MODULE} == {}


def test_everything_public_says_what_it_is():
    """Modules, classes and functions have a docstring; so has every test."""
    bare = []
    tests = list((ROOT / "tests").glob("test_*.py"))
    for path in (*modules(), *tests):
        for node in public(ast.parse(path.read_text("utf-8"))):
            name = getattr(node, "name", "module")
            if path in tests and not name.startswith("test_"):
                continue
            text = ast.get_docstring(node) or ""
            if not text.strip() and not _nested(node, path):
                bare.append(f"{path.relative_to(ROOT)}: {name}")
    assert bare == []


def _nested(node: ast.AST, path: Path) -> bool:
    """Whether a function stands inside another function, where it is nobody's door."""
    tree = ast.parse(path.read_text("utf-8"))
    name, line = getattr(node, "name", ""), getattr(node, "lineno", 0)
    for outer in ast.walk(tree):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = (one for one in ast.walk(outer) if one is not outer)
            if any(getattr(one, "name", None) == name and getattr(one, "lineno", 0) == line for one in inner):
                return True
    return False


def test_the_locks_name_no_place():
    """The locked dependencies hold hashes and no address of a registry."""
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text("utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"://|--(extra-)?index-url|--find-links", text)
