"""Recording an answer given by voice or by mail: the rep's record, marked as such, told to the person at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.actions.consent import ANSWERS, EVENTS, lock_consent, set_answer, standing_yes, turn_answer
from crm.actions.ledger import actor_as_now, append_entry, person_as_now
from crm.actions.question import (
    LockedSubject,
    Subject,
    answerer,
    check_may_be_asked,
    check_what_and_whom,
    event_data,
    last_answer,
    lock_subjects,
    question_payload,
    reference,
    replace_older_questions,
    write_consents,
)
from crm.actions.room import lock_room
from crm.actions.version import check_version
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Answer, Attachment, Channel, Consent, Participant, Question, Room
from crm.models.attachment import FileState

ELSEWHERE = tuple(channel.value for channel in Channel if channel != Channel.ROOM)


@dataclass(frozen=True)
class Testimony:
    """What was said, how, when (an instant) and where; `evidence` is the id of a checked file that both sides see."""

    answer: str
    words: str
    channel: str
    given_at: Any
    given_where: str = ""
    evidence: UUID | None = None


@transaction.atomic
def record_consent(
    *,
    actor: Actor,
    asked_of: UUID | None,
    subjects: Sequence[Subject],
    sentence: str,
    testimony: Testimony,
    note: str = "",
) -> Question:
    """Write down an answer the participant `asked_of` gave elsewhere, in their words, to `sentence`.

    Raises `Invalid` (`given_at` also for a day before the words came to stand as they do: `before_the_words`), `NotFound`,
    `NotAllowed`, and `Refused` for a binding kind, a stage that takes no recorded yes,
    or a close without a signed file.
    """
    checks = Checks()
    testimony = _checked(checks, testimony)
    sentence = checks.text("sentence", sentence, limit=1000)
    note = checks.text("note", note, required=testimony.answer == Answer.CHANGE, limit=5000)
    room_id, person_id = check_what_and_whom(checks, subjects, asked_of)
    if not actor.is_seller or actor.user is None:
        raise NotAllowed(_("Only staff record an answer that was given elsewhere."))
    room = lock_room(actor, room_id)
    person = answerer(room, person_id)
    locked = lock_subjects(subjects)
    check_may_be_asked(actor, person, locked)
    _check_not_before_the_words(room, person, locked, testimony)
    _check_not_overtaken(person, locked, testimony.given_at)
    replace_older_questions(actor, room, person, locked)
    question = Question.objects.create(
        room=room,
        asked_of=person,
        asked_by=actor.user,
        asked_at=now(),
        closed_at=now(),
        sentence=sentence,
        channel=testimony.channel,
        given_at=testimony.given_at,
        given_where=testimony.given_where,
        words=testimony.words,
        evidence=_evidence(actor, room, testimony),
        locale=person.contact.locale,
    )
    _check_recordable(actor, question, locked)
    _write_record(actor, question, locked, Answer(testimony.answer), note)
    return question


@transaction.atomic
def withdraw_record(*, actor: Actor, consent_id: UUID, note: str, version: int | None = None) -> Consent:
    """Take back a record that was wrong, contested or not.

    Says why. Raises `Refused` for an answer given in the room, and for a record that the person has confirmed or taken
    back: then it is theirs. `Stale` when it is not at `version` (None: any).
    """
    checks = Checks()
    note = checks.text("note", note, limit=5000)
    checks.done()
    found = Consent.objects.visible_to(actor).filter(pk=consent_id).first()
    if found is None:
        raise NotFound
    if not actor.is_seller:
        raise NotAllowed(_("Only the side that wrote it down can take a record back."))
    room = lock_room(actor, found.room_id)
    consent = lock_consent(found.pk)
    if version is not None:
        check_version(consent, version)
    if not consent.question.is_recorded:
        raise Refused(_("This answer was given in the room. Only the person can take it back."), code="not_recorded")
    if consent.answer == Answer.CANCELLED:
        return consent
    if consent.answer == Answer.WITHDRAWN or consent.confirmed_at is not None:
        raise Refused(
            _("%(name)s has answered this in the room since. Only they can take it back.")
            % {"name": consent.participant.contact.name},
            code="answered_in_the_room",
        )
    turn_answer(consent, Answer.CANCELLED, correction=note)
    payload = {"by": actor_as_now(actor), "note": note, "record": True, **reference(consent)}
    append_entry(room, "withdrawn", consent=consent, payload=payload)
    record("consent.record_withdrawn", actor=actor, room=room, subject=consent, data=event_data(consent))
    return consent


def _checked(checks: Checks, testimony: Testimony) -> Testimony:
    answer = checks.choice("answer", testimony.answer, ANSWERS)
    words = checks.text("words", testimony.words, limit=5000)
    channel = checks.choice("channel", testimony.channel, ELSEWHERE)
    where = checks.line("given_where", testimony.given_where, required=False, limit=400)
    given_at = checks.instant("given_at", testimony.given_at)
    if given_at is not None and given_at > now():
        checks.add("given_at", _("This must have happened already. Check day and time."), code="in_the_future")
    return Testimony(answer, words, channel, given_at, where, testimony.evidence)


def _check_not_before_the_words(
    room: Room, person: Participant, subjects: Sequence[LockedSubject], testimony: Testimony
) -> None:
    """Nobody can have answered words, or a step, before they stood as they do. The day counts where the room is."""
    shown = testimony.evidence is not None
    since = (subject.kind.stands_since(subject.row, shown) for subject in subjects if subject.kind.stands_since)
    zone = ZoneInfo(room.time_zone)
    first = max((at.astimezone(zone).date() for at in since if at), default=None)
    if first is None or testimony.given_at.astimezone(zone).date() >= first:
        return
    words = _(
        "What this is about stands as it does only since %(day)s, so no answer to it can be older. "
        "Give a day from then on, or ask %(name)s in the room instead."
    )
    named = {"day": date_format(first, "j F Y"), "name": person.contact.name}
    raise Invalid.field("given_at", words % named, code="before_the_words")


def _check_not_overtaken(person: Participant, subjects: Sequence[LockedSubject], given_at: datetime | None) -> None:
    """A yes that was taken back is not brought back by a record of what was said before."""
    for subject in subjects:
        last = last_answer(person, subject)
        if last and last.answer == Answer.WITHDRAWN and given_at and last.answered_at and given_at <= last.answered_at:
            words = _("%(name)s took a yes to this back after that. Only what was said since can be written down.")
            raise Refused(words % {"name": person.contact.name}, code="taken_back_since")


def _evidence(actor: Actor, room: Room, testimony: Testimony) -> Attachment | None:
    if testimony.evidence is None:
        return None
    file = Attachment.objects.visible_to(actor).filter(room=room, pk=testimony.evidence, private_to="").first()
    if file is None:
        words = _("There is no such file that both sides see in this room.")
        raise Invalid.field("evidence", words, code="unknown")
    if file.state != FileState.CLEAN:
        raise Invalid.field("evidence", _("This file has not been checked yet, or was refused."), code="not_checked")
    return file


def _check_recordable(actor: Actor, question: Question, subjects: Sequence[LockedSubject]) -> None:
    for subject in subjects:
        if subject.kind.binding:
            raise Refused(
                _("This needs the person's own answer in the room, after a fresh code. It cannot be recorded."),
                code="binding",
            )
        if subject.kind.check_recordable:
            subject.kind.check_recordable(actor, subject.row, question)


def _write_record(
    actor: Actor, question: Question, subjects: Sequence[LockedSubject], answer: Answer, note: str
) -> None:
    consents = write_consents(actor, question, subjects)
    for consent in consents:
        consent.supersedes = standing_yes(consent)
        set_answer(consent, answer, note)
        payload = question_payload(actor, consent) | {
            "answer": answer.value,
            "note": note,
            "of": person_as_now(question.asked_of),
            "words": question.words,
            "channel": question.channel,
            "given_at": question.given_at.isoformat() if question.given_at else "",
            "given_where": question.given_where,
            "evidence_sha256": question.evidence.sha256 if question.evidence else "",
            "supersedes": str(consent.supersedes_id or ""),
        }
        append_entry(question.room, "recorded", consent=consent, payload=payload)
    for consent in consents:
        record(EVENTS[answer], actor=actor, room=question.room, subject=consent, data=event_data(consent))
