"""Duplicates over REST: pairs that look alike, putting two entries together, taking them apart again."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.duplicate import set_apart
from crm.actions.merge import merge_entries, undo_merge
from crm.api.authentication import actor_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, Time, Whole
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from crm.models import DirectoryKind, Merge
from crm.queries.duplicate import open_pairs


class DuplicateAnswer(serializers.Serializer[Any]):
    """Two entries that look like one, and why."""

    id = Id()
    kind = serializers.ChoiceField(DirectoryKind.choices)
    first = Id(source="first_id")
    second = Id(source="second_id")
    reasons = serializers.ListField(child=Text())
    found_at = Time()


class MergeAnswer(serializers.Serializer[Any]):
    """Two entries put together. `left` names what undoing left where it was, because it had changed since."""

    id = Id()
    kind = serializers.ChoiceField(DirectoryKind.choices)
    kept = Id(source="kept_id")
    merged = Id(source="merged_id")
    taken = serializers.ListField(child=Text(), help_text="Names of the fields of the kept one that changed.")
    moved = serializers.DictField(child=serializers.ListField(child=Id()), help_text="What moved: place → ids.")
    left = serializers.DictField(child=serializers.ListField(child=Text()))
    at = Time()
    undone_at = Time(allow_null=True)
    version = serializers.IntegerField()


class Merging(serializers.Serializer[Any]):
    """The entry to put together with this one, at the version that was compared, and whose values of it are taken."""

    merged = Id()
    merged_version = Whole()
    take = serializers.ListField(
        child=Text(), required=False, max_length=100, help_text="Names of fields; `custom.<key>` for custom ones."
    )


DUPLICATES = Listing(
    DuplicateAnswer, filters=(Filter("kind", choices=tuple(DirectoryKind.values)),), sorts=("-found_at",)
)
MERGES = Listing(
    MergeAnswer, filters=(Filter("kept", "id", ("kept_id",)), Filter("merged", "id", ("merged_id",))), sorts=("-at",)
)


class DuplicateList(APIView):
    """What looks alike."""

    @reads("list_duplicates", "contacts:read", listing=DUPLICATES)
    def get(self, request: Request) -> Response:
        """List the pairs that nobody has set apart. Of people only those whose addresses you see."""
        return page(request, DUPLICATES, open_pairs(actor_of(request)))


class DuplicateSettingApart(APIView):
    """Two entries that are not the same."""

    @writes("set_duplicates_apart", "contacts:write", status=204)
    def post(self, request: Request, values: dict[str, Any], pair_id: UUID) -> Response:
        """Say that they are not the same: they are not offered again."""
        set_apart(actor=actor_of(request), pair_id=pair_id)
        return gone()


class OrganizationMerging(APIView):
    """An organisation that is there twice."""

    @writes(
        "merge_organizations", "contacts:write", takes=Merging, answers=MergeAnswer, status=201, versioned=True,
        example={"merged": "0198a3f2-7c1e-7b44-9d10-3f6a2b8c5e01", "merged_version": 3, "take": ["domain"]},
    )  # fmt: skip
    def post(self, request: Request, values: dict[str, Any], organization_id: UUID) -> Response:
        """Put another organisation together with this one. Its deals, rooms, contacts and parts move; its id leads here."""
        return _merge(request, DirectoryKind.ORGANIZATION, organization_id, values)


class ContactMerging(APIView):
    """A contact who is there twice."""

    @writes("merge_contacts", "contacts:write", takes=Merging, answers=MergeAnswer, status=201, versioned=True)
    def post(self, request: Request, values: dict[str, Any], contact_id: UUID) -> Response:
        """Put another contact together with this one; its id leads here.

        Places in rooms move only where both have the same address, this one has no place, and nothing was asked.
        """
        return _merge(request, DirectoryKind.CONTACT, contact_id, values)


class MergeList(APIView):
    """What was put together."""

    @reads("list_merges", "contacts:read", listing=MERGES)
    def get(self, request: Request) -> Response:
        """List merges, newest first."""
        return page(request, MERGES, Merge.objects.visible_to(actor_of(request)))


class MergeDetail(APIView):
    """One merge."""

    @reads("get_merge", "contacts:read", answers=MergeAnswer)
    def get(self, request: Request, merge_id: UUID) -> Response:
        """Read a merge."""
        found = Merge.objects.visible_to(actor_of(request)).filter(pk=merge_id).first()
        if found is None:
            raise NotFound
        return one(request, MergeAnswer, found)


class MergeUndoing(APIView):
    """A merge that was a mistake."""

    @writes("undo_merge", "contacts:write", answers=MergeAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], merge_id: UUID) -> Response:
        """Take both apart again. What was changed since stays where it is; `left` names it."""
        undone = undo_merge(actor=actor_of(request), merge_id=merge_id, version=version_of(request))
        return one(request, MergeAnswer, undone)


def _merge(request: Request, kind: str, kept_id: UUID, values: dict[str, Any]) -> Response:
    merge = merge_entries(
        actor=actor_of(request),
        kind=kind,
        kept_id=kept_id,
        merged_id=values["merged"],
        version=version_of(request),
        merged_version=values["merged_version"],
        take=values.get("take", ()),
    )
    return one(request, MergeAnswer, merge, status=201)
