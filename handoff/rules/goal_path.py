"""The expected path of a goal: a straight line from the baseline to the target."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class GoalPath:
    """From `baseline` on one day to `target` on a later one, in the goal's unit. Raises `ValueError` otherwise."""

    baseline: Decimal
    baseline_on: date
    target: Decimal
    due_on: date

    def __post_init__(self) -> None:
        if self.due_on <= self.baseline_on:
            raise ValueError("a goal is due after the day of its baseline")


def expected_share(path: GoalPath, on: date) -> Fraction:
    """Return which share of the way, 0 to 1, lies behind on the day `on`."""
    whole = (path.due_on - path.baseline_on).days
    return Fraction(min(max((on - path.baseline_on).days, 0), whole), whole)


def expected_at(path: GoalPath, on: date) -> Decimal:
    """Return the value expected on the day `on`: the baseline before the path begins, the target after its end."""
    share = expected_share(path, on)
    if share == 1:
        return path.target
    return path.baseline + (path.target - path.baseline) * share.numerator / share.denominator
