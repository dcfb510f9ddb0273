"""Searching over REST: the same as the search box, within the scopes of the key."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.description import responses_of
from crm.api.fields import Id, Text
from crm.api.listing import read_parameters
from crm.errors import Invalid
from crm.limits import take_search
from crm.queries.search import search
from crm.scopes import check_scope
from crm.search import search_providers

EACH = 20
"""Things of one kind that are answered at most."""
ANY_SCOPE = "contacts:read"
"""What a key needs that may read none of the other kinds either."""


class FoundAnswer(serializers.Serializer[Any]):
    """One thing that was found. `url` is its page for people, below this installation's address."""

    kind = Text()
    id = Id()
    title = Text()
    detail = Text()
    url = Text()


class SearchAnswer(serializers.Serializer[Any]):
    """What was found, kind by kind and best first. `more` names the kinds of which there is more than is answered."""

    data = FoundAnswer(many=True)
    more = serializers.ListField(child=Text())


class Search(APIView):
    """The search box."""

    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter("q", OpenApiTypes.STR, required=True, description="Names forgive slips, words begin."),
            OpenApiParameter("kind", OpenApiTypes.STR, description="Only this kind."),
        ],
        responses=responses_of(200, SearchAnswer, None, ANY_SCOPE),
    )
    def get(self, request: Request) -> Response:
        """Search what you see. A key finds the kinds of things that its scopes let it read, and needs one of them."""
        actor = actor_of(request)
        if not any(actor.has_scope(provider.scope) for provider in search_providers()):
            check_scope(actor, ANY_SCOPE)
        parameters = read_parameters(request, frozenset({"q", "kind"}))
        take_search(actor)
        finds = search(actor, parameters.get("q", ""), limit=EACH, kinds=_kinds(parameters))
        rows = [{"kind": one.provider.kind, **vars(found)} for one in finds for found in one.found]
        more = [one.provider.kind for one in finds if one.has_more]
        return Response(SearchAnswer({"data": rows, "more": more}).data, headers={"Cache-Control": "no-store"})


def _kinds(parameters: dict[str, str]) -> list[str]:
    if "kind" not in parameters:
        return []
    known = [provider.kind for provider in search_providers()]
    if parameters["kind"] not in known:
        raise Invalid.field("?kind", f"Choose one of: {', '.join(known)}.", code="not_a_choice")
    return [parameters["kind"]]
