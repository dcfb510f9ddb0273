"""API keys and what their calls have already done."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.clock import now
from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys. Everybody has their own; administrators see all. A key sees none."""

    def visible_to(self, actor: "Actor") -> "ApiKeyQuerySet":
        """Return the keys of the person who acts, all for administrators."""
        if actor.is_system:
            return self
        if actor.user is None or actor.key is not None or not actor.user.is_active:
            return self.none()
        return self if actor.user.is_admin else self.filter(user=actor.user)

    def in_use(self) -> "ApiKeyQuerySet":
        """Return those that open something now."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now()), revoked_at=None, user__is_active=True)


class ApiKey(models.Model):
    """A key acts for its owner within its scopes. The key itself is shown once; only its SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("crm.User", models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16)
    last_four = models.CharField(max_length=4)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=32))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.prefix}…{self.last_four}"


class IdempotentAnswer(models.Model):
    """The stored 2xx of a POST with an `Idempotency-Key`, written in the transaction of its effect. Kept 30 days."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("crm.User", models.CASCADE, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "api_key", "key"], name="idempotency_key_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return self.key
