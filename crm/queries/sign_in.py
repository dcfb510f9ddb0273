"""Reading the door: invitations by their link, the state of a browser's code, sessions, and who is behind one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Exists, F, OuterRef
from django.utils.functional import Promise

from crm.actors import Actor
from crm.clock import now
from crm.models import AddressChange, Contact, Event, Invitation, Participant, Passkey, RoomSession, SignInCode
from crm.queries.timeline import OF_ANSWERS, Happening, in_words
from crm.secrets import token_hash

IDLE = timedelta(hours=12)
"""A session that nobody uses for so long has ended."""


_mark = Signer(salt="crm.room.door")


def masked(email: str) -> str:
    """Return an address with most of it covered, as it is shown before somebody has come in: "i•••••@halvorsen.example"."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••••@{domain}" if domain else ""


def reader_mark(contact: Contact) -> str:
    """Return what links in somebody's mails carry, so that the door knows whose they are. It opens nothing."""
    return _mark.sign(contact.pk.hex)


def reader_of_mark(mark: str) -> Contact | None:
    """Return whose mail a link with this mark stood in, as long as they are let into a room; None for what was made up or cut off."""
    try:
        id = UUID(_mark.unsign(mark))
    except (BadSignature, ValueError):
        return None
    grants = Participant.objects.active().filter(contact=OuterRef("pk"))
    return Contact.objects.filter(Exists(grants), pk=id).first()


class DoorState(StrEnum):
    """What an invitation's page says."""

    OPEN = "open"
    USED = "used"
    ENDED = "ended"
    REPLACED = "replaced"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Door:
    """An invitation as its page shows it."""

    state: DoorState
    invitation: Invitation
    masked_email: str


def get_door(token: str) -> Door | None:
    """Return what stands behind an invitation's link, None when nothing does."""
    invitation = (
        Invitation.objects.select_related("participant__contact", "participant__room__organization", "invited_by")
        .filter(token_hash=token_hash(token))
        .first()
    )
    return Door(_state(invitation), invitation, masked(invitation.email)) if invitation else None


def _state(invitation: Invitation) -> DoorState:
    grant = invitation.participant
    if not grant.is_active:
        return DoorState.REVOKED
    if grant.joined_at is not None:
        return DoorState.USED
    if invitation.revoked_at is not None:
        return DoorState.REPLACED
    return DoorState.OPEN if invitation.expires_at > now() else DoorState.ENDED


def newest_codes(browser_hash: str) -> list[UUID]:
    """Return the ids of the newest code of each contact for a browser; a blank stands for all who are not known."""
    rows = SignInCode.objects.filter(browser_hash=browser_hash)
    newest = rows.order_by("contact_id", "-created_at", "-id").distinct("contact_id")
    latest = rows.order_by("-created_at").values_list("created_at", flat=True).first()
    return [code.pk for code in newest if code.created_at == latest]


def newest_code(browser_hash: str) -> SignInCode | None:
    """Return the code this browser asked for last, to say until when it works; None when it asked for none."""
    return SignInCode.objects.filter(browser_hash=browser_hash).order_by("-created_at").first()


def whose_codes(browser_hash: str) -> list[Contact]:
    """Return for whom this browser asked last, of those who are still let in; empty when nobody is known there."""
    grants = Participant.objects.active().filter(contact=OuterRef("pk"))
    return list(Contact.objects.filter(Exists(grants), codes__in=newest_codes(browser_hash)).order_by("pk"))


def find_participant(session_token: str, room_id: UUID) -> Participant | None:
    """Return the grant of whoever holds this session in this room, with session, contact and room, in one query.

    `address_waits` says whether a change of their address waits to be settled. The attributes `session_id`, `session_since`,
    `session_fresh_at`, `session_method`, `session_seen_at`, `session_browser` and `session_address` say what is known of the
    session.
    """
    at = now()
    return (
        Participant.objects.active()
        .filter(
            room=room_id,
            contact__sessions__key_hash=token_hash(session_token),
            contact__sessions__ended_at=None,
            contact__sessions__expires_at__gt=at,
            contact__sessions__last_seen_at__gt=at - IDLE,
        )
        .annotate(
            session_id=F("contact__sessions__id"),
            session_since=F("contact__sessions__created_at"),
            session_fresh_at=F("contact__sessions__fresh_at"),
            session_method=F("contact__sessions__method"),
            session_seen_at=F("contact__sessions__last_seen_at"),
            session_browser=F("contact__sessions__browser"),
            session_address=F("contact__sessions__address"),
            address_waits=Exists(AddressChange.objects.open().filter(contact=OuterRef("contact"))),
        )
        .select_related("contact__organization", "room__organization", "room__owner")
        .first()
    )


def lost_grant(session_token: str, room_id: UUID) -> Participant | None:
    """Return the grant that whoever held this session had in this room until it was taken back; None when there was none."""
    mine = Participant.objects.filter(room=room_id, contact__sessions__key_hash=token_hash(session_token))
    lost = mine.filter(revoked_at__gte=F("contact__sessions__created_at"))
    return lost.select_related("contact", "room__owner").first()


def find_session(session_token: str) -> RoomSession | None:
    """Return the session with this secret while it lasts, with its contact."""
    at = now()
    return (
        RoomSession.objects.select_related("contact")
        .filter(key_hash=token_hash(session_token), ended_at=None, expires_at__gt=at, last_seen_at__gt=at - IDLE)
        .filter(contact__erased_at=None)
        .first()
    )


def grants_of(session: RoomSession) -> list[Participant]:
    """Return the rooms a signed-in contact was let into, newest invitation first."""
    grants = Participant.objects.active().filter(contact=session.contact_id)
    return list(grants.select_related("room__organization", "room__owner", "contact").order_by("-invited_at", "id"))


def own_sessions(actor: Actor) -> list[RoomSession]:
    """Return the actor's own sessions that last, newest first."""
    if actor.participant is None:
        return []
    at = now()
    sessions = RoomSession.objects.filter(contact=actor.participant.contact_id, ended_at=None, expires_at__gt=at)
    return list(sessions.filter(last_seen_at__gt=at - IDLE).order_by("-created_at"))


def own_passkeys(actor: Actor) -> list[Passkey]:
    """Return the actor's own passkeys, oldest first."""
    return (
        list(Passkey.objects.filter(contact=actor.participant.contact_id).order_by("created_at"))
        if actor.participant
        else []
    )


@dataclass(frozen=True)
class Entry:
    """One line of the access log: who came in, when. What was answered, or changed about somebody, stands in `sentence` and `said`."""

    name: str
    side: str
    at: datetime
    by_passkey: bool = False
    sentence: str | Promise = ""
    said: str = ""


def access_log(actor: Actor, room_id: UUID, limit: int = 50) -> list[Entry]:
    """Return who came into the room, what was answered there, and whose address, name or client was changed, newest first.

    Both sides see the same.
    """
    events = Event.objects.visible_to(actor).filter(room=room_id, type__in=("participant.signed_in", *_TOLD))
    recent = list(events.select_related("by_contact", "by_user").order_by("-at", "-id")[:limit])
    told = {one.id: one for one in in_words(actor, [event for event in recent if event.type in _TOLD])}
    return [_entry(event, told.get(event.pk)) for event in recent]


_TOLD = (
    *OF_ANSWERS,
    *(f"consent.{one}" for one in ("confirmed", "reopened")),
    *(f"participant.address_{one}" for one in ("changed", "confirmed", "refused", "vouched")),
    "participant.facts_changed",
)


def _entry(event: Event, told: Happening | None) -> Entry:
    who = event.by_contact or event.by_user
    name, by_passkey = who.name if who else "", event.data.get("method") == "passkey"
    if told is None:
        return Entry(name, event.by_side, event.at, by_passkey)
    return Entry(name, event.by_side, event.at, sentence=told.entry.sentence, said=told.said)
