"""What happened in a room, as one reader may see it: events in words, newest first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from crm.actors import Actor
from crm.errors import NotFound
from crm.happenings import types_of
from crm.models import AddressChange, Comment, Consent, Contact, Event, Room, User
from crm.models.event import EventQuerySet
from crm.queries.paging import page_of
from crm.registry import Names, TimelineEntry, names_of, rendered_types, renderer_of

LIMIT = 30


@dataclass(frozen=True)
class Happening:
    """One thing that happened: in words, when, and who sees it (`private_to` a side; empty: everybody in the room).

    `said` are the words that came with it: of an answer, of taking one back, or why an address was vouched for.
    `by` is the user or contact who did it, None for the system.
    """

    id: UUID
    type: str
    at: datetime
    private_to: str
    entry: TimelineEntry
    by: User | Contact | None
    said: str = ""


@dataclass(frozen=True)
class Timeline:
    """A page of happenings, and the cursor to older ones; empty when there are none."""

    happenings: list[Happening]
    next_cursor: str


def room_timeline(actor: Actor, room_id: UUID, cursor: str = "", limit: int = LIMIT) -> Timeline:
    """Return what the actor sees of what happened in a room. Raises `NotFound`, and `Invalid` for a made-up cursor."""
    if not Room.objects.visible_to(actor).filter(pk=room_id).exists():
        raise NotFound
    return timeline(actor, Event.objects.filter(room=room_id), cursor, limit)


def latest_happenings(actor: Actor, room_id: UUID, limit: int) -> list[Happening]:
    """Return the newest of what the actor sees of what happened in a room; none in a room they may not read."""
    return timeline(actor, Event.objects.filter(room=room_id), limit=limit).happenings


def organization_timeline(
    actor: Actor, organization_id: UUID, cursor: str = "", limit: int = LIMIT, group: str = ""
) -> Timeline:
    """Return what the actor sees of what happened in all rooms with an organisation; with a `group` only what belongs there."""
    events = Event.objects.filter(room__organization=organization_id)
    return timeline(actor, events.filter(type__in=types_of(group)) if group else events, cursor, limit)


def history_of(actor: Actor, ids: Collection[UUID], cursor: str = "", limit: int = LIMIT) -> Timeline:
    """Return what the actor sees of what happened to some rows: for things that stand in no room."""
    return timeline(actor, Event.objects.filter(subject_id__in=ids), cursor, limit)


def timeline(actor: Actor, events: EventQuerySet, cursor: str = "", limit: int = LIMIT) -> Timeline:
    """Return a page of `events` in words. The number of queries does not depend on how many there are."""
    seen = events.visible_to(actor).filter(type__in=rendered_types()).select_related("by_user", "by_contact")
    page = page_of(seen, cursor, by=("-at", "-id"), limit=limit)
    return Timeline(in_words(actor, page.rows), page.next_cursor)


def in_words(actor: Actor, events: Sequence[Event]) -> list[Happening]:
    """Return events the actor may see, rendered by whoever registered for their types."""
    names = names_of(actor, _ids(events)) if events else {}
    said = _said(actor, events)
    return [_happening(event, names, said.get((event.type, event.subject_id), "")) for event in events]


def _happening(event: Event, names: Names, said: str) -> Happening:
    entry = renderer_of(event.type)(event, names)
    by = event.by_contact or event.by_user
    return Happening(event.pk, event.type, event.at, event.private_to, entry, by, said)


_ANSWERED = ("consent.given", "consent.change_suggested", "consent.declined")
_OBJECTED = ("consent.withdrawn", "consent.contested")
_CORRECTED = ("consent.record_withdrawn",)
OF_ANSWERS = (*_ANSWERED, *_OBJECTED, *_CORRECTED)
"""The events of answers that come with somebody's words."""


def _said(actor: Actor, events: Sequence[Event]) -> dict[tuple[str, UUID], str]:
    """Return people's own words by event type and subject: of comments, and of answers what was answered and what came later."""
    return _commented(actor, events) | _answered(actor, events) | _vouched(events)


def _commented(actor: Actor, events: Sequence[Event]) -> dict[tuple[str, UUID], str]:
    ids = {event.subject_id for event in events if event.type == "comment.added"}
    words = Comment.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "body") if ids else ()
    return {("comment.added", pk): body for pk, body in words}


def _vouched(events: Sequence[Event]) -> dict[tuple[str, UUID], str]:
    type = "participant.address_vouched"
    ids = {event.subject_id for event in events if event.type == type}
    reasons = AddressChange.objects.filter(pk__in=ids).values_list("pk", "reason") if ids else ()
    return {(type, pk): reason for pk, reason in reasons}


def _answered(actor: Actor, events: Sequence[Event]) -> dict[tuple[str, UUID], str]:
    ids = {event.subject_id for event in events if event.type in OF_ANSWERS}
    said: dict[tuple[str, UUID], str] = {}
    if not ids:
        return said
    consents = Consent.objects.visible_to(actor).filter(pk__in=ids)
    for pk, *voices in consents.values_list("pk", "note", "objection", "correction"):
        for types, words in zip((_ANSWERED, _OBJECTED, _CORRECTED), voices, strict=True):
            said |= {(type, pk): words for type in types}
    return said


def _ids(events: Iterable[Event]) -> set[str]:
    """Return every id the events name: their subjects, the keys they came with, and those in their data."""
    found = {str(event.subject_id) for event in events}
    for event in events:
        if event.by_key_id:
            found.add(str(event.by_key_id))
        found |= {value for value in event.data.values() if _is_id(value)}
    return found


def _is_id(value: Any) -> bool:
    if not isinstance(value, str) or len(value) != 36:
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return True
