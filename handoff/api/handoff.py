"""Handoffs over REST: who takes over, and accepting."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.endpoint import expanded, one, reads, writes
from crm.api.fields import Id, Related, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.user import UserAnswer
from crm.api.versions import version_of
from crm.errors import NotFound
from deals.api.deal import DealAnswer
from handoff.actions.handoff import accept_handoff, assign_handoff
from handoff.models import Handoff, HandoffState


class HandoffAnswer(serializers.Serializer[Any]):
    """A handoff, opened in the transaction that won its deal. Its brief is in `items`."""

    id = Id()
    deal = Related(DealAnswer, scope="deals:read")
    room = Id(source="room_id")
    from_user = Related(UserAnswer, scope="contacts:read")
    to_user = Related(UserAnswer, scope="contacts:read")
    state = serializers.ChoiceField(HandoffState.choices)
    opened_at = Time()
    accepted_at = Time(allow_null=True)
    accepted_by = Id(source="accepted_by_id", allow_null=True)
    confirmed_at = Time(allow_null=True)
    confirmed_by = Id(source="confirmed_by_id", allow_null=True)
    cancelled_at = Time(allow_null=True)
    version = serializers.IntegerField()


class Assigning(serializers.Serializer[Any]):
    """Who of customer success takes over."""

    user = Id()


class Accepting(serializers.Serializer[Any]):
    """Who is asked to confirm the brief (they can also be asked later), in words of yours or ours."""

    asked_of = Id(required=False, allow_null=True)
    sentence = Text(required=False, max_length=1000)
    benefit = Text(required=False, max_length=2000)


HANDOFFS = Listing(
    HandoffAnswer,
    filters=(
        Filter("state", choices=tuple(HandoffState.values)),
        Filter("to_user", "id"),
        Filter("deal", "id"),
        Filter("room", "id"),
    ),
    sorts=("-opened_at",),
    expand=("deal", "from_user", "to_user"),
)


class HandoffList(APIView):
    """The handoffs in your sight."""

    @reads("list_handoffs", "success:read", listing=HANDOFFS)
    def get(self, request: Request) -> Response:
        """List handoffs, newest first."""
        return page(request, HANDOFFS, Handoff.objects.visible_to(actor_of(request)))


class HandoffDetail(APIView):
    """One handoff."""

    @reads("get_handoff", "success:read", answers=HandoffAnswer, expand=HANDOFFS.expand)
    def get(self, request: Request, handoff_id: UUID) -> Response:
        """Read a handoff."""
        expand = expanded(request, HANDOFFS.expand)
        return one(request, HandoffAnswer, get_handoff(actor_of(request), handoff_id), expand=expand, cacheable=True)


class HandoffAssigning(APIView):
    """Who takes over."""

    @writes("assign_handoff", "success:write", takes=Assigning, answers=HandoffAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], handoff_id: UUID) -> Response:
        """Say who of customer success takes over; they are let into the room."""
        handoff = assign_handoff(
            actor=actor_of(request), handoff_id=handoff_id, version=version_of(request), user_id=values["user"]
        )
        return one(request, HandoffAnswer, handoff)


class HandoffAccepting(APIView):
    """Taking the baton."""

    @writes("accept_handoff", "success:write", takes=Accepting, answers=HandoffAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], handoff_id: UUID) -> Response:
        """Accept: the success plan begins with a goal for each agreed criterion. 409 names each item still open."""
        handoff = accept_handoff(actor=actor_of(request), handoff_id=handoff_id, version=version_of(request), **values)
        return one(request, HandoffAnswer, handoff)


def get_handoff(actor: Actor, handoff_id: UUID) -> Handoff:
    """Return a handoff the actor may see, with what can be expanded. Raises `NotFound`."""
    joined = Handoff.objects.visible_to(actor).select_related("deal", "from_user", "to_user")
    found = joined.filter(pk=handoff_id).first()
    if found is None:
        raise NotFound
    return found
