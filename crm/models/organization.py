"""Organisations: clients, partners, and whoever may become one."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """The directory. All staff see it; a participant sees the organisations of their own room through the room."""

    def visible_to(self, actor: "Actor") -> "OrganizationQuerySet":
        """Return every organisation for staff, a participant's own one for a participant."""
        if actor.participant:
            return self.filter(pk=actor.participant.contact.organization_id)
        return self


class Organization(models.Model):
    """A company or public body. `custom` holds the values of `CustomField` definitions, checked by the action."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    domain = models.CharField(max_length=253, blank=True)
    website = models.URLField(max_length=500, blank=True)
    industry = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=200, blank=True)
    dream_client = models.BooleanField(default=False, db_default=False)
    relationship = models.ForeignKey(
        "crm.Relationship", models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    custom = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="organization_not_below_itself"),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="organization_by_name"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="organization_named"),
            GinIndex(OpClass(Upper("domain"), "gin_trgm_ops"), name="organization_domain"),
        ]

    def __str__(self) -> str:
        return self.name
