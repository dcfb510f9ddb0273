"""Reading a goal with its measurements, as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.dates import format_skeleton
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from crm import formats
from crm.actors import Actor
from crm.clock import today
from crm.errors import NotFound
from crm.models import Answer, Consent, Room, Side
from crm.queries.api_key import name_with_key, readable_keys
from deals.models import Frequency
from handoff.models import Dispute, Goal, Measurement, MeasurementState
from handoff.queries.chart import ChartView, chart_of
from handoff.queries.goal import day_in, health_of
from handoff.queries.reason import ICONS, TONES, reason_in_words
from handoff.rules.chart import LARGE, Frame
from handoff.rules.health import Health
from handoff.rules.step import UnusualStep, unusual_step

SHOWN = 6
"""How many measurements a goal's page shows before "All"."""


@dataclass(frozen=True)
class MeasurementRow:
    """A measurement that counts, what it corrects (newest first), and what was said about it."""

    measurement: Measurement
    period: str
    versions: tuple[Measurement, ...] = ()
    disputes: tuple[Dispute, ...] = ()

    @property
    def by(self) -> str:
        """Who entered it, with the key it came with."""
        one = self.measurement
        return (
            name_with_key(one.author_name, one.by_key.name if one.by_key else "") if one.by_key_id else one.author_name
        )

    @property
    def open_dispute(self) -> Dispute | None:
        """The dispute nobody has answered yet."""
        return next((one for one in self.disputes if one.answered_at is None and one.settled_at is None), None)

    @property
    def was(self) -> Measurement | None:
        """The value before the last correction."""
        return self.versions[0] if self.versions else None

    @property
    def is_disputed(self) -> bool:
        """Whether the client says that it is wrong."""
        return self.measurement.state == MeasurementState.DISPUTED


@dataclass(frozen=True)
class GoalView:
    """A goal as people read it: where it stands and why, its chart, its measurements (newest first)."""

    goal: Goal
    health: Health
    reason: str
    chart: ChartView | None
    rows: tuple[MeasurementRow, ...] = field(default=())

    @property
    def tone(self) -> str:
        """The badge's tone for the state."""
        return TONES.get(self.goal.state, "")

    @property
    def icon(self) -> str:
        """The badge's icon for the state."""
        return ICONS.get(self.goal.state, "clock")

    @property
    def open_rows(self) -> list[MeasurementRow]:
        """Those the client has not confirmed."""
        return [row for row in self.rows if row.measurement.state != MeasurementState.CONFIRMED]

    @property
    def newest(self) -> MeasurementRow | None:
        """The newest measurement."""
        return self.rows[0] if self.rows else None


def with_measurements(actor: Actor, goals: QuerySet[Goal]) -> QuerySet[Goal]:
    """Fetch goals with all that a `GoalView` reads, in a number of queries that does not grow.

    A key that a value came with is there only for whoever may read its label.
    """
    disputes = Prefetch("disputes", Dispute.objects.select_related("raised_by", "answered_by"))
    keys = Prefetch("by_key", readable_keys(actor))
    people = ("by_user", "by_contact", "confirmed_by", "evidence")
    measurements = Measurement.objects.select_related(*people).prefetch_related(disputes, keys)
    related = goals.select_related("plan__room", "plan__deal__organization", "buyer_owner", "seller_owner")
    return related.select_related("confirmed_by", "revision").prefetch_related(
        Prefetch("measurements", measurements.order_by("measured_at", "created_at", "pk"))
    )


def get_goal(actor: Actor, goal_id: UUID) -> Goal:
    """Return a goal the actor sees, with its measurements. Raises `NotFound`."""
    goal = with_measurements(actor, Goal.objects.visible_to(actor)).filter(pk=goal_id).first()
    if goal is None:
        raise NotFound
    return goal


def goal_view(goal: Goal, frame: Frame = LARGE) -> GoalView:
    """Return the view of a goal fetched by `with_measurements`."""
    room = goal.plan.room
    measurements = list(goal.measurements.all())
    health = health_of(goal, room, measurements)
    chart = chart_of(goal, room, measurements, health, frame)
    return GoalView(goal, health, reason_in_words(goal, health), chart, tuple(_rows(goal, room, measurements)))


def _rows(goal: Goal, room: Room, measurements: Sequence[Measurement]) -> list[MeasurementRow]:
    by_id = {one.pk: one for one in measurements}
    rows = []
    for one in reversed(measurements):
        if not one.is_current:
            continue
        versions: list[Measurement] = []
        before = by_id.get(one.corrects_id) if one.corrects_id else None
        while before is not None:
            versions.append(before)
            before = by_id.get(before.corrects_id) if before.corrects_id else None
        disputes = [dispute for version in (*reversed(versions), one) for dispute in version.disputes.all()]
        rows.append(MeasurementRow(one, period_of(goal, room, one), tuple(versions), tuple(disputes)))
    return rows


def period_of(goal: Goal, room: Room, measurement: Measurement) -> str:
    """Return for when a value holds, in words: what was typed, else the month, quarter or year it lies in, else the day."""
    if measurement.period:
        return measurement.period
    on = day_in(room, measurement.measured_at)
    skeletons: dict[str, str] = {Frequency.MONTH: "yMMMM", Frequency.QUARTER: "yQQQ", Frequency.YEAR: "y"}
    skeleton = skeletons.get(goal.frequency)
    if skeleton is None:
        return formats.day(on, today(), formats.babel_locale())
    return str(format_skeleton(skeleton, on, locale=formats.babel_locale()))


def unusual_step_to(goal: Goal, value: Any) -> UnusualStep | None:
    """Return the step from a goal's newest value to `value` if it is unusually large: then somebody should say why."""
    if not isinstance(value, Decimal) or not value.is_finite() or goal.is_yes_or_no:
        return None
    current = [one.value for one in goal.measurements.all() if one.is_current]
    return unusual_step(current, value)


def reached_consent(goal: Goal) -> Consent | None:
    """Return where the client's confirmation stands: the newest question whether the goal is reached."""
    asked = Consent.objects.of_subject("goal_reached", goal.pk).exclude(answer__in=(Answer.CANCELLED, Answer.REPLACED))
    return asked.select_related("participant__contact", "question").first()


def may_confirm_values(actor: Actor) -> bool:
    """Whether the actor can say, for the client, that a value is right."""
    person = actor.participant
    return bool(person and person.side == Side.BUYER and person.may_answer)


def measured_evidence(actor: Actor) -> Exists:
    """Return the condition for a file that shows a number of a goal which the actor sees."""
    return Exists(Measurement.objects.visible_to(actor).filter(evidence=OuterRef("pk")))
