"""Rules that a linter does not know: one clock, no signals of models, no forgotten migrations, nothing inline in templates."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from tests.architecture.tree import APPS, name_of, python_files, templates

CLOCK = re.compile(
    r"\btimezone\.now\b|\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\bauto_now(_add)?=True|\btime\.time\("
)
MODEL_SIGNAL = re.compile(r"\b(pre|post)_(save|delete|init)\b|\bm2m_changed\b")
INLINE = re.compile(
    r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|\bhx-on\b|\bjavascript:|<script(?![^>]*(\bsrc=|\bnonce=|application/json))[^>]*>""",
    re.IGNORECASE,
)
PARAGRAPH = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.DOTALL)


def test_time_comes_from_the_clock() -> None:
    wrong = []
    for path in python_files(*APPS):
        if name_of(path) == "crm/clock.py":
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if CLOCK.search(line):
                wrong.append(f"{name_of(path)}:{number} {line.strip()}")
    assert not wrong, "Use crm.clock.now:\n" + "\n".join(wrong)


def test_no_model_signals() -> None:
    wrong = [name_of(path) for path in python_files(*APPS) if MODEL_SIGNAL.search(path.read_text())]
    assert not wrong


@pytest.mark.parametrize("app", APPS)
def test_templates_have_nothing_inline(app: str) -> None:
    wrong = []
    for path in templates(app):
        text = PARAGRAPH.sub(lambda match: "\n" * match[0].count("\n"), path.read_text())
        wrong += [f"{name_of(path)} {match[0].strip()}" for match in INLINE.finditer(text)]
    assert not wrong, "The content security policy refuses these:\n" + "\n".join(wrong)


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out, verbosity=1)
    except SystemExit:
        pytest.fail(f"Models changed without a migration:\n{out.getvalue()}")
