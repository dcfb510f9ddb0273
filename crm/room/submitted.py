"""Whether a form of the room was sent before: as `crm.web.submitted` for staff, remembered by the room's own session."""

from django.http import HttpRequest

from crm.models import RoomSession
from crm.room.actor import session_token
from crm.secrets import token_hash
from crm.web.submitted import TOKENS_KEPT, once_of


def sent_before(request: HttpRequest) -> bool:
    """Return whether this very form was taken already: a second click, or the page sent again."""
    token = once_of(request)
    return bool(token) and RoomSession.objects.filter(key_hash=_key(request), taken__contains=[token]).exists()


def remember_sent(request: HttpRequest) -> None:
    """Keep the token of a form that was taken; the session keeps the last few."""
    if token := once_of(request):
        session = RoomSession.objects.get(key_hash=_key(request))
        session.taken = [*session.taken[-TOKENS_KEPT:], token]
        session.save(update_fields=["taken"])


def _key(request: HttpRequest) -> str:
    return token_hash(session_token(request))
