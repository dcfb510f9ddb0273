"""Success criteria over REST."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Number, Text, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from deals.actions.criterion import add_criterion, archive_criterion, edit_criterion, share_criterion
from deals.api.row import RowAnswer, get_row, rows_of_deal
from deals.models import Criterion, Direction, Frequency, Weight
from deals.queries.criterion import missing_of


class CriterionAnswer(RowAnswer):
    """A success criterion. `missing` says what it lacks to be measurable; with anything missing it cannot be agreed."""

    title = Text(max_length=200)
    counted_as = Text()
    unit = Text(max_length=64)
    direction = serializers.ChoiceField(Direction.choices, allow_blank=True)
    baseline = Number(allow_null=True)
    baseline_on = serializers.DateField(allow_null=True)
    baseline_source = Text(max_length=400)
    target = Number(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    source = Text(max_length=400)
    measured_by = Text(max_length=200)
    frequency = serializers.ChoiceField(Frequency.choices, allow_blank=True)
    weight = serializers.ChoiceField(Weight.choices)
    buyer_owner = Id(source="buyer_owner_id", allow_null=True)
    seller_owner = Id(source="seller_owner_id", allow_null=True)
    leading_indicators = Text()
    assumptions = Text()
    missing = serializers.SerializerMethodField()

    def get_missing(self, criterion: Any) -> list[str]:
        """Return the codes of what is missing."""
        return [one.code.value for one in missing_of(criterion)]


class CriterionChange(serializers.Serializer[Any]):
    """The fields of a criterion. `private` keeps it, or this change of it, as a draft of your side."""

    title = Text(max_length=200)
    counted_as = Text(required=False, max_length=20_000)
    unit = Text(required=False, max_length=64)
    direction = serializers.ChoiceField(Direction.choices, required=False, allow_blank=True)
    baseline = Number(required=False, allow_null=True)
    baseline_on = serializers.DateField(required=False, allow_null=True)
    baseline_source = Text(required=False, max_length=400)
    target = Number(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    source = Text(required=False, max_length=400)
    measured_by = Text(required=False, max_length=200)
    frequency = serializers.ChoiceField(Frequency.choices, required=False, allow_blank=True)
    weight = serializers.ChoiceField(Weight.choices, required=False)
    buyer_owner = Id(required=False, allow_null=True)
    seller_owner = Id(required=False, allow_null=True)
    leading_indicators = Text(required=False, max_length=20_000)
    assumptions = Text(required=False, max_length=20_000)
    private = YesNo(required=False, default=False)


CRITERIA = Listing(
    CriterionAnswer,
    filters=(Filter("weight", choices=tuple(Weight.values)),),
    sorts=("position", "created_at", "updated_at"),
)
_EXAMPLE = {
    "title": "Fill rate",
    "unit": "%",
    "direction": "raise",
    "baseline": "93.4",
    "baseline_on": "2026-02-22",
    "target": "97.5",
    "due_on": "2027-06-30",
}


class CriterionList(APIView):
    """The success criteria of a deal."""

    @reads("list_criteria", "deals:read", listing=CRITERIA)
    def get(self, request: Request, deal_id: UUID) -> Response:
        """List the criteria, your side's drafts included."""
        return page(request, CRITERIA, rows_of_deal(actor_of(request), Criterion, deal_id))

    @writes(
        "add_criterion", "deals:write", takes=CriterionChange, answers=CriterionAnswer, status=201, example=_EXAMPLE
    )
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Add a criterion; what is missing for it to be measurable can come later."""
        private = values.pop("private", False)
        row = add_criterion(actor=actor_of(request), deal_id=deal_id, values=values, private=private)
        return one(request, CriterionAnswer, row, status=201, location=reverse("api:criterion", args=[row.pk]))


class CriterionDetail(APIView):
    """One criterion."""

    @reads("get_criterion", "deals:read", answers=CriterionAnswer)
    def get(self, request: Request, criterion_id: UUID) -> Response:
        """Read a criterion."""
        return one(request, CriterionAnswer, get_row(actor_of(request), Criterion, criterion_id), cacheable=True)

    @writes("change_criterion", "deals:write", takes=CriterionChange, answers=CriterionAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], criterion_id: UUID) -> Response:
        """Change a criterion; with `private` on a shared one, the answer is the draft of the change."""
        private = values.pop("private", False)
        row = edit_criterion(
            actor=actor_of(request),
            criterion_id=criterion_id,
            version=version_of(request),
            values=values,
            private=private,
        )
        return one(request, CriterionAnswer, row)

    @writes("archive_criterion", "deals:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], criterion_id: UUID) -> Response:
        """Take a criterion out; history keeps it."""
        archive_criterion(actor=actor_of(request), criterion_id=criterion_id, version=version_of(request))
        return gone()


class CriterionSharing(APIView):
    """Sharing a draft."""

    @writes("share_criterion", "deals:write", answers=CriterionAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], criterion_id: UUID) -> Response:
        """Share a draft with everybody in the room."""
        row = share_criterion(actor=actor_of(request), criterion_id=criterion_id, version=version_of(request))
        return one(request, CriterionAnswer, row)
