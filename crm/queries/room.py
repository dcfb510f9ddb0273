"""Reading rooms."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Organization, Room, RoomMember


def get_room(actor: Actor, room_id: UUID) -> Room:
    """Return a room the actor may read. Raises `NotFound`."""
    room = Room.objects.visible_to(actor).select_related("organization", "owner", "team").filter(pk=room_id).first()
    if room is None:
        raise NotFound
    return room


def may_write(actor: Actor, room_id: UUID) -> bool:
    """Whether the actor may write in the room."""
    return Room.objects.writable_by(actor).filter(pk=room_id).exists()


def rooms_to_write_in(
    actor: Actor, chosen: UUID | None = None, organization: Organization | None = None
) -> list[tuple[UUID, str]]:
    """Return the rooms somebody of ours works in, with what they are called, last used first; and `chosen`, if they may.

    Not all that a manager or an administrator could write in: a list is for choosing. With one `organization` there are few.
    """
    joined = RoomMember.objects.filter(room=OuterRef("pk"), user=actor.user)
    mine = Q(owner=actor.user) | Q(Exists(joined)) | Q(pk=chosen)
    wanted = Q(organization=organization) if organization else mine
    rooms = Room.objects.writable_by(actor).filter(wanted).select_related("organization").order_by("-updated_at", "pk")
    return [
        (room.pk, f"{room.organization}: {room.title}" if room.organization else room.title) for room in rooms[:200]
    ]
