"""The nightly check of the ledger: what was looked at, what was found, which checkpoint was written."""

from django.db import models

from crm.ids import new_id


class LedgerCheck(models.Model):
    """One run over all chains. Append-only, like what it looks at.

    `faults` is a list of `{"fault", "room", "row", "entry", "file"}` (what does not apply is left out), empty when all is well;
    `checkpoint` is the name of the file written after it and `digest` the SHA-256 over all heads in it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    rooms = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()
    erased = models.PositiveIntegerField()
    faults = models.JSONField(default=list)
    compared_with = models.CharField(max_length=200, blank=True)
    checkpoint = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}: {len(self.faults)} faults"

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults
