"""What moves when two entries of the directory are put together: each app registers the rows of its own.

What somebody wrote, answered or agreed to is never among them: evidence keeps the name under which it was given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise


@dataclass(frozen=True)
class Follows:
    """Rows that follow an entry of `kind` into another one: their column `field` then names the other.

    `rows(kept, merged)` are those that can move. `name` stays in the record of what moved. `room` is the column with the id of
    the room that is locked before such a row. Rows that are never edited have no version (`is_versioned`).
    """

    kind: str
    name: str
    label: str | Promise
    field: str
    rows: Callable[[UUID, UUID], "QuerySet[Any]"]
    room: str = ""
    is_versioned: bool = True


_follows: dict[str, Follows] = {}


def register_follows(rows: Follows) -> None:
    """Add rows that follow; the name must be new."""
    if rows.name in _follows:
        raise ValueError(f"What follows is registered twice: {rows.name}.")
    _follows[rows.name] = rows


def what_follows(kind: str) -> Sequence[Follows]:
    """Return what follows an entry of this kind."""
    return [one for one in _follows.values() if one.kind == kind]


def follows_called(name: str) -> Follows:
    """Return what is registered under a name. Raises KeyError."""
    return _follows[name]
