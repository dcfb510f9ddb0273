"""The handoff: the baton passed from the rep to customer success."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models import Room

if TYPE_CHECKING:
    from crm.actors import Actor


class HandoffState(models.TextChoices):
    """Where a handoff stands: reviewed item by item, accepted by customer success, confirmed by the customer."""

    OPEN = "open", _("In review")
    ACCEPTED = "accepted", _("Accepted")
    CONFIRMED = "confirmed", _("Confirmed by the client")
    CANCELLED = "cancelled", _("Cancelled")


SHOWN_IN_ROOM = (HandoffState.ACCEPTED, HandoffState.CONFIRMED)
"""States in which the customer sees the brief: before, it is the selling side's own review."""


class HandoffQuerySet(models.QuerySet["Handoff"]):
    """Handoffs, read through their rooms."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the handoffs of the actor's rooms; a participant sees them once they are accepted."""
        handoffs = self.filter(Exists(Room.objects.visible_to(actor).filter(pk=OuterRef("room"))))
        return handoffs.filter(state__in=SHOWN_IN_ROOM) if actor.participant else handoffs

    def active(self) -> Self:
        """Return those that were not cancelled."""
        return self.exclude(state=HandoffState.CANCELLED)


class Handoff(models.Model):
    """One deal's handoff, opened in the transaction that won it. `to_user` is None while it waits for somebody to take it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey("deals.Deal", models.PROTECT, related_name="handoffs")
    room = models.ForeignKey(Room, models.PROTECT, related_name="handoffs")
    from_user = models.ForeignKey("crm.User", models.PROTECT, related_name="+", help_text="Who sold it.")
    to_user = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="handoffs")
    state = models.CharField(max_length=9, choices=HandoffState, default=HandoffState.OPEN)
    opened_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("crm.Contact", models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = HandoffQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["deal"], condition=~Q(state="cancelled"), name="handoff_once_a_deal"),
            models.CheckConstraint(
                condition=Q(state__in=("open", "cancelled"))
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, to_user__isnull=False),
                name="handoff_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_at__isnull=False)
                | (~Q(state="confirmed") & Q(confirmed_at=None)),
                name="handoff_confirmed_when",
            ),
        ]
        indexes = [
            models.Index(fields=["to_user", "-opened_at"], name="handoff_by_taker"),
            models.Index(fields=["room"], name="handoff_by_room"),
        ]

    def __str__(self) -> str:
        return f"handoff of {self.deal_id}"

    @cached_property
    def agreed_groups(self) -> list[str]:
        """The sections that agreed items of its brief come from."""
        return list(self.items.filter(kind="agreed").order_by("group").values_list("group", flat=True).distinct())

    @property
    def is_open(self) -> bool:
        """Whether customer success is still going through it."""
        return self.state == HandoffState.OPEN

    @property
    def is_accepted(self) -> bool:
        """Whether customer success has taken over."""
        return self.state in SHOWN_IN_ROOM
