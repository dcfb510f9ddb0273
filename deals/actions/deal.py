"""Deals: opening, changing, ending, reopening."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.custom_field import checked_custom
from crm.actions.room import add_member, lock_room, open_room
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused, Stale
from crm.events.record import record
from crm.models import CustomFieldOn, Organization, Role, Room, User
from deals.models import Deal, DealStatus, Pipeline, Section, SectionKind, Stage
from deals.queries.content import EMPTY_HASHES

_PEOPLE = ("organization", "owner", "success_owner")


@transaction.atomic
def open_deal(
    *,
    actor: Actor,
    title: str,
    organization_id: UUID,
    pipeline_id: UUID | None = None,
    room_id: UUID | None = None,
    amount: Any = None,
    currency: str = "USD",
    amount_note: str = "",
    close_on: Any = None,
    custom: dict[str, Any] | None = None,
) -> Deal:
    """Open a deal with its room (or in an existing one) at the first stage. The actor's user owns it.

    Raises `Invalid` at the field, `NotFound` for a room or organisation out of sight.
    """
    if actor.user is None or not actor.is_seller:
        raise NotAllowed(_("A deal is opened by somebody on the selling side."))
    if actor.user.team is None:
        raise NotAllowed(_("You are in no team yet. An administrator can put you into one."))
    clean = checked_fields(
        {"title": title, "amount": amount, "currency": currency, "amount_note": amount_note, "close_on": close_on}
    )
    values = checked_custom(CustomFieldOn.DEAL, custom or {})
    organization = Organization.objects.visible_to(actor).filter(pk=organization_id, archived_at=None).first()
    if organization is None:
        checks = Checks()
        checks.add("organization", _("Choose a client from the list."), code="unknown")
        checks.done()
    room = (
        lock_room(actor, room_id)
        if room_id
        else open_room(actor=actor, title=title, owner=actor.user, team=actor.user.team, organization=organization)
    )
    stage = _first_stage(pipeline_id)
    at = now()
    deal = Deal.objects.create(
        room=room,
        organization=organization,
        owner=actor.user,
        team=actor.user.team,
        pipeline=stage.pipeline,
        stage=stage,
        stage_entered_at=at,
        custom=values,
        created_at=at,
        updated_at=at,
        **clean,
    )
    add_sections(deal)
    record("deal.opened", actor=actor, room=room, subject=deal, data={"stage": str(stage.pk)})
    return deal


def add_sections(deal: Deal) -> None:
    """Give a new deal its empty sections."""
    Section.objects.bulk_create(
        Section(deal=deal, kind=kind, content_hash=EMPTY_HASHES[kind], updated_at=deal.created_at)
        for kind in SectionKind
    )


def _first_stage(pipeline_id: UUID | None) -> Stage:
    pipelines = Pipeline.objects.filter(archived_at=None)
    pipeline = pipelines.filter(pk=pipeline_id).first() if pipeline_id else pipelines.first()
    if pipeline is None:
        checks = Checks()
        checks.add("pipeline", _("There is no such pipeline."), code="unknown")
        checks.done()
        raise NotFound
    return pipeline.stages.select_related("pipeline").earliest("position")


def lock_deal(actor: Actor, deal_id: UUID, *, writing: bool = True) -> tuple[Room, Deal]:
    """Lock a deal's room, then the deal. Raises `NotFound`, `NotAllowed`."""
    found = Deal.objects.visible_to(actor).filter(pk=deal_id).first()
    if found is None:
        raise NotFound
    room = lock_room(actor, found.room_id, writing=writing)
    locked = Deal.objects.select_for_update(of=("self",), no_key=True)
    return room, locked.select_related("stage", "pipeline", "organization", "owner", "room").get(pk=found.pk)


@transaction.atomic
def change_deal(*, actor: Actor, deal_id: UUID, version: int, values: dict[str, Any]) -> Deal:
    """Change title, amount, currency, amount_note, close_on, organization, owner, success_owner or custom of a deal.

    A new owner brings the deal into their team. Raises `Stale` when the deal is no longer at `version`.
    """
    _check_staff(actor)
    room, deal = lock_deal(actor, deal_id)
    check_deal_version(deal, version)
    changes: dict[str, Any] = {}
    if "custom" in values:
        changes["custom"] = checked_custom(CustomFieldOn.DEAL, values["custom"], before=deal.custom)
    own = {field: value for field, value in values.items() if field not in ("custom", *_PEOPLE)}
    changes |= checked_fields(own, currency=deal.currency)
    changes |= _checked_people(actor, {field: value for field, value in values.items() if field in _PEOPLE})
    changed = [field for field, value in changes.items() if getattr(deal, field) != value]
    for field in changed:
        setattr(deal, field, changes[field])
    if not changed:
        return deal
    save_deal(deal, *changed)
    _bring_room_along(room, deal, changed)
    if "success_owner_id" in changed and deal.success_owner_id:
        add_member(actor=actor, room_id=room.pk, user_id=deal.success_owner_id)
    record("deal.changed", actor=actor, room=room, subject=deal, data={"fields": sorted(changed)})
    return deal


def _bring_room_along(room: Room, deal: Deal, changed: list[str]) -> None:
    """Give the room the owner and client of its deal: access follows the room, and a new owner must enter."""
    fields = []
    if "owner_id" in changed:
        room.owner_id, room.team_id = deal.owner_id, deal.team_id
        fields += ["owner", "team"]
    if "organization_id" in changed and room.organization_id is None:
        room.organization_id = deal.organization_id
        fields.append("organization")
    if fields:
        room.version, room.updated_at = room.version + 1, now()
        room.save(update_fields=[*fields, "version", "updated_at"])


@transaction.atomic
def end_deal(*, actor: Actor, deal_id: UUID, version: int, status: str, reason: str) -> Deal:
    """End an open or paused deal without a close: `lost` or `no_deal`, with the reason. The room stays readable."""
    _check_staff(actor)
    checks = Checks()
    status = checks.choice("status", status, (DealStatus.LOST.value, DealStatus.NO_DEAL.value))
    reason = checks.text("reason", reason, limit=5000)
    checks.done()
    room, deal = lock_deal(actor, deal_id)
    check_deal_version(deal, version)
    if deal.has_ended:
        raise Refused(_("This deal has ended already."), code="deal_ended")
    deal.status, deal.ended_at, deal.ended_reason = status, now(), reason
    save_deal(deal, "status", "ended_at", "ended_reason")
    record(
        "deal.lost" if status == DealStatus.LOST else "deal.ended_in_agreement", actor=actor, room=room, subject=deal
    )
    return deal


@transaction.atomic
def reopen_deal(*, actor: Actor, deal_id: UUID, version: int) -> Deal:
    """Open a deal again that was lost, paused, or ended in agreement. A won one is undone instead."""
    _check_staff(actor)
    room, deal = lock_deal(actor, deal_id)
    check_deal_version(deal, version)
    if deal.status == DealStatus.WON:
        raise Refused(_("A won deal is not reopened. A manager can undo the close."), code="deal_won")
    if deal.is_open:
        return deal
    deal.status, deal.ended_at, deal.ended_reason = DealStatus.OPEN, None, ""
    save_deal(deal, "status", "ended_at", "ended_reason")
    record("deal.reopened", actor=actor, room=room, subject=deal)
    return deal


def check_deal_version(deal: Deal, version: int) -> None:
    """Raise `Stale` unless the deal is at the version its editor saw."""
    if deal.version != version:
        raise Stale(_("Somebody changed this deal while you were writing. Compare both."), current=deal)


def save_deal(deal: Deal, *fields: str) -> None:
    """Save a locked deal with its next version."""
    deal.version += 1
    deal.updated_at = now()
    deal.save(update_fields=[*fields, "version", "updated_at"])


def _check_staff(actor: Actor) -> None:
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side changes this."))


def checked_fields(values: dict[str, Any], currency: str = "USD") -> dict[str, Any]:
    """Return the deal's own plain fields, checked. Raises `Invalid`."""
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "title":
                clean[field] = checks.line(field, value)
            case "amount":
                clean[field] = checks.amount(field, value, required=False)
            case "currency":
                clean[field] = checks.currency(field, value) or currency
            case "amount_note":
                clean[field] = checks.line(field, value, required=False)
            case "close_on":
                clean[field] = checks.day(field, value, required=False)
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    checks.done()
    return clean


def _checked_people(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    checks = Checks()
    changes: dict[str, Any] = {}
    for field, value in values.items():
        if field == "organization":
            known = value and Organization.objects.visible_to(actor).filter(pk=value, archived_at=None).exists()
            if not known:
                checks.add(field, _("Choose a client from the list."), code="unknown")
            changes["organization_id"] = value
        elif not value and field == "success_owner":
            changes["success_owner_id"] = None
        else:
            user = User.objects.active().filter(pk=value).first() if value else None
            if user is None or (field == "success_owner" and user.role != Role.SUCCESS):
                checks.add(field, _("Choose a colleague from the list."), code="unknown")
            elif field == "owner" and user.team_id is None:
                checks.add(field, _("This colleague is in no team yet."), code="no_team")
            elif field == "owner":
                changes |= {"owner_id": user.pk, "team_id": user.team_id}
            else:
                changes["success_owner_id"] = user.pk
    checks.done()
    return changes
