"""The event record: one append-only row per thing that happened, and what is owed because of it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.ids import new_id
from crm.models.authored import private_rows_of
from crm.models.room import Room
from crm.models.side import Side
from crm.rules.live import FOR_ADMINISTRATORS, FOR_ONE

if TYPE_CHECKING:
    from crm.actors import Actor


class EventQuerySet(models.QuerySet["Event"]):
    """Events, read through their rooms."""

    def visible_to(self, actor: "Actor") -> "EventQuerySet":
        """Return the events of the actor's rooms; a side's private ones only for that side.

        Roomless ones are for staff, some for administrators or for one person alone. A participant with limited sections gets the events of
        these sections, questions to them, who came and went, and what they did themselves.
        """
        rooms = Room.objects.visible_to(actor).filter(pk=OuterRef("room"))
        seen = Q(Exists(rooms)) & private_rows_of(actor)
        if actor.is_seller:
            seen |= Q(room=None) & _without_room(actor)
        elif actor.participant and actor.participant.sections is not None:
            in_grant = Q(data__section__in=["", *actor.participant.sections])
            asked_of_me = Q(type__startswith="consent.", data__participant=str(actor.participant.pk))
            mine = Q(by_contact=actor.participant.contact_id)
            seen &= in_grant | asked_of_me | mine | Q(type__startswith="participant.")
        return self.filter(seen)


def _without_room(actor: "Actor") -> Q:
    """Return the condition for the events without a room that somebody of ours is told of."""
    if actor.is_system:
        return Q()
    to_all = ~Q(type__in=FOR_ONE if _administers(actor) else FOR_ONE | FOR_ADMINISTRATORS)
    return to_all | Q(type__in=FOR_ONE, data__user=str(actor.user.pk) if actor.user else "")


def _administers(actor: "Actor") -> bool:
    """Whether an administrator acts, or an administrator's key with the scope for it."""
    return bool(actor.user and actor.user.is_admin and actor.has_scope("admin"))


class Event(models.Model):
    """What happened: `type` is `noun.past_tense`, `data` carries ids and plain facts, never personal words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    type = models.CharField(max_length=64)
    schema = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    room = models.ForeignKey("crm.Room", models.PROTECT, null=True, related_name="events")
    subject_type = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    private_to = models.CharField(max_length=8, choices=Side, blank=True)
    by_user = models.ForeignKey("crm.User", models.PROTECT, null=True, related_name="+")
    by_contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, related_name="+")
    by_key = models.ForeignKey("crm.ApiKey", models.PROTECT, null=True, related_name="+")
    by_side = models.CharField(max_length=8, choices=Side)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["room", "-at", "-id"], name="event_by_room"),
            models.Index(fields=["subject_id", "-at"], name="event_by_subject"),
        ]

    def __str__(self) -> str:
        return self.type


class FeedPosition(models.Model):
    """An event's place in the feed, given after commit by the one relay, so that no reader ever skips one."""

    position = models.BigAutoField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="feed")

    def __str__(self) -> str:
        return str(self.position)


class Delivery(models.Model):
    """One event owed to one consumer, about one person (`to`) where it tells several. Done at least once.

    `run_after` grows with `attempts`.
    """

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    consumer = models.CharField(max_length=64)
    to = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "consumer", "to"], name="delivery_once", nulls_distinct=False)
        ]
        indexes = [models.Index(fields=["run_after"], condition=Q(done_at=None, dead_at=None), name="delivery_owed")]

    def __str__(self) -> str:
        return f"{self.consumer} {self.event_id}"
