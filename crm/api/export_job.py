"""Exports over REST: asked for, made in the background, downloaded within a day."""

from typing import Any, cast
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.export_job import EVERYTHING, cancel_export, start_export
from crm.actors import Actor
from crm.api.authentication import actor_of, require_scope
from crm.api.contact import CONTACTS
from crm.api.description import responses_of
from crm.api.endpoint import gone, one, reads, renamed, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page, read_parameters
from crm.api.organization import ORGANIZATIONS
from crm.api.versions import version_of
from crm.errors import Invalid
from crm.exports.kind import export_kind
from crm.exports.write import WRITERS
from crm.models import ExportState
from crm.queries.export_job import export_jobs, get_export_job
from crm.web.download import download

FILTERED_LIKE: dict[str, Listing] = {"organizations": ORGANIZATIONS, "contacts": CONTACTS}
"""Kinds whose rows can be filtered, with the list whose filters they are. Apps above add theirs."""


class ExportAnswer(serializers.Serializer[Any]):
    """An export. `done` and `total` count rows; `size` is in bytes. Its file is kept for a day."""

    id = Id()
    kinds = serializers.ListField(child=serializers.CharField())
    format = Text()
    state = serializers.ChoiceField(ExportState.choices)
    file_name = Text()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    size = serializers.IntegerField()
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()
    finished_at = Time(allow_null=True)


class ExportOrder(serializers.Serializer[Any]):
    """What to export. `kind` is one kind of rows, or `everything` that the key may read, a file for each in an archive.

    `filters` are those of the kind's list: `{"country": "Norway"}`.
    """

    kind = Text(max_length=32)
    format = serializers.ChoiceField(list(WRITERS), required=False)
    filters = serializers.DictField(child=serializers.CharField(), required=False)


EXPORTS = Listing(ExportAnswer, filters=(Filter("state", choices=tuple(ExportState.values)),), sorts=("-created_at",))


class ExportList(APIView):
    """Your exports, the newest first."""

    @reads("list_exports", "exports:read", listing=EXPORTS)
    def get(self, request: Request) -> Response:
        """List exports."""
        return page(request, EXPORTS, export_jobs(actor_of(request)))

    @writes(
        "start_export",
        "exports:write",
        takes=ExportOrder,
        answers=ExportAnswer,
        status=201,
        example={"kind": "organizations", "format": "csv", "filters": {"country": "Norway"}},
    )
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Have an export made. Read it again until its state is `ready`, then download its content."""
        actor, kind = actor_of(request), values["kind"]
        filters = values.get("filters", {})
        rows = _filtered(actor, kind, filters) if filters else None
        job = start_export(actor=actor, kind=kind, format=values.get("format", "csv"), rows=rows)
        return one(request, ExportAnswer, job, status=201, location=reverse("api:export", args=[job.pk]))


class ExportDetail(APIView):
    """One export."""

    @reads("get_export", "exports:read", answers=ExportAnswer)
    def get(self, request: Request, export_id: UUID) -> Response:
        """Read how far an export is."""
        return one(request, ExportAnswer, get_export_job(actor_of(request), export_id))

    @writes("cancel_export", "exports:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], export_id: UUID) -> Response:
        """Stop an export, or throw its file away."""
        cancel_export(actor=actor_of(request), job_id=export_id, version=version_of(request))
        return gone()


class ExportContent(APIView):
    """The file of an export."""

    @extend_schema(
        operation_id="download_export",
        responses={
            (200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="Needs the scope `exports:read`."),
            **{key: value for key, value in responses_of(200, None, None, "").items() if key != 200},
        },
    )
    def get(self, request: Request, export_id: UUID) -> FileResponse:
        """Download the file; 404 while it is not ready."""
        require_scope(request, "exports:read")
        read_parameters(request, frozenset())
        job = get_export_job(actor_of(request), export_id, ready=True)
        for kind in job.kinds:
            require_scope(request, export_kind(kind).scope)
        return download(cast(Any, default_storage.open(job.path, "rb")), job.file_name)


def _filtered(actor: Actor, kind: str, filters: dict[str, str]) -> QuerySet[Any]:
    """Return the rows of a kind that the filters let through. Raises `Invalid` at each filter that there is not."""
    known = {one.name: one for one in FILTERED_LIKE[kind].filters} if kind in FILTERED_LIKE else {}
    if kind == EVERYTHING or not known:
        raise Invalid.field("filters", _("Rows of this kind cannot be filtered."), code="unknown")
    rows = export_kind(kind).rows(actor).order_by("pk")
    for name, value in filters.items():
        if name not in known:
            raise Invalid.field(f"filters.{name}", _("There is no such filter."), code="unknown")
        try:
            rows = rows.filter(known[name].condition(value))
        except Invalid as error:
            raise renamed(error, "filters") from error
    return rows
