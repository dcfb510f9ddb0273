"""Reading what is said beside the rows of a section."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from crm.actors import Actor
from crm.models import Comment
from crm.queries.comment import WRITTEN_BY


def comments_beside(actor: Actor, row_ids: Iterable[UUID]) -> dict[UUID, list[Comment]]:
    """Return the comments the actor may see about each of these rows, oldest first."""
    found: dict[UUID, list[Comment]] = defaultdict(list)
    comments = Comment.objects.visible_to(actor).filter(subject_id__in=list(row_ids))
    for comment in comments.select_related(*WRITTEN_BY):
        if comment.subject_id:
            found[comment.subject_id].append(comment)
    return found
