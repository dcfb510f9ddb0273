"""A goal's chart in the words and numbers an SVG needs. Where everything lies is worked out in `handoff.rules.chart`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_skeleton
from django.utils.translation import gettext as _

from crm import formats
from crm.clock import today
from crm.models import Room
from handoff.models import Goal, Measurement, MeasurementState
from handoff.queries.goal import day_in, goal_data, measurement_data, path_of, today_in
from handoff.queries.reason import rounded
from handoff.rules.chart import ChartMeasurement, GoalChart, Place, curve, goal_chart
from handoff.rules.health import Health, Projection, project

LABEL_ABOVE = 7
"""Pixels between a point and the foot of its label."""
LABEL_BELOW = 20
"""Pixels between a point and the foot of a label below it."""


@dataclass(frozen=True)
class Label:
    """A word at a place: `x` in percent, `y` in pixels, both as SVG reads them."""

    x: str
    y: str
    text: str
    anchor: str = "start"


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
    grid: tuple[Label, ...]
    target: Label
    target_y: str
    dates: tuple[Label, ...]
    expected: str
    actual: str
    projection: str
    dots: tuple[Dot, ...]
    newest: Label | None
    ahead: Label | None


@dataclass(frozen=True)
class Frame:
    """How large a chart is drawn."""

    height: int
    plot_top: int
    plot_height: int

    def y(self, percent: float) -> str:
        """Return pixels from the top for a percentage of the plot."""
        return f"{self.plot_top + self.plot_height * percent / 100:.1f}"


LARGE, SMALL = Frame(340, 20, 250), Frame(180, 12, 140)


def chart_of(
    goal: Goal, room: Room, measurements: Sequence[Measurement], health: Health, frame: Frame = LARGE
) -> ChartView | None:
    """Return the chart of a goal with numbers, None for one without. `measurements` are all, the corrected ones too."""
    path = path_of(goal)
    if path is None:
        return None
    ahead = project(goal_data(goal), measurement_data(room, measurements), today_in(room))
    drawn = goal_chart(path, _drawn(room, measurements), ahead.at_due if ahead else None)
    return ChartView(
        title=_("%(goal)s, measured and expected") % {"goal": goal.title},
        sentence=sentence_of(goal, health, ahead),
        height=frame.height,
        plot_top=frame.plot_top,
        plot_height=frame.plot_height,
        axis_y=frame.height - (50 if frame is LARGE else 20),
        grid=tuple(
            Label("0", frame.y(tick.y), _number(goal, tick.value)) for tick in drawn.value_ticks if frame is LARGE
        ),
        target=Label("0", f"{float(frame.y(drawn.target.y)) + 15:.1f}", _target(goal)),
        target_y=frame.y(drawn.target.y),
        dates=tuple(
            Label(f"{tick.x:.2f}%", str(frame.height - (30 if frame is LARGE else 2)), _month(tick.on), tick.anchor)
            for tick in drawn.date_ticks
        ),
        expected=curve(drawn.expected),
        actual=curve(drawn.actual),
        projection=curve(drawn.projection),
        dots=tuple(_dot(point.place, point.measurement.state, point.ghost, frame) for point in drawn.points),
        newest=_newest(goal, drawn, frame),
        ahead=_ahead(goal, drawn, ahead, frame),
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
    return Dot(f"{place.x:.2f}%", frame.y(place.y), look, frame.y(ghost.y) if ghost else "")


def _newest(goal: Goal, drawn: GoalChart, frame: Frame) -> Label | None:
    if not drawn.points:
        return None
    newest = drawn.points[-1]
    at_end = newest.place.x > 88
    x = newest.place.x + (-1.4 if at_end else 1.4)
    y = float(frame.y(newest.place.y)) - LABEL_ABOVE
    return Label(f"{x:.2f}%", f"{y:.1f}", _number(goal, newest.measurement.value), "end" if at_end else "start")


def _ahead(goal: Goal, drawn: GoalChart, ahead: Projection | None, frame: Frame) -> Label | None:
    if ahead is None or not drawn.projection:
        return None
    end = drawn.projection[-1]
    falls = end.y > drawn.projection[0].y  # then the line lies above its label's place, else below
    y = float(frame.y(end.y)) + (LABEL_BELOW if falls else -LABEL_ABOVE)
    words = _("%(value)s if it goes on like this") % {"value": _number(goal, rounded(ahead.at_due))}
    return Label(f"{end.x:.2f}%", f"{y:.1f}", words, "end")


def _number(goal: Goal, value: Decimal | None) -> str:
    return "" if value is None else formats.number(value, formats.babel_locale(), goal.unit)


def _target(goal: Goal) -> str:
    return _("Target %(target)s") % {"target": _number(goal, goal.target)}


def _day(value: date | None) -> str:
    return formats.day(value, today(), formats.babel_locale()) if value else ""


def _month(value: date) -> str:
    return str(format_skeleton("yMMM", value, locale=formats.babel_locale()))
