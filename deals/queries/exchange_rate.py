"""Reading what currencies are worth."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet

from crm.actors import Actor
from deals.models import ExchangeRate

PLACES = Decimal("1e-10")
"""Rates between two currencies are kept to ten decimals."""


def exchange_rates(actor: Actor) -> QuerySet[ExchangeRate]:
    """Return all rates, for staff: by currency, the newest first."""
    rates = ExchangeRate.objects.select_related("set_by")
    return rates if actor.is_seller else rates.none()


def rate_between(currency: str, into: str, on: date) -> Decimal | None:
    """Return what one unit of `currency` is worth in `into` on a day, by the base currency; None where no rate is known."""
    if currency == into:
        return Decimal(1)
    worth, other = _in_base(currency, on), _in_base(into, on)
    return (worth / other).quantize(PLACES) if worth and other else None


def _in_base(currency: str, on: date) -> Decimal | None:
    if currency == settings.BASE_CURRENCY:
        return Decimal(1)
    found = ExchangeRate.objects.filter(currency=currency, on__lte=on).order_by("-on").first()
    return found.rate if found else None
