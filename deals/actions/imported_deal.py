"""Deals from an import: history. One room for each, no consent, no event, no handoff, no mail.

Open ones stand at the first stage: nobody's yes to leave it is on record. Won and lost ones stand there too; their status
and the day they ended say the rest. Nothing is recorded per deal, so no reaction opens a handoff and no integration is
told; the one event of an import is `import.finished`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from crm.actions.imported_row import (
    Incoming,
    Outcome,
    compare,
    merge,
    plain,
    remember_changed,
    remember_new,
    save_changed,
)
from crm.actors import Actor
from crm.clock import now
from crm.models import ImportedRow, Room
from deals.actions.stage_total import recounted
from deals.models import Deal, Section, SectionKind, Stage, StageMove
from deals.queries.content import EMPTY_HASHES

_STATE = ("status", "ended_at")
_ROOM_FOLLOWS = ("organization_id", "owner_id", "team_id", "title")


@dataclass(frozen=True)
class Destination:
    """Where imported deals come in: the first stage of a pipeline, and whether they are demo data."""

    stage: Stage
    is_demo: bool = False


@transaction.atomic
def import_deals(*, actor: Actor, source: str, rows: Sequence[Incoming], to: Destination) -> list[Outcome]:
    """Bring in one batch of checked deals, all of it or nothing. The same rows again change nothing."""
    comparison = compare(source, rows)
    made = [_make(row, to) for row in comparison.new]
    Room.objects.bulk_create(deal.room for _row, deal in made)
    with recounted(Deal.objects.filter(pk__in=[deal.pk for _row, deal in made])):
        Deal.objects.bulk_create(deal for _row, deal in made)
    _add_sections(deal for _row, deal in made)
    return [*remember_new(source, made), *_change(comparison.changed), *comparison.unchanged]


def _make(row: Incoming, to: Destination) -> tuple[Incoming, Deal]:
    begun_at = row.once["created_at"]
    fields = row.fields
    room = Room(
        title=fields["title"],
        organization_id=fields["organization_id"],
        team_id=fields["team_id"],
        owner_id=fields["owner_id"],
        is_demo=to.is_demo,
        created_at=begun_at,
        updated_at=begun_at,
    )
    deal = Deal(
        room=room,
        pipeline_id=to.stage.pipeline_id,
        stage=to.stage,
        stage_entered_at=begun_at,
        is_imported=True,
        is_demo=to.is_demo,
        custom=row.custom,
        created_at=begun_at,
        updated_at=fields["ended_at"] or begun_at,
        **fields,
    )
    return row, deal


def _add_sections(deals: Iterable[Deal]) -> None:
    Section.objects.bulk_create(
        Section(deal=deal, kind=kind, content_hash=EMPTY_HASHES[kind], updated_at=deal.created_at)
        for deal in deals
        for kind in SectionKind
    )


def _change(changed: Sequence[tuple[Incoming, ImportedRow]]) -> list[Outcome]:
    """Bring in what changed in the source. A deal that moved on a yes here keeps its status: no file ends it."""
    ids = [before.subject_id for _row, before in changed]
    rooms = _locked_rooms(ids)
    deals = Deal.objects.select_for_update(of=("self",), no_key=True).order_by("pk").in_bulk(ids)
    moved = set(StageMove.objects.filter(deal__in=ids, executed_at__isnull=False).values_list("deal_id", flat=True))
    outcomes, saved, saved_rooms = [], [], []
    fields, room_fields = set[str](), set[str]()
    for row, before in changed:
        deal = deals[before.subject_id]
        names, kept = merge(deal, before, row, closed=_STATE if deal.pk in moved or _ended_here(deal, before) else ())
        outcomes.append(Outcome(row.key, "updated" if names else "unchanged", deal.pk, tuple(kept)))
        if names:
            saved.append(deal)
            fields |= names
            if followed := _let_follow(rooms[deal.room_id], deal, before, names):
                saved_rooms.append(rooms[deal.room_id])
                room_fields |= followed
    with recounted(Deal.objects.filter(room__in=rooms)):
        save_changed(saved_rooms, room_fields)
        save_changed(saved, fields)
        _bring_into_team(rooms)
    remember_changed(changed)
    return outcomes


def _bring_into_team(rooms: Iterable[UUID]) -> None:
    """Give the deals of these rooms the team of their room, wherever the one or the other has changed."""
    of_room = Room.objects.filter(pk=OuterRef("room")).values("team")
    astray = Deal.objects.filter(room__in=rooms).exclude(team=F("room__team"))
    astray.update(team=Subquery(of_room), version=F("version") + 1, updated_at=now())


def _ended_here(deal: Deal, before: ImportedRow) -> bool:
    """Whether somebody ended, paused or reopened the deal here: status and day then stay together as they are."""
    return any(plain(getattr(deal, name)) != before.values[name] for name in _STATE)


def _locked_rooms(deal_ids: Sequence[UUID]) -> dict[UUID, Room]:
    rooms = Room.objects.filter(deals__in=deal_ids).order_by("pk").values_list("pk", flat=True)
    locked = Room.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(rooms)).order_by("pk")
    return {room.pk: room for room in locked}


def _let_follow(room: Room, deal: Deal, before: ImportedRow, names: set[str]) -> set[str]:
    """Change the room along with its deal where it still is as the import made it."""
    followed = set()
    for name in names.intersection(_ROOM_FOLLOWS):
        if plain(getattr(room, name)) == before.values.get(name):
            setattr(room, name, getattr(deal, name))
            followed.add(name)
    return followed
