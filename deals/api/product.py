"""The price list over REST."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, MoneyParts, Number, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.checks import Checks
from crm.errors import NotFound
from deals.actions.product import archive_product, change_product, create_product
from deals.models import Billing, Product
from deals.queries.line_item import products


class ProductAnswer(serializers.Serializer[Any]):
    """What we sell. `tax` is a percentage; `prices` are of one `unit`, before tax, at most one per currency."""

    id = Id()
    name = Text(max_length=200)
    code = Text(max_length=64)
    description = Text(max_length=5000)
    unit = Text(max_length=40)
    billing = serializers.ChoiceField(Billing.choices)
    tax = Number()
    prices = MoneyParts(source="prices.all", many=True)
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()


class ProductChange(serializers.Serializer[Any]):
    """The fields of a product. `prices` replace those that are there."""

    name = Text(max_length=200)
    code = Text(required=False, max_length=64)
    description = Text(required=False, max_length=5000)
    unit = Text(required=False, max_length=40)
    billing = serializers.ChoiceField(Billing.choices, required=False)
    tax = Number(required=False)
    prices = MoneyParts(required=False, many=True)


PRODUCTS = Listing(
    ProductAnswer,
    filters=(Filter("code"), Filter("q", "search", ("name__icontains", "code__icontains"))),
    sorts=("name", "created_at", "updated_at"),
)


class ProductList(APIView):
    """The price list."""

    @reads("list_products", "deals:read", listing=PRODUCTS)
    def get(self, request: Request) -> Response:
        """List what is sold."""
        return page(request, PRODUCTS, products(actor_of(request)))

    @writes("create_product", "admin", takes=ProductChange, answers=ProductAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Put a product on the price list."""
        made = create_product(actor=actor_of(request), values=_by_currency(values))
        return one(request, ProductAnswer, made, status=201, location=reverse("api:product", args=[made.pk]))


class ProductDetail(APIView):
    """One product."""

    @reads("get_product", "deals:read", answers=ProductAnswer)
    def get(self, request: Request, product_id: UUID) -> Response:
        """Read a product."""
        return one(request, ProductAnswer, _get(actor_of(request), product_id), cacheable=True)

    @writes("change_product", "admin", takes=ProductChange, answers=ProductAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], product_id: UUID) -> Response:
        """Change a product. Deals keep what they were sold at."""
        actor, version = actor_of(request), version_of(request)
        product = change_product(actor=actor, product_id=product_id, version=version, values=_by_currency(values))
        return one(request, ProductAnswer, product)

    @writes("archive_product", "admin", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], product_id: UUID) -> Response:
        """Take a product off the price list."""
        archive_product(actor=actor_of(request), product_id=product_id, version=version_of(request))
        return gone()


def _get(actor: Actor, product_id: UUID) -> Product:
    product = products(actor).filter(pk=product_id).first()
    if product is None:
        raise NotFound
    return product


def _by_currency(values: dict[str, Any]) -> dict[str, Any]:
    """Return a body with its prices by currency, as the actions take them. Raises `Invalid` when one comes twice."""
    if "prices" not in values:
        return values
    prices = {price["currency"]: price["amount"] for price in values["prices"] or []}
    if len(prices) < len(values["prices"] or []):
        checks = Checks()
        checks.add("prices", _("Give one price per currency."), code="repeated")
        checks.done()
    return values | {"prices": prices}
