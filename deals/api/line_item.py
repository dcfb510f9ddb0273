"""What a deal is made of, over REST. The deal's amount follows."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Number, Text, Time, Whole
from crm.api.listing import Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from deals.actions.line_item import add_line_item, archive_line_item, change_line_item
from deals.api.deal import get_deal
from deals.models import Billing, LineItem


class LineItemAnswer(serializers.Serializer[Any]):
    """A line: `quantity` at `unit_price` in `currency`, due `billing` for `periods`; `discount` and `tax` are percentages.

    `rate` is what one unit of `currency` was worth in the deal's currency on `rated_on`.
    """

    id = Id()
    deal = Id(source="deal_id")
    product = Id(source="product_id", allow_null=True)
    title = Text(max_length=200)
    quantity = Number()
    unit_price = Number()
    currency = Text(max_length=3)
    billing = serializers.ChoiceField(Billing.choices)
    periods = serializers.IntegerField()
    discount = Number()
    tax = Number()
    rate = serializers.DecimalField(max_digits=24, decimal_places=10)
    rated_on = serializers.DateField()
    position = serializers.IntegerField()
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()


class LineItemChange(serializers.Serializer[Any]):
    """The fields of a line. In a new one, what is left out comes from the price list."""

    product = Id(required=False, allow_null=True)
    title = Text(required=False, max_length=200)
    quantity = Number(required=False)
    unit_price = Number(required=False)
    currency = Text(required=False, max_length=3)
    billing = serializers.ChoiceField(Billing.choices, required=False)
    periods = Whole(required=False, min_value=1)
    discount = Number(required=False)
    tax = Number(required=False)


LINE_ITEMS = Listing(LineItemAnswer, sorts=("position", "created_at", "updated_at"))


class LineItemList(APIView):
    """The lines of a deal."""

    @reads("list_line_items", "deals:read", listing=LINE_ITEMS)
    def get(self, request: Request, deal_id: UUID) -> Response:
        """List the lines in their order."""
        actor = actor_of(request)
        return page(request, LINE_ITEMS, LineItem.objects.visible_to(actor).filter(deal=get_deal(actor, deal_id)))

    @writes("add_line_item", "deals:write", takes=LineItemChange, answers=LineItemAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Add a line."""
        line = add_line_item(actor=actor_of(request), deal_id=deal_id, values=values)
        return one(request, LineItemAnswer, line, status=201, location=reverse("api:line-item", args=[line.pk]))


class LineItemDetail(APIView):
    """One line."""

    @reads("get_line_item", "deals:read", answers=LineItemAnswer)
    def get(self, request: Request, line_item_id: UUID) -> Response:
        """Read a line."""
        return one(request, LineItemAnswer, _get(actor_of(request), line_item_id), cacheable=True)

    @writes("change_line_item", "deals:write", takes=LineItemChange, answers=LineItemAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], line_item_id: UUID) -> Response:
        """Change a line."""
        actor, version = actor_of(request), version_of(request)
        line = change_line_item(actor=actor, line_item_id=line_item_id, version=version, values=values)
        return one(request, LineItemAnswer, line)

    @writes("archive_line_item", "deals:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], line_item_id: UUID) -> Response:
        """Take a line out."""
        archive_line_item(actor=actor_of(request), line_item_id=line_item_id, version=version_of(request))
        return gone()


def _get(actor: Actor, line_item_id: UUID) -> LineItem:
    line = LineItem.objects.visible_to(actor).filter(pk=line_item_id).first()
    if line is None:
        raise NotFound
    return line
