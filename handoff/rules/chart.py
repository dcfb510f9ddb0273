"""The geometry of a goal's chart: positions only, no markup.

`x` is percent of the chart's width. `y` is percent of the plot area from its top (the nested SVG with the viewBox 0 0
100 100). Where the labels stand is worked out in `handoff.rules.label`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from handoff.rules.goal_path import GoalPath

#: The plot area: percent of the width from and to.
LEFT, RIGHT = 11.0, 97.0
#: Air above and below the highest and lowest value, as a share of the span.
AIR = Decimal("0.15")
#: A grid line closer to the target than this (percent of the plot) gives way to it.
GRID_GAP = 5.0


@dataclass(frozen=True)
class Place:
    """A place in the chart."""

    x: float
    y: float


@dataclass(frozen=True)
class ChartMeasurement:
    """A measurement to draw. `state`: confirmed, new or disputed; `was`: the value before its last correction."""

    on: date
    value: Decimal
    state: str = "new"
    was: Decimal | None = None


@dataclass(frozen=True)
class ChartPoint:
    """A measurement at its place; `ghost` is where it stood before it was corrected."""

    place: Place
    measurement: ChartMeasurement
    ghost: Place | None = None


@dataclass(frozen=True)
class ValueTick:
    """A grid line with its value."""

    value: Decimal
    y: float


@dataclass(frozen=True)
class DateTick:
    """A label under the axis; `anchor` is start, middle or end, as SVG text has it."""

    on: date
    x: float
    anchor: str


@dataclass(frozen=True)
class GoalChart:
    """All that a goal's chart draws. `projection` is empty when there is none; curves are lists of places in order.

    Of `date_ticks` the first two are the ends; one of the others stands between them, if there is room.
    """

    points: tuple[ChartPoint, ...]
    expected: tuple[Place, ...]
    projection: tuple[Place, ...]
    target: ValueTick
    value_ticks: tuple[ValueTick, ...]
    date_ticks: tuple[DateTick, ...]

    @property
    def actual(self) -> tuple[Place, ...]:
        """The measured curve."""
        return tuple(point.place for point in self.points)


@dataclass(frozen=True)
class Frame:
    """How large a chart is drawn, and the widths it has at least: on a phone and elsewhere, with the class of each."""

    height: int
    plot_top: int
    plot_height: int
    widths: tuple[tuple[int, str], ...]

    def y(self, percent: float) -> float:
        """Return pixels from the top for a percentage of the plot."""
        return round(self.plot_top + self.plot_height * percent / 100, 1)


LARGE = Frame(340, 20, 250, ((600, "hide-phone"), (240, "only-phone")))
SMALL = Frame(180, 12, 140, ((300, "hide-phone"), (240, "only-phone")))


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date
    low: Decimal
    high: Decimal

    def x(self, on: date) -> float:
        share = (on - self.first).days / (self.last - self.first).days
        return round(LEFT + (RIGHT - LEFT) * share, 2)

    def place(self, on: date, value: Decimal) -> Place:
        return Place(self.x(on), self.y(value))

    def y(self, value: Decimal) -> float:
        return round(100 * float((self.high - value) / (self.high - self.low)), 2)


def goal_chart(
    path: GoalPath, measurements: Sequence[ChartMeasurement], projected_at_due: Decimal | None = None
) -> GoalChart:
    """Lay out the chart of a goal with numbers; everything is inside the plot area, late measurements too.

    `projected_at_due` is where it ends if it goes on like this (`health.project`).
    """
    known = sorted(measurements, key=lambda measurement: measurement.on)
    scale = _scale(path, known, projected_at_due)
    points = tuple(_point(scale, measurement) for measurement in known)
    ahead: tuple[Place, ...] = ()
    if projected_at_due is not None and known and known[-1].on < path.due_on:
        ahead = (points[-1].place, scale.place(path.due_on, projected_at_due))
    target = ValueTick(path.target, scale.y(path.target))
    ticks = [ValueTick(value, scale.y(value)) for value in nice_values(scale.low, scale.high)]
    return GoalChart(
        points=points,
        expected=(scale.place(path.baseline_on, path.baseline), scale.place(path.due_on, path.target)),
        projection=ahead,
        target=target,
        value_ticks=tuple(tick for tick in ticks if abs(tick.y - target.y) >= GRID_GAP),
        date_ticks=_date_ticks(scale, [path.baseline_on, path.due_on, *(point.measurement.on for point in points)]),
    )


def nice_values(low: Decimal, high: Decimal, most: int = 5) -> list[Decimal]:
    """Return at most `most` round values (steps of 1, 2, 2.5 or 5 times a power of ten) from `low` to `high`.

    Raises `ValueError` unless `low` is below `high`.
    """
    if low >= high:
        raise ValueError("the axis has no length")
    power = Decimal(1).scaleb((high - low).adjusted() - 2)
    steps = [power * 10**exponent * factor for exponent in range(5) for factor in map(Decimal, ("1", "2", "2.5", "5"))]
    step = next(step for step in steps if _count(low, high, step) <= most).normalize()
    step = step if step < 1 else step.quantize(Decimal("0.1")) if step % 1 else step.quantize(Decimal(1))
    first = (low / step).to_integral_value(ROUND_CEILING)
    return [(first + number) * step for number in range(_count(low, high, step))]


def curve(places: Sequence[Place]) -> str:
    """Return the path data of a line through `places`, in the plot's own coordinates ("M11.00 13.64 L97.00 86.36")."""
    return " ".join(f"{'L' if number else 'M'}{place.x:.2f} {place.y:.2f}" for number, place in enumerate(places))


def _count(low: Decimal, high: Decimal, step: Decimal) -> int:
    first, last = (low / step).to_integral_value(ROUND_CEILING), (high / step).to_integral_value(ROUND_FLOOR)
    return int(last - first) + 1


def _scale(path: GoalPath, known: Sequence[ChartMeasurement], projected: Decimal | None) -> _Scale:
    days = [path.baseline_on, path.due_on, *(measurement.on for measurement in known)]
    values = [path.baseline, path.target, *(measurement.value for measurement in known)]
    values += [measurement.was for measurement in known if measurement.was is not None]
    values += [projected] if projected is not None else []
    low, high = min(values), max(values)
    air = (high - low) * AIR or abs(high) * AIR or Decimal(1)
    return _Scale(min(days), max(days), low - air, high + air)


def _point(scale: _Scale, measurement: ChartMeasurement) -> ChartPoint:
    ghost = None if measurement.was is None else scale.place(measurement.on, measurement.was)
    return ChartPoint(scale.place(measurement.on, measurement.value), measurement, ghost)


def _date_ticks(scale: _Scale, days: Sequence[date]) -> tuple[DateTick, ...]:
    """Return the first and the last day, then what may stand between them: the newest measurement, or the due date."""
    ends = (DateTick(scale.first, LEFT, "start"), DateTick(scale.last, RIGHT, "end"))
    return (*ends, *(DateTick(day, scale.x(day), "middle") for day in (days[-1], days[1])))
