"""Periods that move along with the days: this quarter, the next 30 days."""

import re
from datetime import date, timedelta

_WHOLE = re.compile(r"(last|this|next)-(week|month|quarter|year)")
_DAYS = re.compile(r"(last|next)-([1-9][0-9]{0,2})-days")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_STEP = {"last": -1, "this": 0, "next": 1}

OFFERED = (
    "today",
    *(f"{which}-{what}" for what in ("week", "month", "quarter", "year") for which in ("this", "next", "last")),
    *(f"{which}-{days}-days" for which in ("next", "last") for days in (7, 30, 90)),
)
"""Those that people choose from; any number of days up to 999 is understood."""


def period(name: str, today: date) -> tuple[date, date] | None:
    """Return the first and the last day of a period; None for a name that is none.

    A week begins on Monday. "Next 30 days" begins today and "last 30 days" ends today, 30 days each.
    """
    if name == "today":
        return today, today
    if days := _DAYS.fullmatch(name):
        reach = timedelta(days=int(days[2]) - 1)
        return (today, today + reach) if days[1] == "next" else (today - reach, today)
    if whole := _WHOLE.fullmatch(name):
        step = _STEP[whole[1]]
        return _week(today, step) if whole[2] == "week" else _months(today, step, _MONTHS[whole[2]])
    return None


def _week(today: date, step: int) -> tuple[date, date]:
    first = today + timedelta(days=7 * step - today.weekday())
    return first, first + timedelta(days=6)


def _months(today: date, step: int, length: int) -> tuple[date, date]:
    count = (today.year * 12 + today.month - 1) // length * length + step * length
    return _first(count), _first(count + length) - timedelta(days=1)


def _first(count: int) -> date:
    """Return the first day of the month that is the `count`th since the year 0."""
    return date(count // 12, count % 12 + 1, 1)
