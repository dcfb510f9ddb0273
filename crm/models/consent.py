"""Questions and consents: who was asked what, and what they answered."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models.room import Room
from crm.rules import agreement

if TYPE_CHECKING:
    from crm.actors import Actor


class Answer(models.TextChoices):
    """Where one consent stands. Each change is a new ledger entry; this field is the present state."""

    ASKED = agreement.Answer.ASKED.value, _("Asked")
    AGREED = agreement.Answer.AGREED.value, _("Agreed")
    CHANGE = agreement.Answer.CHANGE.value, _("Would change something")
    DECLINED = agreement.Answer.DECLINED.value, _("Declined")
    WITHDRAWN = agreement.Answer.WITHDRAWN.value, _("Taken back by the person")
    CONTESTED = agreement.Answer.CONTESTED.value, _("Contested")
    REPLACED = agreement.Answer.REPLACED.value, _("Replaced by newer words")
    CANCELLED = agreement.Answer.CANCELLED.value, _("Taken back by the side that asked")


UNSAID = (Answer.CONTESTED, Answer.CANCELLED)
"""A recorded answer that was never given: the person contests it, or its writer took it back."""


NOT_YET = (Answer.CHANGE, Answer.DECLINED)
"""The answers after which nobody asks again until the words change or the person reopens it."""


class Channel(models.TextChoices):
    """How an answer was given: in the room by the person, or elsewhere and recorded by staff."""

    ROOM = "room", _("In the room")
    PHONE = "phone", _("By phone")
    MEETING = "meeting", _("In a meeting")
    EMAIL = "email", _("By e-mail")
    OTHER = "other", _("Otherwise")


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions of a room. Both sides see who was asked what."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the questions of the actor's rooms; a participant with limited sections sees only their own."""
        questions = self.filter(Exists(Room.objects.visible_to(actor).filter(pk=OuterRef("room"))))
        if actor.participant and actor.participant.sections is not None:
            questions = questions.filter(asked_of=actor.participant)
        return questions

    def open(self) -> Self:
        """Return the questions that still wait for their answer."""
        return self.filter(closed_at=None)


class Question(models.Model):
    """One sentence asked of one named person, about one or more revisions: one click, one answer for all of them.

    A yes given elsewhere is a question too: `channel` says how, `recorded_by` who wrote it down, `words` what was said.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey("crm.Room", models.PROTECT, related_name="questions")
    asked_of = models.ForeignKey("crm.Participant", models.PROTECT, related_name="questions")
    asked_by = models.ForeignKey("crm.User", models.PROTECT, related_name="questions_asked")
    asked_at = models.DateTimeField()
    sentence = models.TextField()
    benefit = models.TextField(blank=True, help_text=_("What the buyer gets out of this step, whatever comes later."))
    note = models.TextField(blank=True)
    useful_by = models.CharField(max_length=200, blank=True)
    locale = models.CharField(max_length=16, default="en")
    closed_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True, help_text=_("When the person who was asked wants a mail."))
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.ROOM)
    given_at = models.DateTimeField(null=True, blank=True)
    given_where = models.CharField(max_length=400, blank=True)
    words = models.TextField(blank=True)
    evidence = models.ForeignKey("crm.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["room", "-asked_at"], name="question_by_room"),
            models.Index(fields=["asked_of"], condition=Q(closed_at=None), name="question_open_of"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="room") | (Q(given_at__isnull=False) & ~Q(words="")), name="question_recorded_whole"
            )
        ]

    def __str__(self) -> str:
        return self.sentence[:80]

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its answer."""
        return self.closed_at is None

    @property
    def is_recorded(self) -> bool:
        """Whether staff wrote the answer down, rather than the person giving it in the room."""
        return self.channel != Channel.ROOM


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Consents, read through their rooms."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the consents whose question the actor may see."""
        return self.filter(Exists(Question.objects.visible_to(actor).filter(pk=OuterRef("question"))))

    def instead_of(self, consent_id: object) -> Self:
        """Return the answer that has taken the place of one: the same person's later word about the same thing."""
        return self.filter(supersedes=consent_id).exclude(answer__in=UNSAID).order_by("-answered_at")

    def of_subject(self, kind: str, subject_id: object) -> Self:
        """Return the consents about one subject, newest first."""
        return self.filter(kind=kind, subject_id=subject_id).order_by("-question__asked_at", "-id")


class Consent(models.Model):
    """One named person's answer about one revision.

    Agreed, waiting and out of date are comparisons of `content_hash`. `given_answer` and `note` say what was answered or
    written down and stay, whatever becomes of it: `answer` is where it stands now, `objection` what the person says about
    it since, `correction` what was wrong with a record, by who took it back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="consents")
    room = models.ForeignKey("crm.Room", models.PROTECT, related_name="consents")
    participant = models.ForeignKey("crm.Participant", models.PROTECT, related_name="consents")
    revision = models.ForeignKey("crm.Revision", models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    answer = models.CharField(max_length=9, choices=Answer, default=Answer.ASKED)
    given_answer = models.CharField(max_length=9, choices=Answer, blank=True, default="", db_default="")
    note = models.TextField(blank=True, help_text=_("What they would change, or why not: the words of the answer."))
    objection = models.TextField(blank=True, default="", db_default="")
    correction = models.TextField(blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    version = models.PositiveIntegerField(default=1)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_id", "kind"], name="consent_by_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "kind", "subject_id"], condition=Q(answer="asked"), name="consent_asked_once"
            ),
            models.UniqueConstraint(fields=["question", "kind", "subject_id"], name="consent_once_a_question"),
            models.CheckConstraint(
                condition=Q(answer="asked", answered_at=None) | (~Q(answer="asked") & Q(answered_at__isnull=False)),
                name="consent_answered_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.answer}"

    @property
    def counts(self) -> bool:
        """Whether it is a yes that stands."""
        return self.answer == Answer.AGREED

    @property
    def is_not_yet(self) -> bool:
        """Whether it ends the asking until the words change, or the person reopens it."""
        return self.answer in NOT_YET

    @property
    def said_at(self) -> datetime | None:
        """When it was said: elsewhere, as the record has it, or in the room. None while it waits."""
        is_told = self.question.is_recorded and (self.counts or self.is_not_yet)
        return self.question.given_at if is_told else self.answered_at

    @property
    def is_own_word(self) -> bool:
        """Whether the person gave the answer themself: in the room, or by confirming what was written down for them."""
        return not self.question.is_recorded or self.confirmed_at is not None

    @property
    def has_turned(self) -> bool:
        """Whether an answer that was given or written down stands no more: taken back or contested."""
        return bool(self.given_answer) and self.answer != self.given_answer
