"""Deals from an import: history. One room for each, no consent, no event, no handoff, no mail.

Open ones stand at the first stage: nobody's yes to leave it is on record. Won and lost ones stand there too; their status
and the day they ended say the rest. Nothing is recorded per deal, so no reaction opens a handoff and no integration is
told; the one event of an import is `import.finished`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from crm.actions.imported_row import (
    Batch,
    Changes,
    Comparison,
    Incoming,
    Outcome,
    apply_changes,
    compare,
    plain,
    remember_changed,
    remember_new,
    save_changed,
    would_be_new,
)
from crm.actors import Actor
from crm.clock import now
from crm.models import ImportedRow, Room
from deals.actions.stage_total import recounted
from deals.models import Deal, Section, SectionKind, Stage, StageMove
from deals.queries.content import EMPTY_HASHES

STATE = ("status", "ended_at")
_ROOM_FOLLOWS = ("organization_id", "owner_id", "team_id", "title")


@dataclass(frozen=True)
class Destination:
    """Where imported deals come in: the first stage of a pipeline, and whether they are demo data."""

    stage: Stage
    is_demo: bool = False


@transaction.atomic
def import_deals(*, actor: Actor, batch: Batch, rows: Sequence[Incoming], to: Destination) -> list[Outcome]:
    """Bring in one batch of checked deals, all of it or nothing. The same rows again change nothing.

    A row stands at `to` unless its `once` names a `stage`.
    """
    comparison = compare(batch.source, rows)
    changing = _Changing.of(actor, comparison)
    changes = apply_changes(comparison, changing.deals, closed=changing.closed)
    if batch.dry_run:
        return [*would_be_new(comparison.new), *changes.outcomes, *comparison.unchanged]
    made = [_make(row, to) for row in comparison.new]
    Room.objects.bulk_create(deal.room for _row, deal in made)
    with recounted(Deal.objects.filter(pk__in=[deal.pk for _row, deal in made])):
        Deal.objects.bulk_create(deal for _row, deal in made)
    _add_sections(deal for _row, deal in made)
    outcomes = remember_new(batch, made)
    _save(changing, changes)
    remember_changed(batch, changes)
    return [*outcomes, *changes.outcomes, *comparison.unchanged]


def _make(row: Incoming, to: Destination) -> tuple[Incoming, Deal]:
    values = {name: value for name, value in (row.once | row.fields).items() if name not in ("created_at", "stage")}
    begun_at, stage = row.once["created_at"], row.once.get("stage") or to.stage
    room = Room(
        title=values["title"],
        organization_id=values["organization_id"],
        team_id=values["team_id"],
        owner_id=values["owner_id"],
        is_demo=to.is_demo,
        created_at=begun_at,
        updated_at=begun_at,
    )
    deal = Deal(
        room=room,
        pipeline_id=stage.pipeline_id,
        stage=stage,
        stage_entered_at=begun_at,
        is_imported=True,
        is_demo=to.is_demo,
        custom=row.custom,
        created_at=begun_at,
        updated_at=values["ended_at"] or begun_at,
        **values,
    )
    return row, deal


def _add_sections(deals: Iterable[Deal]) -> None:
    Section.objects.bulk_create(
        Section(deal=deal, kind=kind, content_hash=EMPTY_HASHES[kind], updated_at=deal.created_at)
        for deal in deals
        for kind in SectionKind
    )


@dataclass(frozen=True)
class _Changing:
    """The deals of a batch that are here already and that the actor writes in, locked, their rooms before them."""

    rooms: dict[UUID, Room]
    deals: dict[UUID, Deal]
    moved: set[UUID]
    before: dict[UUID, ImportedRow]

    @classmethod
    def of(cls, actor: Actor, comparison: Comparison) -> "_Changing":
        """Lock them."""
        ids = comparison.subject_ids
        rooms = _locked_rooms(actor, ids)
        deals = Deal.objects.select_for_update(of=("self",), no_key=True).filter(room__in=rooms, archived_at=None)
        before = {row.subject_id: row for _incoming, row in comparison.changed}
        return cls(rooms, deals.order_by("pk").in_bulk(ids), moved_here(ids), before)

    def closed(self, deal: Deal, before: ImportedRow) -> Collection[str]:
        """Name what of a deal no file changes; of one that it finds here, its status besides."""
        return STATE if before._state.adding else closed_state(deal, before, self.moved)


def moved_here(deal_ids: Collection[UUID]) -> set[UUID]:
    """Return which of these deals moved on a yes here."""
    moves = StageMove.objects.filter(deal__in=deal_ids, executed_at__isnull=False)
    return set(moves.values_list("deal_id", flat=True))


def closed_state(deal: Deal, before: ImportedRow, moved: Collection[UUID]) -> Collection[str]:
    """A deal that moved on a yes here, or was ended here, keeps its status: no file ends it, nor does taking one back."""
    return STATE if deal.pk in moved or _ended_here(deal, before) else ()


def _save(changing: _Changing, changes: Changes) -> None:
    """Save the changed deals; their rooms follow where they still are as the import made them."""
    saved_rooms, room_fields = [], set[str]()
    for pk, deal in changes.saved.items():
        room = changing.rooms[deal.room_id]
        if followed := _let_follow(room, deal, changing.before[pk].values, changes.of_row[pk]):
            saved_rooms.append(room)
            room_fields |= followed
    with recounted(Deal.objects.filter(room__in=changing.rooms)):
        save_changed(saved_rooms, room_fields)
        save_changed(changes.saved.values(), changes.fields)
        _bring_into_team(changing.rooms)


def _bring_into_team(rooms: Iterable[UUID]) -> None:
    """Give the deals of these rooms the team of their room, wherever the one or the other has changed."""
    of_room = Room.objects.filter(pk=OuterRef("room")).values("team")
    astray = Deal.objects.filter(room__in=rooms).exclude(team=F("room__team"))
    astray.update(team=Subquery(of_room), version=F("version") + 1, updated_at=now())


def _ended_here(deal: Deal, before: ImportedRow) -> bool:
    """Whether somebody ended, paused or reopened the deal here: status and day then stay together as they are."""
    return any(plain(getattr(deal, name)) != before.values.get(name, plain(getattr(deal, name))) for name in STATE)


def _locked_rooms(actor: Actor, deal_ids: Sequence[UUID]) -> dict[UUID, Room]:
    rooms = Room.objects.writable_by(actor).filter(deals__in=deal_ids).order_by("pk").values_list("pk", flat=True)
    locked = Room.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(rooms)).order_by("pk")
    return {room.pk: room for room in locked}


def _let_follow(room: Room, deal: Deal, held: Mapping[str, Any], names: Collection[str]) -> set[str]:
    """Change the room along with its deal in these fields, where it still is as the deal was (`held`, as plain JSON)."""
    followed = set()
    for name in _ROOM_FOLLOWS:
        if name in names and plain(getattr(room, name)) == held.get(name):
            setattr(room, name, getattr(deal, name))
            followed.add(name)
    return followed


@contextmanager
def rooms_following(deals: QuerySet[Deal]) -> Iterator[None]:
    """Let rooms and totals follow whatever the block changes about `deals`, the locks of whose rooms the caller holds."""
    before = {deal.pk: deal for deal in deals.select_related("room")}
    rooms = {deal.room_id: deal.room for deal in before.values()}
    fields, saved = set[str](), dict[UUID, Room]()
    with recounted(Deal.objects.filter(room__in=rooms)):
        yield
        for deal in deals.all():
            held = {name: plain(getattr(before[deal.pk], name)) for name in _ROOM_FOLLOWS}
            changed = [name for name in _ROOM_FOLLOWS if plain(getattr(deal, name)) != held[name]]
            room = rooms[deal.room_id]
            if followed := _let_follow(room, deal, held, changed):
                saved[room.pk] = room
                fields |= followed
        save_changed(saved.values(), fields)
        _bring_into_team(rooms)
