"""What came from where: lets the same file be imported twice without effect, and an import be undone."""

from django.db import models

from crm.ids import new_id


class ImportedRow(models.Model):
    """One row of an import source and the row it became. `digest` tells whether the source row has changed.

    `values` is what the import wrote, field by field: a field that still holds it was not touched here since, and follows
    the source when that changes.

    `run` is the one that wrote last, `version` that of the subject after it. `previous` is what the fields held that it
    changed; None when it made the subject.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    subject_type = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    values = models.JSONField(default=dict)
    imported_at = models.DateTimeField()
    run = models.ForeignKey("crm.ImportRun", models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(null=True, blank=True)
    previous = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="imported_row_once")]
        indexes = [models.Index(fields=["subject_id"], name="imported_row_by_subject")]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"
