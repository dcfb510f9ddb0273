"""Two entries of the directory that are the same: pairs that look alike, and what was put together."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class DirectoryKind(models.TextChoices):
    """The two kinds of entries."""

    ORGANIZATION = "organization", _("Client")
    CONTACT = "contact", _("Contact")


class Reason(models.TextChoices):
    """Why two entries look like one."""

    NAME = "name", _("nearly the same name")
    DOMAIN = "domain", _("the same domain")
    EMAIL = "email", _("the same address")


class LikelyPair(models.Model):
    """Two entries that look like one, `first` with the smaller id. Set apart, they are not offered again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=DirectoryKind)
    first_id = models.UUIDField()
    second_id = models.UUIDField()
    reasons: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=8, choices=Reason))
    found_at = models.DateTimeField()
    set_apart_at = models.DateTimeField(null=True, blank=True)
    set_apart_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first_id", "second_id"], name="likely_pair_once"),
            models.CheckConstraint(condition=models.Q(first_id__lt=models.F("second_id")), name="likely_pair_in_order"),
        ]
        indexes = [models.Index(fields=["second_id"], name="likely_pair_by_second")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class MergeQuerySet(models.QuerySet["Merge"]):
    """What was put together: all staff see it, as they see the directory."""

    def visible_to(self, actor: "Actor") -> "MergeQuerySet":
        """Return all for staff, nothing for guests."""
        return self if actor.is_seller else self.none()


class Merge(models.Model):
    """One entry (`merged_id`) put together with another (`kept_id`).

    `taken` says for each field of the kept one that changed what it said before and after, `moved` which rows moved: place →
    ids. After undoing, `left` are the fields and places where something was not put back, because it had changed since.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12, choices=DirectoryKind)
    kept_id = models.UUIDField()
    merged_id = models.UUIDField()
    taken = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    left = models.JSONField(default=dict)
    by = models.ForeignKey("crm.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MergeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["kept_id", "-at"], name="merge_by_kept"),
            models.Index(fields=["merged_id"], name="merge_by_merged"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.kept_id}"
