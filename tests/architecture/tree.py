"""The tree as the architecture tests read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("crm", "deals", "handoff")
# What an app may not know: whatever stands above it.
ABOVE = {"crm": ("deals", "handoff"), "deals": ("handoff",), "handoff": ()}


def python_files(*folders: str) -> Iterator[Path]:
    """Give the Python files below folders, migrations left out."""
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def templates(*apps: str) -> Iterator[Path]:
    """Give the templates of apps."""
    for app in apps:
        yield from sorted(path for path in (ROOT / app / "templates").rglob("*") if path.is_file())


@cache
def parsed(path: Path) -> ast.Module:
    """Give the syntax tree of a file."""
    return ast.parse(path.read_text(), str(path))


def name_of(path: Path) -> str:
    """Give a path as people write it."""
    return str(path.relative_to(ROOT))


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Give line and value of the texts in a file, docstrings left out."""
    tree = parsed(path)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value
