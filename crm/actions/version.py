"""Changing one locked row: only from the version its editor saw, and with a new version when something changed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.clock import now
from crm.errors import Stale, Words

_COMPARE = _("Somebody changed this while you were writing. Nothing of yours is gone: compare both.")
LOOK_AGAIN = _("Somebody worked on this meanwhile. Look at it as it is now.")
"""For what is not written but decided: there is nothing to compare."""


def check_version(row: Any, version: int, words: Words = _COMPARE) -> None:
    """Raise `Stale` with `words` and the row as it is now, unless it is at the `version` its editor saw."""
    if row.version != version:
        raise Stale(words, current=row)


def save_changes(row: Any, changes: dict[str, Any]) -> list[str]:
    """Write what differs into a locked row, raise its version, and return the names of the fields that changed.

    Nothing is written when nothing differs. `updated_at` is kept where the model has it.
    """
    changed = sorted(field for field, value in changes.items() if getattr(row, field) != value)
    if not changed:
        return []
    for field in changed:
        setattr(row, field, changes[field])
    row.version += 1
    kept = ["version"]
    if hasattr(row, "updated_at"):
        row.updated_at = now()
        kept.append("updated_at")
    row.save(update_fields=[*changed, *kept])
    return changed
