"""What happened, sorted for whoever looks for one kind of it: each app says which of its events belong where.

What belongs nowhere is still there when all is shown.
"""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AGREED, TALKS, NUMBERS = "agreed", "talks", "numbers"
GROUPS: dict[str, str | Promise] = {AGREED: _("Agreed"), TALKS: _("Talks"), NUMBERS: _("Numbers")}
"""The groups, in the order they are offered in."""

_types: dict[str, frozenset[str]] = dict.fromkeys(GROUPS, frozenset())


def register_happenings(group: str, types: Iterable[str]) -> None:
    """Say that events of these types belong to a group. Raises KeyError for a group there is not."""
    _types[group] |= frozenset(types)


def types_of(group: str) -> frozenset[str]:
    """Return the types of events of a group. Raises KeyError."""
    return _types[group]
