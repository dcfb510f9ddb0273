"""How well we know an organisation: a level, and what it rests on. Our side's own; each statement stays readable."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.rules.relationship import Said, said_lines

if TYPE_CHECKING:
    from crm.actors import Actor


class RelationshipLevel(models.TextChoices):
    """The four levels, in their order. A level says what happened, not how somebody feels about us."""

    MET = "met", _("We have met")
    WORKING = "working", _("We work together")
    RELYING = "relying", _("We rely on each other")
    BUILDING = "building", _("We build things together")


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    """What we said about knowing organisations: all of our side reads it, nobody from outside does."""

    def visible_to(self, actor: "Actor") -> "RelationshipQuerySet":
        """Return all for staff, nothing for guests."""
        return self if actor.is_seller else self.none()


class Relationship(models.Model):
    """One statement: the `level`, the `evidence` for it and what is `missing` for the next one, a thing on each line.

    It is never changed: the organisation points at the one that stands, and the earlier ones stay as they were said.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey("crm.Organization", models.CASCADE, related_name="relationships", db_index=False)
    level = models.CharField(max_length=12, choices=RelationshipLevel)
    evidence = models.TextField()
    missing = models.TextField(blank=True)
    by = models.ForeignKey("crm.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = RelationshipQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "-at"], name="relationship_by_organization")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(evidence=""), name="relationship_rests_on_something"),
        ]

    def __str__(self) -> str:
        return self.get_level_display()

    @property
    def rests_on(self) -> list[Said]:
        """The evidence, line by line."""
        return said_lines(self.evidence)

    @property
    def lacks(self) -> list[Said]:
        """What is missing, line by line."""
        return said_lines(self.missing)

    @property
    def version(self) -> int:
        """The version that another statement is made from: the organisation's."""
        return self.organization.version

    @property
    def updated_at(self) -> datetime | None:
        """When it was said, for whoever writes at the same time."""
        return self.at
