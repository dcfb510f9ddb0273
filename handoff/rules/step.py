"""Is a new value an unusual step from the one before? Asked so that somebody says why; nothing is refused."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

#: A step is unusual when it is more than so many times the largest step so far.
TIMES = 2
#: So many values must be known before anything can be called unusual.
LEAST = 3


@dataclass(frozen=True)
class UnusualStep:
    """`step` is the new value less the newest known one; `largest` the size of the largest step before."""

    step: Decimal
    largest: Decimal


def unusual_step(values: Sequence[Decimal], value: Decimal) -> UnusualStep | None:
    """Return the step from the last of `values` (oldest first) to `value` if it is unusually large, else None."""
    if len(values) < LEAST:
        return None
    largest = max(abs(later - earlier) for earlier, later in itertools.pairwise(values))
    step = value - values[-1]
    return UnusualStep(step, largest) if abs(step) > TIMES * largest else None
