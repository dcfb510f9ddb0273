"""Activities over REST: calls, meetings, e-mails, notes."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.activity import archive_activity, change_activity, log_activity, share_activity
from crm.api.authentication import actor_of
from crm.api.authored import AuthoredAnswer
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, Time, Whole, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from crm.models import Activity, ActivityType
from crm.queries.room import get_room


class ActivityAnswer(AuthoredAnswer):
    """Something that was said or done."""

    room = Id(source="room_id")
    type = serializers.ChoiceField(ActivityType.choices)
    at = Time()
    minutes = serializers.IntegerField(allow_null=True)
    subject = Text(max_length=200)
    body = Text()


class ActivityChange(serializers.Serializer[Any]):
    """The fields of an activity; without `at` it is now."""

    type = serializers.ChoiceField(ActivityType.choices)
    subject = Text(max_length=200)
    at = Time(required=False)
    minutes = Whole(required=False, allow_null=True)
    body = Text(required=False, max_length=20_000)


class ActivityLogging(ActivityChange):
    """A new activity. It is your side's own unless `shared`."""

    shared = YesNo(required=False, default=False)


ACTIVITIES = Listing(
    ActivityAnswer,
    filters=(Filter("type", choices=tuple(ActivityType.values)), Filter("updated_after", "time", ("updated_at__gt",))),
    sorts=("-at", "created_at", "updated_at"),
)


class ActivityList(APIView):
    """The activities of a room."""

    @reads("list_activities", "rooms:read", listing=ACTIVITIES)
    def get(self, request: Request, room_id: UUID) -> Response:
        """List what was said and done, latest first."""
        room = get_room(actor_of(request), room_id)
        return page(request, ACTIVITIES, Activity.objects.visible_to(actor_of(request)).filter(room=room))

    @writes("log_activity", "rooms:write", takes=ActivityLogging, answers=ActivityAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], room_id: UUID) -> Response:
        """Write an activity down."""
        shared = values.pop("shared")
        made = log_activity(actor=actor_of(request), room_id=room_id, values=values, shared=shared)
        return one(request, ActivityAnswer, made, status=201, location=reverse("api:activity", args=[made.pk]))


class ActivityDetail(APIView):
    """One activity."""

    @reads("get_activity", "rooms:read", answers=ActivityAnswer)
    def get(self, request: Request, activity_id: UUID) -> Response:
        """Read an activity."""
        found = Activity.objects.visible_to(actor_of(request)).filter(pk=activity_id).first()
        if found is None:
            raise NotFound
        return one(request, ActivityAnswer, found, cacheable=True)

    @writes("change_activity", "rooms:write", takes=ActivityChange, answers=ActivityAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], activity_id: UUID) -> Response:
        """Change an activity of your own side."""
        changed = change_activity(
            actor=actor_of(request), activity_id=activity_id, version=version_of(request), values=values
        )
        return one(request, ActivityAnswer, changed)

    @writes("archive_activity", "rooms:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], activity_id: UUID) -> Response:
        """Take an activity of your own side out of sight."""
        archive_activity(actor=actor_of(request), activity_id=activity_id, version=version_of(request))
        return gone()


class ActivitySharing(APIView):
    """Sharing an activity."""

    @writes("share_activity", "rooms:write", answers=ActivityAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], activity_id: UUID) -> Response:
        """Let everybody in the room see an activity. It cannot be made private again."""
        shared = share_activity(actor=actor_of(request), activity_id=activity_id, version=version_of(request))
        return one(request, ActivityAnswer, shared)
