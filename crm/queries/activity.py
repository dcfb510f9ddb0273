"""Finding calls, meetings, e-mails and notes again."""

from django.urls import reverse

from crm.actors import Actor
from crm.models import Activity
from crm.models.activity import ACTIVITY_WORDS
from crm.queries.search import worded
from crm.rules.search import Query, excerpt
from crm.search import Found


def find_activities(actor: Actor, query: Query, limit: int) -> list[Found]:
    """Return activities with these words, newest first."""
    rows = worded(Activity.objects.visible_to(actor).select_related("room"), ACTIVITY_WORDS, query, limit)
    return [
        Found(
            row.pk,
            row.subject,
            f"{row.room.title}: {excerpt(row.body, query)}" if row.body else row.room.title,
            reverse("crm:timeline", args=[row.room_id]),
        )
        for row in rows
    ]
