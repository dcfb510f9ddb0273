"""Questions and consents over REST: asking, recording what was said elsewhere, taking a record back. Never answering.

A buyer's yes comes from the buyer alone. No key and no session of the staff gives or withdraws it, whatever its scopes.
"""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actions.question import ask_for_consent
from crm.actions.recorded_consent import ELSEWHERE, Testimony, record_consent, withdraw_record
from crm.api.authentication import actor_of
from crm.api.endpoint import one, reads, writes
from crm.api.fields import Id, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.api.question import QuestionAnswer, get_question
from crm.api.subject import SubjectNaming, named_subjects
from crm.api.versions import version_of
from crm.errors import NotAllowed, NotFound
from crm.models import Answer, Consent


class ConsentAnswer(serializers.Serializer[Any]):
    """One named person's answer about one revision. Compare `content_hash` with the subject's to see if it is current."""

    id = Id()
    question = Id(source="question_id")
    room = Id(source="room_id")
    participant = Id(source="participant_id")
    kind = Text()
    subject = Id(source="subject_id")
    revision = Id(source="revision_id")
    content_hash = Text()
    answer = serializers.ChoiceField(Answer.choices, help_text="Where it stands now.")
    given_answer = serializers.ChoiceField(
        Answer.choices, allow_blank=True, help_text="What was answered or written down, whatever became of it."
    )
    is_recorded = serializers.BooleanField(source="question.is_recorded", help_text="Whether staff wrote it down.")
    note = Text(help_text="The words of the answer.")
    objection = Text(help_text="What the person says about it since: why they contest it or take it back.")
    correction = Text(help_text="What was wrong with the record, by who took it back.")
    answered_at = Time(allow_null=True)
    confirmed_at = Time(allow_null=True)
    reopened_at = Time(allow_null=True)
    supersedes = Id(source="supersedes_id", allow_null=True)
    version = serializers.IntegerField()


class Asking(serializers.Serializer[Any]):
    """A question to one participant. `benefit` says what they get out of this step, whatever comes later."""

    asked_of = Id()
    subjects: Any = serializers.ListSerializer(child=SubjectNaming(), max_length=20)
    sentence = Text(max_length=1000)
    benefit = Text(max_length=2000)
    note = Text(required=False, max_length=2000)
    useful_by = Text(required=False, max_length=200)


class Recording(serializers.Serializer[Any]):
    """An answer that was given elsewhere: in whose words, how, when, where; `evidence` is a checked file of the room."""

    asked_of = Id()
    subjects: Any = serializers.ListSerializer(child=SubjectNaming(), max_length=20)
    sentence = Text(max_length=1000)
    answer = serializers.ChoiceField([Answer.AGREED.value, Answer.CHANGE.value, Answer.DECLINED.value])
    words = Text(max_length=5000)
    channel = serializers.ChoiceField(ELSEWHERE)
    given_at = Time()
    given_where = Text(required=False, max_length=400)
    evidence = Id(required=False, allow_null=True)
    note = Text(required=False, max_length=5000)


class RecordWithdrawing(serializers.Serializer[Any]):
    """Why the record is taken back."""

    note = Text(max_length=5000)


CONSENTS = Listing(
    ConsentAnswer,
    filters=(
        Filter("room", "id"),
        Filter("question", "id"),
        Filter("participant", "id"),
        Filter("kind"),
        Filter("subject", "id", ("subject_id",)),
        Filter("answer", choices=tuple(Answer.values)),
    ),
    sorts=("-id",),
)
_ASKING = {
    "asked_of": "019a8f0e-3f5b-7c11-9a53-0d9d7c7e2b13",
    "subjects": [
        {"kind": "problem", "deal": "019a8f0e-3f5b-7c11-9a53-0d9d7c7e2b14"},
        {
            "kind": "stage_move",
            "deal": "019a8f0e-3f5b-7c11-9a53-0d9d7c7e2b14",
            "to_stage": "019a8f0e-3f5b-7c11-9a53-0d9d7c7e2b12",
        },
    ],
    "sentence": "Is this your problem as it is today, and shall we go on?",
    "benefit": "A page on what waste costs you, ready for your board.",
}


class ConsentList(APIView):
    """What was asked and answered."""

    @reads("list_consents", "rooms:read", listing=CONSENTS)
    def get(self, request: Request) -> Response:
        """List consents, newest first."""
        rows = Consent.objects.visible_to(actor_of(request)).select_related("question")
        return page(request, CONSENTS, rows)

    @writes("ask_for_consent", "rooms:write", takes=Asking, answers=QuestionAnswer, status=201, example=_ASKING)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Ask a named buyer for a yes to one or more subjects, as they are now. The answer is theirs, in the room."""
        subjects = named_subjects(actor_of(request), values.pop("subjects"))
        question = ask_for_consent(actor=actor_of(request), subjects=subjects, **values)
        location = reverse("api:question", args=[question.pk])
        shown = get_question(actor_of(request), question.pk)
        return one(request, QuestionAnswer, shown, status=201, location=location)


class ConsentRecording(APIView):
    """The rep's record of an answer given elsewhere."""

    @writes("record_consent", "consents:record", takes=Recording, answers=QuestionAnswer, status=201)
    def post(self, request: Request, values: dict[str, Any]) -> Response:
        """Write down an answer that was given by voice or mail. It is marked as recorded, and the buyer is told."""
        subjects = named_subjects(actor_of(request), values.pop("subjects"))
        told = {name: values.pop(name) for name in _TESTIMONY if name in values}
        question = record_consent(actor=actor_of(request), subjects=subjects, testimony=Testimony(**told), **values)
        location = reverse("api:question", args=[question.pk])
        shown = get_question(actor_of(request), question.pk)
        return one(request, QuestionAnswer, shown, status=201, location=location)


_TESTIMONY = ("answer", "words", "channel", "given_at", "given_where", "evidence")


class ConsentDetail(APIView):
    """One consent."""

    @reads("get_consent", "rooms:read", answers=ConsentAnswer)
    def get(self, request: Request, consent_id: UUID) -> Response:
        """Read a consent."""
        found = Consent.objects.visible_to(actor_of(request)).select_related("question").filter(pk=consent_id).first()
        if found is None:
            raise NotFound
        return one(request, ConsentAnswer, found, cacheable=True)


class RecordWithdrawal(APIView):
    """Taking a record back."""

    @writes("withdraw_record", "consents:record", takes=RecordWithdrawing, answers=ConsentAnswer, versioned=True)
    def post(self, request: Request, values: dict[str, Any], consent_id: UUID) -> Response:
        """Take back a record that was wrong. An answer given in the room cannot be taken back here."""
        consent = withdraw_record(actor=actor_of(request), consent_id=consent_id, version=version_of(request), **values)
        return one(request, ConsentAnswer, consent)


class BuyersOwn(APIView):
    """What only the buyer does: answering, withdrawing, contesting, confirming, reopening."""

    @extend_schema(exclude=True)  # there is nothing to use here; docs/api.md says so
    @writes("answer_is_the_buyers_own", "rooms:read", takes=None)
    def post(self, request: Request, values: dict[str, Any], **ids: UUID) -> Response:
        """Refused, always: the person who was asked does this in the room, and nobody in their place."""
        raise NotAllowed(_("No key can answer for a buyer. They do this themselves, in their room."), code="buyers_own")
