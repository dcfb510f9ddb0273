"""The labels of any goal's chart stand clear of each other, on a phone and elsewhere."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.models import Room
from handoff.models import Goal, Measurement
from handoff.queries.chart import ChartView, chart_of
from handoff.queries.goal import health_of
from handoff.queries.label import LEAD, Label
from handoff.rules.chart import LARGE, SMALL, Frame
from handoff.rules.label import Box, Spot, box_of
from tests.handoff.rules.test_label import meet

START = date(2026, 5, 31)
numbers = st.decimals(-(10**15), 10**15, places=4) | st.decimals(0, 100, places=1)
units = st.sampled_from(
    ["%", "EUR", "hours", "% of cost", "", "Arbeitsstunden je Filiale und Woche", "店舗あたりの件数"]
)
measured = st.lists(st.tuples(st.integers(-30, 900), numbers), max_size=6)


def chart(unit: str, baseline: Decimal, target: Decimal, days: int, rows: list, frame: Frame = LARGE) -> ChartView:
    """Draw the chart of a goal that is nowhere kept."""
    goal = Goal(title="Waste", unit=unit, direction="lower", baseline=baseline, baseline_on=START, target=target)
    goal.due_on, goal.frequency = START + timedelta(days=days), "month"
    begun = datetime(2026, 5, 31, tzinfo=UTC)
    values = [
        Measurement(value=value, measured_at=begun + timedelta(days=day), created_at=begun, state="new")
        for day, value in rows
    ]
    room = Room(time_zone="Europe/Oslo")
    found = chart_of(goal, room, values, health_of(goal, room, values), frame)
    assert found
    return found


def box(label: Label, width: float) -> Box:
    """Return what a label covers."""
    spot = Spot(label.text, float(label.x.rstrip("%")), float(label.y), label.anchor)
    return box_of(spot, LEAD if "lead" in label.look else 12.0, width)


@given(units, numbers, numbers, st.integers(1, 1000), measured, st.sampled_from([LARGE, SMALL]))
def test_no_label_of_any_goal_lies_upon_another_or_upon_the_target(unit, baseline, target, days, rows, frame):
    view = chart(unit, baseline, target, days, rows, frame)
    line = Box(0, 10_000, float(view.target_y) - 0.5, float(view.target_y) + 0.5)
    for least, where in frame.widths:
        shown = [label for label in view.labels if where in label.look]
        for width in (least, least + 77, least * 3):
            boxes = [box(label, width) for label in shown]
            assert not any(meet(one, other) for one, other in itertools.combinations([*boxes, line], 2))
            assert all(one.left >= -0.1 and one.right <= width + 0.1 and one.top >= 0 for one in boxes)


@given(units, numbers, numbers, st.integers(1, 1000), measured)
def test_no_grid_line_is_without_its_number(unit, baseline, target, days, rows):
    view = chart(unit, baseline, target, days, rows)
    feet = {float(label.y) + 4 for label in view.labels if label.look == "hide-phone" and label.x == "0.00%"}
    assert all(any(abs(float(y) - foot) < 0.11 for foot in feet) for y in view.grid)


def words(view: ChartView, where: str) -> dict[str, str]:
    return {label.text: label.look.replace(where, "").strip() for label in view.labels if where in label.look}


def test_the_target_and_the_newest_number_have_a_label_on_every_screen():
    rows = [(30 * month, Decimal("6.1") - month * Decimal("0.1")) for month in range(6)]
    view = chart("% of cost", Decimal("6.1"), Decimal("4.5"), 580, rows)
    for where in ("hide-phone", "only-phone"):
        found = words(view, where)
        assert found["Target 4.5\u00a0% of cost"] == "target-label"
        assert found["5.6\u00a0% of cost"] == "lead"
        assert {"May 2026", "Jan 2028"} <= set(found)
    assert {"5", "5.5", "6"} <= set(words(view, "hide-phone"))


@pytest.mark.parametrize("target", ["4.2", "4.25", "5.2"])
def test_an_axis_value_just_below_the_target_gives_way_to_its_label(target):
    view = chart("%", Decimal("6.1"), Decimal(target), 580, [(0, Decimal("6.1")), (200, Decimal("4.1"))])
    target_label = next(label for label in view.labels if label.look.startswith("target-label"))
    for label in view.labels:
        if label is not target_label and "hide-phone" in label.look:
            assert not meet(box(label, 600), box(target_label, 600))
