"""Reading comments."""

from uuid import UUID

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Comment
from crm.models.comment import CommentQuerySet


def comments(actor: Actor, room_id: UUID | None = None, section: str | None = None) -> CommentQuerySet:
    """Return the comments the actor sees, oldest first; `section` empty means those on the room as a whole."""
    rows = Comment.objects.visible_to(actor).select_related("by_user", "by_contact").order_by("created_at", "id")
    if room_id is not None:
        rows = rows.filter(room=room_id)
    return rows if section is None else rows.filter(section=section)


def get_comment(actor: Actor, comment_id: UUID) -> Comment:
    """Return one comment. Raises `NotFound`."""
    comment = comments(actor).filter(pk=comment_id).first()
    if comment is None:
        raise NotFound
    return comment
