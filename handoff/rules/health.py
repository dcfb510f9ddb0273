"""Is a goal on track, and where does it end if it goes on like this?

Judged by the newest measurement against the expected path on the day of that measurement. A value short of the path
by no more than a tenth of the progress expected is on track, by no more than half of it at risk, by more off track. At
the start, where little is expected and a little noise would decide, 5% and 10% of the whole way are allowed instead.
What holds may stray from its target by 2% of it, twice that is at risk. A yes-or-no goal is at risk in its last 30
days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from handoff.rules.goal_path import GoalPath, expected_at, expected_share

ON_TRACK_SHORT, ON_TRACK_START = Fraction(1, 10), Fraction(1, 20)
AT_RISK_SHORT, AT_RISK_START = Fraction(1, 2), Fraction(1, 10)
HOLD_TOLERANCE = Decimal("0.02")
LAST_DAYS = 30
#: Days between two measurements, and the grace of half as much again that they get before one is overdue.
FREQUENCY_DAYS = {"week": 7, "month": 31, "quarter": 92, "year": 366}
#: A projection takes the newest measurements, so many at most and at least.
PROJECTION_MOST, PROJECTION_LEAST = 6, 3


class HealthState(StrEnum):
    """How a goal stands."""

    NO_DATA = "no_data"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    REACHED = "reached"
    MISSED = "missed"


class Reason(StrEnum):
    """Why, for the words beside the state."""

    CONFIRMED = "confirmed"  # the customer confirmed that it is reached
    TARGET_MET = "target_met"
    TARGET_MET_LATE = "target_met_late"  # measured after the due date
    TARGET_MET_DISPUTED = "target_met_disputed"  # it counts as reached when the dispute is settled
    HELD_SO_FAR = "held_so_far"
    ON_PATH = "on_path"
    BEHIND_PATH = "behind_path"
    FAR_BEHIND_PATH = "far_behind_path"
    STRAYED = "strayed"  # what should hold does not
    NOT_YET = "not_yet"  # a yes-or-no goal with time left
    DUE_SOON = "due_soon"  # the same with little time left
    NOTHING_MEASURED = "nothing_measured"
    DUE_PASSED = "due_passed"


@dataclass(frozen=True)
class GoalData:
    """What is judged. `direction`: raise, lower, hold or reach; of a reach goal any measurement above 0 is the yes.

    `path` is None for reach goals only. `frequency` is a key of `FREQUENCY_DAYS`, or "once" or "".
    """

    direction: str
    due_on: date
    path: GoalPath | None = None
    frequency: str = ""


@dataclass(frozen=True)
class MeasurementData:
    """A measurement that counts (corrected ones replaced by their correction); a disputed one counts until settled."""

    on: date
    value: Decimal
    disputed: bool = False


@dataclass(frozen=True)
class Health:
    """The judgement with its numbers: the newest value and its day, what was expected then, and how much is lacking.

    `shortfall` is in the goal's unit, never below 0. `progress` is the share of the way made (below 0: backwards).
    `overdue_since`: the day from which a measurement is missing. `went_back`: the newest is worse than the one before.
    """

    state: HealthState
    reason: Reason
    value: Decimal | None = None
    value_on: date | None = None
    expected: Decimal | None = None
    shortfall: Decimal | None = None
    progress: Decimal | None = None
    overdue_since: date | None = None
    went_back: bool = False


@dataclass(frozen=True)
class Projection:
    """Where a straight line through the newest measurements ends on the due date. It says nothing about chances."""

    at_due: Decimal
    reaches: bool
    measurements_used: int


def judge_goal(
    goal: GoalData, measurements: Sequence[MeasurementData], today: date, confirmed_reached: bool = False
) -> Health:
    """Judge `goal`. Measurements in any order; those after `today` are left out, of one day the last given counts.

    Confirmed goes before all; then a met target; then a passed due date; then the path. Raises `ValueError` for a goal
    with numbers but without a path.
    """
    if goal.direction != "reach" and goal.path is None:
        raise ValueError("a goal with numbers needs a path")
    known = _in_order(measurements, today)
    state, reason = _judge(goal, known, today)
    if confirmed_reached:
        state, reason = HealthState.REACHED, Reason.CONFIRMED
    is_over = state in (HealthState.REACHED, HealthState.MISSED)
    overdue = None if is_over else _overdue_since(goal, known, today)
    if not known:
        return Health(state, reason, overdue_since=overdue)
    newest = known[-1]
    went_back = len(known) > 1 and _badness(goal, newest.value) > _badness(goal, known[-2].value)
    if goal.path is None:
        return Health(state, reason, newest.value, newest.on, overdue_since=overdue, went_back=went_back)
    expected = goal.path.target if goal.direction == "hold" else expected_at(goal.path, newest.on)
    shortfall = max(_badness(goal, newest.value) - _badness(goal, expected), Decimal(0))
    progress = _progress(goal.path, newest.value)
    return Health(state, reason, newest.value, newest.on, expected, shortfall, progress, overdue, went_back)


def project(goal: GoalData, measurements: Sequence[MeasurementData], today: date) -> Projection | None:
    """Fit a line (least squares) through the newest measurements; None if there are too few or the end has come."""
    known = _in_order(measurements, today)[-PROJECTION_MOST:]
    if goal.path is None or len(known) < PROJECTION_LEAST or known[-1].on >= goal.due_on:
        return None
    days = [Fraction((measurement.on - known[0].on).days) for measurement in known]
    values = [Fraction(measurement.value) for measurement in known]
    mean_day, mean_value = sum(days, Fraction()) / len(days), sum(values, Fraction()) / len(values)
    offsets = [day - mean_day for day in days]
    spread = sum((offset * offset for offset in offsets), Fraction())
    products = (offset * (value - mean_value) for offset, value in zip(offsets, values, strict=True))
    slope = sum(products, Fraction()) / spread
    end = mean_value + slope * ((goal.due_on - known[0].on).days - mean_day)
    at_due = Decimal(end.numerator) / Decimal(end.denominator)
    return Projection(at_due, _meets(goal, at_due), len(known))


def _judge(goal: GoalData, known: Sequence[MeasurementData], today: date) -> tuple[HealthState, Reason]:
    is_past = today > goal.due_on
    newest = known[-1] if known else None
    if newest is not None and _meets(goal, newest.value) and (goal.direction != "hold" or is_past):
        return _met(goal, newest)
    if is_past:
        return HealthState.MISSED, Reason.DUE_PASSED if known else Reason.NOTHING_MEASURED
    if newest is None:
        return HealthState.NO_DATA, Reason.NOTHING_MEASURED
    if goal.path is None:
        is_soon = today > goal.due_on - timedelta(days=LAST_DAYS)
        return (HealthState.AT_RISK, Reason.DUE_SOON) if is_soon else (HealthState.ON_TRACK, Reason.NOT_YET)
    if goal.direction == "hold":
        return _held(goal.path, newest.value)
    return _against_path(goal, goal.path, newest)


def _met(goal: GoalData, newest: MeasurementData) -> tuple[HealthState, Reason]:
    if newest.disputed:
        return HealthState.ON_TRACK, Reason.TARGET_MET_DISPUTED
    return HealthState.REACHED, Reason.TARGET_MET_LATE if newest.on > goal.due_on else Reason.TARGET_MET


def _against_path(goal: GoalData, path: GoalPath, newest: MeasurementData) -> tuple[HealthState, Reason]:
    whole = abs(Fraction(path.target) - Fraction(path.baseline))
    expected = expected_share(path, newest.on) * whole
    made = Fraction(_badness(goal, path.baseline)) - Fraction(_badness(goal, newest.value))
    short = expected - made
    if short <= max(expected * ON_TRACK_SHORT, whole * ON_TRACK_START):
        return HealthState.ON_TRACK, Reason.ON_PATH
    if short <= max(expected * AT_RISK_SHORT, whole * AT_RISK_START):
        return HealthState.AT_RISK, Reason.BEHIND_PATH
    return HealthState.OFF_TRACK, Reason.FAR_BEHIND_PATH


def _held(path: GoalPath, value: Decimal) -> tuple[HealthState, Reason]:
    strayed, tolerance = abs(value - path.target), hold_tolerance(path)
    if strayed <= tolerance:
        return HealthState.ON_TRACK, Reason.HELD_SO_FAR
    state = HealthState.AT_RISK if strayed <= 2 * tolerance else HealthState.OFF_TRACK
    return state, Reason.STRAYED


def hold_tolerance(path: GoalPath) -> Decimal:
    """Return by how much, in the goal's unit, what holds may stray from its target."""
    return abs(path.target) * HOLD_TOLERANCE


def _meets(goal: GoalData, value: Decimal) -> bool:
    if goal.path is None:
        return value > 0
    if goal.direction == "hold":
        return abs(value - goal.path.target) <= hold_tolerance(goal.path)
    return value >= goal.path.target if goal.direction == "raise" else value <= goal.path.target


def _badness(goal: GoalData, value: Decimal) -> Decimal:
    """Return a number that is the smaller the better the value is."""
    if goal.direction == "hold" and goal.path is not None:
        return abs(value - goal.path.target)
    return value if goal.direction == "lower" else -value


def _progress(path: GoalPath, value: Decimal) -> Decimal | None:
    way = path.target - path.baseline
    return (value - path.baseline) / way if way else None


def _in_order(measurements: Sequence[MeasurementData], today: date) -> list[MeasurementData]:
    by_day = {measurement.on: measurement for measurement in measurements if measurement.on <= today}
    return [by_day[day] for day in sorted(by_day)]


def _overdue_since(goal: GoalData, known: Sequence[MeasurementData], today: date) -> date | None:
    days = FREQUENCY_DAYS.get(goal.frequency)
    start = known[-1].on if known else goal.path.baseline_on if goal.path else None
    if days is None or start is None:
        return None
    overdue = start + timedelta(days=days + days // 2)
    return overdue if today >= overdue else None
