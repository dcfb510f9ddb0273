"""Opening and changing rooms, locking them, and who of the staff works in them."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.contact import time_zone
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound
from crm.events.record import record
from crm.models import Organization, Room, RoomMember, Team, User


def lock_room(actor: Actor, room_id: UUID, *, writing: bool = True) -> Room:
    """Return the room with its row lock held: the first lock of every write. Raises `NotFound`, `NotAllowed`.

    The lock is NO KEY UPDATE, so that rows pointing at the room can still be inserted by others.
    """
    room = Room.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=room_id).first()
    if room is None:
        raise NotFound
    if writing and not Room.objects.writable_by(actor).filter(pk=room_id).exists():
        raise NotAllowed(_("You can read this room but not write in it. Ask its owner to add you."))
    return room


@transaction.atomic
def open_room(
    *,
    actor: Actor,
    title: str,
    owner: User,
    team: Team,
    organization: Organization | None = None,
) -> Room:
    """Open a room, in the installation's time zone. Raises `Invalid` for a bad title."""
    checks = Checks()
    title = checks.line("title", title)
    checks.done()
    at = now()
    room = Room.objects.create(
        title=title,
        owner=owner,
        team=team,
        organization=organization,
        created_at=at,
        updated_at=at,
    )
    record("room.opened", actor=actor, room=room, subject=room)
    return room


@transaction.atomic
def change_room(*, actor: Actor, room_id: UUID, version: int, values: dict[str, Any]) -> Room:
    """Change title or time_zone of a room: days that are due end at midnight of its zone.

    Raises `Invalid` at the field, `NotAllowed` for guests, `Stale` when the room is no longer at `version`.
    """
    if not actor.is_seller:
        raise NotAllowed(_("The facts of a room are kept by the selling side."))
    room = lock_room(actor, room_id)
    check_version(room, version)
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "title":
                clean[field] = checks.line(field, value)
            case "time_zone":
                clean[field] = time_zone(checks, value)
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    checks.done()
    if changed := save_changes(room, clean):
        record("room.changed", actor=actor, room=room, subject=room, data={"fields": changed})
    return room


@transaction.atomic
def add_member(*, actor: Actor, room_id: UUID, user_id: UUID) -> RoomMember:
    """Let a member of staff work in a room. Adding somebody twice changes nothing."""
    room = lock_room(actor, room_id)
    user = User.objects.visible_to(actor).active().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    member, created = RoomMember.objects.get_or_create(
        room=room, user=user, defaults={"added_by": actor.user, "added_at": now()}
    )
    if created:
        record("member.added", actor=actor, room=room, subject=member, data={"user": str(user.pk)})
    return member


@transaction.atomic
def remove_member(*, actor: Actor, room_id: UUID, user_id: UUID) -> None:
    """End a member's work in a room; what they wrote stays. Raises `NotFound` when they are not in it."""
    room = lock_room(actor, room_id)
    member = RoomMember.objects.filter(room=room, user_id=user_id).first()
    if member is None:
        raise NotFound
    record("member.removed", actor=actor, room=room, subject=member, data={"user": str(user_id)})
    member.delete()
