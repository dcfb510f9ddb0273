"""The problem over REST: its statements."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import MONEY_POINTERS, Money, MoneyParts, Text, YesNo, money_values
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from deals.actions.problem import add_statement, archive_statement, edit_statement, share_statement
from deals.api.row import RowAnswer, get_row, rows_of_deal
from deals.models import Period, ProblemPart, ProblemStatement


class StatementAnswer(RowAnswer):
    """A statement under one heading of the problem."""

    part = serializers.ChoiceField(ProblemPart.choices)
    text = Text(max_length=20_000)
    amount = Money()
    period = serializers.ChoiceField(Period.choices, allow_blank=True)
    source = Text(max_length=400)
    said_by = Text(max_length=200)
    said_on = serializers.DateField(allow_null=True)


class StatementChange(serializers.Serializer[Any]):
    """The fields of a statement. `private` keeps it, or this change of it, as a draft of your side."""

    part = serializers.ChoiceField(ProblemPart.choices)
    text = Text(max_length=20_000)
    amount = MoneyParts(required=False, allow_null=True)
    period = serializers.ChoiceField(Period.choices, allow_blank=True, required=False)
    source = Text(max_length=400, required=False)
    said_by = Text(max_length=200, required=False)
    said_on = serializers.DateField(allow_null=True, required=False)
    private = YesNo(required=False, default=False)


STATEMENTS = Listing(
    StatementAnswer,
    filters=(Filter("part", choices=tuple(ProblemPart.values)),),
    sorts=("position", "created_at", "updated_at"),
)
_EXAMPLE = {
    "part": "cost",
    "text": "Written-off fresh stock",
    "amount": {"amount": "3100000.00", "currency": "USD"},
    "period": "year",
}


class StatementList(APIView):
    """The statements of a deal's problem."""

    @reads("list_statements", "deals:read", listing=STATEMENTS)
    def get(self, request: Request, deal_id: UUID) -> Response:
        """List the statements of the problem, your side's drafts included."""
        return page(request, STATEMENTS, rows_of_deal(actor_of(request), ProblemStatement, deal_id))

    @writes(
        "add_statement",
        "deals:write",
        takes=StatementChange,
        answers=StatementAnswer,
        status=201,
        pointers=MONEY_POINTERS,
        example=_EXAMPLE,
    )
    def post(self, request: Request, values: dict[str, Any], deal_id: UUID) -> Response:
        """Add a statement to the problem."""
        private = values.pop("private", False)
        row = add_statement(actor=actor_of(request), deal_id=deal_id, values=money_values(values), private=private)
        location = reverse("api:statement", args=[row.pk])
        return one(request, StatementAnswer, row, status=201, location=location)


class StatementDetail(APIView):
    """One statement."""

    @reads("get_statement", "deals:read", answers=StatementAnswer)
    def get(self, request: Request, statement_id: UUID) -> Response:
        """Read a statement."""
        row = get_row(actor_of(request), ProblemStatement, statement_id)
        return one(request, StatementAnswer, row, cacheable=True)

    @writes(
        "change_statement",
        "deals:write",
        takes=StatementChange,
        answers=StatementAnswer,
        versioned=True,
        pointers=MONEY_POINTERS,
    )
    def patch(self, request: Request, values: dict[str, Any], statement_id: UUID) -> Response:
        """Change a statement; with `private` on a shared one, the answer is the draft of the change.

        What another side said (a quote, a disagreement) answers `403 not_yours`: only they change it or take it out.
        """
        private = values.pop("private", False)
        row = edit_statement(
            actor=actor_of(request),
            statement_id=statement_id,
            version=version_of(request),
            values=money_values(values),
            private=private,
        )
        return one(request, StatementAnswer, row)

    @writes("archive_statement", "deals:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], statement_id: UUID) -> Response:
        """Take a statement out of the problem; history keeps it."""
        archive_statement(actor=actor_of(request), statement_id=statement_id, version=version_of(request))
        return gone()


class StatementSharing(APIView):
    """Sharing a draft."""

    @writes("share_statement", "deals:write", answers=StatementAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], statement_id: UUID) -> Response:
        """Share a draft with everybody in the room."""
        row = share_statement(actor=actor_of(request), statement_id=statement_id, version=version_of(request))
        return one(request, StatementAnswer, row)
