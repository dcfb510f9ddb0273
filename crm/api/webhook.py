"""Webhooks over REST: addresses that are told of events, what was sent to them, and sending it again."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import OpenApiWebhook, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.webhook import (
    archive_webhook_endpoint,
    change_webhook_endpoint,
    create_webhook_endpoint,
    replay_message,
    replay_messages,
    rotate_webhook_secret,
)
from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, Time, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from crm.models import WebhookEndpoint, WebhookState


class EndpointAnswer(serializers.Serializer[Any]):
    """An address that is told of events its owner may see. `event_types` empty: of every type."""

    id = Id()
    user = Id(source="user_id")
    key = Id(
        source="key_id", allow_null=True, help_text="The key that gave the address: no more is told than it may read."
    )
    url = Text()
    description = Text()
    event_types = serializers.ListField(child=Text())
    disabled_at = Time(allow_null=True)
    disabled_reason = Text()
    previous_until = Time(allow_null=True, help_text="Until when the secret before the last rotation signs as well.")
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()


class EndpointWithSecret(EndpointAnswer):
    """The same with its signing secret, which is shown this once."""

    secret = Text(help_text="Standard Webhooks: `whsec_…`.")


class EndpointMaking(serializers.Serializer[Any]):
    """Where to tell what."""

    url = Text(max_length=2000)
    event_types = serializers.ListField(child=Text(max_length=64), required=False, max_length=200)
    description = Text(required=False, max_length=200)


class EndpointChange(EndpointMaking):
    """What can be changed; `disabled` switches it off and on."""

    url = Text(required=False, max_length=2000)
    disabled = YesNo(required=False)


class AttemptAnswer(serializers.Serializer[Any]):
    """One try. `status` null: no answer came; `answer` then says why."""

    at = Time()
    status = serializers.IntegerField(allow_null=True)
    milliseconds = serializers.IntegerField()
    answer = Text()


class MessageAnswer(serializers.Serializer[Any]):
    """One event owed to one endpoint. Its `id` is the `webhook-id` of every try."""

    id = Id()
    endpoint = Id(source="endpoint_id")
    event = Id(source="event_id")
    type = Text(source="event.type")
    state = serializers.ChoiceField(WebhookState.choices)
    attempts = serializers.IntegerField()
    run_after = Time(help_text="When the next try is due.")
    done_at = Time(allow_null=True)
    created_at = Time()
    tries = AttemptAnswer(source="tries.all", many=True)


class Stretch(serializers.Serializer[Any]):
    """A stretch of time: from `since` up to `until` (now, without it)."""

    since = Time()
    until = Time(required=False)


class Replayed(serializers.Serializer[Any]):
    """How many messages are on their way again."""

    messages = serializers.IntegerField()


ENDPOINTS = Listing(EndpointAnswer, filters=(), sorts=("-created_at",))
MESSAGES = Listing(
    MessageAnswer, filters=(Filter("state", choices=tuple(WebhookState.values)), Filter("event", "id")), sorts=("-id",)
)


class EndpointList(APIView):
    """Your webhook addresses."""

    @reads("list_webhook_endpoints", "webhooks:read", listing=ENDPOINTS)
    def get(self, request: Request) -> Response:
        """List your webhook addresses; administrators see everybody's."""
        return page(request, ENDPOINTS, _endpoints(actor_of(request)))

    @writes(
        "create_webhook_endpoint",
        "webhooks:write",
        takes=EndpointMaking,
        answers=EndpointWithSecret,
        status=201,
        example={"url": "https://hooks.company.example/cg", "event_types": ["consent.given", "deal.won"]},
    )
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Tell an address of events from now on. The answer holds the secret, this once; it is not stored for replays."""
        endpoint, secret = create_webhook_endpoint(actor=actor_of(request), values=values)
        return _with_secret(request, endpoint, secret, status=201)


class EndpointDetail(APIView):
    """One webhook address."""

    @reads("get_webhook_endpoint", "webhooks:read", answers=EndpointAnswer)
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        """Read a webhook address."""
        return one(request, EndpointAnswer, _endpoint(actor_of(request), endpoint_id))

    @writes("change_webhook_endpoint", "webhooks:write", takes=EndpointChange, answers=EndpointAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], endpoint_id: UUID) -> Response:
        """Change address, types or description, or switch it off and on."""
        changed = change_webhook_endpoint(
            actor=actor_of(request), endpoint_id=endpoint_id, version=version_of(request), values=values
        )
        return one(request, EndpointAnswer, changed)

    @writes("archive_webhook_endpoint", "webhooks:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], endpoint_id: UUID) -> Response:
        """Tell this address nothing more."""
        archive_webhook_endpoint(actor=actor_of(request), endpoint_id=endpoint_id, version=version_of(request))
        return gone()


class EndpointSecret(APIView):
    """A new secret."""

    @writes("rotate_webhook_secret", "webhooks:write", answers=EndpointWithSecret, versioned=True)
    def post(self, request: Request, values: dict[str, Any], endpoint_id: UUID) -> Response:
        """Give a new secret, shown this once. For 24 hours both secrets sign."""
        endpoint, secret = rotate_webhook_secret(
            actor=actor_of(request), endpoint_id=endpoint_id, version=version_of(request)
        )
        return _with_secret(request, endpoint, secret)


class EndpointMessages(APIView):
    """What an address was told."""

    @reads("list_webhook_messages", "webhooks:read", listing=MESSAGES)
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        """List the messages to an address with every try, newest first."""
        endpoint = _endpoint(actor_of(request), endpoint_id)
        rows = endpoint.messages.select_related("event").prefetch_related("tries")
        return page(request, MESSAGES, rows)


class EndpointReplay(APIView):
    """Everything of a stretch of time again."""

    @writes("replay_webhook_messages", "webhooks:write", takes=Stretch, answers=Replayed, status=202)
    def post(self, request: Request, values: dict[str, Any], endpoint_id: UUID) -> Response:
        """Send all events of a stretch of time, again or for the first time, each under its own id."""
        count = replay_messages(actor=actor_of(request), endpoint_id=endpoint_id, **values)
        return Response({"messages": count}, status=202)


class MessageReplay(APIView):
    """One message again."""

    @writes("replay_webhook_message", "webhooks:write", answers=MessageAnswer, status=202)
    def post(self, request: Request, values: dict[str, Any], message_id: UUID) -> Response:
        """Send one message again under its id."""
        return one(request, MessageAnswer, replay_message(actor=actor_of(request), message_id=message_id), status=202)


def _endpoints(actor: Actor) -> Any:
    return WebhookEndpoint.objects.visible_to(actor).filter(archived_at=None)


def _endpoint(actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    found: WebhookEndpoint | None = _endpoints(actor).filter(pk=endpoint_id).first()
    if found is None:
        raise NotFound
    return found


def _with_secret(request: Request, endpoint: WebhookEndpoint, secret: str, status: int = 200) -> Response:
    endpoint.secret = secret  # for the answer alone: the row is saved and keeps it sealed
    location = reverse("api:webhook-endpoint", args=[endpoint.pk])
    response = one(request, EndpointWithSecret, endpoint, status=status, location=location)
    response.holds_secret = True  # type: ignore[attr-defined]  # `once` stores no secret
    return response


class WebhookFacts(serializers.Serializer[Any]):
    """Ids and plain facts of one event, as in the event feed."""

    event = Id()
    schema = serializers.IntegerField()
    position = serializers.IntegerField()
    room = Id(allow_null=True)
    subject_type = Text()
    subject = Id()
    facts = serializers.DictField()


class WebhookBody(serializers.Serializer[Any]):
    """What an address is sent: a thin message, signed as Standard Webhooks 1.0 says. Fetch the rest over REST."""

    type = Text()
    timestamp = Time()
    data = WebhookFacts()


EVENT = OpenApiWebhook(
    name="event",
    decorator=extend_schema(
        operation_id="told_of_event",
        summary="An event your owner may see",
        description="Headers `webhook-id` (the same at every try), `webhook-timestamp`, `webhook-signature`.",
        tags=["webhooks"],
        request={"application/json": WebhookBody},
        responses={"2XX": None, "410": None},
    ),
)
