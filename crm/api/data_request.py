"""Data requests over REST, and erasing somebody: for administrators' keys with the scope `admin`. Asking is for people."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.data_request import decline_data_request, grant_access, grant_erasure
from crm.actions.erasure import check_may_erase, erase_contact
from crm.api.authentication import actor_of
from crm.api.endpoint import one, reads, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.models import DataRequest, DataRequestKind, DataRequestState
from crm.queries.personal_data import get_data_request


class DataRequestAnswer(serializers.Serializer[Any]):
    """What somebody asks about their own data. `available_until`: until then they can fetch what was handed over."""

    id = Id()
    kind = serializers.ChoiceField(DataRequestKind.choices)
    state = serializers.ChoiceField(DataRequestState.choices)
    contact = Id(source="contact_id")
    asked_by = Id(source="asked_by_id", help_text="The participant: in which room.")
    asked_at = Time()
    note = Text()
    answered_by = Id(source="answered_by_id", allow_null=True)
    answered_at = Time(allow_null=True)
    answer = Text()
    available_until = Time(allow_null=True)
    version = serializers.IntegerField()


class HandingOver(serializers.Serializer[Any]):
    """A word that goes along."""

    answer = Text(required=False, max_length=2000)


class Declining(serializers.Serializer[Any]):
    """The legal ground, which the person reads."""

    answer = Text(max_length=2000)


class ErasureDecision(serializers.Serializer[Any]):
    """The person's name, typed again, and why. Evidence can stay until a time, on a ground: when a legal claim needs it."""

    confirmed_name = Text(max_length=200)
    ground = Text(max_length=2000, help_text="Must not name the person: it stays.")
    retained_until = Time(required=False, allow_null=True)
    retained_ground = Text(required=False, max_length=2000)


class ErasureAnswer(serializers.Serializer[Any]):
    """An erasure. `by` null: applied from the list outside the database."""

    id = Id()
    contact = Id(source="contact_id")
    by = Id(source="by_id", allow_null=True)
    at = Time()
    ground = Text()
    retained_until = Time(allow_null=True)
    retained_ground = Text()


DATA_REQUESTS = Listing(
    DataRequestAnswer,
    filters=(
        Filter("state", choices=tuple(DataRequestState.values)),
        Filter("kind", choices=tuple(DataRequestKind.values)),
    ),
    sorts=("-asked_at",),
)


class DataRequestList(APIView):
    """What people asked about their data."""

    @reads("list_data_requests", "admin", listing=DATA_REQUESTS)
    def get(self, request: Request) -> Response:
        """List the requests."""
        check_may_erase(actor_of(request))
        return page(request, DATA_REQUESTS, DataRequest.objects.visible_to(actor_of(request)).defer("export"))


class DataRequestDetail(APIView):
    """One request."""

    @reads("get_data_request", "admin", answers=DataRequestAnswer)
    def get(self, request: Request, request_id: UUID) -> Response:
        """Read a request."""
        check_may_erase(actor_of(request))
        return one(request, DataRequestAnswer, get_data_request(actor_of(request), request_id))


class DataRequestGrant(APIView):
    """Handing over."""

    @writes("grant_data_access", "admin", takes=HandingOver, answers=DataRequestAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], request_id: UUID) -> Response:
        """Hand over, for 14 days, what your side keeps and they do not see by themselves: private notes, assessments, copies."""
        done = grant_access(actor=actor_of(request), request_id=request_id, version=version_of(request), **values)
        return one(request, DataRequestAnswer, done)


class DataRequestErasure(APIView):
    """Erasing whoever asked for it."""

    @writes("grant_data_erasure", "admin", takes=ErasureDecision, answers=DataRequestAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], request_id: UUID) -> Response:
        """Erase the person who asked for it, for good."""
        done = grant_erasure(actor=actor_of(request), request_id=request_id, version=version_of(request), **values)
        return one(request, DataRequestAnswer, done)


class DataRequestRefusal(APIView):
    """Saying no."""

    @writes("decline_data_request", "admin", takes=Declining, answers=DataRequestAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], request_id: UUID) -> Response:
        """Say no, with the legal ground."""
        done = decline_data_request(
            actor=actor_of(request), request_id=request_id, version=version_of(request), **values
        )
        return one(request, DataRequestAnswer, done)


class ContactErasure(APIView):
    """Erasing somebody."""

    @writes("erase_contact", "admin", takes=ErasureDecision, answers=ErasureAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], contact_id: UUID) -> Response:
        """Erase a person, for good: access ends, and what is kept goes from every place. Doing it twice is doing it once."""
        done = erase_contact(actor=actor_of(request), contact_id=contact_id, **values)
        return one(request, ErasureAnswer, done, status=201)
