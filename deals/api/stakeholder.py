"""Stakeholders over REST: everybody at the table, from every side."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.models import Side
from deals.actions.stakeholder import add_stakeholder, archive_stakeholder, edit_stakeholder, share_stakeholder
from deals.api.row import RowAnswer, get_row, rows_of_deal
from deals.models import Stakeholder, StakeholderRole


class StakeholderAnswer(RowAnswer):
    """A contact, a colleague, or a place nobody fills yet; exactly one of `contact`, `user`, `place`."""

    name = Text()
    side = serializers.ChoiceField(Side.choices)
    contact = Id(source="contact_id", allow_null=True)
    user = Id(source="user_id", allow_null=True)
    place = Text(max_length=200)
    roles = serializers.ListField(child=serializers.ChoiceField(StakeholderRole.choices))
    wants = Text(max_length=2000)
    wants_is_quoted = serializers.BooleanField()
    reports_to = Id(source="reports_to_id", allow_null=True)


class StakeholderChange(serializers.Serializer[Any]):
    """What can be changed. Naming a `contact` or `user` fills a place. `private` makes it a draft of your side."""

    contact = Id(required=False, allow_null=True)
    user = Id(required=False, allow_null=True)
    place = Text(required=False, max_length=200)
    roles = serializers.ListField(child=serializers.ChoiceField(StakeholderRole.choices), required=False)
    wants = Text(required=False, max_length=2000)
    wants_is_quoted = YesNo(required=False)
    reports_to = Id(required=False, allow_null=True)
    private = YesNo(required=False, default=False)


class StakeholderAdding(StakeholderChange):
    """A new stakeholder: their side, and exactly one of `contact`, `user`, `place`."""

    side = serializers.ChoiceField(Side.choices)


STAKEHOLDERS = Listing(
    StakeholderAnswer,
    filters=(Filter("side", choices=tuple(Side.values)), Filter("contact", "id"), Filter("user", "id")),
    sorts=("position", "created_at", "updated_at"),
)


class StakeholderList(APIView):
    """The people of a deal."""

    @reads("list_stakeholders", "deals:read", listing=STAKEHOLDERS)
    def get(self, request: Request, deal_id: UUID) -> Response:
        """List who is at the table, your side's drafts included."""
        rows = rows_of_deal(actor_of(request), Stakeholder, deal_id).select_related("section", "contact", "user")
        return page(request, STAKEHOLDERS, rows)

    @writes("add_stakeholder", "deals:write", takes=StakeholderAdding, answers=StakeholderAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Put somebody on the map."""
        private = values.pop("private", False)
        row = add_stakeholder(actor=actor_of(request), deal_id=deal_id, values=values, private=private)
        return one(request, StakeholderAnswer, row, status=201, location=reverse("api:stakeholder", args=[row.pk]))


class StakeholderDetail(APIView):
    """One stakeholder."""

    @reads("get_stakeholder", "deals:read", answers=StakeholderAnswer)
    def get(self, request: Request, stakeholder_id: UUID) -> Response:
        """Read a stakeholder."""
        row = get_row(actor_of(request), Stakeholder, stakeholder_id, "contact", "user")
        return one(request, StakeholderAnswer, row)

    @writes("change_stakeholder", "deals:write", takes=StakeholderChange, answers=StakeholderAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], stakeholder_id: UUID) -> Response:
        """Change a stakeholder; with `private` on a shared one, the answer is the draft of the change."""
        private = values.pop("private", False)
        row = edit_stakeholder(
            actor=actor_of(request),
            stakeholder_id=stakeholder_id,
            version=version_of(request),
            values=values,
            private=private,
        )
        return one(request, StakeholderAnswer, row)

    @writes("archive_stakeholder", "deals:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], stakeholder_id: UUID) -> Response:
        """Take somebody off the map; what they agreed and wrote stays."""
        archive_stakeholder(actor=actor_of(request), stakeholder_id=stakeholder_id, version=version_of(request))
        return gone()


class StakeholderSharing(APIView):
    """Sharing a draft."""

    @writes("share_stakeholder", "deals:write", answers=StakeholderAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], stakeholder_id: UUID) -> Response:
        """Share a draft with everybody in the room."""
        row = share_stakeholder(actor=actor_of(request), stakeholder_id=stakeholder_id, version=version_of(request))
        return one(request, StakeholderAnswer, row)
