"""Access requests over REST: who asks to bring whom in, and the answer to it. Asking is for people in the room."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.access_request import approve_access_request, decline_access_request
from crm.api.authentication import actor_of
from crm.api.endpoint import one, reads, writes
from crm.api.fields import Id, Text, Time, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from crm.models import AccessRequest, AccessRequestState
from crm.queries.room import get_room


class AccessRequestAnswer(serializers.Serializer[Any]):
    """Somebody whom a buyer or partner asks to bring in. `decided_by` null and approved: a rule of the room let them in."""

    id = Id()
    room = Id(source="room_id")
    asked_by = Id(source="asked_by_id", help_text="The participant who asks.")
    name = Text()
    email = Text()
    title = Text()
    reason = Text()
    state = serializers.ChoiceField(AccessRequestState.choices)
    note = Text()
    decided_by = Id(source="decided_by_id", allow_null=True)
    decided_at = Time(allow_null=True)
    participant = Id(source="participant_id", allow_null=True, help_text="The grant that came of it.")
    version = serializers.IntegerField()
    created_at = Time()


class Approval(serializers.Serializer[Any]):
    """What the person will see (`sections` null: everything shared), and whether they answer for their side."""

    sections = serializers.ListField(child=Text(max_length=32), required=False, allow_null=True, max_length=50)
    may_answer = YesNo(required=False, help_text="Buyers only. Default true, as with an invitation.")


class Refusal(serializers.Serializer[Any]):
    """What to say to whoever asked."""

    note = Text(required=False, max_length=2000)


ACCESS_REQUESTS = Listing(
    AccessRequestAnswer,
    filters=(Filter("state", choices=tuple(AccessRequestState.values)),),
    sorts=("-created_at",),
)


class AccessRequestList(APIView):
    """Who was asked for in a room."""

    @reads("list_access_requests", "rooms:read", listing=ACCESS_REQUESTS)
    def get(self, request: Request, room_id: UUID) -> Response:
        """List the requests of a room."""
        room = get_room(actor_of(request), room_id)
        return page(request, ACCESS_REQUESTS, AccessRequest.objects.visible_to(actor_of(request)).filter(room=room))


class AccessRequestDetail(APIView):
    """One request."""

    @reads("get_access_request", "rooms:read", answers=AccessRequestAnswer)
    def get(self, request: Request, request_id: UUID) -> Response:
        """Read a request."""
        found = AccessRequest.objects.visible_to(actor_of(request)).filter(pk=request_id).first()
        if found is None:
            raise NotFound
        return one(request, AccessRequestAnswer, found)


class AccessRequestApproval(APIView):
    """Letting in."""

    @writes(
        "approve_access_request", "rooms:write", takes=Approval, answers=AccessRequestAnswer, status=200, versioned=True
    )
    def post(self, request: Request, values: dict[str, Any], request_id: UUID) -> Response:
        """Let the person in and mail them a link."""
        done = approve_access_request(
            actor=actor_of(request), request_id=request_id, version=version_of(request), **values
        )
        return one(request, AccessRequestAnswer, done)


class AccessRequestRefusal(APIView):
    """Not letting in."""

    @writes(
        "decline_access_request", "rooms:write", takes=Refusal, answers=AccessRequestAnswer, status=200, versioned=True
    )
    def post(self, request: Request, values: dict[str, Any], request_id: UUID) -> Response:
        """Say "not now" to whoever asked."""
        done = decline_access_request(
            actor=actor_of(request), request_id=request_id, version=version_of(request), **values
        )
        return one(request, AccessRequestAnswer, done)
