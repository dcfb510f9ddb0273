"""Telling somebody of ours what happened, and their saying that they read it."""

from uuid import UUID

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from crm.actors import SYSTEM, Actor, as_user
from crm.clock import now
from crm.errors import NotFound
from crm.events.record import record
from crm.models import Event, Notification, User
from crm.news import NewsKind, kinds_of
from crm.rules.live import FOR_ONE


@transaction.atomic
def notify(event: Event) -> None:
    """Tell everybody for whom an event is news: a consumer of the outbox, idempotent. Nobody is told of what they did themselves."""
    told: dict[UUID, NewsKind] = {}
    for kind in kinds_of(event.type):
        for user_id in kind.to(event):
            told.setdefault(user_id, kind)
    if event.type not in FOR_ONE and event.by_key_id is None:
        told.pop(event.by_user_id, None)  # type: ignore[arg-type]
    for user in User.objects.active().filter(pk__in=told).order_by("pk"):
        _tell(user, event, told[user.pk])


def _tell(user: User, event: Event, kind: NewsKind) -> None:
    is_off = kind.name in user.news_off and (kind.asks or kind.name in user.mails_off)
    sees = Event.objects.visible_to(as_user(user)).filter(pk=event.pk).exists()
    if is_off or not sees or _is_told(user, event):
        return
    at = now()
    made, is_new = Notification.objects.get_or_create(
        user=user, event=event, defaults={"kind": kind.name, "at": at, "mailed_at": at if kind.asks else None}
    )
    if is_new:
        recount_unread(user)
        record("notification.made", actor=SYSTEM, room=None, subject=made, data={"user": str(user.pk)})


def _is_told(user: User, event: Event) -> bool:
    """Whether the same person doing the same in the same room still stands unread: that is one piece of news, not ten."""
    if event.type in FOR_ONE or event.room_id is None or not event.type.endswith((".added", ".edited")):
        return False
    same = {"type": event.type, "room": event.room_id, "by_user": event.by_user_id, "by_contact": event.by_contact_id}
    unread = Notification.objects.filter(user=user).unread()
    return (
        unread.filter(**{f"event__{name}": value for name, value in same.items()})
        .exclude(event__type="comment.added")
        .exists()
    )


def recount_unread(user: User) -> None:
    """Count anew what a person has not read: kept beside the person, who is read with every page anyway."""
    unread = Notification.objects.filter(user=OuterRef("pk"), read_at=None).exclude(kind__in=user.news_off)
    count = unread.order_by().values("user").annotate(count=Count("pk")).values("count")
    User.objects.filter(pk=user.pk).update(unread=Coalesce(Subquery(count), Value(0)))


@transaction.atomic
def read_notification(*, actor: Actor, notification_id: UUID) -> Notification:
    """Say that one was read, and return it. Raises `NotFound`."""
    found = Notification.objects.visible_to(actor).select_related("event").filter(pk=notification_id).first()
    if found is None or actor.user is None:
        raise NotFound
    if found.read_at is None:
        Notification.objects.filter(pk=found.pk).update(read_at=now())
        _say_read(actor.user)
    return found


@transaction.atomic
def read_all(*, actor: Actor) -> None:
    """Say that everything was read. Raises `NotFound` for somebody who gets none."""
    if actor.user is None:
        raise NotFound
    if Notification.objects.filter(user=actor.user).unread().update(read_at=now()):
        _say_read(actor.user)


def _say_read(user: User) -> None:
    recount_unread(user)
    record("notification.read", actor=as_user(user), room=None, subject=user, data={"user": str(user.pk)})
