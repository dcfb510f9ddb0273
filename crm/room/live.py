"""The stream of news for whoever is signed in to the room, and the word that they write in a section."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from crm.queries.live import room_readers
from crm.queries.sign_in import find_session
from crm.room.actor import session_token
from crm.web.live import stream


@require_GET
def live(request: HttpRequest) -> HttpResponseBase:
    """Tell the pages of a buyer or partner what happens in the rooms they were let into."""
    session = find_session(session_token(request))
    return stream(request, room_readers({session.pk})[session.pk] if session else None)
