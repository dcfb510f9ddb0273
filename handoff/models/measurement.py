"""Measurements of a goal, and the disputes about them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models import Authored
from handoff.models.goal import Goal

if TYPE_CHECKING:
    from crm.actors import Actor


class MeasurementState(models.TextChoices):
    """Whether the customer has said that a value is right. A corrected one counts no more: its correction does."""

    NEW = "new", _("New")
    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed")
    CORRECTED = "corrected", _("Corrected")


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    """Measurements, read through their goal."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the measurements of the actor's goals."""
        return self.filter(Exists(Goal.objects.visible_to(actor).filter(pk=OuterRef("goal"))))

    def current(self) -> Self:
        """Return those that count: all but the corrected ones."""
        return self.exclude(state=MeasurementState.CORRECTED)


class Measurement(Authored):
    """One value of a goal, in the goal's unit, at an instant (`period` says it in words: "March 2027").

    Of a yes-or-no goal 1 is yes and 0 is no. `note` says why a value is unusual, or why it corrects another.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="measurements")
    value = models.DecimalField(max_digits=20, decimal_places=4)
    measured_at = models.DateTimeField()
    period = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=400, blank=True)
    note = models.TextField(blank=True)
    evidence = models.ForeignKey("crm.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    by_key = models.ForeignKey("crm.ApiKey", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=9, choices=MeasurementState, default=MeasurementState.NEW)
    confirmed_by = models.ForeignKey("crm.Contact", models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="correction")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["measured_at", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "source", "measured_at"], condition=~Q(state="corrected"), name="measurement_once"
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_at__isnull=False, confirmed_by__isnull=False)
                | Q(state="corrected")
                | Q(state__in=("new", "disputed"), confirmed_at=None),
                name="measurement_confirmed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["goal", "-measured_at"], name="measurement_by_goal")]

    def __str__(self) -> str:
        return f"{self.value} at {self.measured_at}"

    @property
    def is_current(self) -> bool:
        """Whether it counts."""
        return self.state != MeasurementState.CORRECTED


class DisputeQuerySet(models.QuerySet["Dispute"]):
    """Disputes, read through their measurement. Both sides see them."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the disputes about the actor's measurements."""
        return self.filter(Exists(Measurement.objects.visible_to(actor).filter(pk=OuterRef("measurement"))))


class Dispute(models.Model):
    """What a customer says is wrong with a value, and the answer. It is settled when they confirm or it is corrected."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    measurement = models.ForeignKey(Measurement, models.CASCADE, related_name="disputes")
    text = models.TextField()
    raised_by = models.ForeignKey("crm.Contact", models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["measurement", "raised_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measurement"],
                condition=Q(answered_at=None, settled_at=None),
                name="dispute_unanswered_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]
