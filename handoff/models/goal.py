"""Goals: what a criterion becomes after the close, judged against its expected path."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from deals.models import Direction, Frequency, Weight
from handoff.models.success_plan import SuccessPlan

if TYPE_CHECKING:
    from crm.actors import Actor


class GoalState(models.TextChoices):
    """How a goal stands; `handoff.rules.health` judges."""

    NO_DATA = "no_data", _("No number yet")
    ON_TRACK = "on_track", _("On track")
    AT_RISK = "at_risk", _("At risk")
    OFF_TRACK = "off_track", _("Off track")
    REACHED = "reached", _("Reached")
    MISSED = "missed", _("Missed")


class GoalQuerySet(models.QuerySet["Goal"]):
    """Goals, read through their plan."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the goals of the actor's plans."""
        return self.filter(Exists(SuccessPlan.objects.visible_to(actor).filter(pk=OuterRef("plan"))))

    def running(self) -> Self:
        """Return those whose state can still turn with time: not confirmed as reached."""
        return self.filter(confirmed_at=None)


class Goal(models.Model):
    """One goal. Values are decimals in `unit`; a yes-or-no goal (`direction` reach) has no numbers.

    Everything down to `assumptions` is what was agreed (`revision`); `state`, `reason` (a code of `handoff.rules.health`)
    and `judged_at` say how it stands. `confirmed_at` is set only by the customer's own yes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(SuccessPlan, models.CASCADE, related_name="goals")
    criterion = models.ForeignKey("deals.Criterion", models.PROTECT, related_name="goals")
    revision = models.ForeignKey("crm.Revision", models.PROTECT, related_name="+")
    position = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200)
    counted_as = models.TextField(blank=True)
    unit = models.CharField(max_length=64, blank=True)
    direction = models.CharField(max_length=8, choices=Direction)
    baseline = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    baseline_source = models.CharField(max_length=400, blank=True)
    target = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    due_on = models.DateField()
    source = models.CharField(max_length=400, blank=True)
    measured_by = models.CharField(max_length=200, blank=True)
    frequency = models.CharField(max_length=8, choices=Frequency, blank=True)
    weight = models.CharField(max_length=4, choices=Weight, default=Weight.MUST)
    buyer_owner = models.ForeignKey("crm.Contact", models.PROTECT, null=True, blank=True, related_name="+")
    seller_owner = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    leading_indicators = models.TextField(blank=True)
    assumptions = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=GoalState, default=GoalState.NO_DATA)
    reason = models.CharField(max_length=32, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("crm.Contact", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "criterion"], name="goal_once_a_criterion"),
            models.CheckConstraint(
                condition=Q(direction="reach")
                | Q(
                    baseline__isnull=False, baseline_on__isnull=False, target__isnull=False, due_on__gt=F("baseline_on")
                ),
                name="goal_is_measurable",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(state="reached", confirmed_by__isnull=False),
                name="goal_confirmed_is_reached",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(confirmed_at=None), name="goal_running_by_due"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_yes_or_no(self) -> bool:
        """Whether it has no number: it is reached or it is not."""
        return self.direction == Direction.REACH

    @property
    def waits_for_confirmation(self) -> bool:
        """Whether the numbers say that it is reached and the customer has not said so yet."""
        return self.state == GoalState.REACHED and self.confirmed_at is None
