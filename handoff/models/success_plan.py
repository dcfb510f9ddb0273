"""The success plan: the goals that both sides work on after the close."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef

from crm.ids import new_id
from crm.models import Room

if TYPE_CHECKING:
    from crm.actors import Actor

SECTION = "criteria"
"""Goals come from this section; a participant whose grant leaves it out does not see them."""


class SuccessPlanQuerySet(models.QuerySet["SuccessPlan"]):
    """Plans, read through their rooms."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the plans of the actor's rooms, for a participant only when the grant covers the criteria."""
        if actor.participant and not actor.participant.sees(SECTION):
            return self.none()
        return self.filter(Exists(Room.objects.visible_to(actor).filter(pk=OuterRef("room"))))


class SuccessPlan(models.Model):
    """What follows an accepted handoff in the same room: one goal for each agreed criterion. `owner` leads it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="success_plans")
    deal = models.OneToOneField("deals.Deal", models.PROTECT, related_name="success_plan")
    handoff = models.OneToOneField("handoff.Handoff", models.PROTECT, related_name="success_plan")
    owner = models.ForeignKey("crm.User", models.PROTECT, related_name="success_plans")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = SuccessPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="success_plan_by_owner"),
            models.Index(fields=["room"], name="success_plan_by_room"),
        ]

    def __str__(self) -> str:
        return f"success plan of {self.deal_id}"
