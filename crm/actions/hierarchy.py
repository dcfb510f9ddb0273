"""What stands below what: organisations and teams. Changes of one hierarchy wait for each other, so no loop slips in."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.checks import Checks

DEPTH_LIMIT = 20
"""Levels of a hierarchy at most."""


def lock_hierarchy(model: Any) -> None:
    """Wait until no other transaction changes who stands below whom in `model`; held until the end of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"hierarchy:{model._meta.label}"])


def check_parent(checks: Checks, model: Any, row_id: UUID | None, parent_id: UUID | None) -> None:
    """Note a fault at `parent` when the row `row_id` (None: a new one) would stand below itself, or too deep.

    The caller holds `lock_hierarchy`.
    """
    above, levels = parent_id, 0
    while above is not None:
        levels += 1
        if above == row_id:
            checks.add("parent", _("This one stands below it already. That would be a circle."), code="loop")
            return
        if levels >= DEPTH_LIMIT:
            checks.add("parent", _("That is too many levels."), code="too_deep")
            return
        above = model.objects.filter(pk=above).values_list("parent_id", flat=True).first()
