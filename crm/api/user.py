"""Colleagues and teams over REST, for reading."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import expanded, one, reads
from crm.api.fields import Id, Related, Text
from crm.api.listing import Filter, Listing, page
from crm.errors import NotFound
from crm.models import Role, Team, User


class TeamAnswer(serializers.Serializer[Any]):
    """A team; `parent` is the team above it."""

    id = Id()
    name = Text(max_length=200)
    parent = Id(source="parent_id", allow_null=True)


class UserAnswer(serializers.Serializer[Any]):
    """Somebody on the staff."""

    id = Id()
    email = Text(max_length=254)
    name = Text(max_length=200)
    title = Text(max_length=200)
    role = serializers.ChoiceField(Role.choices)
    team = Related(TeamAnswer, scope="contacts:read")
    time_zone = Text(max_length=64)
    is_active = serializers.BooleanField()
    version = serializers.IntegerField()


USERS = Listing(
    UserAnswer,
    filters=(
        Filter("role", choices=tuple(Role.values)),
        Filter("team", "id"),
        Filter("email"),
        Filter("is_active", "yes_no"),
        Filter("q", "search", ("name__icontains", "email__icontains")),
    ),
    sorts=("name", "email"),
    expand=("team",),
)
TEAMS = Listing(
    TeamAnswer,
    filters=(Filter("parent", "id"), Filter("q", "search", ("name__icontains",))),
    sorts=("name",),
)


class UserList(APIView):
    """Everybody on the staff."""

    @reads("list_users", "contacts:read", listing=USERS)
    def get(self, request: Request) -> Response:
        """List colleagues."""
        return page(request, USERS, User.objects.visible_to(actor_of(request)))


class UserDetail(APIView):
    """One colleague."""

    @reads("get_user", "contacts:read", answers=UserAnswer, expand=USERS.expand)
    def get(self, request: Request, user_id: UUID) -> Response:
        """Read a colleague."""
        expand = expanded(request, USERS.expand)
        user = User.objects.visible_to(actor_of(request)).select_related("team").filter(pk=user_id).first()
        if user is None:
            raise NotFound
        return one(request, UserAnswer, user, expand=expand, cacheable=True)


class TeamList(APIView):
    """The teams of the seller."""

    @reads("list_teams", "contacts:read", listing=TEAMS)
    def get(self, request: Request) -> Response:
        """List teams."""
        return page(request, TEAMS, Team.objects.visible_to(actor_of(request)))
