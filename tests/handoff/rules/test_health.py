"""The judgement of goals: monotone, symmetric, and right for the goal of the mockups."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.rules.goal_path import GoalPath, expected_at
from handoff.rules.health import GoalData, Health, HealthState, MeasurementData, Reason, judge_goal, project

S, R = HealthState, Reason
START = date(2026, 5, 31)
DUE = date(2027, 12, 31)
WASTE = GoalData("lower", DUE, GoalPath(Decimal("6.1"), START, Decimal("4.5"), DUE), "month")
MONTHS = [date(2026, month, 28) for month in range(6, 13)] + [date(2027, month, 28) for month in range(1, 4)]
VALUES = ["6.1", "6.1", "6.0", "6.0", "5.9", "5.8", "5.8", "5.7", "5.7", "5.6"]
STORY = [MeasurementData(on, Decimal(value)) for on, value in zip(MONTHS, VALUES, strict=True)]
RANK = [S.REACHED, S.ON_TRACK, S.AT_RISK, S.OFF_TRACK, S.MISSED]
values = st.decimals(-10, 20, places=1)
series = st.lists(st.tuples(st.integers(0, 700), values), min_size=1, max_size=8)
todays = st.integers(0, 900).map(lambda number: START + timedelta(days=number))


def measured(rows):
    return [MeasurementData(START + timedelta(days=day), value) for day, value in rows]


def goal(direction, baseline=Decimal("6.1"), target=Decimal("4.5")):
    return GoalData(direction, DUE, GoalPath(baseline, START, target, DUE), "month")


def test_the_goal_of_the_mockups_is_at_risk_and_ends_near_five():
    health = judge_goal(WASTE, STORY, date(2027, 4, 20))
    assert (health.state, health.reason) == (S.AT_RISK, R.BEHIND_PATH)
    assert round(health.expected, 1) == Decimal("5.3")
    assert (health.value, health.overdue_since, health.went_back) == (Decimal("5.6"), None, False)
    projection = project(WASTE, STORY, date(2027, 4, 20))
    assert Decimal("4.9") < projection.at_due < Decimal("5.2")
    assert (projection.reaches, projection.measurements_used) == (False, 6)


@given(series, values, values, todays)
def test_a_better_newest_value_never_makes_it_worse(rows, one, other, today):
    worse, better = max(one, other), min(one, other)
    before = measured([row for row in rows if row[0] < 700])
    last = START + timedelta(days=701)
    at = max(today, last)
    results = [judge_goal(WASTE, [*before, MeasurementData(last, value)], at).state for value in (worse, better)]
    assert RANK.index(results[1]) <= RANK.index(results[0])


@given(values, values, st.integers(0, 578))
def test_a_better_value_on_the_way_never_makes_it_worse(one, other, day):
    on = START + timedelta(days=day)
    for direction, pair in (
        ("lower", (max(one, other), min(one, other))),
        ("raise", (min(one, other), max(one, other))),
    ):
        aim = goal(direction, *((Decimal("6.1"), Decimal("4.5")) if direction == "lower" else (Decimal(4), Decimal(6))))
        worse, better = (judge_goal(aim, [MeasurementData(on, value)], on).state for value in pair)
        assert RANK.index(better) <= RANK.index(worse)


@given(series, todays)
def test_raise_and_lower_mirror_each_other(rows, today):
    mirror = goal("raise", Decimal("-6.1"), Decimal("-4.5"))
    one = judge_goal(WASTE, measured(rows), today)
    other = judge_goal(mirror, measured([(day, -value) for day, value in rows]), today)
    assert (one.state, one.reason, one.shortfall, one.progress) == (
        other.state,
        other.reason,
        other.shortfall,
        other.progress,
    )
    assert (one.overdue_since, one.went_back) == (other.overdue_since, other.went_back)
    there, back = project(WASTE, measured(rows), today), project(mirror, measured([(d, -v) for d, v in rows]), today)
    assert (there is None) == (back is None)
    if there and back:
        assert (there.at_due, there.reaches) == (-back.at_due, back.reaches)


@given(st.integers(0, 579))
def test_exactly_on_the_path_is_on_track_or_reached(day):
    on = START + timedelta(days=day)
    health = judge_goal(WASTE, [MeasurementData(on, expected_at(WASTE.path, on))], on)
    assert health.state == (S.REACHED if on == DUE else S.ON_TRACK)
    assert health.shortfall == 0


@given(series, todays)
def test_after_the_due_date_it_is_reached_or_missed_and_before_it_never_missed(rows, today):
    state = judge_goal(WASTE, measured(rows), today).state
    assert (today > DUE) == (state == S.MISSED) or state == S.REACHED


@given(series, todays)
def test_confirmed_goes_before_all(rows, today):
    health = judge_goal(WASTE, measured(rows), today, confirmed_reached=True)
    assert (health.state, health.reason, health.overdue_since) == (S.REACHED, R.CONFIRMED, None)


@given(values, values, st.integers(0, 578))
def test_what_holds_is_judged_by_its_distance(one, other, day):
    on = START + timedelta(days=day)
    aim = goal("hold", Decimal(5), Decimal(5))
    near, far = sorted((one, other), key=lambda value: abs(value - 5))
    states = [judge_goal(aim, [MeasurementData(on, value)], on).state for value in (near, far)]
    assert RANK.index(states[0]) <= RANK.index(states[1])
    assert S.REACHED not in states


@pytest.mark.parametrize(
    ("value", "today", "state"),
    [
        ("5.1", DUE, S.ON_TRACK),
        ("5.2", DUE, S.AT_RISK),
        ("5.3", DUE, S.OFF_TRACK),
        ("4.9", DUE + timedelta(1), S.REACHED),
        ("5.3", DUE + timedelta(1), S.MISSED),
    ],
)
def test_what_holds_is_reached_when_its_time_is_over(value, today, state):
    aim = goal("hold", Decimal(5), Decimal(5))
    assert judge_goal(aim, [MeasurementData(DUE - timedelta(5), Decimal(value))], today).state == state


@pytest.mark.parametrize(
    ("rows", "left", "state", "reason"),
    [
        ([], 100, S.NO_DATA, R.NOTHING_MEASURED),
        ([0], 100, S.ON_TRACK, R.NOT_YET),
        ([0], 10, S.AT_RISK, R.DUE_SOON),
        ([0, 1], 100, S.REACHED, R.TARGET_MET),
        ([0], -1, S.MISSED, R.DUE_PASSED),
        ([], -1, S.MISSED, R.NOTHING_MEASURED),
    ],
)
def test_a_yes_or_no_goal(rows, left, state, reason):
    given_rows = [MeasurementData(START + timedelta(days=day), Decimal(value)) for day, value in enumerate(rows)]
    health = judge_goal(GoalData("reach", DUE), given_rows, DUE - timedelta(days=left))
    assert (health.state, health.reason) == (state, reason)


def test_nothing_measured_yet():
    assert judge_goal(WASTE, [], START + timedelta(days=10)) == Health(S.NO_DATA, R.NOTHING_MEASURED)
    late = judge_goal(WASTE, [], START + timedelta(days=50))
    assert late.overdue_since == START + timedelta(days=46)


def test_reached_late_disputed_and_gone_back():
    late = [MeasurementData(DUE + timedelta(days=20), Decimal("4.5"))]
    assert judge_goal(WASTE, late, DUE + timedelta(days=21)).reason == R.TARGET_MET_LATE
    disputed = [MeasurementData(DUE, Decimal("4.5"), disputed=True)]
    assert judge_goal(WASTE, disputed, DUE).reason == R.TARGET_MET_DISPUTED
    back = [*STORY, MeasurementData(date(2027, 4, 19), Decimal("6.2"))]
    health = judge_goal(WASTE, back, date(2027, 4, 20))
    assert (health.went_back, health.state) == (True, S.OFF_TRACK)
    assert health.progress < 0


def test_a_measurement_from_the_future_is_left_out():
    assert judge_goal(WASTE, [MeasurementData(DUE, Decimal(4))], START).state == S.NO_DATA


def test_too_few_measurements_give_no_projection():
    assert project(WASTE, STORY[:2], DUE) is None
    assert project(GoalData("reach", DUE), STORY, DUE) is None


@given(values, st.decimals(-1, 1, places=2), st.lists(st.integers(1, 500), min_size=3, max_size=6, unique=True))
def test_measurements_on_a_line_are_projected_along_it(first, slope, days):
    rows = [(day, first + slope * day) for day in sorted(days)]
    projection = project(WASTE, measured(rows), START + timedelta(days=501))
    assert abs(projection.at_due - (first + slope * (DUE - START).days)) < Decimal("1e-20")


def test_a_goal_with_numbers_needs_a_path():
    with pytest.raises(ValueError, match="path"):
        judge_goal(GoalData("lower", DUE), [], START)
