"""What currencies are worth, over REST."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page
from deals.actions.exchange_rate import remove_exchange_rate, set_exchange_rate
from deals.queries.exchange_rate import exchange_rates


class ExchangeRateAnswer(serializers.Serializer[Any]):
    """From the day `on`, one unit of `currency` is worth `rate` units of the installation's base currency."""

    id = Id()
    currency = Text(max_length=3)
    on = serializers.DateField()
    rate = serializers.DecimalField(max_digits=24, decimal_places=10)
    set_at = Time()


class ExchangeRateSetting(serializers.Serializer[Any]):
    """A rate; one of the same currency and day is replaced."""

    currency = Text(max_length=3)
    on = serializers.DateField()
    rate = Text(max_length=40, help_text="Decimal string")


EXCHANGE_RATES = Listing(
    ExchangeRateAnswer,
    filters=(Filter("currency"), Filter("on_or_before", "day", ("on__lte",))),
    sorts=("-on", "on", "-set_at"),
)


class ExchangeRateList(APIView):
    """The rates."""

    @reads("list_exchange_rates", "deals:read", listing=EXCHANGE_RATES)
    def get(self, request: Request) -> Response:
        """List rates, the newest first."""
        return page(request, EXCHANGE_RATES, exchange_rates(actor_of(request)))

    @writes("set_exchange_rate", "admin", takes=ExchangeRateSetting, answers=ExchangeRateAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Set a rate."""
        return one(request, ExchangeRateAnswer, set_exchange_rate(actor=actor_of(request), **values), status=201)


class ExchangeRateDetail(APIView):
    """One rate."""

    @writes("remove_exchange_rate", "admin", status=204)
    def delete(self, request: Request, values: dict[str, Any], exchange_rate_id: UUID) -> Response:
        """Take a wrong rate out."""
        remove_exchange_rate(actor=actor_of(request), exchange_rate_id=exchange_rate_id)
        return gone()
