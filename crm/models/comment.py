"""Comments: words beside a row, in the room."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.ids import new_id
from crm.models.authored import Authored, private_rows_of
from crm.models.room import Room
from crm.models.side import Side
from crm.models.words import SearchWords

if TYPE_CHECKING:
    from crm.actors import Actor

COMMENT_WORDS = SearchWords("body")
"""The words by which a comment is found."""


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments, read through their rooms."""

    def visible_to(self, actor: "Actor") -> "CommentQuerySet":
        """Return what the actor's side may see in the actor's rooms, within a participant's sections."""
        rooms = Room.objects.visible_to(actor).filter(pk=OuterRef("room"))
        comments = self.filter(Exists(rooms), private_rows_of(actor), archived_at=None)
        if actor.participant and actor.participant.sections is not None:
            comments = comments.filter(section__in=["", *actor.participant.sections])
        return comments

    def beside_no_row(self) -> "CommentQuerySet":
        """Return what is about nothing in particular, or about a section as a whole: it stands on no section's page."""
        return self.filter(Q(section="") | Q(subject_id=None))


class Comment(Authored):
    """A comment on a row (`subject_id`) of a section, or on the room as a whole (`section` empty).

    Answers to it point at it (`reply_to`) and make a thread with it. `is_dispute` says that its writer sees the row
    otherwise. A thread is open until somebody says it is settled: then who and when stay. `mentioned` are ids of users and
    participants. `body` is empty once its writer took it away and answers stand below it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey("crm.Room", models.CASCADE, related_name="comments")
    section = models.CharField(max_length=32, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    reply_to = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    body = models.TextField()
    is_dispute = models.BooleanField(default=False, db_default=False)
    mentioned = ArrayField(models.UUIDField(), default=list, db_default=[], blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by_user = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    resolved_by_contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, blank=True, related_name="+")
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
            GinIndex(fields=["mentioned"], name="comment_by_mentioned"),
            GinIndex(COMMENT_WORDS, name="comment_by_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(reply_to=None) | Q(resolved_at=None, is_dispute=False), name="comment_thread_is_its_first"
            ),
        ]

    def __str__(self) -> str:
        return self.body[:80]

    @property
    def is_taken_away(self) -> bool:
        """Whether its writer took it away, and it stays for the answers below it."""
        return not self.body

    @property
    def is_open_dispute(self) -> bool:
        """Whether somebody sees the row otherwise, and it is not settled."""
        return self.is_dispute and self.resolved_at is None

    @property
    def resolved_by_name(self) -> str:
        """The name of whoever said that it is settled."""
        person = self.resolved_by_contact or self.resolved_by_user
        return person.name if person else ""
