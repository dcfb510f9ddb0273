"""Measurable criteria: every missing thing is named, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deals.rules.criterion import (
    Check,
    CriterionData,
    Direction,
    Missing,
    MissingCode,
    checks_for,
    missing_for_measurable,
)

WASTE = CriterionData(
    counted="Fresh stock written off",
    direction="lower",
    unit="% of production cost",
    baseline_value=Decimal("6.1"),
    baseline_on=date(2026, 2, 28),
    target_value=Decimal("4.5"),
    due_on=date(2027, 12, 31),
    measured_by="Finance",
    source="Finance ledger, five sites",
    frequency="monthly",
    buyer_owner="Ingrid Solberg",
    seller_owner="Tomás Herrera",
)
BLANK = CriterionData()
FIELDS = {
    "counted": MissingCode.COUNTED,
    "direction": MissingCode.DIRECTION,
    "unit": MissingCode.UNIT,
    "baseline_value": MissingCode.BASELINE_VALUE,
    "baseline_on": MissingCode.BASELINE_DATE,
    "target_value": MissingCode.TARGET,
    "due_on": MissingCode.DUE,
    "measured_by": MissingCode.MEASURER,
    "source": MissingCode.SOURCE,
    "frequency": MissingCode.FREQUENCY,
    "buyer_owner": MissingCode.BUYER_OWNER,
    "seller_owner": MissingCode.SELLER_OWNER,
}
numbers = st.decimals(-1000, 1000, places=2)


def codes(criterion):
    return [missing.code for missing in missing_for_measurable(criterion)]


def test_a_complete_criterion_is_measurable():
    assert codes(WASTE) == []


@given(st.sets(st.sampled_from(sorted(FIELDS))))
def test_each_emptied_field_is_named_and_no_other(names):
    criterion = replace(WASTE, **{name: getattr(BLANK, name) for name in names})
    expected = {FIELDS[name] for name in names}
    if "baseline_value" in names:
        expected.discard(MissingCode.BASELINE_DATE)  # one question: how many is it today?
    assert set(codes(criterion)) == expected


@pytest.mark.parametrize("name", ["counted", "unit", "source", "buyer_owner"])
def test_white_space_says_nothing(name):
    assert codes(replace(WASTE, **{name: " \n "})) == [FIELDS[name]]


@given(numbers, numbers, st.sampled_from(["raise", "lower"]))
def test_the_target_lies_on_the_better_side_of_today(baseline, target, direction):
    found = codes(replace(WASTE, baseline_value=baseline, target_value=target, direction=direction))
    better = target > baseline if direction == "raise" else target < baseline
    expected = [] if better else [MissingCode.TARGET_IS_BASELINE if target == baseline else MissingCode.TARGET_IS_WORSE]
    assert found == expected


@given(numbers, numbers)
def test_raise_and_lower_mirror_each_other(baseline, target):
    up = replace(WASTE, baseline_value=baseline, target_value=target, direction="raise")
    down = replace(WASTE, baseline_value=-baseline, target_value=-target, direction="lower")
    assert codes(up) == codes(down)


@given(numbers, numbers)
def test_what_holds_may_have_its_target_anywhere(baseline, target):
    assert codes(replace(WASTE, baseline_value=baseline, target_value=target, direction="hold")) == []


@given(st.integers(-1000, 1000))
def test_the_date_comes_after_today_s_number(days):
    criterion = replace(WASTE, due_on=WASTE.baseline_on + timedelta(days=days))
    assert codes(criterion) == ([] if days > 0 else [MissingCode.DUE_BEFORE_BASELINE])


def test_a_yes_or_no_needs_no_numbers():
    done = replace(WASTE, direction="reach", unit="", baseline_value=None, baseline_on=None, target_value=None)
    assert codes(done) == []
    assert not {Check.UNIT, Check.BASELINE, Check.TARGET} & set(checks_for(done))
    assert codes(replace(done, counted="", due_on=None)) == [MissingCode.COUNTED, MissingCode.DUE]


def test_an_unknown_direction_is_none():
    assert codes(replace(WASTE, direction="sideways")) == [MissingCode.DIRECTION]


def test_the_draft_of_the_success_screen_misses_what_the_screen_says():
    draft = CriterionData(
        counted="Calls about promotions", direction="lower", unit="calls", target_words="Far fewer",
        due_on=date(2027, 3, 31), frequency="monthly", buyer_owner="Erik Nyström", seller_owner="Priya Raman",
    )  # fmt: skip
    assert missing_for_measurable(draft) == [
        Missing(MissingCode.BASELINE_VALUE, Check.BASELINE),
        Missing(MissingCode.TARGET_IS_NO_NUMBER, Check.TARGET),
        Missing(MissingCode.MEASURER, Check.MEASURER),
        Missing(MissingCode.SOURCE, Check.SOURCE),
    ]


@given(st.sampled_from([*Direction, ""]))
def test_a_blank_criterion_misses_every_question(direction):
    blank = replace(BLANK, direction=direction)
    answered = {Check.DIRECTION} if direction else set()
    assert {missing.check for missing in missing_for_measurable(blank)} == set(checks_for(blank)) - answered
