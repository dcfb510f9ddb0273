"""Reading who asked to bring whom into a room."""

from uuid import UUID

from crm.actors import Actor
from crm.models import AccessRequest

SHOWN = 50


def access_requests(actor: Actor, room_id: UUID) -> list[AccessRequest]:
    """Return the newest requests of a room that the actor sees, those that wait first."""
    requests = AccessRequest.objects.visible_to(actor).filter(room=room_id)
    rows = requests.select_related("asked_by__contact", "decided_by").order_by("-created_at", "-id")[:SHOWN]
    return sorted(rows, key=lambda one: one.state != "open")


def open_access_requests(actor: Actor, room_id: UUID) -> list[AccessRequest]:
    """Return the requests of a room that wait for an answer, oldest first."""
    requests = AccessRequest.objects.visible_to(actor).open().filter(room=room_id)
    return list(requests.select_related("asked_by__contact__organization").order_by("created_at", "id"))
