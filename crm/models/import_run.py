"""Runs of an import: how far each has come, and what it did."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id


class ImportState(models.TextChoices):
    """Where a run stands."""

    LOADING = "loading", _("Loading")
    FINISHED = "finished", _("Finished")
    INTERRUPTED = "interrupted", _("Interrupted")


class ImportRun(models.Model):
    """One import of one folder. `done` and `total` count source rows; `report` has counts by file and result.

    The row is saved in the transaction of each batch, so `done` is never ahead of what is there.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=64)
    state = models.CharField(max_length=11, choices=ImportState, default=ImportState.LOADING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["-started_at"], name="import_run_newest")]

    def __str__(self) -> str:
        return f"{self.source}: {self.done} of {self.total}"

    @property
    def is_loading(self) -> bool:
        """Whether it still works (or ended without a word, which the next run puts right)."""
        return self.state == ImportState.LOADING
