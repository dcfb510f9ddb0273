"""Reading activities."""

from uuid import UUID

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Activity
from crm.models.activity import ActivityQuerySet


def activities(actor: Actor, room_id: UUID | None = None) -> ActivityQuerySet:
    """Return the activities the actor sees, newest first, of one room or of all."""
    rows = Activity.objects.visible_to(actor).select_related("by_user", "by_contact").order_by("-at", "-id")
    return rows.filter(room=room_id) if room_id else rows


def get_activity(actor: Actor, activity_id: UUID) -> Activity:
    """Return one activity. Raises `NotFound`."""
    activity = activities(actor).filter(pk=activity_id).first()
    if activity is None:
        raise NotFound
    return activity
