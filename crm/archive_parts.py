"""What a room's archive holds beside its record: the tabs of the room, which each app registers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm.registry import Line

if TYPE_CHECKING:
    from crm.actors import Actor
    from crm.models import Room


@dataclass(frozen=True)
class ArchivePage:
    """One shared page as it stands: `content` in plain JSON, and the same in words."""

    title: str
    content: dict[str, Any]
    lines: Sequence[Line]


@dataclass(frozen=True)
class ArchivePart:
    """What a room's archive holds of a tab of the room: `pages` gives those the actor sees, with what is shared only.

    `name` is the name of the tab.
    """

    name: str
    pages: Callable[["Actor", "Room"], Iterable[ArchivePage]]


_archive: dict[str, ArchivePart] = {}


def register_archive_part(part: ArchivePart) -> None:
    """Add what a tab of the room shows to the room's archive."""
    _archive[part.name] = part


def archive_parts() -> Sequence[ArchivePart]:
    """Return the parts of a room's archive, in the order they were registered."""
    return tuple(_archive.values())
