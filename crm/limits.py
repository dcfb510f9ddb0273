"""How often somebody may search: counted in Redis for a minute. A Redis that is away counts nothing, and requests go on."""

from django.core.cache import cache

from crm.actors import Actor
from crm.clock import now
from crm.errors import TooOften

SEARCHES, WITHIN = 120, 60
"""Searches of one person or key in so many seconds. The search box asks at each rest of the fingers."""


def take_search(actor: Actor) -> None:
    """Count a search of the actor. Raises `TooOften` when there were too many within the minute."""
    at = int(now().timestamp())
    key = f"searches:{actor.id}:{at // WITHIN}"
    try:
        count = 1 if cache.add(key, 1, timeout=2 * WITHIN) else cache.incr(key)
    except ValueError:  # thrown out of the cache just now
        count = 1
    if count > SEARCHES:
        raise TooOften(WITHIN - at % WITHIN)
