"""Questions over REST: one sentence asked of one named person, with a consent for each of its subjects."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.question import cancel_question
from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.endpoint import one, reads, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.versions import version_of
from crm.errors import NotFound
from crm.models import Answer, Channel, Question


class QuestionConsent(serializers.Serializer[Any]):
    """The answer to one of the question's subjects."""

    id = Id()
    kind = Text()
    subject = Id(source="subject_id")
    revision = Id(source="revision_id")
    content_hash = Text()
    answer = serializers.ChoiceField(Answer.choices)
    version = serializers.IntegerField()


class QuestionAnswer(serializers.Serializer[Any]):
    """A question. With another `channel` than `room` it is the rep's record of an answer given elsewhere."""

    id = Id()
    room = Id(source="room_id")
    asked_of = Id(source="asked_of_id")
    asked_by = Id(source="asked_by_id")
    asked_at = Time()
    sentence = Text()
    benefit = Text()
    note = Text()
    useful_by = Text()
    locale = Text()
    closed_at = Time(allow_null=True)
    channel = serializers.ChoiceField(Channel.choices)
    given_at = Time(allow_null=True)
    given_where = Text()
    words = Text()
    evidence = Id(source="evidence_id", allow_null=True)
    consents = QuestionConsent(source="consents.all", many=True)
    version = serializers.IntegerField()


QUESTIONS = Listing(
    QuestionAnswer,
    filters=(
        Filter("room", "id"),
        Filter("asked_of", "id"),
        Filter("asked_by", "id"),
        Filter("is_closed", "no_yes", ("closed_at__isnull",)),
    ),
    sorts=("-asked_at",),
)


class QuestionList(APIView):
    """The questions in your sight."""

    @reads("list_questions", "rooms:read", listing=QUESTIONS)
    def get(self, request: Request) -> Response:
        """List questions, newest first."""
        return page(request, QUESTIONS, _visible(actor_of(request)))


class QuestionDetail(APIView):
    """One question."""

    @reads("get_question", "rooms:read", answers=QuestionAnswer)
    def get(self, request: Request, question_id: UUID) -> Response:
        """Read a question and its consents."""
        return one(request, QuestionAnswer, get_question(actor_of(request), question_id))


class QuestionCancelling(APIView):
    """Taking a question back."""

    @writes("cancel_question", "rooms:write", answers=QuestionAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], question_id: UUID) -> Response:
        """Take an open question back."""
        cancel_question(actor=actor_of(request), question_id=question_id, version=version_of(request))
        return one(request, QuestionAnswer, get_question(actor_of(request), question_id))


def get_question(actor: Actor, question_id: UUID) -> Question:
    """Return a question the actor may see, with its consents. Raises `NotFound`."""
    found: Question | None = _visible(actor).filter(pk=question_id).first()
    if found is None:
        raise NotFound
    return found


def _visible(actor: Actor) -> Any:
    return Question.objects.visible_to(actor).prefetch_related("consents")
