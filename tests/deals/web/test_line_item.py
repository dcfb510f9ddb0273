"""The pages of the price list, the rates, and what a deal is made of: what is typed, shown and refused."""

import pytest
from django.urls import reverse

from crm.actors import as_user
from deals.actions.line_item import add_line_item
from deals.actions.product import create_product
from deals.models import Deal, LineItem, Product
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def lines(cast: Cast) -> str:
    return reverse("deals:lines", args=[cast.deal.pk])


def prices(*rows: tuple[str, str]) -> dict[str, str]:
    sent = {"prices-TOTAL_FORMS": str(len(rows)), "prices-INITIAL_FORMS": "0"}
    for at, (amount, currency) in enumerate(rows):
        sent |= {f"prices-{at}-amount": amount, f"prices-{at}-currency": currency}
    return sent


@pytest.mark.slow
def test_from_the_price_list_into_a_deal(cast, signed_in) -> None:
    admin, rep = signed_in(cast.admin), signed_in(cast.maya)
    typed = {"name": "Forecasting", "code": "F-1", "billing": "month", "tax": "19", "unit": "store"}
    made = admin.post(reverse("deals:new_product"), typed | prices(("12.50", "USD"), ("11", "EUR"), ("", "")))
    assert made.status_code == 302, made.content.decode()
    product = Product.objects.get()
    assert {one.currency: str(one.amount) for one in product.prices.all()} == {"USD": "12.5000", "EUR": "11.0000"}
    assert "$12.50" in rep.get(reverse("deals:products")).content.decode()
    typed = {"product": str(product.pk), "quantity": "140", "periods": "36", "discount": "10"}
    assert rep.post(lines(cast), typed).status_code == 302
    html = rep.get(lines(cast)).content.decode()
    assert "$56,700" in html
    assert "per month × 36" in html
    assert "$6,300 of discounts are taken off. $0 is due once, $18,900 each year. With tax: $67,473." in html
    assert Deal.objects.get(pk=cast.deal.pk).amount == 56700


def test_what_is_refused_keeps_what_was_typed(cast, signed_in) -> None:
    rep = signed_in(cast.maya)
    answer = rep.post(lines(cast), {"title": "Set-up of 140 stores", "quantity": "many", "unit_price": "4000"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "“many” is not a number" in html
    assert 'value="Set-up of 140 stores"' in html
    answer = signed_in(cast.admin).post(
        reverse("deals:new_product"), {"name": "Forecasting", "billing": "once"} | prices(("cheap", "USD"))
    )
    assert answer.status_code == 422
    assert 'value="cheap"' in answer.content.decode()
    assert not Product.objects.exists()


@pytest.mark.slow
def test_changing_and_taking_out_a_line(cast, signed_in) -> None:
    rep = signed_in(cast.maya)
    line = add_line_item(actor=cast.rep, deal_id=cast.deal.pk, values={"title": "Set-up", "unit_price": "4000"})
    url = reverse("deals:line", args=[cast.deal.pk, line.pk])
    form = rep.get(url).context["form"]
    sent = {name: form[name].value() or "" for name in (*form.merged, "version", "started_from")}
    assert rep.post(url, sent | {"quantity": "2"}).status_code == 302
    assert Deal.objects.get(pk=cast.deal.pk).amount == 8000
    assert rep.post(url, sent | {"quantity": "3"}).status_code == 409
    assert rep.post(reverse("deals:archive_line", args=[cast.deal.pk, line.pk]), {"version": "2"}).status_code == 302
    assert not LineItem.objects.visible_to(cast.rep)


@pytest.mark.slow
def test_rates_and_adding_up_in_another_currency(cast, signed_in) -> None:
    admin, rep = signed_in(cast.admin), signed_in(cast.maya)
    add_line_item(actor=cast.rep, deal_id=cast.deal.pk, values={"title": "Set-up", "unit_price": "4000"})
    deal = Deal.objects.get(pk=cast.deal.pk)
    url = reverse("deals:deal_currency", args=[deal.pk])
    answer = rep.post(url, {"currency": "EUR", "version": deal.version})
    assert answer.status_code == 422
    assert "Nobody has said what USD is worth in EUR." in answer.content.decode()
    rates = reverse("deals:exchange_rates")
    assert admin.post(rates, {"currency": "EUR", "rate": "1.25", "on": "2026-01-01"}).status_code == 302
    assert rep.post(rates, {"currency": "GBP", "rate": "1.25", "on": "2026-01-01"}).status_code == 403
    assert rep.post(url, {"currency": "EUR", "version": deal.version}).status_code == 302
    assert "€3,200" in rep.get(lines(cast)).content.decode()


@pytest.mark.slow
def test_the_lists_cost_the_same_for_any_number_of_rows(cast, signed_in, assert_query_baseline) -> None:
    rep = signed_in(cast.maya)
    for number in range(12):
        values = {"name": f"Product {number}", "prices": {"USD": "1", "EUR": "1"}}
        product = create_product(actor=as_user(cast.admin), values=values)
        add_line_item(actor=cast.rep, deal_id=cast.deal.pk, values={"product": product.pk})
    with assert_query_baseline("deals:lines"):
        rep.get(lines(cast))
    with assert_query_baseline("deals:products"):
        rep.get(reverse("deals:products"))
