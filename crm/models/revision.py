"""Revisions: immutable snapshots of what somebody is asked about."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.ids import new_id
from crm.models.authored import Authored
from crm.models.consent import Consent
from crm.models.room import Room

if TYPE_CHECKING:
    from crm.actors import Actor


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Snapshots. They hold only what is shared."""

    def visible_to(self, actor: "Actor") -> "RevisionQuerySet":
        """Return the revisions of the actor's rooms.

        A participant with limited sections gets those of these sections, and what they were asked about themselves.
        """
        revisions = self.filter(Exists(Room.objects.visible_to(actor).filter(pk=OuterRef("room"))))
        if actor.participant and actor.participant.sections is not None:
            asked = Exists(Consent.objects.filter(revision=OuterRef("pk"), participant=actor.participant))
            revisions = revisions.filter(Q(kind__in=actor.participant.sections) | asked)
        return revisions


class Revision(Authored):
    """What was shown when somebody was asked: `content` in canonical form and its SHA-256. Never changed.

    `kind` names a consent kind of the registry (`problem`, `criteria`, `stage_move`, `brief`, `goal_reached`, …) and
    `subject_id` the row it is a snapshot of. Erasing a person empties `content`; the hash stays, and the application's
    database role may do that and nothing else.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey("crm.Room", models.PROTECT, related_name="revisions")
    kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    number = models.PositiveIntegerField()
    schema = models.PositiveSmallIntegerField(default=1)
    content = models.JSONField(null=True)
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["subject_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "kind", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=Q(content__isnull=False, erased_at=None) | Q(content__isnull=True, erased_at__isnull=False),
                name="revision_erased_whole",
            ),
        ]
        indexes = [models.Index(fields=["subject_id", "content_hash"], name="revision_by_hash")]

    def __str__(self) -> str:
        return f"{self.kind} revision {self.number}"
