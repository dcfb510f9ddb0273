"""An import's own record: begun, advanced with each batch, finished."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.version import check_version
from crm.actors import Actor
from crm.clock import now
from crm.errors import NotFound
from crm.events.record import record
from crm.events.wake import tell
from crm.models import ImportLine, ImportRun, ImportState
from crm.models.import_run import UNDO_WITHIN

WAITS_FOR = timedelta(days=7)
"""How long a file is kept that nobody goes on with."""


@transaction.atomic
def begin_run(*, actor: Actor, source: str, total: int, is_demo: bool = False) -> ImportRun:
    """Begin a run over `total` rows. Runs of the same source that ended without a word are marked as interrupted.

    The caller holds the lock that lets only one import work at a time.
    """
    at = now()
    ImportRun.objects.filter(source=source, kind="", state=ImportState.LOADING).update(
        state=ImportState.INTERRUPTED, updated_at=at, finished_at=at
    )
    return ImportRun.objects.create(source=source, total=total, is_demo=is_demo, started_at=at, updated_at=at)


def advance_run(*, run: ImportRun, rows: int) -> None:
    """Count `rows` more as done. Called in the transaction that brings them in."""
    run.done += rows
    run.updated_at = now()
    run.save(update_fields=["done", "updated_at"])
    tell_progress()


def tell_progress() -> None:
    """Let open pages look again, once this transaction is committed."""
    transaction.on_commit(partial(tell, "progress", type="import.advanced"))


@transaction.atomic
def finish_run(*, actor: Actor, run: ImportRun, report: Mapping[str, Any]) -> ImportRun:
    """End a run that brought everything in, and record the one event an import leaves."""
    run.report = dict(report)
    end_run(run, ImportState.FINISHED)
    record("import.finished", actor=actor, room=None, subject=run, data={"source": run.source, "report": run.report})
    return run


@transaction.atomic
def interrupt_run(*, run: ImportRun) -> ImportRun:
    """End a run that could not go on; what its finished batches brought in stays, and the next run completes it."""
    end_run(run, ImportState.INTERRUPTED)
    return run


def lock_run(actor: Actor, run_id: UUID, version: int | None = None) -> ImportRun:
    """Lock a run of a file that the actor may see. Raises `NotFound`, and `Stale` when it is no longer at `version`."""
    runs = ImportRun.objects.visible_to(actor).exclude(kind="")
    run = runs.select_for_update(of=("self",), no_key=True).select_related("by_user").filter(pk=run_id).first()
    if run is None:
        raise NotFound(_("There is no such import that you can see."))
    if version is not None:
        check_version(run, version)
    return run


def set_state(run: ImportRun, state: ImportState, **values: Any) -> ImportRun:
    """Put a locked run into another state, with whatever else changes, as its next version."""
    for name, value in values.items():
        setattr(run, name, value)
    run.state, run.version, run.updated_at = state, run.version + 1, now()
    run.save(update_fields=["state", "version", "updated_at", *values])
    tell_progress()
    return run


def end_run(run: ImportRun, state: ImportState) -> None:
    """End a run: its file goes, what it did stays."""
    set_state(run, state, finished_at=now(), report=run.report)
    if run.kind:
        transaction.on_commit(partial(default_storage.delete, run.path))


def sweep_imports() -> int:
    """End imports that nobody went on with, and drop the lines of those that cannot be undone any more; return how many ended."""
    waiting = ImportRun.objects.exclude(kind="").filter(state__in=(ImportState.COLUMNS, ImportState.CHECKED))
    ended = 0
    for run in waiting.filter(updated_at__lt=now() - WAITS_FOR):
        with transaction.atomic():
            end_run(run, ImportState.CANCELLED)
            run.lines.all().delete()
        ended += 1
    ImportLine.objects.filter(run__finished_at__lt=now() - UNDO_WITHIN).delete()
    return ended
