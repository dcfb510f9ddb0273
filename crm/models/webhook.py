"""Webhooks: who wants to be told of which events, what they are owed, and every try to tell them."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.clock import now
from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Endpoints. Everybody has their own; administrators see all."""

    def visible_to(self, actor: "Actor") -> "WebhookEndpointQuerySet":
        """Return the endpoints of the actor's own, all for administrators."""
        if actor.is_system or (actor.user and actor.user.is_admin):
            return self
        return self.filter(user=actor.user) if actor.user and actor.user.is_active else self.none()

    def listening(self) -> "WebhookEndpointQuerySet":
        """Return those that are told of events now. What was made with a key ends with the key."""
        in_use = Q(key=None) | Q(key__revoked_at=None) & (Q(key__expires_at=None) | Q(key__expires_at__gt=now()))
        return self.filter(in_use, disabled_at=None, archived_at=None, user__is_active=True)


class WebhookEndpoint(models.Model):
    """An address that is told of events, as far as its owner may see them. Its secrets are kept sealed (`crm.secrets`).

    `key` gave the address, where no person did it: no more is told than this key may read, and nothing once it ends.
    After a rotation `previous_secret` signs as well until `previous_until`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("crm.User", models.PROTECT, related_name="webhook_endpoints")
    key = models.ForeignKey("crm.ApiKey", models.PROTECT, null=True, blank=True, related_name="+")
    url = models.URLField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    event_types = ArrayField(
        models.CharField(max_length=64), help_text=_("Empty: every type."), default=list, blank=True
    )
    secret = models.BinaryField()
    previous_secret = models.BinaryField(null=True, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.url


class WebhookState(models.TextChoices):
    """Where one message stands."""

    WAITING = "waiting", _("On its way")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class WebhookMessageQuerySet(models.QuerySet["WebhookMessage"]):
    """Messages, read through their endpoints."""

    def visible_to(self, actor: "Actor") -> "WebhookMessageQuerySet":
        """Return the messages to the actor's endpoints."""
        return self.filter(Exists(WebhookEndpoint.objects.visible_to(actor).filter(pk=OuterRef("endpoint"))))


class WebhookMessage(models.Model):
    """One event owed to one endpoint; its id is the `webhook-id` of every try. `run_after` is when the next try is due."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="messages")
    event = models.ForeignKey("crm.Event", models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=WebhookState, default=WebhookState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookMessageQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_message_once")]
        indexes = [
            models.Index(fields=["run_after"], condition=Q(state="waiting"), name="webhook_message_owed"),
            models.Index(fields=["endpoint", "-id"], name="webhook_message_by_endpoint"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.endpoint_id}"


class WebhookAttempt(models.Model):
    """One try: the status that came back (None: none did), how long it took, and the beginning of the answer or the error."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(WebhookMessage, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["message", "at"], name="webhook_attempt_by_message")]

    def __str__(self) -> str:
        return f"{self.status or 'no answer'}, {self.at:%Y-%m-%d %H:%M}"
