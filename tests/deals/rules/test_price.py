"""What lines come to: rounded once each, and adding up as the page shows them."""

from decimal import Decimal
from itertools import starmap

from hypothesis import given
from hypothesis import strategies as st

from deals.rules.price import CENT, NOTHING, Figures, Terms, converted, figures_of, rounded, total_of

percent = st.decimals(0, 100, places=2)
terms = st.builds(
    Terms,
    quantity=st.decimals("0.0001", 100_000, places=4),
    unit_price=st.decimals(0, 1_000_000, places=4),
    periods=st.integers(1, 120),
    discount=percent,
    tax=percent,
)


def line(quantity: str, price: str, periods: int = 1, discount: str = "0", tax: str = "0") -> Figures:
    return figures_of(Terms(Decimal(quantity), Decimal(price), periods, Decimal(discount), Decimal(tax)))


def test_a_line_as_an_invoice_has_it() -> None:
    assert line("140", "12.50", 36, "10", "19") == Figures(
        Decimal("63000.00"), Decimal("56700.00"), Decimal("10773.00")
    )
    assert line("1", "0.125") == Figures(Decimal("0.13"), Decimal("0.13"), Decimal("0.00"))
    assert line("3", "9.99", discount="33.33").net == Decimal("19.98")


@given(terms)
def test_no_line_comes_to_more_than_its_list_price_nor_to_less_than_nothing(one: Terms) -> None:
    figures = figures_of(one)
    assert Decimal(0) <= figures.net <= figures.list_price
    assert figures.discount == figures.list_price - figures.net
    assert figures.gross == figures.net + figures.tax
    assert all(value == rounded(value) for value in (figures.list_price, figures.net, figures.tax))


@given(st.lists(terms, max_size=8))
def test_what_is_shown_adds_up(lines: list[Terms]) -> None:
    figures = [figures_of(one) for one in lines]
    total = total_of(figures)
    assert total.net == sum((one.net for one in figures), Decimal())
    assert total.tax == sum((one.tax for one in figures), Decimal())
    assert total_of([]) == NOTHING


@given(terms, st.decimals("0.0001", 10_000, places=6))
def test_another_currency_keeps_what_is_what(one: Terms, rate: Decimal) -> None:
    figures = figures_of(one)
    there = converted(figures, rate)
    assert abs(there.net - figures.net * rate) <= CENT / 2
    assert converted(figures, Decimal(1)) == figures
    assert list(starmap(min, [(there.net, there.list_price)])) == [there.net]
