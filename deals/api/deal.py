"""Deals over REST: reading, opening, changing, ending, pausing, reopening."""

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
from crm.api.bulk import OPTIONS, BulkAnswer, BulkRowChange, write_records
from crm.api.endpoint import expanded, gone, one, reads, writes
from crm.api.export_job import FILTERED_LIKE
from crm.api.fields import MONEY_POINTERS, Id, Money, MoneyParts, Related, Text, Time, money_values
from crm.api.listing import Filter, Listing, page
from crm.api.organization import OrganizationAnswer
from crm.api.user import TeamAnswer, UserAnswer
from crm.api.versions import version_of
from crm.errors import Invalid, NotFound
from deals.actions.deal import change_deal, open_deal
from deals.actions.deal_archive import archive_deal, restore_deal
from deals.actions.ending import end_deal, pause_deal, reopen_deal
from deals.models import Deal, DealStatus, LostTo
from deals.record import DEALS as DEAL_KIND


class DealAnswer(serializers.Serializer[Any]):
    """A deal. Its sections, gates and moves are resources below it."""

    id = Id()
    title = Text(max_length=200)
    room = Id(source="room_id")
    organization = Related(OrganizationAnswer, scope="contacts:read")
    owner = Related(UserAnswer, scope="contacts:read")
    team = Related(TeamAnswer, scope="contacts:read")
    success_owner = Related(UserAnswer, scope="contacts:read")
    pipeline = Id(source="pipeline_id")
    stage = Id(source="stage_id")
    stage_entered_at = Time()
    amount = Money()
    amount_note = Text(max_length=200)
    close_on = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(DealStatus.choices)
    ended_at = Time(allow_null=True)
    ended_reason = Text()
    lost_to = serializers.ChoiceField(LostTo.choices, allow_blank=True)
    lost_to_name = Text(max_length=200)
    would_change = Text()
    talk_again_on = serializers.DateField(allow_null=True)
    is_imported = serializers.BooleanField()
    custom = serializers.DictField()
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()


class DealOpening(serializers.Serializer[Any]):
    """A new deal. Without `pipeline` it starts in the first one; without `room` it gets a room of its own."""

    title = Text(max_length=200)
    organization = Id()
    pipeline = Id(required=False, allow_null=True)
    room = Id(required=False, allow_null=True)
    amount = MoneyParts(required=False, allow_null=True)
    amount_note = Text(required=False, max_length=200)
    close_on = serializers.DateField(required=False, allow_null=True)
    custom = serializers.DictField(required=False)


class DealChange(serializers.Serializer[Any]):
    """What can be changed. A null `success_owner` names nobody; a null in `custom` removes that value."""

    title = Text(max_length=200)
    organization = Id()
    owner = Id()
    success_owner = Id(allow_null=True)
    amount = MoneyParts(allow_null=True)
    amount_note = Text(max_length=200)
    close_on = serializers.DateField(allow_null=True)
    custom = serializers.DictField()


class DealEnding(serializers.Serializer[Any]):
    """How and why a deal ends without a close. `talk_again_on` becomes a task of its owner."""

    status = serializers.ChoiceField([DealStatus.LOST.value, DealStatus.NO_DEAL.value])
    reason = Text(max_length=5000)
    lost_to = serializers.ChoiceField(LostTo.choices, required=False, allow_blank=True)
    lost_to_name = Text(required=False, max_length=200)
    would_change = Text(required=False, max_length=5000)
    talk_again_on = serializers.DateField(required=False, allow_null=True)


class DealPause(serializers.Serializer[Any]):
    """Until when a deal rests: on that day it is a task of its owner."""

    until = serializers.DateField()
    reason = Text(required=False, max_length=5000)


DEALS = Listing(
    DealAnswer,
    filters=(
        Filter("stage", "id"),
        Filter("pipeline", "id"),
        Filter("status", choices=tuple(DealStatus.values)),
        Filter("owner", "id"),
        Filter("team", "id"),
        Filter("organization", "id"),
        Filter("room", "id"),
        Filter("updated_after", "time", ("updated_at__gt",)),
        Filter("close_from", "day", ("close_on__gte",)),
        Filter("close_to", "day", ("close_on__lte",)),
        Filter("q", "search", ("title__icontains", "organization__name__icontains")),
    ),
    sorts=("-updated_at", "created_at", "stage_entered_at", "title"),
    expand=("organization", "organization.parent", "owner", "owner.team", "team", "success_owner"),
    kind=DEAL_KIND.name,
)
FILTERED_LIKE["deals"] = DEALS
_OPENING = {
    "title": "Demand forecasting for fresh and chilled",
    "organization": "019a8f0e-3f5b-7c11-9a53-0d9d7c7e2b11",
    "amount": {"amount": "1860000.00", "currency": "USD"},
    "close_on": "2026-09-30",
}


class DealList(APIView):
    """Deals in your sight, newest change first."""

    @reads("list_deals", "deals:read", listing=DEALS)
    def get(self, request: Request) -> Response:
        """List deals."""
        return page(request, DEALS, Deal.objects.visible_to(actor_of(request)))

    @writes(
        "open_deal",
        "deals:write",
        takes=DealOpening,
        answers=DealAnswer,
        status=201,
        pointers=MONEY_POINTERS,
        example=_OPENING,
    )
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Open a deal at the first stage; the key's owner owns it."""
        deal = _open(actor_of(request), money_values(values))
        return one(request, DealAnswer, deal, status=201, location=reverse("api:deal", args=[deal.pk]))


class DealDetail(APIView):
    """One deal."""

    @reads("get_deal", "deals:read", answers=DealAnswer, expand=DEALS.expand)
    def get(self, request: Request, deal_id: UUID) -> Response:
        """Read a deal."""
        expand = expanded(request, DEALS.expand)
        return one(request, DealAnswer, get_deal(actor_of(request), deal_id), expand=expand, cacheable=True)

    @writes(
        "change_deal",
        "deals:write",
        takes=DealChange,
        answers=DealAnswer,
        versioned=True,
        pointers=MONEY_POINTERS,
        example={"close_on": "2026-10-31"},
    )
    def patch(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Change facts of a deal."""
        deal = change_deal(
            actor=actor_of(request), deal_id=deal_id, version=version_of(request), values=money_values(values)
        )
        return one(request, DealAnswer, deal)

    @writes("archive_deal", "deals:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Put a deal into the archive that nobody outside was let into, such as one opened by mistake."""
        archive_deal(actor=actor_of(request), deal_id=deal_id, version=version_of(request))
        return gone()


class DealEnd(APIView):
    """The end of a deal without a close."""

    @writes("end_deal", "deals:write", takes=DealEnding, answers=DealAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """End a deal: lost, or no deal by agreement. Its room stays readable."""
        deal = end_deal(actor=actor_of(request), deal_id=deal_id, version=version_of(request), **values)
        return one(request, DealAnswer, deal)


class DealPausing(APIView):
    """Letting a deal rest."""

    @writes("pause_deal", "deals:write", takes=DealPause, answers=DealAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Pause a deal until a day. Its open questions close; reopen it to go on."""
        deal = pause_deal(actor=actor_of(request), deal_id=deal_id, version=version_of(request), **values)
        return one(request, DealAnswer, deal)


class DealReopening(APIView):
    """Opening an ended deal again."""

    @writes("reopen_deal", "deals:write", answers=DealAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Reopen a deal that was lost, paused, or ended in agreement."""
        return one(
            request,
            DealAnswer,
            reopen_deal(actor=actor_of(request), deal_id=deal_id, version=version_of(request)),
        )


class DealRestoring(APIView):
    """A deal that lies in the archive."""

    @writes("restore_deal", "deals:write", answers=DealAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Take a deal out of the archive."""
        deal = restore_deal(actor=actor_of(request), deal_id=deal_id, version=version_of(request))
        return one(request, DealAnswer, deal)


class DealBulkRow(DealChange, BulkRowChange):
    """One deal to change; without `id` one to open, which `pipeline` and `room` are for."""

    pipeline = Id()
    room = Id()


class DealBulkChange(serializers.Serializer[Any]):
    """Up to a hundred deals."""

    rows = DealBulkRow(many=True)


class DealBulk(APIView):
    """Many deals at once."""

    @writes("change_deals", "deals:write", takes=DealBulkChange, answers=BulkAnswer, options=OPTIONS)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Change up to 100 deals, and open those without `id`, all or none; `atomic=false` answers for each by itself."""
        return write_records(request, DEAL_KIND, _open, [money_values(row) for row in values["rows"]])


def _open(actor: Actor, values: dict[str, Any]) -> Deal:
    """Open a deal from the fields of a body. Raises `Invalid` at what can only be changed later."""
    for name in ("owner", "success_owner"):
        if name in values:
            raise Invalid.field(name, _("Whoever opens a deal owns it; change it afterwards."), code="unknown")
    ids = {f"{name}_id": values.pop(name) for name in ("organization", "pipeline", "room") if name in values}
    return open_deal(actor=actor, **ids, **{"title": "", **values})


def get_deal(actor: Actor, deal_id: UUID) -> Deal:
    """Return a deal the actor may see, with what can be expanded. Raises `NotFound`."""
    joined = ("organization__parent", "owner__team", "team", "success_owner")
    deal = Deal.objects.visible_to(actor).select_related(*joined).filter(pk=deal_id).first()
    if deal is None:
        raise NotFound
    return deal
