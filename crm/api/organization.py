"""Organisations over REST."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.organization import (
    archive_organization,
    change_organization,
    create_organization,
    restore_organization,
)
from crm.api.authentication import actor_of
from crm.api.bulk import OPTIONS, BulkAnswer, BulkRowChange, write_records
from crm.api.endpoint import expanded, gone, one, reads, writes
from crm.api.fields import Id, Related, Text, Time, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.directory import ORGANIZATIONS as ORGANIZATION_KIND
from crm.models import Organization, RelationshipLevel
from crm.queries.organization import get_organization


class ParentAnswer(serializers.Serializer[Any]):
    """The organisation above another."""

    id = Id()
    name = Text()


class Lines(serializers.ListField):
    """A text of lines, as a list."""

    child = Text()

    def to_representation(self, data: Any) -> list[str]:
        """Return the lines; none of an empty text."""
        return str(data).split("\n") if data else []


class RelationshipAnswer(serializers.Serializer[Any]):
    """How well we know an organisation, and what that rests on. Our side's own."""

    id = Id()
    level = serializers.ChoiceField(RelationshipLevel.choices)
    evidence = Lines(help_text="What happened, one thing each.")
    missing = Lines(help_text="What is missing for the next level.")
    by = Id(source="by_id", allow_null=True)
    at = Time()


class OrganizationAnswer(serializers.Serializer[Any]):
    """An organisation: a client, a partner, or who may become one."""

    joined = ("relationship",)

    id = Id()
    name = Text(max_length=200)
    parent = Related(ParentAnswer, scope="contacts:read")
    domain = Text(max_length=253)
    website = Text(max_length=500)
    industry = Text(max_length=200)
    country = Text(max_length=200)
    city = Text(max_length=200)
    dream_client = serializers.BooleanField()
    relationship = RelationshipAnswer(allow_null=True)
    custom = serializers.DictField()
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()
    archived_at = Time(allow_null=True)


class OrganizationChange(serializers.Serializer[Any]):
    """The fields of an organisation. A null in `custom` removes that value."""

    name = Text(max_length=200)
    parent = Id(required=False, allow_null=True)
    domain = Text(required=False, max_length=253)
    website = Text(required=False, max_length=500)
    industry = Text(required=False, max_length=200)
    country = Text(required=False, max_length=200)
    city = Text(required=False, max_length=200)
    dream_client = YesNo(required=False)
    custom = serializers.DictField(required=False)


ORGANIZATIONS = Listing(
    OrganizationAnswer,
    filters=(
        Filter("parent", "id"),
        Filter("domain"),
        Filter("industry"),
        Filter("country"),
        Filter("dream_client", "yes_no"),
        Filter("relationship", lookups=("relationship__level",), choices=tuple(RelationshipLevel.values)),
        Filter("updated_after", "time", ("updated_at__gt",)),
        Filter("q", "search", ("name__icontains", "domain__icontains")),
    ),
    sorts=("name", "-updated_at", "created_at"),
    expand=("parent",),
    kind=ORGANIZATION_KIND.name,
)


class OrganizationList(APIView):
    """The directory of organisations."""

    @reads("list_organizations", "contacts:read", listing=ORGANIZATIONS)
    def get(self, request: Request) -> Response:
        """List organisations."""
        rows = Organization.objects.visible_to(actor_of(request)).filter(archived_at=None)
        return page(request, ORGANIZATIONS, rows)

    @writes(
        "create_organization",
        "contacts:write",
        takes=OrganizationChange,
        answers=OrganizationAnswer,
        status=201,
        example={"name": "Halvorsen Foods", "industry": "Food retail", "country": "Norway"},
    )
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Add an organisation."""
        made = create_organization(actor=actor_of(request), values=values)
        return one(request, OrganizationAnswer, made, status=201, location=reverse("api:organization", args=[made.pk]))


class OrganizationDetail(APIView):
    """One organisation."""

    @reads("get_organization", "contacts:read", answers=OrganizationAnswer, expand=ORGANIZATIONS.expand)
    def get(self, request: Request, organization_id: UUID) -> Response:
        """Read an organisation: the one that it was put together with, if it was."""
        expand = expanded(request, ORGANIZATIONS.expand)
        found = get_organization(actor_of(request), organization_id)
        return one(request, OrganizationAnswer, found, expand=expand, cacheable=True)

    @writes(
        "change_organization", "contacts:write", takes=OrganizationChange, answers=OrganizationAnswer, versioned=True
    )
    def patch(self, request: Request, values: dict[str, Any], organization_id: UUID) -> Response:
        """Change an organisation."""
        changed = change_organization(
            actor=actor_of(request), organization_id=organization_id, version=version_of(request), values=values
        )
        return one(request, OrganizationAnswer, changed)

    @writes("archive_organization", "contacts:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], organization_id: UUID) -> Response:
        """Take an organisation out of the directory; its deals, rooms and contacts stay."""
        archive_organization(actor=actor_of(request), organization_id=organization_id, version=version_of(request))
        return gone()


class OrganizationRestoring(APIView):
    """An organisation that was taken out of the directory."""

    @writes("restore_organization", "contacts:write", answers=OrganizationAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], organization_id: UUID) -> Response:
        """Put an organisation back into the directory."""
        restored = restore_organization(
            actor=actor_of(request), organization_id=organization_id, version=version_of(request)
        )
        return one(request, OrganizationAnswer, restored)


class OrganizationBulkRow(OrganizationChange, BulkRowChange):
    """One organization to change; without `id` one to add."""


class OrganizationBulkChange(serializers.Serializer[Any]):
    """Up to a hundred organizations."""

    rows = OrganizationBulkRow(many=True)


class OrganizationBulk(APIView):
    """Many organizations at once."""

    @writes("change_organizations", "contacts:write", takes=OrganizationBulkChange, answers=BulkAnswer, options=OPTIONS)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Change up to 100 organizations, and make those without `id`, all or none; `atomic=false` answers for each by itself."""
        return write_records(
            request, ORGANIZATION_KIND, lambda actor, row: create_organization(actor=actor, values=row), values["rows"]
        )
