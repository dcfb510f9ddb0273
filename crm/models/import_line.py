"""What became of each line of an imported file, and before that, what would: the report, line by line."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id


class LineResult(models.TextChoices):
    """What became of a line."""

    ADDED = "added", _("Added")
    UPDATED = "updated", _("Changed")
    UNCHANGED = "unchanged", _("The same as before")
    LEFT_OUT = "left_out", _("Left out")
    FAULT = "fault", _("Cannot be taken")
    WAITING = "waiting", _("Waits for your decision")
    UNDONE = "undone", _("Undone")
    KEPT = "kept", _("Kept: it was changed here")


class ImportLine(models.Model):
    """One line of a run's file. `key` names the row in its source, `label` is what it would be called, `words` say why.

    `shown` are its values as they would look, kept for the first lines of each result only.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey("crm.ImportRun", models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=200, blank=True)
    result = models.CharField(max_length=9, choices=LineResult)
    words = models.JSONField(default=list)
    shown = models.JSONField(null=True, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="import_line_once")]
        indexes = [
            models.Index(fields=["run", "result", "line"], name="import_line_by_result"),
            models.Index(fields=["run", "key"], name="import_line_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.result}"
