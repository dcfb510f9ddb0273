"""Activities: calls, meetings, e-mails and notes."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models.authored import Authored, private_rows_of
from crm.models.room import Room
from crm.models.side import Side
from crm.models.words import SearchWords

if TYPE_CHECKING:
    from crm.actors import Actor


class ActivityType(models.TextChoices):
    """What kind of talk it was."""

    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    EMAIL = "email", _("E-mail")
    NOTE = "note", _("Note")


ACTIVITY_WORDS = SearchWords("subject", "body")
"""The words by which an activity is found."""


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Activities, read through their rooms."""

    def visible_to(self, actor: "Actor") -> "ActivityQuerySet":
        """Return what the actor's side may see in the actor's rooms."""
        rooms = Room.objects.visible_to(actor).filter(pk=OuterRef("room"))
        return self.filter(Exists(rooms), private_rows_of(actor), archived_at=None)


class Activity(Authored):
    """Something that was said or done. Private to the side that wrote it unless shared."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey("crm.Room", models.CASCADE, related_name="activities")
    type = models.CharField(max_length=8, choices=ActivityType)
    at = models.DateTimeField()
    minutes = models.PositiveIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    private_to = models.CharField(max_length=8, choices=Side, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["room", "-at"], name="activity_by_room"),
            models.Index(fields=["at"], condition=Q(type="meeting", archived_at=None), name="activity_meeting_by_time"),
            GinIndex(ACTIVITY_WORDS, name="activity_by_words"),
        ]

    def __str__(self) -> str:
        return self.subject
