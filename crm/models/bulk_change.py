"""Changes of many records at once: what was to change, what did, and what each held before."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class BulkState(models.TextChoices):
    """Where a bulk change stands."""

    PREVIEW = "preview", _("Looked at")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class BulkRowState(models.TextChoices):
    """What became of one record."""

    WAITING = "waiting", _("Changes")
    CHANGED = "changed", _("Changed")
    SAME = "same", _("Was like this already")
    REFUSED = "refused", _("Not changed")
    UNDONE = "undone", _("Put back")
    KEPT = "kept", _("Not put back")


class BulkChangeQuerySet(models.QuerySet["BulkChange"]):
    """Bulk changes: each belongs to whoever began it."""

    def visible_to(self, actor: "Actor") -> "BulkChangeQuerySet":
        """Return the actor's own."""
        return self.filter(by_user=actor.user) if actor.user and actor.is_seller else self.none()


class BulkChange(models.Model):
    """One field of many records of a kind, given one value. `field` is "archived" where they leave the lists.

    `value` is plain JSON as the kind's action takes it. `total` and `done` count records.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=32)
    field = models.CharField(max_length=80)
    value = models.JSONField(null=True, blank=True)
    by_user = models.ForeignKey("crm.User", models.PROTECT, related_name="+")
    by_key = models.ForeignKey("crm.ApiKey", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=BulkState, default=BulkState.PREVIEW)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["state"], condition=models.Q(state__in=("running", "undoing")), name="bulk_at_work"),
            models.Index(fields=["created_at"], name="bulk_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.total}"

    @property
    def is_at_work(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in (BulkState.RUNNING, BulkState.UNDOING)


class BulkRow(models.Model):
    """One record of a bulk change, at the `version` it was looked at. `before` is what its field held.

    `version_after` is the one the change gave it: at this one it can be put back. `words` say why it was refused or kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bulk = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField(help_text="Records are locked in this order.")
    subject_id = models.UUIDField()
    version = models.PositiveIntegerField()
    version_after = models.PositiveIntegerField(null=True, blank=True)
    before = models.JSONField(null=True, blank=True)
    state = models.CharField(max_length=7, choices=BulkRowState, default=BulkRowState.WAITING)
    words = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["bulk", "place"]
        constraints = [models.UniqueConstraint(fields=["bulk", "place"], name="bulk_row_place_once")]
        indexes = [models.Index(fields=["subject_id"], name="bulk_row_by_subject")]

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.state}"
