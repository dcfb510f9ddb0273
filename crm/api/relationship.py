"""How well we know organisations over REST."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.relationship import MOST, state_relationship
from crm.api.authentication import actor_of
from crm.api.endpoint import one, reads, writes
from crm.api.fields import Text
from crm.api.listing import Listing, page
from crm.api.organization import OrganizationAnswer, RelationshipAnswer
from crm.api.versions import version_of
from crm.models import Relationship, RelationshipLevel
from crm.queries.organization import get_organization

RELATIONSHIPS = Listing(RelationshipAnswer, sorts=("-at",))


class RelationshipStating(serializers.Serializer[Any]):
    """A statement: at least one line of evidence; what is missing for the next level may be said."""

    level = serializers.ChoiceField(RelationshipLevel.choices)
    evidence = serializers.ListField(child=Text(max_length=300), max_length=MOST)
    missing = serializers.ListField(child=Text(max_length=300), max_length=MOST, required=False)


class RelationshipList(APIView):
    """What was said about knowing one organisation."""

    @reads("list_relationships", "contacts:read", listing=RELATIONSHIPS)
    def get(self, request: Request, organization_id: UUID) -> Response:
        """List what was said, newest first: what stands, and all before."""
        actor = actor_of(request)
        organization = get_organization(actor, organization_id)
        return page(request, RELATIONSHIPS, Relationship.objects.visible_to(actor).filter(organization=organization))

    @writes(
        "state_relationship", "contacts:write", takes=RelationshipStating, answers=OrganizationAnswer, versioned=True,
        example={"level": "working", "evidence": ["Two promises kept: 22 September and 11 December"]},
    )  # fmt: skip
    def post(self, request: Request, values: dict[str, Any], organization_id: UUID) -> Response:
        """Say how well we know it, at the organization's version. What was said before stays readable."""
        stated = state_relationship(
            actor=actor_of(request), organization_id=organization_id, version=version_of(request), values=values
        )
        return one(request, OrganizationAnswer, stated)
