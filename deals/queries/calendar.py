"""Deals by the day on which they hope to agree: one month of a view."""

from calendar import Calendar
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm.actors import Actor
from crm.models import View
from crm.queries.record import Fields
from crm.queries.view import rows_of_view
from deals.models import Deal

MOST_DEALS = 500
"""Deals of a month that are shown; a filter finds the others."""


@dataclass(frozen=True)
class CalendarDay:
    """One day with its deals; `is_outside` for one of the months before or after."""

    day: date
    deals: Sequence[Deal]
    is_outside: bool
    is_today: bool


@dataclass(frozen=True)
class Month:
    """Whole weeks from Monday to Sunday around one month. `is_cut`: there are more deals than shown."""

    first: date
    weeks: Sequence[Sequence[CalendarDay]]
    count: int
    is_cut: bool

    @property
    def before(self) -> str:
        """The month before, as an address has it."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        """The month after, as an address has it."""
        return f"{self.first + timedelta(days=31):%Y-%m}"


def read_month(words: str, today: date) -> date:
    """Return the first day of the month that an address names (YYYY-MM), the present one for anything else."""
    try:
        first = date.fromisoformat(f"{words}-01")
    except ValueError:
        first = today
    return (first if 1901 <= first.year <= 2198 else today).replace(day=1)


def get_month(actor: Actor, view: View, first: date, *, fields: Fields, today: date, q: str = "") -> Month:
    """Return the deals of a view that hope to agree in a month, in one query. Raises `Invalid`."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    shown = rows_of_view(actor, view, fields=fields, q=q).filter(close_on__range=(weeks[0][0], weeks[-1][-1]))
    some = list(shown.order_by("close_on", "organization__name", "pk")[: MOST_DEALS + 1])
    by_day: dict[date, list[Deal]] = defaultdict(list)
    for deal in some[:MOST_DEALS]:
        by_day[deal.close_on].append(deal)
    return Month(
        first,
        [[CalendarDay(day, by_day[day], day.month != first.month, day == today) for day in week] for week in weeks],
        sum(len(deals) for day, deals in by_day.items() if day.month == first.month),
        len(some) > MOST_DEALS,
    )
