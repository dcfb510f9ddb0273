"""Notifications: what happened that somebody of ours wants to hear of."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.ids import new_id
from crm.models.event import Event

if TYPE_CHECKING:
    from crm.actors import Actor


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications, each for one person, as long as that person may know of the event."""

    def visible_to(self, actor: "Actor") -> "NotificationQuerySet":
        """Return the actor's own, of the kinds they did not switch off in the app."""
        if actor.user is None or not actor.user.is_active:
            return self.none()
        return self.known_to(actor).filter(user=actor.user).exclude(kind__in=actor.user.news_off)

    def known_to(self, actor: "Actor") -> "NotificationQuerySet":
        """Return those of whose events the actor may still know: somebody may have left a room since."""
        return self.filter(Exists(Event.objects.visible_to(actor).filter(pk=OuterRef("event"))))

    def unread(self) -> "NotificationQuerySet":
        """Return those that were not read yet."""
        return self.filter(read_at=None)


class Notification(models.Model):
    """That `user` is told of `event`, as news of `kind`. `mailed_at` is when a mail said so: by itself, or in a digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("crm.User", models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, models.PROTECT, related_name="notifications")
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notification_by_user"),
            models.Index(fields=["user", "kind"], condition=Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
