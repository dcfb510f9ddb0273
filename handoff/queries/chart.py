"""A goal's chart in the words and numbers an SVG needs. Where everything lies is worked out in `handoff.rules.chart`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from crm import formats
from crm.clock import today
from crm.models import Room
from handoff.models import Goal, Measurement, MeasurementState
from handoff.queries.goal import day_in, goal_data, measurement_data, path_of, today_in
from handoff.queries.label import Label, labels_of
from handoff.queries.reason import rounded
from handoff.rules.chart import LARGE, ChartMeasurement, Frame, Place, curve, goal_chart
from handoff.rules.health import Health, Projection, project


@dataclass(frozen=True)
class Dot:
    """A measurement: `look` is confirmed, new or disputed; `ghost_y` where it stood before it was corrected."""

    x: str
    y: str
    look: str
    ghost_y: str = ""


@dataclass(frozen=True)
class ChartView:
    """Everything `_chart.html` draws. `height` is the SVG's, `plot_top` and `plot_height` the plot's, in pixels."""

    title: str
    sentence: str
    height: int
    plot_top: int
    plot_height: int
    axis_y: int
    grid: tuple[str, ...]
    target_y: str
    expected: str
    actual: str
    projection: str
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]


def chart_of(
    goal: Goal, room: Room, measurements: Sequence[Measurement], health: Health, frame: Frame = LARGE
) -> ChartView | None:
    """Return the chart of a goal with numbers, None for one without. `measurements` are all, the corrected ones too."""
    path = path_of(goal)
    if path is None:
        return None
    ahead = project(goal_data(goal), measurement_data(room, measurements), today_in(room))
    drawn = goal_chart(path, _drawn(room, measurements), ahead.at_due if ahead else None)
    labels, grid = labels_of(goal, drawn, ahead, frame)
    return ChartView(
        title=_("%(goal)s, measured and expected") % {"goal": goal.title},
        sentence=sentence_of(goal, health, ahead),
        height=frame.height,
        plot_top=frame.plot_top,
        plot_height=frame.plot_height,
        axis_y=frame.height - (50 if frame is LARGE else 20),
        grid=grid,
        target_y=f"{frame.y(drawn.target.y)}",
        expected=curve(drawn.expected),
        actual=curve(drawn.actual),
        projection=curve(drawn.projection),
        dots=tuple(_dot(point.place, point.measurement.state, point.ghost, frame) for point in drawn.points),
        labels=labels,
    )


def sentence_of(goal: Goal, health: Health, ahead: Projection | None) -> str:
    """Return what the chart shows, in words."""
    words = {"baseline": _number(goal, goal.baseline), "from": _day(goal.baseline_on)}
    parts = [_("From %(baseline)s on %(from)s.") % words]
    if health.value is not None:
        words = {"value": _number(goal, health.value), "on": _day(health.value_on)}
        parts.append(_("%(value)s on %(on)s.") % words)
    if health.expected is not None:
        parts.append(_("Expected by then: %(expected)s.") % {"expected": _number(goal, rounded(health.expected))})
    parts.append(_("Target: %(target)s by %(due)s.") % {"target": _number(goal, goal.target), "due": _day(goal.due_on)})
    if ahead:
        words = {"end": _number(goal, rounded(ahead.at_due)), "count": str(ahead.measurements_used)}
        parts.append(_("If it goes on like the last %(count)s numbers, it ends at %(end)s.") % words)
    return " ".join(parts)


def _drawn(room: Room, measurements: Sequence[Measurement]) -> list[ChartMeasurement]:
    was = {one.pk: one.value for one in measurements if not one.is_current}
    by_day: dict[date, ChartMeasurement] = {}
    for one in sorted(measurements, key=lambda one: (one.measured_at, one.created_at)):
        if one.state != MeasurementState.CORRECTED:
            before = was.get(one.corrects_id) if one.corrects_id else None
            before = None if before == one.value else before
            on = day_in(room, one.measured_at)
            by_day[on] = ChartMeasurement(on, one.value, one.state, before)
    return list(by_day.values())


def _dot(place: Place, look: str, ghost: Place | None, frame: Frame) -> Dot:
    return Dot(f"{place.x:.2f}%", f"{frame.y(place.y)}", look, f"{frame.y(ghost.y)}" if ghost else "")


def _number(goal: Goal, value: Decimal | None) -> str:
    return "" if value is None else formats.number(value, formats.babel_locale(), goal.unit)


def _day(value: date | None) -> str:
    return formats.day(value, today(), formats.babel_locale()) if value else ""
