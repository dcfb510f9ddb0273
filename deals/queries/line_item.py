"""Reading what a deal is made of, and what it comes to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from crm.actors import Actor
from deals.models import Billing, Deal, LineItem, Price, Product
from deals.rules.price import NOTHING, Figures, Terms, converted, figures_of, total_of


@dataclass(frozen=True)
class LineRow:
    """A line with what it comes to: `own` in its currency, `here` in the deal's."""

    line: LineItem
    own: Figures
    here: Figures

    @property
    def is_converted(self) -> bool:
        """Whether it is priced in another currency than the deal."""
        return self.own is not self.here


@dataclass(frozen=True)
class LineTotals:
    """What all lines come to in the deal's currency, and of it what is due once and what each year."""

    all: Figures
    once: Decimal
    per_year: Decimal


@dataclass(frozen=True)
class DealLines:
    """The lines of a deal, and their sum (None without lines: the amount is then written by hand)."""

    rows: Sequence[LineRow]
    totals: LineTotals | None


def lines_of(actor: Actor, deal: Deal) -> DealLines:
    """Return the lines of a deal in their order, in one query."""
    lines = LineItem.objects.visible_to(actor).filter(deal=deal).select_related("product").order_by("position", "id")
    rows = [_row(line, deal.currency) for line in lines]
    return DealLines(rows, totals_of(rows) if rows else None)


def net_of_lines(deal: Deal) -> Decimal | None:
    """Return what the lines of a deal come to after discounts, before tax; None without lines."""
    rows = [_row(line, deal.currency) for line in deal.line_items.filter(archived_at=None)]
    return totals_of(rows).all.net if rows else None


def has_lines(deal: Deal) -> bool:
    """Whether the amount of a deal follows from its lines."""
    return deal.line_items.filter(archived_at=None).exists()


def totals_of(rows: Iterable[LineRow]) -> LineTotals:
    """Add up lines of one deal."""
    rows = list(rows)
    once = total_of(row.here for row in rows if row.line.billing == Billing.ONCE)
    yearly = sum((_per_year(row) for row in rows), Decimal())
    return LineTotals(total_of(row.here for row in rows) if rows else NOTHING, once.net, yearly)


def _per_year(row: LineRow) -> Decimal:
    """What a recurring line comes to in a year."""
    if row.line.billing == Billing.ONCE:
        return Decimal()
    in_a_year = 12 if row.line.billing == Billing.MONTH else 1
    return (row.here.net * in_a_year / row.line.periods).quantize(Decimal("0.01"))


def _row(line: LineItem, currency: str) -> LineRow:
    own = figures_of(Terms(line.quantity, line.unit_price, line.periods, line.discount, line.tax))
    return LineRow(line, own, own if line.currency == currency else converted(own, line.rate))


def products(actor: Actor) -> QuerySet[Product]:
    """Return what is on the price list, by name, with its prices."""
    return Product.objects.visible_to(actor).on_sale().prefetch_related("prices").order_by("name", "id")


def price_in(product: Product, currency: str) -> Price | None:
    """Return the list price of a product in a currency."""
    return product.prices.filter(currency=currency).first()
