"""Answers that staff wrote down for a person in the room, who has said nothing about them yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm.actors import Actor
from crm.models import Answer, Channel, Consent, Question
from crm.queries.subject import Named, Subjects, names_of, subjects_of
from crm.queries.waiting import as_shown, fingerprint, is_long, lines_of
from crm.registry import Line

ANSWERED = (Answer.AGREED, Answer.CHANGE, Answer.DECLINED)


@dataclass(frozen=True)
class RecordedAbout:
    """One thing a record is about, and all its words that the person would say yes to."""

    named: Named
    consent: Consent
    lines: Sequence[Line]

    @property
    def is_long(self) -> bool:
        """Whether a card folds its lines."""
        return is_long(self.lines)


@dataclass(frozen=True)
class Recorded:
    """An answer that staff wrote down, and what it was about. `shown_hash` is what the form that confirms it carries."""

    question: Question
    about: Sequence[RecordedAbout]
    shown_hash: str


def recorded_answers(actor: Actor) -> list[Recorded]:
    """Return the answers that staff wrote down for the actor and that the actor has said nothing about yet."""
    if actor.participant is None:
        return []
    mine = Question.objects.visible_to(actor).filter(asked_of=actor.participant).exclude(channel=Channel.ROOM)
    unsaid = mine.filter(consents__answer__in=ANSWERED, consents__confirmed_at=None).distinct()
    rows = unsaid.select_related("asked_by", "evidence").prefetch_related("consents__revision").order_by("-asked_at")
    questions = [(one, sorted(one.consents.all(), key=as_shown)) for one in rows]
    subjects = subjects_of(consent for _one, consents in questions for consent in consents)
    return [
        Recorded(one, _recorded_about(actor, consents, subjects), fingerprint(standing_record(consents)))
        for one, consents in questions
    ]


def _recorded_about(actor: Actor, consents: Sequence[Consent], subjects: Subjects) -> list[RecordedAbout]:
    names = names_of(actor, consents, subjects)
    return [RecordedAbout(named, one, lines_of(one.revision)) for named, one in zip(names, consents, strict=True)]


def standing_record(consents: Iterable[Consent]) -> list[Consent]:
    """Return those of one record that still stand: what the person confirms or contests."""
    return [one for one in consents if one.answer in ANSWERED]
