"""An import's own record: begun, advanced with each batch, finished."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from crm.actors import Actor
from crm.clock import now
from crm.events.record import record
from crm.events.wake import tell
from crm.models import ImportRun, ImportState


@transaction.atomic
def begin_run(*, actor: Actor, source: str, total: int, is_demo: bool = False) -> ImportRun:
    """Begin a run over `total` rows. Runs of the same source that ended without a word are marked as interrupted.

    The caller holds the lock that lets only one import work at a time.
    """
    at = now()
    ImportRun.objects.filter(source=source, state=ImportState.LOADING).update(
        state=ImportState.INTERRUPTED, updated_at=at, finished_at=at
    )
    return ImportRun.objects.create(source=source, total=total, is_demo=is_demo, started_at=at, updated_at=at)


def advance_run(*, run: ImportRun, rows: int) -> None:
    """Count `rows` more as done. Called in the transaction that brings them in."""
    run.done += rows
    run.updated_at = now()
    run.save(update_fields=["done", "updated_at"])
    transaction.on_commit(partial(tell, "progress", type="import.advanced"))


@transaction.atomic
def finish_run(*, actor: Actor, run: ImportRun, report: Mapping[str, Any]) -> ImportRun:
    """End a run that brought everything in, and record the one event an import leaves."""
    run.report = dict(report)
    _end(run, ImportState.FINISHED)
    record("import.finished", actor=actor, room=None, subject=run, data={"source": run.source, "report": run.report})
    return run


@transaction.atomic
def interrupt_run(*, run: ImportRun) -> ImportRun:
    """End a run that could not go on; what its finished batches brought in stays, and the next run completes it."""
    _end(run, ImportState.INTERRUPTED)
    return run


def _end(run: ImportRun, state: ImportState) -> None:
    run.state = state
    run.updated_at = run.finished_at = now()
    run.save(update_fields=["state", "report", "updated_at", "finished_at"])
