"""Data requests: a person asks for everything kept about them, or for its erasure; an administrator answers."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class DataRequestKind(models.TextChoices):
    """What is asked for."""

    ACCESS = "access", _("Everything kept, private notes too")
    ERASURE = "erasure", _("Erasure")


class DataRequestState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", _("Waits for an answer")
    GRANTED = "granted", _("Done")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Taken back")


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    """Requests. Administrators see all, a person their own, whichever room they asked in."""

    def visible_to(self, actor: "Actor") -> "DataRequestQuerySet":
        """Return what the actor may see."""
        if actor.participant:
            return self.filter(contact=actor.participant.contact_id)
        return self if actor.is_system or (actor.user and actor.user.is_admin) else self.none()

    def open(self) -> "DataRequestQuerySet":
        """Return those that wait for an answer."""
        return self.filter(state=DataRequestState.OPEN)


class DataRequest(models.Model):
    """One request. `answer` is what was said to it: a word that goes along, or the ground for declining.

    `export` is what was handed over, as the administrator saw it; the person can fetch it until `available_until`, then it goes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=7, choices=DataRequestKind)
    state = models.CharField(max_length=9, choices=DataRequestState, default=DataRequestState.OPEN)
    contact = models.ForeignKey("crm.Contact", models.PROTECT, related_name="data_requests")
    asked_by = models.ForeignKey("crm.Participant", models.PROTECT, related_name="+", help_text="In which room.")
    asked_at = models.DateTimeField()
    note = models.TextField(blank=True)
    answered_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    export = models.JSONField(null=True, blank=True)
    available_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["contact", "-asked_at"], name="data_request_by_contact")]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind"], condition=Q(state="open"), name="data_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None) | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="data_request_answered_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == DataRequestState.OPEN
