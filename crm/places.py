"""Where staff work on what a room is about. Apps above say so, so that the ground can lead to a deal without knowing deals."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from crm.actors import Actor


@dataclass(frozen=True)
class Place:
    """One row that staff work on, such as a deal: what it is called, which client it is about, and its page."""

    id: UUID
    room_id: UUID
    title: str
    client: str
    url: str

    @property
    def name(self) -> str:
        """What it is called in a line about something else: the client, or the title where there is none."""
        return self.client or self.title


Finder = Callable[["Actor", Collection[UUID]], Iterable[Place]]

_finders: list[Finder] = []


def register_places(finder: Finder) -> None:
    """Add places. `finder(actor, ids)` gives those whose own id, or room's id, is among `ids` and that the actor sees.

    The newest of a room comes last.
    """
    _finders.append(finder)


def places_of(actor: "Actor", ids: Collection[UUID]) -> dict[UUID, Place]:
    """Return places by their own id and by their room's (its newest), as far as the actor sees them."""
    found: dict[UUID, Place] = {}
    for finder in _finders if ids else ():
        for place in finder(actor, ids):
            found[place.id] = found[place.room_id] = place
    return found
