"""Writing the event record: inside the caller's transaction or not at all."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models, transaction

from crm.actors import Actor
from crm.clock import now
from crm.events.wake import wake
from crm.models import Delivery, Event, Room
from crm.registry import owed_because_of, reactions_to


def record(
    type: str,
    *,
    actor: Actor,
    subject: models.Model,
    room: Room | None,
    data: dict[str, Any] | None = None,
    private_to: str = "",
    at: datetime | None = None,
    schema: int = 1,
    deliver_at: datetime | None = None,
) -> Event:
    """Insert one event with the deliveries it owes, and run its reactions.

    `type` is `noun.past_tense`; `subject` the row it happened to; `data` ids and plain facts, no personal words.
    `deliver_at` puts its deliveries off until then. Raises RuntimeError outside a transaction, and whatever a reaction
    raises to refuse the change.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{type} was recorded outside a transaction.")
    at = at or now()
    event = Event.objects.create(
        type=type,
        schema=schema,
        at=at,
        room=room,
        subject_type=subject._meta.model_name or "",
        subject_id=_id_of(subject),
        private_to=private_to,
        by_user=actor.user,
        by_contact=actor.participant.contact if actor.participant else None,
        by_key=actor.key,
        by_side=actor.side,
        data=data or {},
    )
    owed = [
        Delivery(event=event, consumer=name, to=to, run_after=deliver_at or at) for name, to in owed_because_of(event)
    ]
    if owed:
        Delivery.objects.bulk_create(owed)
    for reaction in reactions_to(type):
        reaction(event, actor)
    transaction.on_commit(partial(wake, event.pk))
    return event


def _id_of(subject: models.Model) -> UUID:
    if not isinstance(subject.pk, UUID):
        raise TypeError(f"{subject._meta.label} has no UUID to be the subject of an event.")
    return subject.pk
