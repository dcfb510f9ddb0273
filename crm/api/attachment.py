"""Files over REST: put into a room as a form (`multipart/form-data`), checked, then downloaded."""

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.attachment import add_attachment, take_out_attachment
from crm.api.authentication import actor_of, require_scope
from crm.api.description import responses_of
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page, read_parameters
from crm.files import open_content
from crm.models import FileState, Side
from crm.queries.attachment import attachments, get_attachment, get_clean_attachment
from crm.queries.room import get_room


class AttachmentAnswer(serializers.Serializer[Any]):
    """A file. `sha256` is the hash of its bytes, `size` is in bytes; only with the state `clean` can it be opened."""

    id = Id()
    room = Id(source="room_id")
    name = Text(max_length=200)
    content_type = Text(max_length=100)
    size = serializers.IntegerField()
    sha256 = Text()
    state = serializers.ChoiceField(FileState.choices)
    by_user = Id(source="by_user_id", allow_null=True)
    by_contact = Id(source="by_contact_id", allow_null=True)
    by_side = serializers.ChoiceField(Side.choices)
    private_to = serializers.ChoiceField(Side.choices, allow_blank=True)
    created_at = Time()


class AttachmentAdding(serializers.Serializer[Any]):
    """A file of at most 25 MB; `private` "true" keeps it on your side."""

    file = serializers.FileField(allow_empty_file=True)
    private = serializers.ChoiceField(["true", "false"], required=False)


ATTACHMENTS = Listing(
    AttachmentAnswer,
    filters=(Filter("state", choices=tuple(FileState.values)), Filter("sha256")),
    sorts=("-created_at",),
)


class AttachmentList(APIView):
    """The files of a room. Adding one is the only call that takes a form in place of JSON."""

    parser_classes = (MultiPartParser,)

    @reads("list_attachments", "rooms:read", listing=ATTACHMENTS)
    def get(self, request: Request, room_id: UUID) -> Response:
        """List files, newest first."""
        room = get_room(actor_of(request), room_id)
        return page(request, ATTACHMENTS, attachments(actor_of(request), room.pk))

    @writes("add_attachment", "rooms:write", takes=AttachmentAdding, answers=AttachmentAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any], room_id: UUID) -> Response:
        """Put a file into a room. It is checked in the background before anybody can open it."""
        file = values["file"]
        made = add_attachment(
            actor=actor_of(request),
            room_id=room_id,
            name=file.name,
            content=file,
            size=file.size,
            private=values.get("private") == "true",
        )
        return one(request, AttachmentAnswer, made, status=201, location=reverse("api:attachment", args=[made.pk]))


class AttachmentDetail(APIView):
    """One file."""

    @reads("get_attachment", "rooms:read", answers=AttachmentAnswer)
    def get(self, request: Request, attachment_id: UUID) -> Response:
        """Read about a file."""
        return one(request, AttachmentAnswer, get_attachment(actor_of(request), attachment_id))

    @writes("take_out_attachment", "rooms:write", status=204)
    def delete(self, request: Request, values: dict[str, Any], attachment_id: UUID) -> Response:
        """Take out a file that you put in, or that lies in a room you own. Its content goes for good; what is evidence stays.

        That it was there is still listed, with the state `taken_out`. A file has no versions, so no `If-Match` is needed.
        """
        take_out_attachment(actor=actor_of(request), attachment_id=attachment_id)
        return gone()


class AttachmentContent(APIView):
    """The bytes of a file."""

    @extend_schema(
        operation_id="download_attachment",
        responses={
            (200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="Needs the scope `rooms:read`."),
            **{key: value for key, value in responses_of(200, None, None, "").items() if key != 200},
        },
    )
    def get(self, request: Request, attachment_id: UUID) -> FileResponse:
        """Download a file that was checked; 404 while it is not."""
        require_scope(request, "rooms:read")
        read_parameters(request, frozenset())
        file = get_clean_attachment(actor_of(request), attachment_id)
        response = FileResponse(
            open_content(file.sha256), as_attachment=True, filename=file.name, content_type=file.content_type
        )
        response["Cache-Control"] = "no-store"
        return response
