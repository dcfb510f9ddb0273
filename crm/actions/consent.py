"""Answering: the one place where a buyer's yes, no, or "I'd change…" comes into being, and where it is taken back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.actions.ledger import actor_as_now, append_entry
from crm.actions.question import (
    MAY_NOT_ANSWER,
    LockedSubject,
    Subject,
    close_question,
    event_data,
    lock_subjects,
    may_answer,
    reference,
)
from crm.actions.room import lock_room
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from crm.events.record import record
from crm.models import NOT_YET, Answer, Consent, Participant, Question, Room
from crm.queries.address_change import check_address_settled
from crm.queries.recorded import standing_record
from crm.queries.waiting import FRESH_FOR as FRESH_FOR
from crm.queries.waiting import fingerprint as fingerprint

ANSWERS = (Answer.AGREED, Answer.CHANGE, Answer.DECLINED)
HASH = re.compile("[0-9a-f]{64}")
NOT_SHOWN = _("Your answer came without the words it is about. Nothing was recorded. Read them here and answer again.")
EVENTS = {
    Answer.AGREED: "consent.given",
    Answer.CHANGE: "consent.change_suggested",
    Answer.DECLINED: "consent.declined",
}


@dataclass(frozen=True)
class Given:
    """What the person did: the answer, their words, the button they pressed, and the hash they were shown.

    The language of the page is the one that is active.
    """

    answer: Answer
    note: str
    button: str
    shown_hash: str


def answer_question(
    *, actor: Actor, question_id: UUID, shown_hash: str, answer: str, note: str = "", button: str = ""
) -> Question:
    """Answer a question as the person it was asked of: `agreed`, `change` (with `note`) or `declined`.

    The same answer sent twice is one answer. Raises `NotAllowed` for anybody else, for who answers for their side no more
    (`may_not_answer`), while a new address waits to be confirmed (`address_not_confirmed`), and when a binding kind needs a
    fresh code (`fresh_code_needed`); `Invalid` also for a form that lost its hash on the way, or has that of other words
    (`not_shown`): the question stays open; `Refused` when it was answered otherwise or taken back, and `Stale` when the words
    have changed since they were shown: then nothing is recorded, the question closes as replaced, and somebody of the asking
    side must ask again, unless they did already.
    """
    checks = Checks()
    chosen = checks.choice("answer", answer, ANSWERS)
    note = checks.text("note", note, required=chosen == Answer.CHANGE, limit=5000)
    button = checks.line("button", button, required=False)
    if not HASH.fullmatch(shown_hash):
        checks.add("shown_hash", NOT_SHOWN, code="required")
    checks.done()
    given = Given(Answer(chosen), note, button, shown_hash)
    with transaction.atomic():
        question, is_stale = _answer(actor, question_id, given)
    if is_stale:
        raise Stale(
            _("The words have changed since they were shown to you. Nothing was recorded; you will be asked again."),
            current=question,
            code="words_changed",
        )
    return question


def _answer(actor: Actor, question_id: UUID, given: Given) -> tuple[Question, bool]:
    question, room = lock_question(actor, question_id)
    consents = list(question.consents.select_related("revision", "question").order_by("subject_id"))
    if not question.is_open:
        if all(one.answer == given.answer and one.note == given.note for one in consents):
            return question, False
        if all(one.answer == Answer.REPLACED for one in consents):
            return question, True
        raise Refused(_("This question was answered or taken back already."), code="already_answered")
    locked = lock_subjects([Subject(one.kind, one.subject_id) for one in consents])
    if not may_answer(question.asked_of, locked):
        raise NotAllowed(_("You read along here and do not answer for your side."), code=MAY_NOT_ANSWER)
    check_address_settled(question.asked_of.contact_id)
    _check_fresh(actor, locked)
    if not _is_current(consents, locked):
        close_question(actor, room, question, Answer.REPLACED)
        return question, True
    if given.shown_hash != fingerprint(consents):
        raise Invalid.field("shown_hash", NOT_SHOWN, code="not_shown")
    _write_answers(actor, room, question, consents, given)
    return question, False


def lock_question(actor: Actor, question_id: UUID) -> tuple[Question, Room]:
    """Return the actor's own question and its room, both locked. Raises `NotFound`, `NotAllowed` for anybody else."""
    found = Question.objects.visible_to(actor).filter(pk=question_id).first()
    if found is None:
        raise NotFound
    if actor.participant is None or found.asked_of_id != actor.participant.pk:
        raise NotAllowed(_("Only the person who was asked can answer."), code="not_yours_to_answer")
    room = lock_room(actor, found.room_id)
    if not Participant.objects.active().filter(pk=actor.participant.pk).exists():
        raise NotFound
    return Question.objects.select_for_update(of=("self",), no_key=True).select_related("asked_of").get(
        pk=found.pk
    ), room


def _check_fresh(actor: Actor, subjects: Sequence[LockedSubject]) -> None:
    if not any(subject.kind.binding for subject in subjects):
        return
    if actor.fresh_at is None or now() - actor.fresh_at > FRESH_FOR:
        raise NotAllowed(_("This answer binds your side. Enter a fresh code first."), code="fresh_code_needed")


def _is_current(consents: Sequence[Consent], subjects: Sequence[LockedSubject]) -> bool:
    current = {subject.id: subject.kind.current_hash(subject.row) for subject in subjects}
    return all(consent.content_hash == current[consent.subject_id] for consent in consents)


def _write_answers(actor: Actor, room: Room, question: Question, consents: Sequence[Consent], given: Given) -> None:
    question.closed_at, question.version = now(), question.version + 1
    question.save(update_fields=["closed_at", "version"])
    for consent in consents:
        consent.supersedes = standing_yes(consent)
        set_answer(consent, given.answer, given.note)
        payload = {
            "by": actor_as_now(actor),
            "answer": given.answer.value,
            "note": given.note,
            "button": given.button,
            "sentence": question.sentence,
            "locale": get_language() or settings.LANGUAGE_CODE,
            "supersedes": str(consent.supersedes_id or ""),
            **reference(consent),
        }
        append_entry(room, "answered", consent=consent, payload=payload, session=actor.session)
    # All answers stand before the first event runs its reactions: a move may rest on the sections of the same question.
    for consent in consents:
        record(EVENTS[given.answer], actor=actor, room=room, subject=consent, data=event_data(consent))


def standing_yes(consent: Consent) -> Consent | None:
    """Return the same person's earlier yes to the same subject, which this one takes the place of."""
    same = Consent.objects.filter(
        participant=consent.participant_id, kind=consent.kind, subject_id=consent.subject_id, answer=Answer.AGREED
    )
    return same.exclude(pk=consent.pk).order_by("-answered_at").first()


def set_answer(consent: Consent, answer: Answer, note: str = "") -> None:
    """Write down an answer with its words; the ledger entry and the event are the caller's."""
    consent.answer, consent.answered_at, consent.version = answer, now(), consent.version + 1
    consent.given_answer, consent.note = answer, note
    consent.save(update_fields=["answer", "given_answer", "answered_at", "note", "supersedes", "version"])


def turn_answer(consent: Consent, answer: Answer, *, objection: str = "", correction: str = "") -> None:
    """Let an answer stand no more: the person objects, or a record is corrected. What was answered stays beside it.

    The ledger entry and the event are the caller's.
    """
    consent.given_answer = consent.given_answer or consent.answer  # the former release did not write it
    consent.answer, consent.answered_at, consent.version = answer, now(), consent.version + 1
    consent.objection, consent.correction = consent.objection or objection, correction
    consent.save(update_fields=["answer", "given_answer", "answered_at", "objection", "correction", "version"])


@transaction.atomic
def withdraw_consent(*, actor: Actor, consent_id: UUID, note: str = "") -> Consent:
    """Take one's own yes back. As easy as giving it; a deal that moved on it stays where it is.

    Raises `Refused` when there is no yes, or a later answer stands in its place (`superseded`).
    """
    note = _note(note, required=False)
    consent, room = _lock_own(actor, consent_id)
    if consent.answer != Answer.AGREED:
        raise Refused(_("There is no yes here to take back."), code="not_agreed")
    if later := Consent.objects.instead_of(consent.pk).first():
        if later.answer == Answer.AGREED:
            raise Refused(_("Your later yes stands in its place. Take that one back."), code="superseded")
        raise Refused(_("You have answered this anew since. This yes counts no more."), code="superseded")
    return _turn(actor, room, consent, Answer.WITHDRAWN, note, "withdrawn")


@transaction.atomic
def contest_consent(*, actor: Actor, consent_id: UUID, note: str = "") -> Consent:
    """Say "that's not what I said" to a recorded answer, and in `note` what is wrong with it.

    It counts no more; what was written down stays to be read beside it. Raises `Refused` when it was not recorded.
    """
    note = _note(note, required=False)
    consent, room = _lock_own(actor, consent_id)
    if not consent.question.is_recorded or consent.answer not in ANSWERS:
        raise Refused(_("Only an answer that somebody else wrote down can be contested."), code="not_recorded")
    return _turn(actor, room, consent, Answer.CONTESTED, note, "contested")


@transaction.atomic
def confirm_consent(*, actor: Actor, consent_id: UUID, shown_hash: str) -> Consent:
    """Say "that's right" to a recorded answer: from then on it is the person's own word about the words they were shown.

    Raises `Refused` when it was not recorded, no longer stands, or `shown_hash` is not that of its words.
    """
    consent, room = _lock_own(actor, consent_id)
    _check_shown(shown_hash, [consent])
    if not consent.question.is_recorded or consent.answer not in ANSWERS:
        raise Refused(_("Only an answer that somebody else wrote down needs confirming."), code="not_recorded")
    if consent.confirmed_at is None:
        consent.confirmed_at, consent.version = now(), consent.version + 1
        consent.save(update_fields=["confirmed_at", "version"])
        append_entry(
            room, "confirmed", consent=consent, payload=_own_payload(actor, consent, ""), session=actor.session
        )
        record("consent.confirmed", actor=actor, room=room, subject=consent, data=event_data(consent))
    return consent


@transaction.atomic
def confirm_record(*, actor: Actor, question_id: UUID, shown_hash: str) -> None:
    """Say "that's right" to everything that one record covers and that still stands, all of it or nothing."""
    consents = _standing_record(actor, question_id)
    _check_shown(shown_hash, consents)
    for consent in consents:
        confirm_consent(actor=actor, consent_id=consent.pk, shown_hash=fingerprint([consent]))


@transaction.atomic
def contest_record(*, actor: Actor, question_id: UUID, note: str = "") -> None:
    """Say "that's not what I said" to everything that one record covers and that still stands, all of it or nothing."""
    for consent in _standing_record(actor, question_id):
        contest_consent(actor=actor, consent_id=consent.pk, note=note)


def _standing_record(actor: Actor, question_id: UUID) -> list[Consent]:
    question, _room = lock_question(actor, question_id)
    return standing_record(question.consents.order_by("subject_id"))


def _check_shown(shown_hash: str, consents: Sequence[Consent]) -> None:
    if shown_hash != fingerprint(consents):
        words = _("Your page did not show what was written down as it is now. Open it anew, read it, and say it then.")
        raise Refused(words, code="not_shown")


@transaction.atomic
def reopen_consent(*, actor: Actor, consent_id: UUID) -> Consent:
    """Let the seller ask again after one's own no, about all that was asked with it. Raises `Refused` when there is no no."""
    consent, room = _lock_own(actor, consent_id)
    if consent.answer not in NOT_YET:
        raise Refused(_("There is no no here to reopen."), code="not_declined")
    together = Consent.objects.filter(question=consent.question_id, answer__in=NOT_YET, reopened_at=None)
    for one in together.order_by("subject_id"):
        _reopen(actor, room, consent if one == consent else lock_consent(one.pk))
    return consent


def _reopen(actor: Actor, room: Room, consent: Consent) -> None:
    consent.reopened_at, consent.version = now(), consent.version + 1
    consent.save(update_fields=["reopened_at", "version"])
    append_entry(room, "reopened", consent=consent, payload=_own_payload(actor, consent, ""), session=actor.session)
    record("consent.reopened", actor=actor, room=room, subject=consent, data=event_data(consent))


def _note(note: str, *, required: bool) -> str:
    checks = Checks()
    note = checks.text("note", note, required=required, limit=5000)
    checks.done()
    return note


def _lock_own(actor: Actor, consent_id: UUID) -> tuple[Consent, Room]:
    found = Consent.objects.visible_to(actor).filter(pk=consent_id).first()
    if found is None:
        raise NotFound
    if actor.participant is None or found.participant_id != actor.participant.pk:
        raise NotAllowed(_("Only the person whose answer it is can do this."), code="not_yours_to_answer")
    room = lock_room(actor, found.room_id)
    check_address_settled(actor.participant.contact_id)
    return lock_consent(found.pk), room


def lock_consent(consent_id: UUID) -> Consent:
    """Return the consent locked, with its question and revision."""
    locked = Consent.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("question", "revision", "participant__contact__organization").get(pk=consent_id)


def _own_payload(actor: Actor, consent: Consent, note: str) -> dict[str, Any]:
    return {"by": actor_as_now(actor), "note": note, **reference(consent)}


def _turn(actor: Actor, room: Room, consent: Consent, answer: Answer, note: str, entry: str) -> Consent:
    turn_answer(consent, answer, objection=note)
    append_entry(room, entry, consent=consent, payload=_own_payload(actor, consent, note), session=actor.session)
    record(f"consent.{entry}", actor=actor, room=room, subject=consent, data=event_data(consent))
    return consent
