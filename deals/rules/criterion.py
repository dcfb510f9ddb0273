"""Could two people measure this and get the same number?

"We want to grow" has to become "+$19 million revenue in three years": a success criterion that cannot be measured
cannot be agreed (product.md, idea 4).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Direction(StrEnum):
    """Which way is better. Hold: stay at the target. Reach: a yes or no, without a number."""

    RAISE = "raise"
    LOWER = "lower"
    HOLD = "hold"
    REACH = "reach"


class Check(StrEnum):
    """The questions of the plain-language check, in the order in which they are shown."""

    COUNTED = "counted"
    DIRECTION = "direction"
    UNIT = "unit"
    BASELINE = "baseline"
    TARGET = "target"
    DUE = "due"
    MEASURER = "measurer"
    SOURCE = "source"
    FREQUENCY = "frequency"
    BUYER_OWNER = "buyer_owner"
    SELLER_OWNER = "seller_owner"


class MissingCode(StrEnum):
    """What is missing or does not fit."""

    COUNTED = "counted"  # it does not say what is counted
    DIRECTION = "direction"  # it does not say which way is better
    UNIT = "unit"
    BASELINE_VALUE = "baseline_value"  # how many is it today?
    BASELINE_DATE = "baseline_date"  # on which day was that counted?
    TARGET = "target"
    TARGET_IS_NO_NUMBER = "target_is_no_number"  # words such as "far fewer"
    TARGET_IS_BASELINE = "target_is_baseline"  # nothing would change
    TARGET_IS_WORSE = "target_is_worse"  # against the direction
    DUE = "due"
    DUE_BEFORE_BASELINE = "due_before_baseline"
    MEASURER = "measurer"
    SOURCE = "source"
    FREQUENCY = "frequency"
    BUYER_OWNER = "buyer_owner"
    SELLER_OWNER = "seller_owner"


@dataclass(frozen=True)
class CriterionData:
    """What a criterion says. Values are in `unit`; "" and None mean: not said."""

    counted: str = ""
    direction: str = ""
    unit: str = ""
    baseline_value: Decimal | None = None
    baseline_on: date | None = None
    target_value: Decimal | None = None
    target_words: str = ""  # what was typed where a number was asked for
    due_on: date | None = None
    measured_by: str = ""
    source: str = ""
    frequency: str = ""
    buyer_owner: str = ""
    seller_owner: str = ""


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a criterion from being measurable; `check` is the question it belongs to."""

    code: MissingCode
    check: Check


def missing_for_measurable(criterion: CriterionData) -> list[Missing]:
    """Return what is missing, in the order of `Check`. Empty: it is measurable and may be asked about.

    A yes-or-no criterion (reach) needs no unit, baseline and target number. What holds has its target where it is
    today or wherever it shall stay.
    """
    found: list[Missing] = []
    for check in checks_for(criterion):
        code = _missing(criterion, check)
        if code is not None:
            found.append(Missing(code, check))
    return found


def checks_for(criterion: CriterionData) -> list[Check]:
    """Return the questions that this criterion has to answer; those not among the missing are answered."""
    needless = {Check.UNIT, Check.BASELINE, Check.TARGET} if criterion.direction == Direction.REACH else set()
    return [check for check in Check if check not in needless]


def _missing(criterion: CriterionData, check: Check) -> MissingCode | None:
    if check == Check.DIRECTION:
        return None if criterion.direction in set(Direction) else MissingCode.DIRECTION
    if check == Check.BASELINE:
        return _baseline(criterion)
    if check == Check.TARGET:
        return _target(criterion)
    if check == Check.DUE:
        return _due(criterion)
    said = {
        Check.COUNTED: criterion.counted,
        Check.UNIT: criterion.unit,
        Check.MEASURER: criterion.measured_by,
        Check.SOURCE: criterion.source,
        Check.FREQUENCY: criterion.frequency,
        Check.BUYER_OWNER: criterion.buyer_owner,
        Check.SELLER_OWNER: criterion.seller_owner,
    }
    return None if said[check].strip() else MissingCode(check.value)


def _baseline(criterion: CriterionData) -> MissingCode | None:
    if criterion.baseline_value is None:
        return MissingCode.BASELINE_VALUE
    return MissingCode.BASELINE_DATE if criterion.baseline_on is None else None


def _target(criterion: CriterionData) -> MissingCode | None:
    target, baseline = criterion.target_value, criterion.baseline_value
    if target is None:
        return MissingCode.TARGET_IS_NO_NUMBER if criterion.target_words.strip() else MissingCode.TARGET
    if baseline is None or criterion.direction not in (Direction.RAISE, Direction.LOWER):
        return None
    if target == baseline:
        return MissingCode.TARGET_IS_BASELINE
    is_up = target > baseline
    return None if is_up == (criterion.direction == Direction.RAISE) else MissingCode.TARGET_IS_WORSE


def _due(criterion: CriterionData) -> MissingCode | None:
    if criterion.due_on is None:
        return MissingCode.DUE
    if criterion.direction == Direction.REACH or criterion.baseline_on is None:
        return None
    return MissingCode.DUE_BEFORE_BASELINE if criterion.due_on <= criterion.baseline_on else None
