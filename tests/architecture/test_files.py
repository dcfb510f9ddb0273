"""Sizes and names: files and views small enough to read, no drawers for leftovers."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import APPS, ROOT, name_of, parsed, python_files

LIMIT, TEST_LIMIT, VIEW_LIMIT = 400, 600, 25
FORBIDDEN = {
    "utils.py",
    "util.py",
    "helpers.py",
    "helper.py",
    "misc.py",
    "common.py",
    "signals.py",
    "base.py",
    "utils",
    "helpers",
}


def test_files_are_short() -> None:
    wrong = []
    for folder, limit in [*((app, LIMIT) for app in (*APPS, "run")), ("tests", TEST_LIMIT)]:
        for path in python_files(folder):
            lines = len(path.read_text().splitlines())
            if lines > limit:
                wrong.append(f"{name_of(path)} has {lines} lines; {limit} is the limit")
    assert not wrong, "\n".join(wrong)


def test_no_drawers() -> None:
    found = [
        name_of(path) for app in (*APPS, "run", "tests") for path in (ROOT / app).rglob("*") if path.name in FORBIDDEN
    ]
    assert not found


def _views(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.args.args
        and node.args.args[0].arg == "request"
        and not node.name.startswith("_")
    ]


@pytest.mark.parametrize("app", APPS)
def test_views_are_short(app: str) -> None:
    wrong = []
    for layer in ("web", "room", "api"):
        for path in python_files(f"{app}/{layer}"):
            for view in _views(path):
                length = (view.end_lineno or view.lineno) - view.lineno + 1
                if length >= VIEW_LIMIT:
                    wrong.append(f"{name_of(path)}:{view.lineno} {view.name} has {length} lines")
    assert not wrong, f"Views stay under {VIEW_LIMIT} lines:\n" + "\n".join(wrong)
