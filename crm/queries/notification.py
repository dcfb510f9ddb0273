"""Reading notifications: what somebody is told of, in words, and where each leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.models import Event, Notification, Question, RoomMember, Task, User, WebhookEndpoint
from crm.news import news_kind
from crm.places import Place, places_of
from crm.queries.paging import page_of
from crm.queries.room_people import who_answers_for
from crm.queries.task import is_still_wanted, task_rows
from crm.queries.timeline import Happening, in_words
from crm.registry import consent_kind

LIMIT = 30
_ANSWERS = ("consent.given", "consent.change_suggested", "consent.declined")


@dataclass(frozen=True)
class Told:
    """One notification in words, and the place it is about (None: none that its reader sees)."""

    notification: Notification
    happening: Happening
    place: Place | None

    @property
    def sentence(self) -> str:
        """What happened; of words in which its reader is named, that they are."""
        by = self.happening.by
        if self.notification.kind == "mention" and by is not None:
            return _("%(name)s names you") % {"name": by.name}
        return str(self.happening.entry.sentence)


def notifications(actor: Actor, cursor: str = "") -> tuple[list[Told], str]:
    """Return a page of what the actor was told, newest first, and the cursor to older ones."""
    page = page_of(_rows(actor), cursor, by=("-at", "-id"), limit=LIMIT)
    return told(actor, page.rows), page.next_cursor


def _rows(actor: Actor) -> QuerySet[Notification]:
    return Notification.objects.visible_to(actor).select_related("event__by_user", "event__by_contact")


def told(actor: Actor, rows: Sequence[Notification]) -> list[Told]:
    """Return notifications, with their events loaded, in words."""
    places = places_of(actor, {row.event.room_id for row in rows if row.event.room_id})
    words = in_words(actor, [row.event for row in rows])
    pairs = zip(rows, words, strict=True)
    return [Told(row, said, places.get(row.event.room_id) if row.event.room_id else None) for row, said in pairs]


def link_of(actor: Actor, notification: Notification) -> str:
    """Return where a notification leads: what it is about, the deal in its room, else the list of notifications."""
    kind = news_kind(notification.kind)
    url = kind.link(actor, notification.event) if kind and kind.link else ""
    room = notification.event.room_id
    place = places_of(actor, [room]).get(room) if room and not url else None
    return url or (place.url if place else reverse("crm:notifications"))


# Who is told of what --------------------------------------------------------------------------------------------------
def people_of_room(event: Event) -> list[UUID]:
    """Return who works in the room of an event: its owner, and who was brought in."""
    if event.room is None:
        return []
    return [event.room.owner_id, *RoomMember.objects.filter(room=event.room_id).values_list("user", flat=True)]


def asker_of(event: Event) -> list[UUID]:
    """Return who asked, and who owns the room. A question about several things is answered once, and told once."""
    question = Question.objects.filter(pk=event.data.get("question")).first()
    if question is None:
        return []
    first = question.consents.order_by("pk").values_list("pk", flat=True).first()
    if event.type in _ANSWERS and event.subject_id != first:
        return []
    return [question.asked_by_id, question.room.owner_id]


def mentioned_users(event: Event) -> list[UUID]:
    """Return who of ours is named in a comment."""
    named = event.data.get("mentioned", ())
    return list(User.objects.filter(pk__in=named).values_list("pk", flat=True))


def deciders_of(event: Event) -> list[UUID]:
    """Return who decides about letting somebody in."""
    return [user.pk for user in who_answers_for(event.room)] if event.room else []


def reminded(event: Event) -> list[UUID]:
    """Return who wanted to be reminded of a task, if they still do."""
    task = Task.objects.open().filter(pk=event.subject_id, archived_at=None).select_related("user").first()
    return [task.user_id] if task and is_still_wanted(event, task) else []


def owner_of_endpoint(event: Event) -> list[UUID]:
    """Return whose webhook address an event is about."""
    return list(WebhookEndpoint.objects.filter(pk=event.subject_id).values_list("user", flat=True))


# Where it leads -------------------------------------------------------------------------------------------------------
def comment_link(_actor: Actor, event: Event) -> str:
    """Return where a comment stands; "" for other words."""
    return reverse("crm:comment", args=[event.subject_id]) if event.type == "comment.added" else ""


def access_link(_actor: Actor, event: Event) -> str:
    """Return where somebody is let in."""
    return reverse("crm:room_access", args=[event.room_id])


def consent_link(actor: Actor, event: Event) -> str:
    """Return the page of what was answered."""
    kind = consent_kind(event.data["kind"])
    row = kind.rows().filter(pk=event.data["subject"]).first()
    return kind.url(actor, row) if row is not None else ""


def task_link(actor: Actor, event: Event) -> str:
    """Return where the task is worked on, else the list of tasks."""
    task = Task.objects.visible_to(actor).filter(pk=event.subject_id).first()
    row = task_rows(actor, [task])[0] if task else None
    return row.place.url if row and row.place else reverse("crm:tasks")


def endpoint_link(actor: Actor, event: Event) -> str:
    """Return the page of a webhook address, "" once it was taken away."""
    is_there = WebhookEndpoint.objects.visible_to(actor).filter(pk=event.subject_id, archived_at=None).exists()
    return reverse("crm:webhook", args=[event.subject_id]) if is_there else ""
