"""What a deal is made of: its amount follows its lines, at the prices and rates of their day."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm.actors import as_participant, as_user
from crm.clock import now
from crm.errors import DomainError, Invalid, NotAllowed, NotFound, Refused, Stale
from crm.models import Event
from deals.actions.deal import change_deal
from deals.actions.ending import end_deal
from deals.actions.exchange_rate import remove_exchange_rate, set_exchange_rate
from deals.actions.line_item import add_line_item, archive_line_item, change_line_item, price_deal_in
from deals.actions.product import archive_product, change_product, create_product
from deals.models import Deal, ExchangeRate, LineItem, Product
from deals.queries.line_item import lines_of
from deals.queries.stage_total import missing_figures
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    _ = cast.deal, cast.ingrid, cast.admin
    return cast


def product(cast: Cast, **values: Any) -> Product:
    listed = {"name": "Forecasting", "code": "F-1", "unit": "store", "billing": "month", "tax": "19"}
    prices = {"USD": "12.50", "EUR": "11"}
    return create_product(actor=as_user(cast.admin), values=listed | {"prices": prices} | values)


def add(cast: Cast, **values: Any) -> LineItem:
    return add_line_item(actor=cast.rep, deal_id=cast.deal.pk, values=values)


def rate(cast: Cast, currency: str, worth: str, days_ago: int = 0) -> ExchangeRate:
    on = timezone.localdate(now()) - timedelta(days=days_ago)
    return set_exchange_rate(actor=as_user(cast.admin), currency=currency, on=on, rate=worth)


def deal_now(cast: Cast) -> Deal:
    return Deal.objects.get(pk=cast.deal.pk)


def faults(error: pytest.ExceptionInfo[DomainError]) -> list[tuple[str, str]]:
    return [(one.field, one.code) for one in error.value.faults]


def test_a_line_takes_from_the_price_list_what_it_does_not_say(cast: Cast) -> None:
    line = add(cast, product=product(cast).pk, quantity="140", periods=36, discount="10")
    assert (line.title, line.unit_price, line.currency, line.billing, line.tax) == (
        "Forecasting",
        Decimal("12.5"),
        "USD",
        "month",
        Decimal(19),
    )
    assert deal_now(cast).amount == Decimal("56700.00")
    assert add(cast, title="Set-up", unit_price="4000").quantity == 1
    assert deal_now(cast).amount == Decimal("60700.00")
    totals = lines_of(cast.rep, deal_now(cast)).totals
    assert totals is not None
    assert (totals.once, totals.per_year) == (Decimal("4000.00"), Decimal("18900.00"))
    assert not missing_figures()


def test_what_was_sold_keeps_its_price(cast: Cast) -> None:
    listed = product(cast)
    line = add(cast, product=listed.pk, quantity="1", periods=12)
    prices = {"USD": "99"}
    change_product(actor=as_user(cast.admin), product_id=listed.pk, version=1, values={"prices": prices})
    archive_product(actor=as_user(cast.admin), product_id=listed.pk, version=2)
    line.refresh_from_db()
    assert line.unit_price == Decimal("12.5")
    with pytest.raises(Invalid) as error:
        add(cast, product=listed.pk)
    assert ("product", "unknown") in faults(error)


def test_the_amount_is_not_written_beside_the_lines_and_is_free_without_them(cast: Cast) -> None:
    line = add(cast, title="Set-up", unit_price="4000")
    for field, value in (("amount", "5"), ("currency", "EUR")):
        with pytest.raises(Invalid) as error:
            change_deal(actor=cast.rep, deal_id=cast.deal.pk, version=deal_now(cast).version, values={field: value})
        assert faults(error) == [(field, "follows_lines")]
    same = {"amount": "4000.00", "currency": "USD", "title": "Another"}
    change_deal(actor=cast.rep, deal_id=cast.deal.pk, version=deal_now(cast).version, values=same)
    archive_line_item(actor=cast.rep, line_item_id=line.pk, version=1)
    assert deal_now(cast).amount == Decimal(4000)
    change_deal(actor=cast.rep, deal_id=cast.deal.pk, version=deal_now(cast).version, values={"amount": "5"})
    assert deal_now(cast).amount == Decimal(5)


def test_other_currencies_come_in_at_the_rate_of_their_day(cast: Cast) -> None:
    with pytest.raises(Invalid) as error:
        add(cast, title="Training", unit_price="1000", currency="EUR")
    assert faults(error) == [("currency", "no_rate")]
    rate(cast, "EUR", "1.25", days_ago=3)
    line = add(cast, title="Training", unit_price="1000", currency="EUR")
    assert deal_now(cast).amount == Decimal("1250.00")
    rate(cast, "EUR", "2")
    change_line_item(actor=cast.rep, line_item_id=line.pk, version=1, values={"quantity": "2"})
    assert deal_now(cast).amount == Decimal("2500.00"), "a rate that was agreed stays"
    rate(cast, "GBP", "4")
    price_deal_in(actor=cast.rep, deal_id=cast.deal.pk, version=deal_now(cast).version, currency="GBP")
    assert (deal_now(cast).currency, deal_now(cast).amount) == ("GBP", Decimal("1000.00"))
    assert not missing_figures()
    remove_exchange_rate(actor=as_user(cast.admin), exchange_rate_id=ExchangeRate.objects.get(currency="GBP").pk)
    with pytest.raises(Invalid):
        price_deal_in(actor=cast.rep, deal_id=cast.deal.pk, version=deal_now(cast).version, currency="CHF")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("quantity", "0", "out_of_range"),
        ("quantity", "-1", "out_of_range"),
        ("quantity", "99999999999", "out_of_range"),
        ("quantity", "many", "not_a_number"),
        ("unit_price", "1.23456", "too_precise"),
        ("unit_price", "999999999999999", "out_of_range"),
        ("unit_price", "", "required"),
        ("discount", "100.01", "out_of_range"),
        ("tax", "-1", "out_of_range"),
        ("currency", "XYZ1", "too_long"),
        ("currency", "QQQ", "not_a_currency"),
        ("billing", "weekly", "not_a_choice"),
        ("title", "", "required"),
        ("product", "none", "unknown"),
        ("shade", "blue", "unknown"),
    ],
)
def test_bad_lines_are_refused_at_their_field(cast: Cast, field: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as error:
        add(cast, **({"title": "Set-up", "unit_price": "1"} | {field: value}))
    assert (field, code) in faults(error)
    with pytest.raises(Invalid) as error:
        add(cast, title="Set-up", unit_price="1", billing="month", periods="0")
    assert faults(error) == [("periods", "out_of_range")]
    assert not LineItem.objects.exists()


def test_lines_are_our_sides_and_say_so_to_nobody_else(cast: Cast) -> None:
    line = add(cast, title="Set-up", unit_price="1")
    assert list(LineItem.objects.visible_to(as_user(cast.colleague))) == [line]
    for outsider in (as_participant(cast.ingrid), as_user(cast.stranger)):
        assert not LineItem.objects.visible_to(outsider)
        with pytest.raises((NotFound, NotAllowed)):
            change_line_item(actor=outsider, line_item_id=line.pk, version=1, values={"quantity": "2"})
    with pytest.raises(NotAllowed):
        change_line_item(actor=as_user(cast.colleague), line_item_id=line.pk, version=1, values={"quantity": "2"})
    event = Event.objects.filter(type="deal.changed").latest("at")
    assert (event.private_to, event.data) == ("seller", {"fields": ["amount", "line_items"]})


def test_two_writers_and_a_deal_that_has_ended(cast: Cast) -> None:
    line = add(cast, title="Set-up", unit_price="1")
    change_line_item(actor=cast.rep, line_item_id=line.pk, version=1, values={"quantity": "2"})
    with pytest.raises(Stale):
        change_line_item(actor=cast.rep, line_item_id=line.pk, version=1, values={"quantity": "3"})
    end_deal(actor=cast.rep, deal_id=cast.deal.pk, version=deal_now(cast).version, status="no_deal", reason="Not now.")
    with pytest.raises(Refused):
        archive_line_item(actor=cast.rep, line_item_id=line.pk, version=2)


def test_the_price_list_and_the_rates_are_an_administrators(cast: Cast) -> None:
    listed = product(cast)
    for act in (
        lambda: create_product(actor=cast.rep, values={"name": "Mine"}),
        lambda: archive_product(actor=cast.rep, product_id=listed.pk, version=1),
        lambda: set_exchange_rate(actor=cast.rep, currency="EUR", on="2026-01-01", rate="1"),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(Invalid) as error:
        product(cast, tax="101", billing="never", prices={"QQQ": "1", "USD": "much"})
    assert sorted(faults(error)) == [
        ("billing", "not_a_choice"),
        ("code", "taken"),
        ("prices", "not_a_currency"),
        ("prices", "not_a_number"),
        ("tax", "out_of_range"),
    ]
    for values in ({"currency": "USD"}, {"rate": "0"}, {"rate": "-1"}, {"rate": "1e12"}, {"on": "2026-02-30"}):
        with pytest.raises(Invalid):
            set_exchange_rate(
                actor=as_user(cast.admin), **({"currency": "EUR", "on": "2026-01-01", "rate": "1"} | values)
            )
