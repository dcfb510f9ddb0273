"""Erasures: whose data were erased, by whom, when, on what ground. Append-only, and nothing in it names the person."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """Erasures. Administrators see them."""

    def visible_to(self, actor: "Actor") -> "ErasureQuerySet":
        """Return all for administrators, none for anybody else."""
        return self if actor.is_system or (actor.user and actor.user.is_admin) else self.none()

    def due(self, at: object) -> "ErasureQuerySet":
        """Return those whose kept evidence has to go by now."""
        return self.filter(retained_until__lte=at, completed_by=None)


class Erasure(models.Model):
    """One erasure of one person. `by` is None when it was applied from the list kept outside the database.

    `retained` says what was kept for legal claims: names of places with the ids of their rows, until `retained_until`,
    because of `retained_ground`. When that day has come, a second row which `completes` the first erases them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact = models.ForeignKey("crm.Contact", models.PROTECT, related_name="erasures")
    by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    ground = models.TextField()
    retained_until = models.DateTimeField(null=True, blank=True)
    retained_ground = models.TextField(blank=True)
    retained = models.JSONField(default=dict, blank=True)
    completes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="completed_by")

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["retained_until"], condition=Q(retained_until__isnull=False), name="erasure_retained")
        ]
        constraints = [
            models.UniqueConstraint(fields=["contact"], condition=Q(completes=None), name="erasure_once_a_contact"),
            models.CheckConstraint(
                condition=(Q(retained_until=None) & Q(retained_ground=""))
                | (Q(retained_until__isnull=False) & ~Q(retained_ground="")),
                name="erasure_retained_on_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure of {self.contact_id}"
