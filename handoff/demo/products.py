"""The price list of the demo, what currencies are worth, and what the deal with Halvorsen is made of."""

from crm.actors import as_user
from crm.models import User
from deals.actions.exchange_rate import set_exchange_rate
from deals.actions.line_item import add_line_item
from deals.actions.product import create_product
from deals.models import Deal
from handoff.demo.clock import StoryClock

_PRODUCTS = {
    "introduction": {
        "name": "Introduction",
        "code": "NA-100",
        "description": "Data of three years read, the first forecasts compared with the planners', everybody trained.",
        "billing": "once",
        "prices": {"USD": "240000", "EUR": "222000"},
    },
    "forecasting": {
        "name": "Forecasting, fresh and chilled",
        "code": "NA-210",
        "description": "A forecast per article, store and day, with its range; renewed each night.",
        "billing": "year",
        "prices": {"USD": "540000", "EUR": "499000"},
    },
    "desk": {
        "name": "Promotions desk",
        "code": "NA-320",
        "description": "One person of ours who plans promotions with yours, two days a week.",
        "unit": "desk",
        "billing": "month",
        "prices": {"USD": "9500", "EUR": "8800"},
    },
    "workshop": {
        "name": "Workshop",
        "code": "NA-410",
        "unit": "day",
        "billing": "once",
        "prices": {"USD": "2400", "EUR": "2200", "GBP": "1900"},
    },
}
_WORTH = {"EUR": "1.0800", "GBP": "1.2700", "NOK": "0.0935"}


def tell_products(clock: StoryClock, staff: dict[str, User]) -> None:
    """Fill the price list, set the rates, and give the deal the two lines its amount is made of."""
    admin, rep = as_user(staff["admin"]), as_user(staff["rep"])
    with clock.at(1, 5, 9, 0):
        listed = {key: create_product(actor=admin, values=dict(values)) for key, values in _PRODUCTS.items()}
        for currency, rate in _WORTH.items():
            set_exchange_rate(actor=admin, currency=currency, on=clock.day(1, 1), rate=rate)
    deal = Deal.objects.get(organization__name="Halvorsen Foods", title="Demand forecasting for fresh and chilled")
    with clock.at(3, 24, 16, 30):
        add_line_item(actor=rep, deal_id=deal.pk, values={"product": listed["introduction"].pk})
        add_line_item(actor=rep, deal_id=deal.pk, values={"product": listed["forecasting"].pk, "periods": 3})
