"""Teams of the selling organisation, one below another."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams. All staff see them; nobody else does."""

    def visible_to(self, actor: "Actor") -> "TeamQuerySet":
        """Return every team for staff, none for participants."""
        return self if actor.is_seller else self.none()


class Team(models.Model):
    """A team. `lineage` holds its own id and those of all teams above it, so that "my team and below" is one test."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    lineage: "ArrayField[list[UUID], list[UUID]]" = ArrayField(models.UUIDField(), default=list, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "parent"], name="team_name_once", nulls_distinct=False),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="team_not_below_itself"),
        ]
        indexes = [GinIndex(fields=["lineage"], name="team_lineage")]

    def __str__(self) -> str:
        return self.name
