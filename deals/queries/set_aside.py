"""Reading the words of a section that were set aside when two people had changed the same ones."""

from dataclasses import dataclass

from crm.actors import Actor
from deals.models import Section, SetAside
from deals.queries.lines import field_label
from deals.queries.section_rows import ROWS


@dataclass(frozen=True)
class AsideView:
    """Words that were set aside, the field they stood in, and the row where it still stands."""

    kept: SetAside
    label: str
    has_row: bool


def words_set_aside(actor: Actor, section: Section) -> list[AsideView]:
    """Return the words set aside in a section that the actor may read, newest first."""
    found = list(
        SetAside.objects.visible_to(actor)
        .filter(section=section)
        .select_related("by_user", "by_contact")
        .order_by("-created_at", "-id")
    )
    if not found:
        return []
    rows = ROWS[section.kind].objects.visible_to(actor).filter(pk__in={one.row_id for one in found})
    there = set(rows.values_list("pk", flat=True))
    return [AsideView(one, field_label(one.field), one.row_id in there) for one in found]
