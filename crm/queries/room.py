"""Reading rooms."""

from uuid import UUID

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Room


def get_room(actor: Actor, room_id: UUID) -> Room:
    """Return a room the actor may read. Raises `NotFound`."""
    room = Room.objects.visible_to(actor).select_related("organization", "owner", "team").filter(pk=room_id).first()
    if room is None:
        raise NotFound
    return room


def may_write(actor: Actor, room_id: UUID) -> bool:
    """Whether the actor may write in the room."""
    return Room.objects.writable_by(actor).filter(pk=room_id).exists()
