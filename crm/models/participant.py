"""Participants: contacts let into a room."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from crm.ids import new_id
from crm.models.room import Room
from crm.models.side import Side

if TYPE_CHECKING:
    from crm.actors import Actor


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Grants. Both sides see who can come into their room."""

    def visible_to(self, actor: "Actor") -> "ParticipantQuerySet":
        """Return the grants of the rooms the actor sees."""
        rooms = Room.objects.visible_to(actor).filter(pk=models.OuterRef("room"))
        return self.filter(models.Exists(rooms))

    def active(self) -> "ParticipantQuerySet":
        """Return those whose access was not taken back."""
        return self.filter(revoked_at=None)


class Participant(models.Model):
    """One contact's grant in one room: side, the sections they see, and whether they may answer for their side."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey("crm.Room", models.CASCADE, related_name="participants")
    contact = models.ForeignKey("crm.Contact", models.PROTECT, related_name="grants")
    side = models.CharField(max_length=8, choices=Side, default=Side.BUYER)
    sections: "ArrayField[list[str] | None, list[str] | None]" = ArrayField(
        models.CharField(max_length=32), null=True, blank=True, help_text="Sections they see; empty means all shared."
    )
    may_answer = models.BooleanField(default=True)
    invited_by = models.ForeignKey("crm.User", models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "contact"], name="participant_once"),
            models.CheckConstraint(condition=Q(side__in=(Side.BUYER, Side.PARTNER)), name="participant_not_seller"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.room_id}"

    @property
    def is_active(self) -> bool:
        """Whether the grant stands."""
        return self.revoked_at is None

    @property
    def answers(self) -> bool:
        """Whether they answer for their side: let in, and not only to read along."""
        return self.is_active and self.may_answer

    def standing(self) -> ParticipantQuerySet:
        """Return this grant as a query, which finds it as long as nobody took it back."""
        return Participant.objects.active().filter(pk=self.pk)

    def sees(self, section: str) -> bool:
        """Whether the grant covers the section named `section` (`problem`, `criteria`, …)."""
        return self.sections is None or section in self.sections
