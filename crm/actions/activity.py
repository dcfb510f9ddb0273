"""Writing down what was said or done: calls, meetings, e-mails, notes. Private to the writer's side unless shared."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.organization import chosen_organization
from crm.actions.room import lock_room, open_room
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Activity, ActivityType, Organization, Room

MINUTES_LIMIT = 7 * 24 * 60


@transaction.atomic
def log_activity(*, actor: Actor, room_id: UUID, values: dict[str, Any], shared: bool = False) -> Activity:
    """Write an activity into a room. `values`: type, subject, body, at (aware; now when left out), minutes.

    Raises `Invalid` at the field, `NotFound`, `NotAllowed`.
    """
    clean = _checked({"type": "", "subject": "", "at": now(), **values})
    room = lock_room(actor, room_id)
    at = now()
    activity = Activity.objects.create(
        room=room, private_to="" if shared else actor.side, created_at=at, updated_at=at, **actor.authorship, **clean
    )
    _record("activity.logged", actor, room, activity)
    return activity


@transaction.atomic
def log_first_activity(
    *, actor: Actor, organization_id: UUID, values: dict[str, Any], shared: bool = False
) -> Activity:
    """Write an activity about a client with whom the actor has no room: it opens one, of the writer and their team.

    Nobody of the client is in it until somebody invites them. Raises what `log_activity` raises, and `Refused` for
    whoever is in no team.
    """
    if not actor.is_seller or actor.user is None:
        raise NotAllowed(_("A room is opened by the selling side."))
    chosen = chosen_organization(organization_id)
    if chosen is None:
        raise NotFound
    if actor.user.team is None:
        raise Refused(_("You are in no team yet, so nobody would read this. An administrator can put you in one."))
    organization = Organization.objects.get(pk=chosen)
    room = open_room(
        actor=actor, title=organization.name, owner=actor.user, team=actor.user.team, organization=organization
    )
    return log_activity(actor=actor, room_id=room.pk, values=values, shared=shared)


@transaction.atomic
def change_activity(*, actor: Actor, activity_id: UUID, version: int, values: dict[str, Any]) -> Activity:
    """Change some fields of an activity of one's own side. Raises `Stale` when it is no longer at `version`."""
    room, activity = _lock_own(actor, activity_id)
    check_version(activity, version)
    if save_changes(activity, _checked(values)):
        _record("activity.changed", actor, room, activity)
    return activity


@transaction.atomic
def share_activity(*, actor: Actor, activity_id: UUID, version: int) -> Activity:
    """Let everybody in the room see an activity. It cannot be made private again: others may have read it."""
    room, activity = _lock_own(actor, activity_id)
    check_version(activity, version)
    if save_changes(activity, {"private_to": ""}):
        _record("activity.shared", actor, room, activity)
    return activity


@transaction.atomic
def archive_activity(*, actor: Actor, activity_id: UUID, version: int) -> Activity:
    """Take an activity of one's own side out of sight."""
    room, activity = _lock_own(actor, activity_id)
    check_version(activity, version)
    if save_changes(activity, {"archived_at": now()}):
        _record("activity.archived", actor, room, activity)
    return activity


def _lock_own(actor: Actor, activity_id: UUID) -> tuple[Room, Activity]:
    """Lock the room, then an activity that the actor's side wrote; outside staff each person has only their own."""
    found = Activity.objects.visible_to(actor).filter(pk=activity_id).first()
    if found is None:
        raise NotFound
    room = lock_room(actor, found.room_id)
    visible = Activity.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    activity = visible.filter(pk=found.pk).first()
    if activity is None:
        raise NotFound
    is_own = activity.by_side == actor.side and (
        actor.participant is None or activity.by_contact_id == actor.participant.contact_id
    )
    if not is_own:
        raise NotAllowed(_("Somebody else wrote this. You can write beside it."), code="not_yours")
    return room, activity


def _record(event: str, actor: Actor, room: Room, activity: Activity) -> None:
    data = {"type": activity.type, "minutes": activity.minutes, "version": activity.version}
    record(event, actor=actor, room=room, subject=activity, private_to=activity.private_to, data=data)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "type":
                clean[field] = checks.choice(field, value, ActivityType.values)
            case "subject":
                clean[field] = checks.line(field, value)
            case "body":
                clean[field] = checks.text(field, value, required=False)
            case "at":
                clean[field] = _moment(checks, value)
            case "minutes":
                minutes = checks.decimal(field, value, required=False, places=0, lowest=Decimal(0))
                if minutes is not None and minutes > MINUTES_LIMIT:
                    checks.add(field, _("This is longer than a week. Is it in minutes?"), code="out_of_range")
                clean[field] = int(minutes) if minutes is not None else None
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    checks.done()
    return clean


def _moment(checks: Checks, value: Any) -> datetime | None:
    """Return `value` as an aware moment. A meeting may lie ahead; a year outside 1900 to 2199 may not."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        checks.add("at", _("Say the day and the time."), code="not_a_time")
        return None
    checks.day("at", value.date())
    return value
