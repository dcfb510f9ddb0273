"""How many calls a key and a person may make in a minute, said in headers of every answer (IETF draft ratelimit-headers)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from crm.actors import Actor
from crm.errors import TooOften
from crm.limits import WINDOW, Use, count

if TYPE_CHECKING:
    from rest_framework.views import APIView


class RateLimits(BaseThrottle):
    """Counts a call for its key and for the person behind it; calls from our own pages for the person alone."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the call and write the headers of its answer, a refusal's too. Raises `TooOften`."""
        actor: Any = request.auth
        uses = list(_uses(actor)) if isinstance(actor, Actor) else []
        if uses:
            view.headers["RateLimit-Policy"] = ", ".join(f'"{one.name}";q={one.quota};w={WINDOW}' for one in uses)
            view.headers["RateLimit"] = ", ".join(f'"{one.name}";r={one.left};t={one.resets_in}' for one in uses)
        if any(one.is_over for one in uses):
            raise TooOften(max(one.resets_in for one in uses))
        return True


def _uses(actor: Actor) -> Iterator[Use]:
    """Count for each limit that is set; 0 sets none."""
    if actor.key is not None and settings.API_CALLS_PER_KEY:
        yield count("key", actor.key.pk, settings.API_CALLS_PER_KEY)
    if actor.user is not None and settings.API_CALLS_PER_USER:
        yield count("user", actor.user.pk, settings.API_CALLS_PER_USER)
