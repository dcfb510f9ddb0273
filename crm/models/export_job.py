"""Exports that are made in the background, and kept for a day."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor

KEPT_FOR = timedelta(days=1)
"""How long a file can be downloaded."""


class ExportState(models.TextChoices):
    """Where an export stands."""

    WORKING = "working", _("Being made")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    GONE = "gone", _("Not kept any more")


class ExportJobQuerySet(models.QuerySet["ExportJob"]):
    """Exports, each read by nobody but who asked for it: it holds what that person may see."""

    def visible_to(self, actor: "Actor") -> "ExportJobQuerySet":
        """Return the actor's own exports; those that a key asked for to that key alone, and to its owner."""
        if actor.user is None or not actor.user.is_active or not actor.is_seller:
            return self.none()
        own = self.filter(by_user=actor.user)
        return own.filter(by_key=actor.key) if actor.key else own


class ExportJob(models.Model):
    """One export of rows of one or several `kinds`. `is_chosen`: of chosen rows, whose ids lie beside the file until it is made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_key = models.ForeignKey("crm.ApiKey", models.PROTECT, null=True, blank=True, related_name="+")
    kinds = ArrayField(models.CharField(max_length=32))
    format = models.CharField(max_length=4)
    is_chosen = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=ExportState, default=ExportState.WORKING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["by_user", "-created_at", "-id"], name="export_job_by_user"),
            models.Index(fields=["created_at"], condition=models.Q(state="working"), name="export_job_working"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def path(self) -> str:
        """Where its file lies in the storage."""
        return f"exports/{self.pk}"

    @property
    def ids_path(self) -> str:
        """Where the ids of chosen rows lie, 16 bytes each."""
        return f"exports/{self.pk}.ids"

    @property
    def is_archive(self) -> bool:
        """Whether it is an archive with a file for each kind."""
        return len(self.kinds) > 1

    @property
    def file_name(self) -> str:
        """What the file is called."""
        name = "everything" if self.is_archive else self.kinds[0]
        return f"{name}-{self.created_at:%Y-%m-%d}.{'zip' if self.is_archive else self.format}"
