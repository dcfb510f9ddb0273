"""The sections of a deal over REST: their state, and the revisions that somebody was asked about are in `/revisions/`."""

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
from deals.api.deal import get_deal
from deals.models import Section, SectionKind


class SectionAnswer(serializers.Serializer[Any]):
    """A section. `content_hash` covers what is shared; a consent with the same hash is a yes to exactly this."""

    id = Id()
    deal = Id(source="deal_id")
    kind = serializers.ChoiceField(SectionKind.choices)
    version = serializers.IntegerField()
    content_hash = Text()
    updated_at = Time()


SECTIONS = Listing(SectionAnswer, filters=(Filter("kind", choices=tuple(SectionKind.values)),), sorts=("kind",))


class SectionList(APIView):
    """The sections of a deal."""

    @reads("list_sections", "deals:read", listing=SECTIONS)
    def get(self, request: Request, deal_id: UUID) -> Response:
        """List the sections with version and content hash."""
        deal = get_deal(actor_of(request), deal_id)
        return page(request, SECTIONS, Section.objects.visible_to(actor_of(request)).filter(deal=deal))


class SectionDetail(APIView):
    """One section."""

    @reads("get_section", "deals:read", answers=SectionAnswer)
    def get(self, request: Request, deal_id: UUID, kind: str) -> Response:
        """Read the state of a section."""
        section = Section.objects.visible_to(actor_of(request)).filter(deal=deal_id, kind=kind).first()
        if section is None:
            raise NotFound
        return one(request, SectionAnswer, section, cacheable=True)
