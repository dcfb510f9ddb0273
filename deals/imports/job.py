"""The work on a file in the background: looking at every row, bringing them in, taking them back. In batches, some seconds a turn.

Each batch is one transaction that locks the run, and the run counts it in the same one. A job that is killed leaves whole
batches; the next one goes on behind them. Two jobs on one run do no harm: the second finds that it has moved on.
"""

import time
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from crm.actions.import_run import advance_run, end_run, set_state
from crm.actors import Actor, as_user
from crm.errors import DomainError
from crm.events.record import record
from crm.models import BUSY, ImportLine, ImportRun, ImportState
from deals.imports.batch import settle_batch
from deals.imports.choices import day_order, decimal_mark
from deals.imports.clean import Reading
from deals.imports.scan import scan
from deals.imports.sheet import SheetRow, sheet_rows
from deals.imports.targets import KINDS, Target
from deals.imports.undo import undo_some

log = structlog.get_logger(__name__)

BATCH = 500
"""Rows in one transaction."""
TURN = 5.0
"""Seconds after which another import has its turn."""


def work_on_imports(seconds: float = 60.0) -> int:
    """Work on all imports that are under way, by turns, for so many seconds at most; return how many turns there were."""
    end, turns = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        run_id = (
            ImportRun.objects.exclude(kind="").filter(state__in=BUSY).order_by("updated_at").values_list("pk").first()
        )
        if run_id is None:
            break
        work_on(run_id[0])
        turns += 1
    return turns


class _MovedOn(Exception):
    """Somebody else works on the run, or it is to stop."""


def work_on(run_id: UUID, seconds: float = TURN) -> bool:
    """Work on a run for some seconds; return whether there is more to do. A run that cannot go on says why."""
    run = ImportRun.objects.select_related("by_user").filter(pk=run_id).first()
    if run is None or not run.is_busy or run.by_user is None:
        return False
    actor, end = as_user(run.by_user), time.monotonic() + seconds
    try:
        with translation.override(run.by_user.locale):
            if run.state == ImportState.UNDOING:
                return _undo(actor, run, end)
            with default_storage.open(run.path, "rb") as content:
                return _read(actor, run, cast(BinaryIO, content), end)
    except _MovedOn:
        return False
    except DomainError as error:
        _give_back(run, str(error.message))
    except FileNotFoundError:
        _give_back(run, _("The file is not kept any more. Choose it once more."))
    except OperationalError:
        raise  # the database is away: the next turn goes on
    except Exception:  # whatever it is would come again: the run ends, and the next one goes on behind what is there
        log.exception("import_failed", run=str(run.pk), state=run.state, done=run.done)
        _give_back(
            run,
            str(
                translation.gettext(
                    "Something went wrong here that is not your file’s fault. Whoever runs this can see what in the log."
                )
            ),
        )
    return False


def _read(actor: Actor, run: ImportRun, content: BinaryIO, end: float) -> bool:
    targets = targets_of(run)
    if run.state == ImportState.CHECKING and not run.total:
        found = scan(sheet_rows(run, content), targets, run.headers)
        _begin_check(run, found)
        content.seek(0)
    reading = Reading(targets, run.headers, day_order(run), decimal_mark(run), _zone(run))
    rows = islice(sheet_rows(run, content), run.done, None)
    while time.monotonic() < end:
        if not _one_batch(actor, run, reading, rows):
            return False
    return True


def targets_of(run: ImportRun) -> dict[int, Target]:
    """Return what each column of a run's file becomes, by its place."""
    known = KINDS[run.kind].all_targets
    return {int(place): known[name] for place, name in run.mapping.items() if name in known}


def _zone(run: ImportRun) -> ZoneInfo:
    return ZoneInfo(run.by_user.time_zone if run.by_user else settings.TIME_ZONE)


@transaction.atomic
def _begin_check(run: ImportRun, found: dict[str, Any]) -> None:
    _lock(run)
    run.lines.all().delete()
    run.total, run.done, run.findings = found.pop("total"), 0, found
    run.save(update_fields=["total", "done", "findings"])


def _one_batch(actor: Actor, run: ImportRun, reading: Reading, rows: Iterator[SheetRow]) -> bool:
    """Settle the next rows; return whether there are more. The row of the run is locked first, so nobody else is at it."""
    with transaction.atomic():
        _lock(run)
        if run.cancel_wanted:
            finish(actor, run, ImportState.CANCELLED)
            return False
        batch = list(islice(rows, BATCH))
        if batch:
            settle_batch(actor, run, reading, batch)
            advance_run(run=run, rows=len(batch))
            if run.state == ImportState.CHECKING:
                run.save(update_fields=["findings"])
            return True
        if run.state == ImportState.CHECKING:
            set_state(run, ImportState.CHECKED, report={"counts": counts_of(run)})
        else:
            finish(actor, run, ImportState.FINISHED)
        return False


def finish(actor: Actor, run: ImportRun, state: ImportState) -> None:
    """End a locked run with its counts, and record it. A run that wrote nothing leaves no event."""
    run.report = {"counts": counts_of(run)}
    has_written = run.state != ImportState.CHECKING
    end_run(run, state)
    if has_written:
        data = {"source": run.source, "kind": run.kind, "report": run.report}
        record(f"import.{state}", actor=actor, room=None, subject=run, data=data)


def counts_of(run: ImportRun) -> dict[str, int]:
    """Return how many lines of a run have each result."""
    rows = ImportLine.objects.filter(run=run).values_list("result").annotate(count=Count("pk")).order_by("result")
    return dict(rows)


def _lock(run: ImportRun) -> None:
    """Lock the run as this job knows it. Raises `_MovedOn` when it is not there any more."""
    locked = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run.pk)
    if (locked.state, locked.done, locked.version) != (run.state, run.done, run.version):
        raise _MovedOn
    run.cancel_wanted = locked.cancel_wanted


def _undo(actor: Actor, run: ImportRun, end: float) -> bool:
    while time.monotonic() < end:
        with transaction.atomic():
            _lock(run)
            if undo_some(actor, run, BATCH):
                advance_run(run=run, rows=0)
                continue
            run.report = run.report | {"counts": counts_of(run)}
            set_state(run, ImportState.UNDONE, report=run.report)
            data = {"source": run.source, "kind": run.kind, "report": run.report}
            record("import.undone", actor=actor, room=None, subject=run, data=data)
            return False
    return True


@transaction.atomic
def _give_back(run: ImportRun, words: str) -> None:
    """Say what is wrong with the file: whoever brought it can match other columns, or choose another one."""
    _lock(run)
    if run.state == ImportState.CHECKING:
        set_state(run, ImportState.COLUMNS, findings={"refused": words}, total=0, done=0)
    else:
        run.report = {"counts": counts_of(run), "refused": words}
        end_run(run, ImportState.INTERRUPTED)
