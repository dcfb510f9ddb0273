"""Changing many records at once: looked at first, then done in one transaction or in the background, and undone.

Each record is changed by its own kind's action, so what may not be done to one is not done to many. They are locked in one
order, so that two bulk changes wait for each other instead of blocking; whoever comes second finds another version, and is
told. Looking at it first does it all and takes it back, so that it says exactly what will be refused, and why.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.record import change_record
from crm.actors import Actor, as_key, as_user
from crm.clock import now
from crm.errors import DomainError, Invalid, NotAllowed, NotFound, Refused, Stale, Words
from crm.events.record import record
from crm.models import BulkChange, BulkRow, BulkRowState, BulkState
from crm.queries.bulk_change import ARCHIVED, bulk_field, plain_value
from crm.record_kinds import RecordKind, record_kind
from crm.scopes import check_scope

AT_ONCE = 100
"""Records changed in one transaction at most."""
MOST = 5000
"""Records of one bulk change at most."""

KEPT = timedelta(days=30)
"""How long a bulk change can be undone."""

_STALE = _("Somebody changed it meanwhile.")
_GONE = _("You do not see it any more.")


@dataclass(frozen=True)
class Outcome:
    """What became of one record: its state, why, and the version it has now."""

    state: str
    words: str = ""
    version: int | None = None


class _TakenBack(Exception):
    """Ends a change that is only looked at."""


@transaction.atomic
def preview_bulk_change(*, actor: Actor, kind: str, ids: Collection[UUID], field: str, value: Any) -> BulkChange:
    """Look at what giving `field` of these records the `value` would do; nothing is changed yet.

    `value` is as the kind's action takes it. Of more than a hundred records the first hundred are tried. Raises `Invalid`
    for a value that fits none of them, for no records or too many.
    """
    found = record_kind(kind)
    user = _changer(actor, found)
    chosen = bulk_field(actor, found, field)
    if len(ids) > MOST:
        raise Invalid.field("rows", _("At most %(most)s at once. Narrow the filter.") % {"most": MOST}, code="too_many")
    rows = list(found.rows(actor).filter(pk__in=ids).order_by(*found.locked_in))
    if not rows:
        raise Invalid.field("rows", _("Choose some rows first."), code="required")
    at = now()
    bulk = BulkChange.objects.create(
        kind=kind,
        field=field,
        value=plain_value(value),
        by_user=user,
        by_key=actor.key,
        total=len(rows),
        created_at=at,
        updated_at=at,
    )
    lines = [
        BulkRow(bulk=bulk, place=place, subject_id=row.pk, version=row.version, before=chosen.held(row))
        for place, row in enumerate(rows)
    ]
    for line, outcome in zip(lines, _tried(actor, found, bulk, lines[:AT_ONCE]), strict=False):
        will_change = outcome.state == BulkRowState.CHANGED
        line.state, line.words = BulkRowState.WAITING if will_change else outcome.state, outcome.words
    BulkRow.objects.bulk_create(lines)
    return bulk


@transaction.atomic
def run_bulk_change(*, actor: Actor, bulk_id: UUID) -> BulkChange:
    """Do what was looked at: at once for up to a hundred records, else in the background. Doing it twice changes nothing."""
    bulk = _lock(actor, bulk_id)
    if bulk.state != BulkState.PREVIEW:
        return bulk
    bulk.state = BulkState.RUNNING
    _go_on(actor, bulk)
    return bulk


@transaction.atomic
def undo_bulk_change(*, actor: Actor, bulk_id: UUID) -> BulkChange:
    """Put back what each record held, where nobody changed it since; the others stay and say why.

    Raises `Refused` for one that still runs.
    """
    bulk = _lock(actor, bulk_id)
    if bulk.state in (BulkState.UNDOING, BulkState.UNDONE):
        return bulk
    if bulk.state != BulkState.DONE:
        raise Refused(_("There is nothing to undo yet."), code="not_done")
    bulk.state, bulk.done = BulkState.UNDOING, 0
    bulk.total = bulk.rows.filter(state=BulkRowState.CHANGED).count()
    _go_on(actor, bulk)
    return bulk


def work_on_bulk_changes() -> int:
    """Go on with what runs in the background, a hundred records a transaction; return how many were worked on.

    A bulk change that another process works on is left to it.
    """
    worked = 0
    for bulk_id in BulkChange.objects.filter(state__in=(BulkState.RUNNING, BulkState.UNDOING)).values_list(
        "pk", flat=True
    ):
        while _work_on(bulk_id):
            worked += 1
    return worked


def drop_old_bulk_changes(before: datetime) -> int:
    """Delete the memory of bulk changes that were begun before a moment; what they changed stays."""
    return BulkChange.objects.filter(created_at__lt=before).exclude(state__in=("running", "undoing")).delete()[0]


@transaction.atomic
def _work_on(bulk_id: UUID) -> bool:
    at_work = BulkChange.objects.filter(pk=bulk_id, state__in=(BulkState.RUNNING, BulkState.UNDOING))
    bulk = at_work.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
    if bulk is None:
        return False
    user = bulk.by_user
    _some(as_key(bulk.by_key) if bulk.by_key else as_user(user), bulk)
    return True


def _go_on(actor: Actor, bulk: BulkChange) -> None:
    """Work on a bulk change here and now if one transaction can, else leave it to the background."""
    if bulk.total <= AT_ONCE:
        _some(actor, bulk)
    else:
        _save(bulk)


def _some(actor: Actor, bulk: BulkChange) -> None:
    """Work on the next hundred records of a locked bulk change, and end it when none is left."""
    kind, undoes = record_kind(bulk.kind), bulk.state == BulkState.UNDOING
    waiting = bulk.rows.filter(state=BulkRowState.CHANGED if undoes else BulkRowState.WAITING).order_by("place")
    lines = list(waiting[:AT_ONCE])
    for line in lines:
        outcome = _put_back(actor, kind, bulk, line) if undoes else _attempt(actor, kind, bulk, line)
        line.state, line.words = outcome.state, outcome.words
        line.version_after = outcome.version
    BulkRow.objects.bulk_update(lines, ["state", "words", "version_after"])
    bulk.done += len(lines)
    if len(lines) < AT_ONCE or not waiting.exists():
        bulk.state = BulkState.UNDONE if undoes else BulkState.DONE
        bulk.done = bulk.total
        _tell(actor, bulk)
    _save(bulk)


def _tell(actor: Actor, bulk: BulkChange) -> None:
    states = list(bulk.rows.values_list("state", flat=True))
    data = {"kind": bulk.kind, "field": bulk.field, "changed": states.count(BulkRowState.CHANGED)}
    if bulk.state == BulkState.UNDONE:
        record(
            "bulk_change.undone",
            actor=actor,
            room=None,
            subject=bulk,
            data={**data, "put_back": states.count("undone")},
        )
    else:
        record("bulk_change.done", actor=actor, room=None, subject=bulk, data=data)


def _save(bulk: BulkChange) -> None:
    bulk.updated_at = now()
    bulk.save(update_fields=["state", "done", "total", "updated_at"])


def _tried(actor: Actor, kind: RecordKind, bulk: BulkChange, lines: Sequence[BulkRow]) -> list[Outcome]:
    """Return what would become of records: it is done, and taken back."""
    found: list[Outcome] = []
    try:
        with transaction.atomic():
            found += [_attempt(actor, kind, bulk, line, strictly=line is lines[0]) for line in lines]
            raise _TakenBack
    except _TakenBack:
        return found


def _attempt(actor: Actor, kind: RecordKind, bulk: BulkChange, line: BulkRow, *, strictly: bool = False) -> Outcome:
    """Change one record. `strictly`: what cannot be typed is raised and not noted, since it fits no other record either."""
    try:
        with transaction.atomic():
            row = _apply(actor, kind, bulk.field, line.subject_id, line.version, bulk.value)
    except Invalid as refusal:
        if strictly and any(fault.field == bulk.field for fault in refusal.faults):
            raise
        return Outcome(BulkRowState.REFUSED, _why(refusal))
    except DomainError as refusal:
        return Outcome(BulkRowState.REFUSED, _why(refusal))
    changed = row is None or row.version != line.version
    version = line.version + 1 if row is None else row.version
    return Outcome(BulkRowState.CHANGED if changed else BulkRowState.SAME, "", version)


def _put_back(actor: Actor, kind: RecordKind, bulk: BulkChange, line: BulkRow) -> Outcome:
    version = line.version_after or 0
    try:
        with transaction.atomic():
            if bulk.field == ARCHIVED and kind.restore:
                row = kind.restore(actor, line.subject_id, version)
            else:
                row = _apply(actor, kind, bulk.field, line.subject_id, version, line.before)
    except DomainError as refusal:
        return Outcome(BulkRowState.KEPT, _why(refusal), line.version_after)
    return Outcome(BulkRowState.UNDONE, "", row.version)


def _apply(actor: Actor, kind: RecordKind, field: str, row_id: UUID, version: int, value: Any) -> Any:
    if field == ARCHIVED:
        if kind.archive is None:
            raise NotFound
        return kind.archive(actor, row_id, version)
    argument = bulk_field(actor, kind, field).argument
    return change_record(actor=actor, kind=kind, row_id=row_id, version=version, values={argument: value})


def _why(refusal: DomainError) -> str:
    if isinstance(refusal, Stale):
        return str(_STALE)
    if isinstance(refusal, NotFound):
        return str(_GONE)
    words: list[Words] = [fault.message for fault in refusal.faults] or [refusal.message]
    return " ".join(map(str, words))[:400]


def _changer(actor: Actor, kind: RecordKind) -> Any:
    if actor.user is None or not actor.is_seller:
        raise NotAllowed(_("Lists are worked on by the selling side."))
    check_scope(actor, f"{kind.scope}:write")
    return actor.user


def _lock(actor: Actor, bulk_id: UUID) -> BulkChange:
    own = BulkChange.objects.visible_to(actor).filter(pk=bulk_id)
    bulk = own.select_for_update(of=("self",), no_key=True).first()
    if bulk is None:
        raise NotFound
    _changer(actor, record_kind(bulk.kind))
    return bulk
