"""Revisions over REST: what was shown when somebody was asked. They never change."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.authentication import actor_of
from crm.api.endpoint import one, reads
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.errors import NotFound
from crm.models import Revision


class RevisionSummary(serializers.Serializer[Any]):
    """A revision without its content."""

    id = Id()
    room = Id(source="room_id")
    kind = Text()
    subject = Id(source="subject_id")
    number = serializers.IntegerField()
    schema = serializers.IntegerField()
    content_hash = Text()
    created_at = Time()
    erased_at = Time(allow_null=True)


class RevisionAnswer(RevisionSummary):
    """A revision: `content_hash` is the SHA-256 of the canonical form (RFC 8785) of `content` with its schema number."""

    content = serializers.JSONField(allow_null=True)


REVISIONS = Listing(
    RevisionSummary,
    filters=(Filter("room", "id"), Filter("kind"), Filter("subject", "id", ("subject_id",))),
    sorts=("-created_at", "number"),
)


class RevisionList(APIView):
    """The revisions in your sight."""

    @reads("list_revisions", "rooms:read", listing=REVISIONS)
    def get(self, request: Request) -> Response:
        """List revisions, newest first, without their content."""
        return page(request, REVISIONS, Revision.objects.visible_to(actor_of(request)).defer("content"))


class RevisionDetail(APIView):
    """One revision."""

    @reads("get_revision", "rooms:read", answers=RevisionAnswer)
    def get(self, request: Request, revision_id: UUID) -> Response:
        """Read a revision with its content."""
        found = Revision.objects.visible_to(actor_of(request)).filter(pk=revision_id).first()
        if found is None:
            raise NotFound
        return one(request, RevisionAnswer, found)
