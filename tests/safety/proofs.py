"""Finds the tests that documents name as proof: they must be there, and must not be skipped."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_DEAD = ("skip", "skipif", "xfail")


@cache
def found_in(file: str) -> dict[str, bool]:
    """Return the tests of a file by name, and whether each is really run."""
    path = PROJECT / file
    if not path.is_file():
        return {}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    is_run = not any(_is_dead(each) for node in tree.body for each in _marks_of_all(node))
    return {
        node.name: is_run and not any(_is_dead(each) for each in node.decorator_list)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


def _marks_of_all(node: ast.stmt) -> list[ast.expr]:
    """Return the marks of all tests of a file: what is given to `pytestmark`."""
    if not isinstance(node, ast.Assign) or "pytestmark" not in map(ast.unparse, node.targets):
        return []
    value = node.value
    return list(value.elts) if isinstance(value, ast.List | ast.Tuple) else [value]


def _is_dead(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(target, ast.Attribute) and target.attr in _DEAD


def is_proof(named: str) -> bool:
    """Whether this names a test, as `tests/room/test_file.py::test_name`, that is run."""
    file, _, name = named.partition("::")
    return file.startswith("tests/") and found_in(file).get(name, False)
