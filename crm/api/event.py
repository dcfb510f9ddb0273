"""The event feed: every event in your sight once, in an order that never skips one. Positions are given after commit."""

import time
from typing import Any

from django.db import connection
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actors import Actor
from crm.api.authentication import look_again, require_scope
from crm.api.description import responses_of
from crm.api.fields import Id, Text, Time
from crm.api.listing import DEFAULT_LIMIT, MOST, read_parameters, read_value
from crm.errors import Invalid
from crm.models import Event, Side

LONGEST_WAIT = 25
"""Seconds that a call waits for the next event at most."""
LOOK_EVERY = 0.5
"""Seconds between two looks while waiting."""
SCOPE = "events:read"


class EventAnswer(serializers.Serializer[Any]):
    """What happened. `data` has ids and plain facts, no words of people; fetch the rest."""

    position = serializers.IntegerField(source="feed.position")
    id = Id()
    type = Text(help_text="noun.past_tense, such as `consent.given`")
    schema = serializers.IntegerField()
    at = Time()
    room = Id(source="room_id", allow_null=True)
    subject_type = Text()
    subject = Id(source="subject_id")
    by_user = Id(source="by_user_id", allow_null=True)
    by_contact = Id(source="by_contact_id", allow_null=True)
    by_key = Id(source="by_key_id", allow_null=True)
    by_side = serializers.ChoiceField(Side.choices)
    data = serializers.DictField()


class EventsAnswer(serializers.Serializer[Any]):
    """A piece of the feed. Go on with `after` set to `next_after`."""

    data = EventAnswer(many=True)
    has_more = serializers.BooleanField()
    next_after = serializers.IntegerField()


class EventFeed(APIView):
    """The feed."""

    @extend_schema(
        operation_id="read_events",
        parameters=[
            OpenApiParameter("after", OpenApiTypes.INT64, description="`next_after` of the piece before; 0 at first."),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}),
            OpenApiParameter("wait", {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0}),
        ],
        responses=responses_of(200, EventsAnswer, None, SCOPE),
    )
    def get(self, request: Request) -> Response:
        """Read events after a position. With `wait` the call stays open until there is one."""
        actor = require_scope(request, SCOPE)
        parameters = read_parameters(request, frozenset({"after", "limit", "wait"}))
        after = _number(parameters, "after", 0, lowest=0, highest=2**62)
        limit = _number(parameters, "limit", DEFAULT_LIMIT, lowest=1, highest=MOST)
        until = time.monotonic() + _number(parameters, "wait", 0, lowest=0, highest=LONGEST_WAIT)
        found = _events(actor, after, limit)
        while not found and time.monotonic() < until:
            _give_connection_back()
            time.sleep(LOOK_EVERY)
            found = _events(look_again(request), after, limit)
        body = {
            "data": found[:limit],
            "has_more": len(found) > limit,
            "next_after": found[:limit][-1].feed.position if found else after,
        }
        return Response(EventsAnswer(body).data, headers={"Cache-Control": "no-store"})


def _events(actor: Actor, after: int, limit: int) -> list[Any]:
    visible = Event.objects.visible_to(actor).filter(feed__position__gt=after).select_related("feed")
    return list(visible.order_by("feed__position")[: limit + 1])


def _give_connection_back() -> None:
    """Hold no connection while waiting. Inside a transaction (of a test) it stays."""
    if not connection.in_atomic_block:
        connection.close()


def _number(parameters: dict[str, str], name: str, default: int, *, lowest: int, highest: int) -> int:
    number = read_value(name, "number", parameters.get(name, str(default)))
    if not lowest <= number <= highest:
        raise Invalid.field(f"?{name}", f"{lowest} – {highest}", code="out_of_range")
    return int(number)
