"""Reading what is said beside the rows of a section."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from crm.actors import Actor
from crm.models import Comment
from crm.queries.comment import WRITTEN_BY
from deals.models import Section


def open_disputes(actor: Actor, section: Section) -> list[Comment]:
    """Return what somebody sees differently in a section and has not called settled, oldest first."""
    disputes = Comment.objects.visible_to(actor).filter(
        room=section.deal.room_id, section=section.kind, is_dispute=True, resolved_at=None
    )
    return list(disputes.select_related("by_user", "by_contact"))


def comments_beside(actor: Actor, row_ids: Iterable[UUID]) -> dict[UUID, list[Comment]]:
    """Return the comments the actor may see about each of these rows, oldest first."""
    found: dict[UUID, list[Comment]] = defaultdict(list)
    comments = Comment.objects.visible_to(actor).filter(subject_id__in=list(row_ids))
    for comment in comments.select_related(*WRITTEN_BY):
        if comment.subject_id:
            found[comment.subject_id].append(comment)
    return found
