"""Access requests: somebody in a room asks to bring in a colleague, somebody of the selling side decides."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models.room import Room

if TYPE_CHECKING:
    from crm.actors import Actor


class AccessRequestState(models.TextChoices):
    """Where a request stands."""

    OPEN = "open", _("Waits for an answer")
    APPROVED = "approved", _("Let in")
    DECLINED = "declined", _("Not now")
    WITHDRAWN = "withdrawn", _("Taken back")


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    """Requests, read through their rooms."""

    def visible_to(self, actor: "Actor") -> "AccessRequestQuerySet":
        """Return the requests in the actor's rooms; somebody with limited sections sees only their own."""
        requests = self.filter(Exists(Room.objects.visible_to(actor).filter(pk=OuterRef("room"))))
        if actor.participant and actor.participant.sections is not None:
            requests = requests.filter(asked_by=actor.participant)
        return requests

    def open(self) -> "AccessRequestQuerySet":
        """Return those that wait for an answer."""
        return self.filter(state=AccessRequestState.OPEN)


class AccessRequest(models.Model):
    """One person somebody asks to bring in. `participant` is the grant that came of it; without `decided_by` a rule let them in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey("crm.Room", models.CASCADE, related_name="access_requests")
    asked_by = models.ForeignKey("crm.Participant", models.PROTECT, related_name="access_requests")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    title = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=AccessRequestState, default=AccessRequestState.OPEN)
    note = models.TextField(blank=True, help_text=_("What the selling side says to it."))
    decided_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    participant = models.ForeignKey("crm.Participant", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["room", "-created_at"], name="access_request_by_room")]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "email"], condition=Q(state="open"), name="access_request_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="access_request_decided_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name
