"""Comments over REST: words beside a row, or in the room."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.comment import add_comment, archive_comment, change_comment, reopen_comment, resolve_comment
from crm.api.authentication import actor_of
from crm.api.authored import AuthoredAnswer
from crm.api.endpoint import gone, one, reads, writes
from crm.api.fields import Id, Text, Time, YesNo
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from crm.models import Comment
from crm.queries.room import get_room


class CommentAnswer(AuthoredAnswer):
    """A comment on a row (`subject`) of a section, on a section, or on the room as a whole (`section` empty)."""

    room = Id(source="room_id")
    section = Text(max_length=32)
    subject = Id(source="subject_id", allow_null=True)
    reply_to = Id(source="reply_to_id", allow_null=True, help_text="The comment its thread began with.")
    body = Text(max_length=5000)
    is_dispute = serializers.BooleanField(help_text="Whether its writer sees the row differently.")
    mentioned = serializers.ListField(child=Id(), help_text="Users and participants named with an @.")
    resolved_at = Time(allow_null=True)


class CommentAdding(serializers.Serializer[Any]):
    """A new comment; `private` keeps it on your side, where one on a draft stays in any case."""

    body = Text(max_length=5000)
    section = Text(required=False, max_length=32)
    subject = Id(required=False, allow_null=True)
    reply_to = Id(required=False, allow_null=True)
    disputes = YesNo(required=False)
    private = YesNo(required=False)


class CommentChange(serializers.Serializer[Any]):
    """New words."""

    body = Text(max_length=5000)


COMMENTS = Listing(
    CommentAnswer,
    filters=(Filter("section"), Filter("subject", "id", ("subject_id",))),
    sorts=("created_at", "updated_at"),
)


class CommentList(APIView):
    """The comments of a room."""

    @reads("list_comments", "rooms:read", listing=COMMENTS)
    def get(self, request: Request, room_id: UUID) -> Response:
        """List comments, oldest first."""
        room = get_room(actor_of(request), room_id)
        return page(request, COMMENTS, Comment.objects.visible_to(actor_of(request)).filter(room=room))

    @writes(
        "add_comment",
        "rooms:write",
        takes=CommentAdding,
        answers=CommentAnswer,
        status=201,
        pointers={"subject_id": "subject"},
    )
    def post(self, request: Request, values: dict[str, Any], room_id: UUID) -> Response:
        """Add a comment."""
        subject_id = values.pop("subject", None)
        made = add_comment(actor=actor_of(request), room_id=room_id, subject_id=subject_id, **values)
        return one(request, CommentAnswer, made, status=201, location=reverse("api:comment", args=[made.pk]))


class CommentResolving(APIView):
    """A thread that is settled."""

    @writes("resolve_comment", "rooms:write", answers=CommentAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], comment_id: UUID) -> Response:
        """Say that the thread of a comment is settled; answers with its first.

        That somebody sees a row differently is settled by their own side alone.
        """
        done = resolve_comment(actor=actor_of(request), comment_id=comment_id, version=version_of(request))
        return one(request, CommentAnswer, done)


class CommentReopening(APIView):
    """A thread that is not settled after all."""

    @writes("reopen_comment", "rooms:write", answers=CommentAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], comment_id: UUID) -> Response:
        """Open a settled thread again."""
        done = reopen_comment(actor=actor_of(request), comment_id=comment_id, version=version_of(request))
        return one(request, CommentAnswer, done)


class CommentDetail(APIView):
    """One comment."""

    @reads("get_comment", "rooms:read", answers=CommentAnswer)
    def get(self, request: Request, comment_id: UUID) -> Response:
        """Read a comment."""
        found = Comment.objects.visible_to(actor_of(request)).filter(pk=comment_id).first()
        if found is None:
            raise NotFound
        return one(request, CommentAnswer, found, cacheable=True)

    @writes("change_comment", "rooms:write", takes=CommentChange, answers=CommentAnswer, versioned=True)
    def patch(self, request: Request, values: dict[str, Any], comment_id: UUID) -> Response:
        """Change your own words."""
        changed = change_comment(
            actor=actor_of(request), comment_id=comment_id, version=version_of(request), **{"body": "", **values}
        )
        return one(request, CommentAnswer, changed)

    @writes("archive_comment", "rooms:write", status=204, versioned=True)
    def delete(self, request: Request, values: dict[str, Any], comment_id: UUID) -> Response:
        """Take your own comment out of sight. While answers stand below it, it stays, with an empty `body`."""
        archive_comment(actor=actor_of(request), comment_id=comment_id, version=version_of(request))
        return gone()
