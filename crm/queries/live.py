"""Reading for open pages: whose stream it is, whether it still may be open, and what happened since.

A stream holds no connection; these run for a moment, for one stream that opens or for all of a process at once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.sessions.models import Session
from django.db.models import OuterRef
from django.utils.crypto import constant_time_compare

from crm.clock import now
from crm.models import Event, FeedPosition, Participant, Room, RoomMember, RoomSession, User
from crm.queries.sign_in import IDLE
from crm.rules.live import Grant, Happened, Place, Reader, RoomReader, StaffReader
from crm.sessions import content_of


@dataclass(frozen=True, slots=True)
class Told:
    """An event for open pages: what decides who sees it, and the ids that are all they are told."""

    id: UUID
    position: int | None
    subject: UUID
    by: UUID | None
    happened: Happened


_MEMBERS = ArraySubquery(RoomMember.objects.filter(room=OuterRef("room")).values("user"))
_FIELDS = ("pk", "feed__position", "type", "subject_id", "private_to", "by_user", "by_contact", "data")
_ROOM = ("room", "room__owner", "room__team", "room__team__lineage", "members")


def newest_position() -> int:
    """Return the position given last, 0 before the first."""
    return FeedPosition.objects.order_by("-position").values_list("position", flat=True).first() or 0


def events_by_id(ids: Collection[UUID]) -> list[Told]:
    """Return committed events, oldest first, as they are told at once: without a position."""
    return [_told(row, None) for row in _events().filter(pk__in=ids).order_by("pk")]


def events_after(position: int, limit: int) -> list[Told]:
    """Return the events that follow a position in the feed, at most `limit`."""
    rows = _events().filter(feed__position__gt=position).order_by("feed__position")[:limit]
    return [_told(row, row["feed__position"]) for row in rows]


def _events() -> Any:
    return Event.objects.annotate(members=_MEMBERS).values(*_FIELDS, *_ROOM)


def _told(row: Mapping[str, Any], position: int | None) -> Told:
    data = row["data"]
    section = data.get("section")
    happened = Happened(
        type=row["type"],
        place=_place(row) if row["room"] else None,
        private_to=row["private_to"],
        by_contact=row["by_contact"],
        section=section if isinstance(section, str) else None,
        participant=str(data.get("participant", "")),
        user=str(data.get("user", "")),
    )
    return Told(row["pk"], position, row["subject_id"], row["by_user"] or row["by_contact"], happened)


def _place(row: Mapping[str, Any]) -> Place:
    lineage, members = frozenset(row["room__team__lineage"]), frozenset(row["members"])
    return Place(row["room"], row["room__owner"], row["room__team"], lineage, members)


def place_of(room_id: UUID) -> Place | None:
    """Return a room as far as access asks, None when there is none."""
    room = Room.objects.select_related("team").filter(pk=room_id).first()
    if room is None:
        return None
    members = frozenset(RoomMember.objects.filter(room=room).values_list("user", flat=True))
    return Place(room.pk, room.owner_id, room.team_id, frozenset(room.team.lineage), members)


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a stream may be open no longer: `signed-out`, `revoked` or `deactivated`."""

    why: str


def reread(readers: Iterable[Reader]) -> dict[Any, Reader | Ended]:
    """Return, by session, each reader as they are now, or why their stream ends. Four queries for all of them."""
    found: dict[Any, Reader | Ended] = {}
    readers = list(readers)
    found |= staff_readers({one.session: one.user for one in readers if isinstance(one, StaffReader)})
    found |= room_readers({one.session for one in readers if isinstance(one, RoomReader)})
    return found


def staff_readers(sessions: Mapping[str, UUID]) -> dict[str, Reader | Ended]:
    """Return who reads in each of these sessions (key of its row → user). A changed password ends those from before it."""
    if not sessions:
        return {}
    standing = {one.pk: one for one in Session.objects.filter(pk__in=sessions, expire_date__gt=now())}
    users = {user.pk: user for user in User.objects.filter(pk__in=set(sessions.values()))}  # last, as they say why
    return {key: _staff(key, users.get(user_id), standing.get(key)) for key, user_id in sessions.items()}


def _staff(key: str, user: User | None, session: Session | None) -> Reader | Ended:
    if user is None or not user.is_active:
        return Ended("deactivated")
    kept = content_of(session) if session else {}
    proof = kept.get(HASH_SESSION_KEY, "") if BACKEND_SESSION_KEY in kept else ""
    if kept.get(SESSION_KEY) != str(user.pk) or not constant_time_compare(proof, user.get_session_auth_hash()):
        return Ended("signed-out")
    return StaffReader(key, user.pk, user.role, user.team_id)


def room_readers(sessions: Collection[UUID]) -> dict[UUID, Reader | Ended]:
    """Return who reads in each of these sessions of the room, with the grants they have now."""
    if not sessions:
        return {}
    at = now()
    rows = list(RoomSession.objects.filter(pk__in=sessions))
    grants = _grants({row.contact_id for row in rows})
    found: dict[UUID, Reader | Ended] = dict.fromkeys(sessions, Ended("signed-out"))
    for row in rows:
        mine = grants.get(row.contact_id, {})
        stands = row.ended_at is None and row.expires_at > at and row.last_seen_at > at - IDLE
        if not mine:
            found[row.pk] = Ended("revoked")
        elif stands:
            found[row.pk] = RoomReader(row.pk, row.contact_id, mine)
    return found


def _grants(contacts: Collection[UUID]) -> dict[UUID, dict[UUID, Grant]]:
    """Return the standing grants of contacts, by contact and room."""
    found: dict[UUID, dict[UUID, Grant]] = {}
    for one in Participant.objects.active().filter(contact__in=contacts):
        found.setdefault(one.contact_id, {})[one.room_id] = Grant(one.pk, one.side, one.sections)
    return found
