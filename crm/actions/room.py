"""Opening rooms, locking them, and who of the staff works in them."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

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
    time_zone: str = "UTC",
) -> Room:
    """Open a room. Raises `Invalid` for a bad title."""
    checks = Checks()
    title = checks.line("title", title)
    checks.done()
    at = now()
    room = Room.objects.create(
        title=title,
        owner=owner,
        team=team,
        organization=organization,
        time_zone=time_zone,
        created_at=at,
        updated_at=at,
    )
    record("room.opened", actor=actor, room=room, subject=room)
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
