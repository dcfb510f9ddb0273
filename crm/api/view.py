"""Saved views over REST. A list takes `?view=` with the id of one, or `?where=` with a filter of its own."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.view import change_view, delete_view, save_view
from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, Time, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.models import ViewForm
from crm.queries.view import get_view, views


class ViewAnswer(serializers.Serializer[Any]):
    """A saved view: a filter with columns and an order over one kind of record. `where` is the filter as an address has it."""

    id = Id()
    kind = Text()
    name = Text(max_length=80)
    form = serializers.ChoiceField(ViewForm.choices)
    filter = serializers.DictField()
    where = Text()
    columns = serializers.ListField(child=Text())
    sort = Text()
    owner = Id(source="owner_id")
    team = Id(source="team_id", allow_null=True)
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()


class ViewChange(serializers.Serializer[Any]):
    """What a view shows, and whether the owner's team sees it (`shared`)."""

    name = Text(max_length=80)
    form = serializers.ChoiceField(ViewForm.choices, required=False)
    filter = serializers.DictField(required=False)
    columns = serializers.ListField(child=Text(), required=False)
    sort = Text(required=False, max_length=80)
    shared = YesNo(required=False)


class ViewSaving(ViewChange):
    """A new view; `kind` is deal, organization or contact."""

    kind = Text(max_length=32)


VIEWS = Listing(ViewAnswer, filters=(Filter("kind"),), sorts=("name", "-updated_at"))


class ViewList(APIView):
    """Saved views: one's own, and those shared with one's team."""

    @reads("list_views", "views:read", listing=VIEWS)
    def get(self, request: Request) -> Response:
        """List views."""
        return page(request, VIEWS, views(actor_of(request)))

    @writes(
        "save_view",
        "views:write",
        takes=ViewSaving,
        answers=ViewAnswer,
        status=201,
        example={
            "kind": "deal",
            "name": "Large, this quarter",
            "filter": {
                "all": [
                    {"field": "amount", "op": "at_least", "values": ["100000"]},
                    {"field": "close_on", "op": "in", "values": ["this-quarter"]},
                ]
            },
            "columns": ["stage", "amount", "close_on"],
            "sort": "-amount",
        },
    )
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Save a view."""
        view = save_view(actor=actor_of(request), kind=values.pop("kind"), values=values)
        return one(request, ViewAnswer, view, status=201, location=reverse("api:view", args=[view.pk]))


class ViewDetail(APIView):
    """One saved view."""

    @reads("get_view", "views:read", answers=ViewAnswer)
    def get(self, request: Request, view_id: UUID) -> Response:
        """Read a view."""
        return one(request, ViewAnswer, get_view(actor_of(request), view_id), cacheable=True)

    @writes("change_view", "views:write", takes=ViewChange, answers=ViewAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], view_id: UUID) -> Response:
        """Change a view of your own."""
        view = change_view(actor=actor_of(request), view_id=view_id, version=version_of(request), values=values)
        return one(request, ViewAnswer, view)

    @writes("delete_view", "views:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], view_id: UUID) -> Response:
        """Delete a view of your own. The rows it showed stay."""
        delete_view(actor=actor_of(request), view_id=view_id, version=version_of(request))
        return gone()
