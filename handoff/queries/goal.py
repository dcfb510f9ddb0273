"""Reading goals: how each stands, and the numbers behind it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crm.clock import today
from crm.models import Room
from crm.registry import Snapshot
from crm.rules.canonical import canonical_value, content_hash
from handoff.models import Goal, Measurement, MeasurementState
from handoff.rules.goal_path import GoalPath
from handoff.rules.health import GoalData, Health, MeasurementData, judge_goal

SCHEMA = 1


def today_in(room: Room) -> date:
    """Return today's date where the room is."""
    return today(room.time_zone)


def day_in(room: Room, at: datetime) -> date:
    """Return the date of an instant where the room is: dues and periods are meant there."""
    return at.astimezone(ZoneInfo(room.time_zone)).date()


def path_of(goal: Goal) -> GoalPath | None:
    """Return the expected path; None for a yes-or-no goal."""
    if goal.is_yes_or_no or goal.baseline is None or goal.baseline_on is None or goal.target is None:
        return None
    return GoalPath(goal.baseline, goal.baseline_on, goal.target, goal.due_on)


def goal_data(goal: Goal) -> GoalData:
    """Return the goal as the rules look at it."""
    return GoalData(goal.direction, goal.due_on, path_of(goal), goal.frequency)


def measurement_data(room: Room, measurements: Sequence[Measurement]) -> list[MeasurementData]:
    """Return the measurements that count as the rules look at them, in the order they were taken."""
    current = [one for one in measurements if one.is_current]
    ordered = sorted(current, key=lambda one: (one.measured_at, one.created_at))
    return [
        MeasurementData(day_in(room, one.measured_at), one.value, one.state == MeasurementState.DISPUTED)
        for one in ordered
    ]


def health_of(goal: Goal, room: Room, measurements: Sequence[Measurement]) -> Health:
    """Judge a goal as of today, in the room's time zone."""
    known = measurement_data(room, measurements)
    return judge_goal(goal_data(goal), known, today_in(room), confirmed_reached=goal.confirmed_at is not None)


def newest_measurement(goal: Goal) -> Measurement | None:
    """Return the measurement that a goal is judged by."""
    return goal.measurements.current().order_by("-measured_at", "-created_at", "-id").first()


def reached_content(goal: Goal) -> dict[str, Any]:
    """Return what the customer is asked to confirm about a reached goal. Shape, schema 1:
    `{"goal_reached": {goal, title, unit, direction, baseline, baseline_on, target, due_on, value, measured_at}}`.
    """
    newest = newest_measurement(goal)
    facts = {
        "goal": goal.pk,
        "title": goal.title,
        "counted_as": goal.counted_as,
        "unit": goal.unit,
        "direction": goal.direction,
        "baseline": goal.baseline,
        "baseline_on": goal.baseline_on,
        "target": goal.target,
        "due_on": goal.due_on,
        "value": newest.value if newest else None,
        "measured_at": newest.measured_at if newest else None,
    }
    return {"goal_reached": {key: value for key, value in facts.items() if value not in (None, "")}}


def reached_snapshot(goal: Goal) -> Snapshot:
    """Return a reached goal as it is asked about."""
    content = reached_content(goal)
    plain = canonical_value(content)
    if not isinstance(plain, dict):
        raise TypeError("The content of a goal is a mapping.")
    return Snapshot(content=plain, schema=SCHEMA, content_hash=content_hash(content, schema=SCHEMA))
