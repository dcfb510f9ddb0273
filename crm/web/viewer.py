"""Staff pages in the reader's own language and time zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from crm.events.live import known_position

OTHER_DOORS = ("/room/", "/api/")
"""Paths that the staff session does not open: the room and the API say themselves who is there."""


class ViewerMiddleware:
    """Activates language and time zone of a signed-in user. Stands after the authentication middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Show the page in the reader's terms, and leave the thread as it was.

        `live_since` is where the page's news begin: taken before anything is read for it.
        """
        timezone.deactivate()
        request.live_since = known_position()  # type: ignore[attr-defined]
        if not request.path.startswith(OTHER_DOORS) and request.user.is_authenticated:
            show_in(request.user.locale, request.user.time_zone)
        return self._get_response(request)


def show_in(locale: str, time_zone: str) -> None:
    """Use a language and an IANA time zone for the rest of this request; an unknown one changes nothing."""
    if translation.check_for_language(locale):
        translation.activate(locale)
    zone = _zone(time_zone)
    if zone:
        timezone.activate(zone)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
