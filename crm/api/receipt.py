"""Receipts over REST: all that proves an answer, as data and as the paper that the person has."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of, require_scope
from crm.api.consent import ConsentAnswer
from crm.api.description import responses_of
from crm.api.endpoint import one, reads
from crm.api.fields import Id, Text, Time
from crm.api.listing import read_parameters
from crm.models import Side
from crm.queries.receipt import get_receipt
from crm.web.receipt import receipt_file


class ReceiptPerson(serializers.Serializer[Any]):
    """Who answered, as they were on that day."""

    name = Text()
    email = Text()
    title = Text()
    organization = Text()
    side = serializers.ChoiceField(Side.choices)


class ReceiptEntry(serializers.Serializer[Any]):
    """An entry of the room's chain. `is_whole`: it fits its neighbours and its words, computed now."""

    seq = serializers.IntegerField(source="entry.seq")
    type = Text(source="entry.type")
    at = Time(source="entry.at")
    prev_hash = Text(source="entry.prev_hash")
    payload_digest = Text(source="entry.payload_digest")
    hash = Text(source="entry.hash")
    is_erased = serializers.SerializerMethodField()
    is_whole = serializers.BooleanField()

    def get_is_erased(self, link: Any) -> bool:
        """Whether what the entry says was erased."""
        return link.content is None


class ReceiptLine(serializers.Serializer[Any]):
    """One line of what was shown."""

    label = Text()
    text = Text()


class ReceiptAnswer(serializers.Serializer[Any]):
    """A receipt. `person` is null once it was erased, `lines` is empty then; the hashes stay."""

    consent = ConsentAnswer()
    label = Text()
    person = ReceiptPerson(allow_null=True)
    sentence = Text(source="consent.question.sentence")
    benefit = Text(source="consent.question.benefit")
    button = Text()
    asked_by = Id(source="consent.question.asked_by_id")
    asked_at = Time(source="consent.question.asked_at")
    revision_number = serializers.IntegerField(source="consent.revision.number")
    lines: Any = ReceiptLine(many=True)
    entries: Any = ReceiptEntry(many=True, source="links")
    is_whole = serializers.BooleanField()


class ReceiptDetail(APIView):
    """The receipt of one consent."""

    @reads("get_receipt", "rooms:read", answers=ReceiptAnswer)
    def get(self, request: Request, consent_id: UUID) -> Response:
        """Read a receipt: who answered what, to which words, and its place in the chain."""
        return one(request, ReceiptAnswer, get_receipt(actor_of(request), consent_id))


class ReceiptContent(APIView):
    """The receipt as a PDF."""

    @extend_schema(
        operation_id="download_receipt",
        responses={
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, description="Needs the scope `rooms:read`."),
            **{key: value for key, value in responses_of(200, None, None, "").items() if key != 200},
        },
    )
    def get(self, request: Request, consent_id: UUID) -> HttpResponse:
        """Download the receipt as the PDF that the person has."""
        require_scope(request, "rooms:read")
        read_parameters(request, frozenset())
        return receipt_file(get_receipt(actor_of(request), consent_id))
