"""Exporting what somebody may see: a few rows at once, many in the background."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

import structlog
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from crm.actions.import_run import tell_progress
from crm.actions.version import LOOK_AGAIN, check_version
from crm.actors import Actor, as_user
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.exports.kind import ExportKind, export_kind, export_kinds
from crm.exports.write import WRITERS, all_ids, write_archive, write_kind
from crm.models import ExportJob, ExportState
from crm.models.export_job import KEPT_FOR
from crm.scopes import check_scope
from crm.sheets import temporary

log = structlog.get_logger(__name__)

AT_ONCE = 5_000
"""Rows that are written while whoever asked waits; more are written in the background."""
EVERYTHING = "everything"
_AT_WORK = 5
"""Exports of one person that may be at work at the same time."""


@dataclass(frozen=True)
class Made:
    """A file that was made at once: its content, from its beginning, and its name."""

    content: IO[bytes]
    name: str


@transaction.atomic
def export(*, actor: Actor, kind: str, format: str, rows: QuerySet[Any] | None = None) -> Made | ExportJob:
    """Export `rows` of a kind in their order, or all of it (None): a file up to `AT_ONCE` rows, else a job that makes one.

    Rows that the actor does not see are left out, whatever `rows` holds. Raises `Invalid` at `kind` or `format`.
    """
    chosen = _allowed(actor, export_kind(kind), format)
    first = list(_ids(chosen, actor, rows)[: AT_ONCE + 1])
    if len(first) > AT_ONCE:
        return start_export(actor=actor, kind=kind, format=format, rows=rows)
    content = temporary()
    write_kind(content, chosen, actor, first, format, lambda _rows: None)
    content.seek(0)
    _record(actor, [kind], len(first))
    return Made(content, f"{kind}-{now():%Y-%m-%d}.{format}")


@transaction.atomic
def start_export(*, actor: Actor, kind: str, format: str, rows: QuerySet[Any] | None = None) -> ExportJob:
    """Have an export made in the background, of whatever size. `kind` "everything": a file for each kind, in an archive."""
    named = [one for one in export_kinds() if actor.has_scope(one.scope)] if kind == EVERYTHING else [export_kind(kind)]
    for one in named:
        _allowed(actor, one, format)
    if not named:
        raise NotAllowed(_("This key may read nothing that could be exported."))
    if ExportJob.objects.visible_to(actor).filter(state=ExportState.WORKING).count() >= _AT_WORK:
        raise Refused(_("Several exports of yours are being made. Wait until one is ready."), code="too_many")
    at = now()
    job = ExportJob(
        by_user=actor.user,
        by_key=actor.key,
        kinds=[one.name for one in named],
        format=format,
        is_chosen=rows is not None and len(named) == 1,
        created_at=at,
        updated_at=at,
    )
    if job.is_chosen:
        packed = b"".join(pk.bytes for pk in _ids(named[0], actor, rows).iterator(chunk_size=10_000))
        default_storage.save(job.ids_path, ContentFile(packed))
    job.save(force_insert=True)
    return job


def _ids(kind: ExportKind, actor: Actor, rows: QuerySet[Any] | None) -> QuerySet[Any, UUID]:
    found = kind.rows(actor).order_by("pk") if rows is None else rows
    return found.values_list("pk", flat=True)


def _allowed(actor: Actor, kind: ExportKind, format: str) -> ExportKind:
    if actor.user is None or not actor.is_seller:
        raise NotAllowed(_("Lists are exported by somebody on the selling side."))
    check_scope(actor, kind.scope)
    checks = Checks()
    checks.choice("format", format, tuple(WRITERS))
    checks.done()
    return kind


def work_on_exports(alive: Any = lambda: None) -> int:
    """Make the exports that wait, the oldest first; return how many. `alive` is called while it goes on."""
    count = 0
    while job := ExportJob.objects.filter(state=ExportState.WORKING).order_by("created_at").first():
        make_export(job, alive)
        count += 1
    return count


def make_export(job: ExportJob, alive: Any = lambda: None) -> None:
    """Make the file of an export, from its beginning. What its person may not see any more is left out."""
    actor = as_user(job.by_user)
    kinds = [export_kind(name) for name in job.kinds]
    with TemporaryFile() as file, translation.override(job.by_user.locale):
        try:
            total = _total(job, actor, kinds)
            ExportJob.objects.filter(pk=job.pk).update(done=0, total=total, updated_at=now())
            progress = partial(_advance, job, alive)
            if job.is_archive:
                write_archive(file, kinds, actor, job.format, progress, TemporaryFile)
            else:
                write_kind(file, kinds[0], actor, _chosen(job, actor, kinds[0]), job.format, progress)
        except _Stopped:
            return
        except Exception:  # it would fail again: whoever asked is told, and the log says why
            log.exception("export_failed", job=str(job.pk))
            _finish(actor, job, ExportState.FAILED, 0)
            return
        size = file.tell()
        file.seek(0)
        default_storage.delete(job.path)
        default_storage.save(job.path, File(file))
        _finish(actor, job, ExportState.READY, size)


class _Stopped(Exception):
    """The export was cancelled, or is begun anew."""


def _total(job: ExportJob, actor: Actor, kinds: Sequence[ExportKind]) -> int:
    if job.is_chosen:
        return int(default_storage.size(job.ids_path)) // 16
    return sum(kind.rows(actor).count() for kind in kinds)


def _chosen(job: ExportJob, actor: Actor, kind: ExportKind) -> Iterable[UUID]:
    if not job.is_chosen:
        return all_ids(kind, actor)
    return _packed(job)


def _packed(job: ExportJob) -> Iterator[UUID]:
    with default_storage.open(job.ids_path, "rb") as ids:
        while packed := ids.read(16):
            yield UUID(bytes=packed)


def _advance(job: ExportJob, alive: Any, rows: int) -> None:
    """Count rows as done. Raises `_Stopped` when nobody wants it any more, or not with what was read so far."""
    alive()
    working = ExportJob.objects.filter(pk=job.pk, state=ExportState.WORKING, version=job.version)
    if not working.update(done=F("done") + rows, updated_at=now()):
        raise _Stopped
    tell_progress()


@transaction.atomic
def _finish(actor: Actor, job: ExportJob, state: ExportState, size: int) -> None:
    locked = ExportJob.objects.select_for_update(of=("self",), no_key=True).get(pk=job.pk)
    if locked.version != job.version:  # cancelled, or to be begun anew
        default_storage.delete(job.path)
        return
    default_storage.delete(job.ids_path)
    _end(locked, state, size=size)
    if state == ExportState.READY:
        _record(actor, job.kinds, locked.done, locked)


def _end(job: ExportJob, state: ExportState, **values: Any) -> ExportJob:
    job.state, job.version, job.updated_at = state, job.version + 1, now()
    job.finished_at = job.finished_at or job.updated_at
    for name, value in values.items():
        setattr(job, name, value)
    job.save(update_fields=["state", "version", "updated_at", "finished_at", *values])
    tell_progress()
    return job


def _record(actor: Actor, kinds: Sequence[str], rows: int, job: ExportJob | None = None) -> None:
    """Record that data left: who, what kinds, how many rows."""
    if actor.user is not None:
        subject = job or actor.user
        record("data.exported", actor=actor, room=None, subject=subject, data={"kinds": list(kinds), "rows": rows})


@transaction.atomic
def cancel_export(*, actor: Actor, job_id: UUID, version: int | None = None) -> ExportJob:
    """Stop an export that is being made, or throw the file of a ready one away. Raises `Stale` when not at `version`."""
    jobs = ExportJob.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    job = jobs.filter(pk=job_id).first()
    if job is None:
        raise NotFound
    if version is not None:
        check_version(job, version, LOOK_AGAIN)
    if job.state not in (ExportState.WORKING, ExportState.READY):
        raise Refused(_("This export has ended already."), code="export_ended")
    is_working = job.state == ExportState.WORKING
    transaction.on_commit(partial(_drop_files, job))
    return _end(job, ExportState.CANCELLED if is_working else ExportState.GONE)


def _drop_files(job: ExportJob) -> None:
    default_storage.delete(job.path)
    default_storage.delete(job.ids_path)


def drop_exports(*, everything: bool = False) -> int:
    """Delete the files that are kept no longer; or all there are, and begin anew what is being made. Return how many."""
    ready = ExportJob.objects.filter(state=ExportState.READY)
    if everything:
        ExportJob.objects.filter(state=ExportState.WORKING).update(version=F("version") + 1)
    count = 0
    for job in ready if everything else ready.filter(finished_at__lt=now() - KEPT_FOR):
        with transaction.atomic():
            _end(job, ExportState.GONE)
            transaction.on_commit(partial(_drop_files, job))
        count += 1
    return count
