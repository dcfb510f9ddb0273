"""Reading what somebody sees differently in a section."""

from dataclasses import dataclass

from crm.actors import Actor
from crm.models import Comment
from deals.models import Section
from deals.queries.section_rows import ROWS


@dataclass(frozen=True)
class Dispute:
    """What somebody sees differently. `has_row` is whether what it is about still stands, `is_own` whether we said it."""

    said: Comment
    has_row: bool
    is_own: bool


def open_disputes(actor: Actor, section: Section) -> list[Dispute]:
    """Return what somebody sees differently in a section and has not called settled, oldest first."""
    disputes = Comment.objects.visible_to(actor).filter(
        room=section.deal.room_id, section=section.kind, is_dispute=True, resolved_at=None
    )
    found = list(disputes.select_related("by_user", "by_contact"))
    if not found:
        return []
    rows = ROWS[section.kind].objects.visible_to(actor).filter(pk__in=[one.subject_id for one in found])
    there = set(rows.values_list("pk", flat=True))
    return [Dispute(one, one.subject_id in there, one.by_side == actor.side) for one in found]
