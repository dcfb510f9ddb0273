"""That somebody writes in a section just now: told to the others who see it, kept nowhere, and off for whoever wants it off."""

from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from crm.actors import Actor
from crm.errors import NotFound
from crm.events.wake import tell
from crm.models import Contact, Room, User

AT_MOST_EVERY = 2
"""Seconds between two words that somebody writes in a place."""


def say_writing(*, actor: Actor, room_id: UUID, section: str, place: UUID) -> None:
    """Tell the open pages of a section that the actor writes there; each page shows it for a few seconds.

    `section` is its kind, as grants name it; `place` the section itself. Goes through Redis and no further. Whoever has
    switched it off is not told about. Raises `NotFound` for what the actor cannot write in.
    """
    if not Room.objects.writable_by(actor).filter(pk=room_id).exists():
        raise NotFound
    if actor.participant and not actor.participant.sees(section):
        raise NotFound
    person = _person(actor)
    if not person.shows_writing or not cache.add(f"writing:{person.pk}:{place}", 1, timeout=AT_MOST_EVERY):
        return
    tell("writing", room=str(room_id), section=section, place=str(place), person=str(person.pk), name=person.name)


@transaction.atomic
def show_writing(*, actor: Actor, shown: bool) -> None:
    """Let others see when the actor writes, or not. No event: that somebody wants it off is nobody's business."""
    person = _person(actor)
    person.shows_writing = shown
    person.save(update_fields=["shows_writing"])


def _person(actor: Actor) -> User | Contact:
    """Return the person who acts. Raises `NotFound` for a machine: it writes nothing that could be watched."""
    person = actor.participant.contact if actor.participant else actor.user
    if person is None or actor.key is not None:
        raise NotFound
    return person
