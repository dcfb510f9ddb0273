"""How often something may be done: counted in Redis for a minute. A Redis that is away counts nothing, and requests go on."""

from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache

from crm.actors import Actor
from crm.clock import now
from crm.errors import TooOften

WINDOW = 60
"""Seconds in which is counted."""
SEARCHES = 60
"""Searches of one person or key in a window. The search box asks at each rest of the fingers."""


@dataclass(frozen=True)
class Use:
    """How one limit stands after one more: how many are left of `quota`, and in how many seconds all of them are back."""

    name: str
    quota: int
    left: int
    resets_in: int
    is_over: bool


def count(name: str, who: UUID | None, quota: int) -> Use:
    """Count one more of `name` for `who`, and say how that stands.

    Adding and raising are one step each in Redis: of calls that come together, each gets a number of its own.
    """
    at = int(now().timestamp())
    key = f"{name}:{who}:{at // WINDOW}"
    try:
        done = 1 if cache.add(key, 1, timeout=2 * WINDOW) else cache.incr(key)
    except ValueError:  # thrown out of the cache just now
        done = 1
    return Use(name, quota, left=max(0, quota - done), resets_in=WINDOW - at % WINDOW, is_over=done > quota)


def take_search(actor: Actor) -> None:
    """Count a search of the actor. Raises `TooOften` when there were too many within the minute."""
    use = count("searches", actor.id, SEARCHES)
    if use.is_over:
        raise TooOften(use.resets_in)
