"""What apps above bring to My day: what waits for somebody of ours."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise

if TYPE_CHECKING:
    from crm.actors import Actor

Words = str | Promise


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a member of staff: who waits, for what, since when, and where it is done.

    `said` are the words that came with it, `note` is a word of our own. `action` is what the button to `url` says.
    """

    name: str
    side: str
    sentence: Words
    room_id: UUID
    since: datetime
    url: str
    action: Words
    said: str = ""
    note: Words = ""


Source = Callable[["Actor"], Iterable[Waiting]]

_sources: list[Source] = []


def register_waiting(source: Source) -> None:
    """Let `source` say what waits for the person who acts. It asks the same number of queries however much waits."""
    _sources.append(source)


def waiting_sources() -> tuple[Source, ...]:
    """Return everything that knows what may wait for somebody."""
    return tuple(_sources)
