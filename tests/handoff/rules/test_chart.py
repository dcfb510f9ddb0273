"""The chart's geometry: inside the plot, in the right order, with round numbers on its axis."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.rules.chart import (
    GRID_GAP,
    LEFT,
    RIGHT,
    ChartMeasurement,
    Place,
    curve,
    goal_chart,
    nice_values,
)
from handoff.rules.goal_path import GoalPath

START, DUE = date(2026, 5, 31), date(2027, 12, 31)
PATH = GoalPath(Decimal("6.1"), START, Decimal("4.5"), DUE)
numbers = st.decimals(-(10**9), 10**9, places=2)
paths = st.builds(lambda low, high: GoalPath(low, START, high, DUE), numbers, numbers)
measurements = st.lists(
    st.builds(
        ChartMeasurement,
        st.integers(-30, 700).map(lambda day: START + timedelta(days=day)),
        numbers,
        st.sampled_from(["confirmed", "new", "disputed"]),
        st.none() | numbers,
    ),
    max_size=8,
)


@given(paths, measurements, st.none() | numbers)
def test_everything_is_inside_the_plot(path, rows, projected):
    chart = goal_chart(path, rows, projected)
    ghosts = [point.ghost for point in chart.points if point.ghost]
    for place in [*chart.actual, *chart.expected, *chart.projection, *ghosts]:
        assert LEFT <= place.x <= RIGHT
        assert 0 <= place.y <= 100
    assert len(chart.points) == len(rows)


@given(paths, measurements)
def test_later_is_further_right_and_more_is_higher(path, rows):
    points = goal_chart(path, rows).points
    for one in points:
        for other in points:
            if one.measurement.on < other.measurement.on:
                assert one.place.x <= other.place.x
            if one.measurement.value > other.measurement.value:
                assert one.place.y <= other.place.y


@given(paths, measurements)
def test_the_days_have_ends_and_no_grid_line_hides_the_target(path, rows):
    chart = goal_chart(path, rows)
    first, last, *between = chart.date_ticks
    assert (first.x, first.anchor, last.x, last.anchor) == (LEFT, "start", RIGHT, "end")
    assert all(first.on <= tick.on <= last.on and LEFT <= tick.x <= RIGHT for tick in between)
    assert all(abs(tick.y - chart.target.y) >= GRID_GAP for tick in chart.value_ticks)


@given(numbers, st.decimals(Decimal("0.0001"), 10**9, places=4), st.integers(3, 8))
def test_axis_values_are_round_evenly_spaced_and_few(low, span, most):
    values = nice_values(low, low + span, most)
    assert 1 <= len(values) <= most
    assert all(low <= value <= low + span for value in values)
    steps = {right - left for left, right in itertools.pairwise(values)}
    assert len(steps) <= 1
    for step in steps:
        assert step.normalize().as_tuple().digits in {(1,), (2,), (2, 5), (5,)}


def test_an_axis_without_length_is_refused():
    with pytest.raises(ValueError, match="no length"):
        nice_values(Decimal(1), Decimal(1))


def test_the_chart_of_the_mockup():
    rows = [
        ChartMeasurement(date(2026, 12, 31), Decimal("5.8"), "confirmed", was=Decimal("5.6")),
        ChartMeasurement(date(2027, 3, 31), Decimal("5.6")),
    ]
    chart = goal_chart(PATH, rows, Decimal("5.0"))
    assert [str(tick.value) for tick in chart.value_ticks] == ["5.0", "5.5", "6.0"]
    assert [(tick.on, tick.anchor) for tick in chart.date_ticks] == [
        (START, "start"),
        (DUE, "end"),
        (date(2027, 3, 31), "middle"),
        (DUE, "middle"),
    ]
    assert chart.expected[0].x == LEFT
    assert chart.expected[1] == Place(RIGHT, chart.target.y)
    assert chart.points[0].ghost.y == chart.points[1].place.y
    assert chart.projection[0] == chart.points[-1].place
    assert curve(chart.expected).startswith("M11.00 ")
    assert curve(()) == ""


def test_a_goal_without_measurements_has_its_path_only():
    chart = goal_chart(PATH, [])
    assert (chart.points, chart.projection) == ((), ())
    assert {tick.on for tick in chart.date_ticks} == {START, DUE}


def test_when_the_newest_came_late_the_due_date_can_stand_before_it():
    late = ChartMeasurement(DUE + timedelta(days=250), Decimal("4.4"))
    days = [tick.on for tick in goal_chart(PATH, [late]).date_ticks]
    assert days == [START, late.on, late.on, DUE]


def test_large_axis_values_are_written_in_full():
    assert [str(value) for value in nice_values(Decimal(400), Decimal(1250))] == ["400", "600", "800", "1000", "1200"]
