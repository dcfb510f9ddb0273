"""Reading the imports of files: whose they are, what each found and did."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from crm.actors import Actor
from crm.clock import now
from crm.errors import NotFound
from crm.models import ImportLine, ImportRun, ImportState
from crm.models.import_run import UNDO_WITHIN, ImportRunQuerySet


def import_runs(actor: Actor) -> ImportRunQuerySet:
    """Return the imports of files that the actor may see, the newest first."""
    runs: ImportRunQuerySet = ImportRun.objects.visible_to(actor).exclude(kind="").select_related("by_user")
    return runs


def get_import_run(actor: Actor, run_id: UUID) -> ImportRun:
    """Return one import of a file. Raises `NotFound`."""
    run = import_runs(actor).filter(pk=run_id).first()
    if run is None:
        raise NotFound
    return run


def lines_of(run: ImportRun, results: Sequence[str] = ()) -> QuerySet[ImportLine]:
    """Return the lines of a run that the actor was given, all or those with some results."""
    lines = ImportLine.objects.filter(run=run).order_by("line")
    return lines.filter(result__in=results) if results else lines


def earlier_run(actor: Actor, kind: str, headers: Sequence[str]) -> ImportRun | None:
    """Return the actor's newest import of rows of this kind under the same headers, to match its columns as before."""
    runs = ImportRun.objects.filter(by_user=actor.user, kind=kind, headers=list(headers)).exclude(mapping={})
    return runs.first() if actor.user else None


def ready_rows(run: ImportRun) -> int:
    """Return how many rows of a checked run can be brought in."""
    counts = run.report.get("counts", {})
    return sum(int(counts.get(name, 0)) for name in ("added", "updated", "unchanged"))


def can_be_undone(run: ImportRun) -> bool:
    """Whether a run has ended not too long ago and wrote something."""
    counts = run.report.get("counts", {})
    has_written = bool(counts.get("added") or counts.get("updated"))
    ended = (ImportState.FINISHED, ImportState.CANCELLED, ImportState.INTERRUPTED)
    return run.state in ended and has_written and bool(run.finished_at and run.finished_at > now() - UNDO_WITHIN)
