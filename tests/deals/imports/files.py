"""Bringing files in as people do: choose, match, decide, import, with the job run on the spot."""

from io import BytesIO
from pathlib import Path
from typing import Any

from crm.actors import Actor
from crm.models import ImportLine, ImportRun
from deals.actions.import_run import decide, match_columns, start_import, undo_import, upload_import
from deals.imports.job import work_on

EXPORTS = Path(__file__).resolve().parents[2] / "data" / "exports"


def upload(actor: Actor, kind: str, content: bytes | str, name: str = "file.csv", source: str = "") -> ImportRun:
    """Choose a file: its content, or the name of an export."""
    if isinstance(content, str) and content.endswith(".csv"):
        name, content = content, (EXPORTS / content).read_bytes()
    raw = content.encode() if isinstance(content, str) else content
    return upload_import(actor=actor, kind=kind, name=name, content=BytesIO(raw), source=source)


def worked(run: ImportRun) -> ImportRun:
    """Let the job run to its end."""
    while work_on(run.pk):
        pass
    return ImportRun.objects.get(pk=run.pk)


def check(
    actor: Actor, kind: str, content: bytes | str, mapping: dict[str, str] | None = None, **choices: Any
) -> ImportRun:
    """Choose a file, match its columns and have it checked; `choices` are decided and checked again."""
    run = upload(actor, kind, content)
    run = match_columns(actor=actor, run_id=run.pk, version=run.version, mapping=mapping or run.mapping)
    run = worked(run)
    decided = choices.pop("decided", {}) | choices
    if decided:
        run = worked(decide(actor=actor, run_id=run.pk, version=run.version, choices=decided))
    return run


def bring_in(actor: Actor, kind: str, content: bytes | str, **choices: Any) -> ImportRun:
    """Bring a file in."""
    run = check(actor, kind, content, **choices)
    return worked(start_import(actor=actor, run_id=run.pk, version=run.version))


def undo(actor: Actor, run: ImportRun) -> ImportRun:
    """Take it back."""
    return worked(undo_import(actor=actor, run_id=run.pk, version=run.version))


def counts(run: ImportRun) -> dict[str, int]:
    """Return the lines by result."""
    return dict(run.report.get("counts", {}))


def words(run: ImportRun, line: int) -> str:
    """Return what is said about a line."""
    return " ".join(ImportLine.objects.get(run=run, line=line).words)
