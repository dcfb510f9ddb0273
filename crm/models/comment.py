"""Comments: words beside a row, in the room."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef

from crm.ids import new_id
from crm.models.authored import Authored, private_rows_of
from crm.models.room import Room
from crm.models.side import Side

if TYPE_CHECKING:
    from crm.actors import Actor


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments, read through their rooms."""

    def visible_to(self, actor: "Actor") -> "CommentQuerySet":
        """Return what the actor's side may see in the actor's rooms, within a participant's sections."""
        rooms = Room.objects.visible_to(actor).filter(pk=OuterRef("room"))
        comments = self.filter(Exists(rooms), private_rows_of(actor), archived_at=None)
        if actor.participant and actor.participant.sections is not None:
            comments = comments.filter(section__in=["", *actor.participant.sections])
        return comments


class Comment(Authored):
    """A comment on a row (`subject_id`) of a section, or on the room as a whole (`section` empty)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey("crm.Room", models.CASCADE, related_name="comments")
    section = models.CharField(max_length=32, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    body = models.TextField()
    private_to = models.CharField(max_length=8, choices=Side, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["room", "created_at"], name="comment_by_room"),
            models.Index(fields=["subject_id"], name="comment_by_subject"),
        ]

    def __str__(self) -> str:
        return self.body[:80]
