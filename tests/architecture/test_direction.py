"""One direction, handoff → deals → crm: imports (here and in import-linter), names in strings, templates, reversed addresses."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.routes import all_routes
from tests.architecture.tree import ABOVE, APPS, ROOT, name_of, parsed, python_files, templates, texts

REVERSED = re.compile(r"""(?:reverse(?:_lazy)?\(|redirect\(|\{%\s*url\s+)\s*["']([\w:-]+)["']""")
CONFIG = ROOT / "crm" / "config"
IMPORTS_LATE = {
    "manage.py": "Django reads its settings when it is imported, after the role is chosen",
    "run/checks.py": "tests are there only with what checks need on top",
}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_no_function_imports() -> None:
    wrong = {
        f"{name_of(path)}:{node.lineno}"
        for path in [*python_files(*APPS, "run"), ROOT / "manage.py"]
        if name_of(path) not in IMPORTS_LATE
        for function in _functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert not wrong, "An import inside a function hides a cycle; order the modules instead:\n" + "\n".join(
        sorted(wrong)
    )


def _names(app: str) -> re.Pattern[str]:
    """Match `deals.Deal`, `deals/board.html`, `deals:board`, or the bare app label, at the start of a text."""
    return re.compile(rf"^{app}(?:[.:/][A-Za-z_]|$)")


@pytest.mark.parametrize("app", APPS)
def test_python_names_nothing_above(app: str) -> None:
    wrong = []
    for path in python_files(app):
        if path.is_relative_to(CONFIG):
            continue
        for above in ABOVE[app]:
            wrong += [f"{name_of(path)} imports {name}" for name in _imports(path) if name.split(".")[0] == above]
            wrong += [f"{name_of(path)}:{line} {text!r}" for line, text in texts(path) if _names(above).match(text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", APPS)
def test_templates_name_nothing_above(app: str) -> None:
    wrong = []
    for path in templates(app):
        for above in ABOVE[app]:
            pattern = re.compile(rf"""["']{above}[:/.]|<c-{above}\b|{{%\s*load\s[^%]*\b{above}""")
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if pattern.search(line):
                    wrong.append(f"{name_of(path)}:{number} {line.strip()}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", APPS)
def test_addresses_above_are_not_reversed(app: str) -> None:
    above_names = {route.name for route in all_routes() if route.app in ABOVE[app]}
    wrong = []
    for path in [*python_files(app), *templates(app)]:
        if path.is_relative_to(CONFIG):
            continue
        text = path.read_text()
        wrong += [f"{name_of(path)} reverses {name}" for name in REVERSED.findall(text) if name in above_names]
    assert not wrong, "\n".join(wrong)
