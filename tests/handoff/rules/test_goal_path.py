"""The expected path between baseline and target."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.rules.goal_path import GoalPath, expected_at, expected_share

days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
numbers = st.decimals(-(10**6), 10**6, places=3)


@st.composite
def paths(draw):
    start = draw(days)
    return GoalPath(draw(numbers), start, draw(numbers), start + timedelta(days=draw(st.integers(1, 2000))))


@given(paths(), days)
def test_it_stays_between_baseline_and_target(path, on):
    low, high = sorted((path.baseline, path.target))
    assert low <= expected_at(path, on) <= high
    assert 0 <= expected_share(path, on) <= 1


@given(paths(), days, days)
def test_it_only_ever_goes_towards_the_target(path, one, other):
    early, late = sorted((one, other))
    assert abs(path.target - expected_at(path, late)) <= abs(path.target - expected_at(path, early))


@given(paths())
def test_it_begins_at_the_baseline_and_ends_at_the_target(path):
    assert expected_at(path, path.baseline_on) == expected_at(path, date.min) == path.baseline
    assert expected_at(path, path.due_on) == expected_at(path, date.max) == path.target


def test_halfway_is_halfway():
    path = GoalPath(Decimal("6.1"), date(2026, 1, 1), Decimal("4.5"), date(2026, 1, 11))
    assert expected_at(path, date(2026, 1, 6)) == Decimal("5.3")


def test_a_goal_due_on_the_day_of_its_baseline_is_refused():
    with pytest.raises(ValueError, match="due after"):
        GoalPath(Decimal(1), date(2026, 1, 1), Decimal(2), date(2026, 1, 1))
