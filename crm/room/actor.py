"""Who acts in the room: read from the room's own cookie and the database, on every request, never from the staff session."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from crm.actions.sign_in import Browser, touch_session
from crm.actors import Actor, as_participant
from crm.clock import now
from crm.errors import NotFound
from crm.models import AddressChange, Participant, RoomSession
from crm.queries.address_change import waiting_change
from crm.queries.sign_in import find_participant, find_session, lost_grant
from crm.room.cookies import SEEN_EVERY, address_of, agent_of
from crm.web.live import is_refresh
from crm.web.viewer import show_in

_PROOFS = {RoomSession.Method.CODE: "code by mail", RoomSession.Method.PASSKEY: "passkey"}
"""How it was proved who somebody is, in the words that the ledger keeps."""


class NotSignedIn(Exception):
    """Nobody is signed in in this browser: `crm.room.door.DoorMiddleware` leads to the door."""


class AccessTakenBack(NotSignedIn):
    """Whoever is or was signed in here had a grant in this room, which was taken back."""

    def __init__(self, grant: Participant) -> None:
        super().__init__()
        self.grant = grant


class AddressNotConfirmed(NotSignedIn):
    """Whoever is signed in here came from an address that nobody has confirmed yet: it might be somebody else."""

    def __init__(self, change: AddressChange) -> None:
        super().__init__()
        self.change = change


def check_address(contact_id: UUID) -> None:
    """Raise `AddressNotConfirmed` while a change of somebody's address waits to be settled."""
    if change := waiting_change(contact_id):
        raise AddressNotConfirmed(change)


def session_token(request: HttpRequest) -> str:
    """Return the secret of the room's session, empty when there is none."""
    return request.COOKIES.get(settings.ROOM_COOKIE_NAME, "")


def browser(request: HttpRequest) -> Browser:
    """Return the browser that asks, by its own cookie."""
    token = request.COOKIES.get(settings.ROOM_BROWSER_COOKIE_NAME, "")
    return Browser(token, address_of(request), agent_of(request))


def participant(request: HttpRequest, room_id: UUID) -> Actor:
    """Return the actor for a room page, and show the page in their language and time zone.

    Raises `NotSignedIn`, `AccessTakenBack`, `AddressNotConfirmed`, and `NotFound` for a room that was never theirs.
    """
    token = session_token(request)
    grant = _grant(token, room_id)
    if cast(Any, grant).address_waits:
        check_address(grant.contact_id)
    seen: Any = cast(Any, grant)  # with what the query knows of the session
    if now() - seen.session_seen_at > SEEN_EVERY and not is_refresh(request):
        touch_session(seen.session_id, seen.session_seen_at)
    show_in(grant.contact.locale, grant.contact.time_zone)
    session = {
        "how": f"room session after a {_PROOFS[seen.session_method]}",
        "session": str(seen.session_id),
        "since": seen.session_since.isoformat(),
        "fresh_at": seen.session_fresh_at.isoformat(),
        "address": address_of(request) or "",
        "browser": agent_of(request),
    }
    return as_participant(grant, fresh_at=seen.session_fresh_at, session=session)


def _grant(token: str, room_id: UUID) -> Participant:
    if token and (grant := find_participant(token, room_id)):
        return grant
    if token and (lost := lost_grant(token, room_id)):
        raise AccessTakenBack(lost)
    if token and find_session(token):
        raise NotFound
    raise NotSignedIn
