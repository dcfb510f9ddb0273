"""Runs of an import: how far each has come, and what it did."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class ImportState(models.TextChoices):
    """Where a run stands. One of a file begins with its columns; one of a folder, by command, with loading."""

    COLUMNS = "columns", _("Columns to be matched")
    CHECKING = "checking", _("Checking")
    CHECKED = "checked", _("Checked")
    LOADING = "loading", _("Loading")
    FINISHED = "finished", _("Finished")
    INTERRUPTED = "interrupted", _("Interrupted")
    CANCELLED = "cancelled", _("Cancelled")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


UNDO_WITHIN = timedelta(days=30)
"""How long an import can be undone, and its report is kept."""
BUSY = (ImportState.CHECKING, ImportState.LOADING, ImportState.UNDOING)
"""States in which a job works."""


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Runs, each read by whoever started it and by administrators."""

    def visible_to(self, actor: "Actor") -> "ImportRunQuerySet":
        """Return the actor's own runs; all of them for administrators and jobs."""
        if actor.is_system or (actor.user and actor.user.is_active and actor.user.is_admin):
            return self
        return self.filter(by_user=actor.user) if actor.user and actor.user.is_active else self.none()


class ImportRun(models.Model):
    """One import of one file (`kind` says what its rows are), or of one folder by command (`kind` is empty).

    `mapping` gives the field for each column by its place, `choices` what was decided about words and days, `findings` what
    the check found. `done` and `total` count source rows; `report` has counts by result. The row is saved in the transaction
    of each batch, so `done` is never ahead of what is there.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, blank=True, default="", db_default="")
    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    size = models.PositiveBigIntegerField(default=0, db_default=0)
    encoding = models.CharField(max_length=32, blank=True, default="", db_default="")
    delimiter = models.CharField(max_length=1, blank=True, default="", db_default="")
    headers = models.JSONField(default=list, db_default=[])
    mapping = models.JSONField(default=dict, db_default={})
    choices = models.JSONField(default=dict, db_default={})
    findings = models.JSONField(default=dict, db_default={})
    state = models.CharField(max_length=11, choices=ImportState, default=ImportState.LOADING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False)
    cancel_wanted = models.BooleanField(default=False, db_default=False)
    version = models.PositiveIntegerField(default=1, db_default=1)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["-started_at"], name="import_run_newest"),
            models.Index(fields=["by_user", "-started_at", "-id"], name="import_run_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.done} of {self.total}"

    @property
    def is_loading(self) -> bool:
        """Whether it still works (or ended without a word, which the next run puts right)."""
        return self.state == ImportState.LOADING

    @property
    def is_busy(self) -> bool:
        """Whether a job works on it."""
        return self.state in BUSY

    @property
    def path(self) -> str:
        """Where the file lies in the storage until the run has ended."""
        return f"imports/{self.pk}"
