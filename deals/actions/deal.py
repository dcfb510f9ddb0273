"""Deals: opening and changing. How they end is in `ending`."""

from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.custom_field import checked_custom
from crm.actions.organization import chosen_organization, create_organization
from crm.actions.room import add_member, lock_room, open_room
from crm.actions.version import check_version
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound
from crm.events.record import record
from crm.models import CustomFieldOn, Organization, Role, Room, Side, User
from deals.actions.stage_total import is_counted, recounted
from deals.models import Deal, Pipeline, Section, SectionKind, Stage
from deals.queries.content import EMPTY_HASHES
from deals.queries.line_item import has_lines

SHOWN_IN_ROOM = frozenset({"title", "organization_id", "owner_id"})
"""The facts of a deal that its guests see."""


@transaction.atomic
def open_deal(
    *,
    actor: Actor,
    title: str,
    organization_id: UUID | None = None,
    new_client: str = "",
    pipeline_id: UUID | None = None,
    room_id: UUID | None = None,
    amount: Any = None,
    currency: str = "USD",
    amount_note: str = "",
    close_on: Any = None,
    custom: dict[str, Any] | None = None,
) -> Deal:
    """Open a deal with its room (or in an existing one) at the first stage. The actor's user owns it, the room's team reads it.

    The client is the organisation `organization_id`, or `new_client` by its name: the one in the directory who is
    called that, else a new one. Raises `Invalid` at the fields, `NotFound` for a room out of sight.
    """
    if actor.user is None or not actor.is_seller:
        raise NotAllowed(_("A deal is opened by somebody on the selling side."))
    if actor.user.team is None:
        raise NotAllowed(_("You are in no team yet. An administrator can put you into one."))
    checks = Checks()
    money = {"amount": amount, "currency": currency, "amount_note": amount_note}
    clean = _checked(checks, actor, {"title": title, **money, "close_on": close_on, "custom": custom or {}}, None)
    organization = _client(checks, actor, organization_id, new_client)
    stage = _first_stage(checks, pipeline_id)
    checks.done()
    if stage is None:
        raise ValueError("checked values are there")
    room = (
        lock_room(actor, room_id)
        if room_id
        else open_room(actor=actor, title=title, owner=actor.user, team=actor.user.team, organization=organization)
    )
    at = now()
    deal = Deal(
        room=room,
        organization=organization,
        owner=actor.user,
        team_id=room.team_id,
        pipeline=stage.pipeline,
        stage=stage,
        stage_entered_at=at,
        created_at=at,
        updated_at=at,
        **clean,
    )
    with recounted(Deal.objects.filter(pk=deal.pk)):
        deal.save(force_insert=True)
    add_sections(deal)
    record("deal.opened", actor=actor, room=room, subject=deal, data={"stage": str(stage.pk)})
    return deal


def add_sections(deal: Deal) -> None:
    """Give a new deal its empty sections."""
    Section.objects.bulk_create(
        Section(deal=deal, kind=kind, content_hash=EMPTY_HASHES[kind], updated_at=deal.created_at)
        for kind in SectionKind
    )


def _client(checks: Checks, actor: Actor, organization_id: UUID | None, new_client: str) -> Organization | None:
    if organization_id and new_client:
        checks.add("new_client", _("A client is chosen from the list. Leave one of the two empty."), code="one_of")
    if organization_id:
        chosen = chosen_organization(organization_id)
        found = Organization.objects.visible_to(actor).filter(pk=chosen).first() if chosen else None
        if found is None:
            checks.add("organization", _("Choose a client from the list."), code="unknown")
        return found
    if new_client:
        return checks.part(lambda: _client_called(actor, new_client), name="new_client")
    checks.add("organization", _("Choose a client from the list, or write the name of a new one."), code="one_of")
    return None


def _client_called(actor: Actor, name: str) -> Organization:
    """Return the client of this name, entering one who is not in the directory yet."""
    checks = Checks()
    name = checks.line("name", name)
    checks.done()
    known = Organization.objects.visible_to(actor).filter(name__iexact=name, archived_at=None).first()
    return known or create_organization(actor=actor, values={"name": name})


def _first_stage(checks: Checks, pipeline_id: UUID | None) -> Stage | None:
    pipelines = Pipeline.objects.filter(archived_at=None)
    pipeline = pipelines.filter(pk=pipeline_id).first() if pipeline_id else pipelines.first()
    if pipeline is None:
        checks.add("pipeline", _("There is no such pipeline."), code="unknown")
        return None
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
    check_staff(actor)
    room, deal = lock_deal(actor, deal_id)
    check_version(deal, version)
    checks = Checks()
    changes = _checked(checks, actor, values, deal)
    _check_follows(checks, deal, changes)
    checks.done()
    if changes.get("owner_id") == deal.owner_id:
        del changes["team_id"]  # a deal changes teams with its owner; who owns it already brings it nowhere
    changed = [field for field, value in changes.items() if getattr(deal, field) != value]
    for field in changed:
        setattr(deal, field, changes[field])
    if not changed:
        return deal
    save_deal(deal, *changed)
    _bring_room_along(actor, room, deal, changed)
    if "success_owner_id" in changed and deal.success_owner_id:
        add_member(actor=actor, room_id=room.pk, user_id=deal.success_owner_id)
    _record_change(actor, room, deal, changed)
    return deal


def _check_follows(checks: Checks, deal: Deal, changes: dict[str, Any]) -> None:
    """What follows from the lines of a deal is not written beside them."""
    for field in ("amount", "currency"):
        if changes.get(field, getattr(deal, field)) != getattr(deal, field) and has_lines(deal):
            words = _("The amount follows from the products of this deal. Change it there.")
            checks.add(field, words, code="follows_lines")


def _bring_room_along(actor: Actor, room: Room, deal: Deal, changed: list[str]) -> None:
    """Give the room the owner and client of its deal: access follows the room, and a new owner must enter.

    With the room its other deals come into the new team: who reads a deal reads the room it is in.
    """
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
    others = Deal.objects.select_for_update(of=("self",), no_key=True).filter(room=room).exclude(team=room.team_id)
    for other in others.order_by("pk") if "team" in fields else ():
        other.team_id = room.team_id
        save_deal(other, "team_id")
        _record_change(actor, room, other, ["team_id"])


def _record_change(actor: Actor, room: Room, deal: Deal, changed: list[str]) -> None:
    """Say that facts changed: to the guests only when one of those did that they see."""
    private_to = "" if SHOWN_IN_ROOM.intersection(changed) else Side.SELLER
    data = {"fields": sorted(changed)}
    record("deal.changed", actor=actor, room=room, subject=deal, private_to=private_to, data=data)


def save_deal(deal: Deal, *fields: str) -> None:
    """Save a locked deal with its next version, and carry the change over into the totals of its stage."""
    deal.version += 1
    deal.updated_at = now()
    with recounted(Deal.objects.filter(pk=deal.pk)) if is_counted(*fields) else nullcontext():
        deal.save(update_fields=[*fields, "version", "updated_at"])


def check_staff(actor: Actor) -> None:
    """Raise `NotAllowed` for somebody who is not of the selling side."""
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side changes this."))


def _checked(checks: Checks, actor: Actor, values: dict[str, Any], deal: Deal | None) -> dict[str, Any]:
    """Return the model's fields for `values`, checked; `deal` is the one they change, None for a new one."""
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "title":
                clean[field] = checks.line(field, value)
            case "amount":
                clean[field] = checks.amount(field, value, required=False)
            case "currency":
                clean[field] = checks.currency(field, value)
            case "amount_note":
                clean[field] = checks.line(field, value, required=False)
            case "close_on":
                clean[field] = checks.day(field, value, required=False)
            case "custom":
                clean[field] = checked_custom(checks, CustomFieldOn.DEAL, value, before=deal.custom if deal else None)
            case "organization":
                clean["organization_id"] = _organization(checks, actor, value)
            case "owner" | "success_owner":
                clean |= _colleague(checks, field, value)
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    return clean


def _organization(checks: Checks, actor: Actor, organization_id: UUID | None) -> UUID | None:
    chosen = chosen_organization(organization_id)
    if chosen is None or not Organization.objects.visible_to(actor).filter(pk=chosen).exists():
        checks.add("organization", _("Choose a client from the list."), code="unknown")
    return chosen


def _colleague(checks: Checks, field: str, user_id: UUID | None) -> dict[str, Any]:
    """Return who owns the deal, with their team, or who takes over after the close (nobody: None)."""
    if not user_id and field == "success_owner":
        return {"success_owner_id": None}
    user = User.objects.active().filter(pk=user_id).first() if user_id else None
    if user is None or (field == "success_owner" and user.role != Role.SUCCESS):
        checks.add(field, _("Choose a colleague from the list."), code="unknown")
        return {}
    if field == "success_owner":
        return {"success_owner_id": user.pk}
    if user.team_id is None:
        checks.add(field, _("This colleague is in no team yet."), code="no_team")
    return {"owner_id": user.pk, "team_id": user.team_id}
