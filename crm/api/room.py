"""Rooms over REST, and the members of staff who work in them."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.room import add_member, change_room, remove_member
from crm.api.authentication import actor_of
from crm.api.endpoint import expanded, gone, one, reads, writes
from crm.api.fields import Id, Related, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.organization import OrganizationAnswer
from crm.api.user import TeamAnswer, UserAnswer
from crm.api.versions import version_of
from crm.models import Room, RoomMember
from crm.queries.room import get_room


class RoomAnswer(serializers.Serializer[Any]):
    """A room: the shared space of one collaboration."""

    id = Id()
    title = Text(max_length=200)
    organization = Related(OrganizationAnswer, scope="contacts:read")
    owner = Related(UserAnswer, scope="contacts:read")
    team = Related(TeamAnswer, scope="contacts:read")
    time_zone = Text(max_length=64)
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()


class RoomChange(serializers.Serializer[Any]):
    """The fields of a room."""

    title = Text(max_length=200)
    time_zone = Text(required=False, max_length=64)


class MemberAnswer(serializers.Serializer[Any]):
    """A member of staff who works in a room besides its owner."""

    id = Id()
    room = Id(source="room_id")
    user = Related(UserAnswer, scope="contacts:read")
    added_by = Id(source="added_by_id", allow_null=True)
    added_at = Time()


class MemberAdding(serializers.Serializer[Any]):
    """Who shall work in the room."""

    user = Id()


ROOMS = Listing(
    RoomAnswer,
    filters=(
        Filter("organization", "id"),
        Filter("owner", "id"),
        Filter("team", "id"),
        Filter("q", "search", ("title__icontains",)),
    ),
    sorts=("-updated_at", "created_at", "title"),
    expand=("organization", "owner", "team"),
)
MEMBERS = Listing(MemberAnswer, filters=(Filter("user", "id"),), sorts=("added_at",), expand=("user",))


class RoomList(APIView):
    """The rooms in your sight."""

    @reads("list_rooms", "rooms:read", listing=ROOMS)
    def get(self, request: Request) -> Response:
        """List rooms."""
        return page(request, ROOMS, Room.objects.visible_to(actor_of(request)))


class RoomDetail(APIView):
    """One room."""

    @reads("get_room", "rooms:read", answers=RoomAnswer, expand=ROOMS.expand)
    def get(self, request: Request, room_id: UUID) -> Response:
        """Read a room."""
        expand = expanded(request, ROOMS.expand)
        return one(request, RoomAnswer, get_room(actor_of(request), room_id), expand=expand, cacheable=True)

    @writes("change_room", "rooms:write", takes=RoomChange, answers=RoomAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], room_id: UUID) -> Response:
        """Change the title or the time zone of a room. Days that are due end at midnight of its zone."""
        change_room(actor=actor_of(request), room_id=room_id, version=version_of(request), values=values)
        return one(request, RoomAnswer, get_room(actor_of(request), room_id))


class MemberList(APIView):
    """The staff of a room."""

    @reads("list_members", "rooms:read", listing=MEMBERS)
    def get(self, request: Request, room_id: UUID) -> Response:
        """List who of the staff works in a room besides its owner."""
        room = get_room(actor_of(request), room_id)
        return page(request, MEMBERS, RoomMember.objects.filter(room=room))

    @writes("add_member", "rooms:write", takes=MemberAdding, answers=MemberAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], room_id: UUID) -> Response:
        """Let a colleague work in a room. Adding somebody twice changes nothing."""
        member = add_member(actor=actor_of(request), room_id=room_id, user_id=values["user"])
        response = one(request, MemberAnswer, member, status=201)
        response.subject = member.room  # type: ignore[attr-defined]
        return response


class MemberDetail(APIView):
    """One colleague in a room."""

    @writes("remove_member", "rooms:write", status=204)
    def delete(self, request: Request, values: dict[str, Any], room_id: UUID, user_id: UUID) -> Response:
        """End a colleague's work in a room; what they wrote stays. A member has no version, so no `If-Match`."""
        remove_member(actor=actor_of(request), room_id=room_id, user_id=user_id)
        return gone()
