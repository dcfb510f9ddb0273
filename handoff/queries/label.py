"""The labels of a goal's chart, in the reader's words. Where each may stand is worked out in `handoff.rules.label`."""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_skeleton
from django.utils.translation import gettext as _

from crm import formats
from handoff.models import Goal
from handoff.queries.reason import rounded
from handoff.rules.chart import LARGE, Frame, GoalChart
from handoff.rules.health import Projection
from handoff.rules.label import Box, Spot, Wish, standing

LABEL_ABOVE, LABEL_BELOW = 7, 20
"""Pixels between a point and the foot of its label, above it and below it."""
DOT = 4.0
"""How far a measurement's dot reaches, in pixels."""
BESIDE = 1.4
"""Percent of the width between a point and its label beside it."""
LEAD = 13.0
"""Font size of the newest number, in pixels; the other labels have 12."""


@dataclass(frozen=True)
class Label:
    """A word at a place: `x` in percent, `y` in pixels, both as SVG reads them. `look` is its class, empty for plain."""

    x: str
    y: str
    text: str
    anchor: str
    look: str


def labels_of(
    goal: Goal, drawn: GoalChart, ahead: Projection | None, frame: Frame
) -> tuple[tuple[Label, ...], tuple[str, ...]]:
    """Return the labels that find a place, for each width the chart has at least, and the grid lines that have one.

    The target's comes first, the grid's last.
    """
    ticks = [frame.y(tick.y) for tick in drawn.value_ticks if frame is LARGE]
    wishes = [
        ("target-label", _target(goal, drawn, frame)),
        ("lead", _newest(goal, drawn, frame)),
        ("", _dates(drawn, frame, slice(0, 1))),
        ("", _dates(drawn, frame, slice(1, 2))),
        ("strong", _ahead(goal, drawn, ahead, frame)),
        ("", _dates(drawn, frame, slice(2, None))),
        *(("", _tick(goal, tick.value, y)) for tick, y in zip(drawn.value_ticks, ticks, strict=False)),
    ]
    placed = [
        standing([wish for _look, wish in wishes], width, _kept_clear(drawn, frame, width))
        for width, _where in frame.widths
    ]
    labels = tuple(
        Label(f"{spot.x:.2f}%", f"{spot.y:.1f}", spot.text, spot.anchor, f"{look} {where}".strip())
        for (_width, where), spots in zip(frame.widths, placed, strict=True)
        for (look, _wish), spot in zip(wishes, spots, strict=True)
        if spot
    )
    beside = placed[0][len(wishes) - len(ticks) :]
    return labels, tuple(f"{y}" for y, spot in zip(ticks, beside, strict=True) if spot)


def _kept_clear(drawn: GoalChart, frame: Frame, width: int) -> list[Box]:
    """Return what no words stand upon: the line of the target and the measurements; the newest has its label beside it."""
    y = frame.y(drawn.target.y)
    places = [point.place for point in drawn.points[:-1]] + [point.ghost for point in drawn.points if point.ghost]
    dots = ((place.x * width / 100, frame.y(place.y)) for place in places)
    return [Box(0, math.inf, y - 1, y + 1), *(Box(x - DOT, x + DOT, y - DOT, y + DOT) for x, y in dots)]


def _target(goal: Goal, drawn: GoalChart, frame: Frame) -> Wish:
    y = frame.y(drawn.target.y)
    texts = (_("Target %(target)s") % {"target": value} for value in (_number(goal, goal.target), _bare(goal.target)))
    return Wish(tuple(Spot(text, 0, foot) for text in texts for foot in (y + 15, y - 5)))


def _newest(goal: Goal, drawn: GoalChart, frame: Frame) -> Wish:
    if not drawn.points:
        return Wish(())
    newest = drawn.points[-1]
    y = frame.y(newest.place.y)
    texts = _number(goal, newest.measurement.value), _bare(newest.measurement.value)
    sides = (BESIDE, "start"), (-BESIDE, "end")
    feet = y - LABEL_ABOVE, y + LABEL_BELOW
    places = [(newest.place.x + aside, foot, anchor) for aside, anchor in sides for foot in feet]
    return Wish(tuple(Spot(text, *place) for place in places for text in texts), LEAD)


def _ahead(goal: Goal, drawn: GoalChart, ahead: Projection | None, frame: Frame) -> Wish:
    if ahead is None or not drawn.projection or frame is not LARGE:
        return Wish(())
    end = drawn.projection[-1]
    falls = end.y > drawn.projection[0].y  # then the line lies above its label's place, else below
    feet = (LABEL_BELOW, -LABEL_ABOVE) if falls else (-LABEL_ABOVE, LABEL_BELOW)
    words = _("%(value)s if it goes on like this") % {"value": _number(goal, rounded(ahead.at_due))}
    return Wish(tuple(Spot(words, end.x, frame.y(end.y) + foot, "end") for foot in feet))


def _dates(drawn: GoalChart, frame: Frame, which: slice) -> Wish:
    foot = frame.height - (30 if frame is LARGE else 2)
    return Wish(tuple(Spot(_month(tick.on), tick.x, foot, tick.anchor) for tick in drawn.date_ticks[which]))


def _tick(goal: Goal, value: Decimal, y: float) -> Wish:
    """Return the label of a grid line. A short unit stands with it; a long one is said once, at the target."""
    return Wish((Spot(_number(goal, value) if len(goal.unit) <= 3 else _bare(value), 0, y - 4),))


def _bare(value: Decimal | None) -> str:
    return "" if value is None else formats.number(value, formats.babel_locale())


def _number(goal: Goal, value: Decimal | None) -> str:
    return "" if value is None else formats.number(value, formats.babel_locale(), goal.unit)


def _month(value: date) -> str:
    return str(format_skeleton("yMMM", value, locale=formats.babel_locale()))
