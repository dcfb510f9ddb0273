"""What lines of products come to: each line rounded once, half up, and then added, so that the page adds up by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Terms:
    """What a line says: `quantity` units at `unit_price` for each of `periods`, less `discount` percent, plus `tax` percent."""

    quantity: Decimal
    unit_price: Decimal
    periods: int
    discount: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Figures:
    """What a line comes to in its currency: `list_price` before the discount, `net` after it, `tax` on the net."""

    list_price: Decimal
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """Net and tax together."""
        return self.net + self.tax

    @property
    def discount(self) -> Decimal:
        """What the discount takes off."""
        return self.list_price - self.net

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.list_price + other.list_price, self.net + other.net, self.tax + other.tax)


NOTHING = Figures(Decimal(), Decimal(), Decimal())


def figures_of(terms: Terms) -> Figures:
    """Return what a line comes to, in its own currency, to two decimals."""
    listed = terms.quantity * terms.unit_price * terms.periods
    net = rounded(listed * (HUNDRED - terms.discount) / HUNDRED)
    return Figures(rounded(listed), net, rounded(net * terms.tax / HUNDRED))


def converted(figures: Figures, rate: Decimal) -> Figures:
    """Return the same in another currency, of which one unit of the line's own is worth `rate`."""
    return Figures(rounded(figures.list_price * rate), rounded(figures.net * rate), rounded(figures.tax * rate))


def total_of(lines: Iterable[Figures]) -> Figures:
    """Add lines of one currency."""
    return sum(lines, NOTHING)


def rounded(amount: Decimal) -> Decimal:
    """Round half up to two decimals, as invoices do."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
