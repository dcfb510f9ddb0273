"""Asking for a yes: one sentence, one named person, one or more subjects."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.actions.ledger import actor_as_now, append_entry, person_as_now
from crm.actions.revision import cut_revision
from crm.actions.room import lock_room
from crm.actions.version import check_version
from crm.actors import SYSTEM, Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Answer, Consent, Contact, Participant, Question, Room
from crm.registry import ConsentKind, consent_kind, consent_kinds
from crm.rules.asking import may_ask_again

OPEN_QUESTIONS_LIMIT = 2
"""How many questions may wait for one person, in all their rooms together."""
MAY_NOT_ANSWER = "may_not_answer"
"""Why a question closed: the person it was asked of does not answer for their side any more."""
NOT_NEEDED = "not_needed"
"""Why a question closed: what it asks about has ended, or went another way."""


@dataclass(frozen=True)
class Subject:
    """What is asked about: a consent kind's name and the row's id."""

    kind: str
    id: UUID


@dataclass(frozen=True)
class LockedSubject:
    """A subject with its row lock held."""

    kind: ConsentKind
    id: UUID
    row: Any


@transaction.atomic
def ask_for_consent(
    *,
    actor: Actor,
    asked_of: UUID | None,
    subjects: Sequence[Subject],
    sentence: str,
    benefit: str,
    note: str = "",
    useful_by: str = "",
) -> Question:
    """Ask the participant `asked_of` for a yes to all `subjects`, as they are now.

    `benefit` says what the buyer gets out of this step, whatever comes later. Raises `Invalid`, `NotFound`,
    `NotAllowed`, and `Refused` when the person may not be asked: two open questions, a no that stands, an unmeasurable
    criterion.
    """
    checks = Checks()
    sentence = checks.text("sentence", sentence, limit=1000)
    benefit = checks.text("benefit", benefit, limit=2000)
    note = checks.text("note", note, required=False, limit=2000)
    useful_by = checks.line("useful_by", useful_by, required=False)
    room_id, person_id = check_what_and_whom(checks, subjects, asked_of)
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side asks for a yes here."))
    room = lock_room(actor, room_id)
    person = answerer(room, person_id)
    locked = lock_subjects(subjects)
    check_may_be_asked(actor, person, locked)
    _check_not_asked_already(person, locked)
    replace_older_questions(actor, room, person, locked)
    _check_not_too_many(person)
    at = now()
    question = Question.objects.create(
        room=room,
        asked_of=person,
        asked_by=_asking_user(actor),
        asked_at=at,
        sentence=sentence,
        benefit=benefit,
        note=note,
        useful_by=useful_by,
        locale=person.contact.locale or get_language() or "en",
    )
    for consent in write_consents(actor, question, locked):
        append_entry(
            room,
            "asked",
            consent=consent,
            payload=question_payload(actor, consent) | {"asked_of": person_as_now(person)},
        )
        record("consent.asked", actor=actor, room=room, subject=consent, data=event_data(consent))
    return question


@transaction.atomic
def cancel_question(*, actor: Actor, question_id: UUID, version: int | None = None) -> Question:
    """Take an open question back. Raises `Refused` when it was answered already, `Stale` when it is not at `version`."""
    found = Question.objects.visible_to(actor).filter(pk=question_id).first()
    if found is None:
        raise NotFound
    if not actor.is_seller:
        raise NotAllowed(_("Only the side that asked can take a question back."))
    room = lock_room(actor, found.room_id)
    question = Question.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    if version is not None:
        check_version(question, version)
    if not question.is_open:
        raise Refused(_("This question was answered already."), code="already_answered")
    close_question(actor, room, question, Answer.CANCELLED)
    return question


def check_what_and_whom(checks: Checks, subjects: Sequence[Subject], asked_of: UUID | None) -> tuple[UUID, UUID]:
    """Return the room the subjects lie in and who is asked. Raises `Invalid` with these and all faults noted before."""
    room_id = checks.part(lambda: room_of(subjects))
    if asked_of is None:
        checks.add("asked_of", _("Choose somebody."), code="required")
    checks.done()
    if room_id is None or asked_of is None:
        raise ValueError("checked values are there")
    return room_id, asked_of


def room_of(subjects: Sequence[Subject]) -> UUID:
    """Return the one room all subjects lie in. Raises `Invalid` for none, an unknown kind, or several rooms."""
    if not subjects:
        raise Invalid.field("subjects", _("Choose what it is about."), code="required")
    known = {kind.name for kind in consent_kinds()}
    if any(subject.kind not in known for subject in subjects):
        raise Invalid.field("subjects", _("One of these is nothing that can be agreed."), code="not_a_choice")
    if len(set(subjects)) != len(subjects):
        raise Invalid.field("subjects", _("Ask about each thing once."), code="repeated")
    kinds = [(consent_kind(subject.kind), subject.id) for subject in subjects]
    rooms = {kind.room_of(kind.get(id)) for kind, id in kinds}
    if len(rooms) > 1:
        raise Invalid.field("subjects", _("One question stays within one room."), code="several_rooms")
    return rooms.pop()


def answerer(room: Room, participant_id: UUID) -> Participant:
    """Return the participant who is to answer. Raises `Invalid` when they cannot."""
    people = Participant.objects.select_related("contact__organization", "room")
    person = people.filter(room=room, pk=participant_id).active().first()
    if person is None:
        raise Invalid.field("asked_of", _("This person is not in the room. Invite them first."), code="not_in_room")
    if not person.may_answer:
        raise Invalid.field(
            "asked_of", _("This person reads along and does not answer for their side."), code="may_not_answer"
        )
    return person


def lock_subjects(subjects: Sequence[Subject]) -> list[LockedSubject]:
    """Lock the subjects' rows, always in the order of their ids; the caller holds the room's lock already."""
    ordered = sorted(subjects, key=lambda subject: (subject.kind == "stage_move", subject.id))
    return [LockedSubject(consent_kind(one.kind), one.id, consent_kind(one.kind).lock(one.id)) for one in ordered]


def check_may_be_asked(actor: Actor, person: Participant, subjects: Sequence[LockedSubject]) -> None:
    """Raise `Refused` or `Invalid` when one of the subjects cannot be asked of this person now."""
    for subject in subjects:
        subject.kind.check_askable(actor, subject.row)
        if not may_answer(person, [subject]):
            raise Refused(_("%(name)s cannot answer for this.") % {"name": person.contact.name}, code="may_not_answer")
        last = last_answer(person, subject)
        if last is None:
            continue
        current = subject.kind.current_hash(subject.row)
        reopened = last.reopened_at is not None
        if may_ask_again(last.answer, last.content_hash, current, reopened=reopened):
            continue
        if last.answer == Answer.AGREED or not _words_beside_have_changed(last, subjects):
            _refuse_asking(person, Answer(last.answer))


def may_answer(person: Participant, subjects: Iterable[LockedSubject]) -> bool:
    """Whether somebody answers for their side, and about each of the subjects."""
    return person.answers and all(one.kind.may_answer(person, one.row) for one in subjects)


def _words_beside_have_changed(last: Consent, subjects: Sequence[LockedSubject]) -> bool:
    """Whether something that was asked about in the same breath, and is again, reads otherwise now.

    A no to "this is our problem, and let's go on" is answered by other words in the problem; the move has none.
    """
    then = {(one.kind, one.subject_id): one.content_hash for one in last.question.consents.all()}
    return any(
        then.get((one.kind.name, one.id), hash_now) != hash_now
        for one in subjects
        for hash_now in [one.kind.current_hash(one.row)]
    )


def _refuse_asking(person: Participant, answer: Answer) -> NoReturn:
    name = {"name": person.contact.name}
    if answer == Answer.AGREED:
        raise Refused(_("%(name)s agreed to exactly this.") % name, code="already_agreed")
    if answer == Answer.CHANGE:
        words = _(
            "%(name)s would change something here. Ask again when the words have changed, or when they reopen it."
        )
        raise Refused(words % name, code="change_suggested")
    words = _("%(name)s said no to this. Ask again when its words have changed, or when they reopen it.")
    raise Refused(words % name, code="declined")


def last_answer(person: Participant, subject: LockedSubject) -> Consent | None:
    """Return what the person answered last about a subject, None when they never did."""
    answers = Consent.objects.filter(participant=person).of_subject(subject.kind.name, subject.id)
    return answers.exclude(answer__in=(Answer.CANCELLED, Answer.REPLACED, Answer.ASKED)).first()


def _check_not_asked_already(person: Participant, subjects: Sequence[LockedSubject]) -> None:
    for question in _open_about(person, subjects).prefetch_related("consents"):
        if all(one.content_hash == _hash_now(one) for one in question.consents.all()):
            raise Refused(
                _("%(name)s has this question already.") % {"name": person.contact.name}, code="already_asked"
            )


def _hash_now(consent: Consent) -> str:
    kind = consent_kind(consent.kind)
    return kind.current_hash(kind.get(consent.subject_id))


def _open_about(person: Participant, subjects: Sequence[LockedSubject]) -> QuerySet[Question]:
    about = Consent.objects.filter(question=OuterRef("pk"), subject_id__in=[subject.id for subject in subjects])
    return Question.objects.open().filter(Exists(about), asked_of=person).order_by("pk")


def replace_older_questions(actor: Actor, room: Room, person: Participant, subjects: Sequence[LockedSubject]) -> None:
    """Close the person's open questions about the same subjects, for all they ask about: the new one takes their place."""
    for question in _open_about(person, subjects):
        close_question(actor, room, question, Answer.REPLACED)


def _check_not_too_many(person: Participant) -> None:
    Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=person.contact_id)
    if Question.objects.open().filter(asked_of__contact=person.contact_id).count() >= OPEN_QUESTIONS_LIMIT:
        raise Refused(
            _("Two questions wait for %(name)s already. That is the most anybody gets.")
            % {"name": person.contact.name},
            code="too_many_open",
        )


def _asking_user(actor: Actor) -> Any:
    if actor.user is None:
        raise NotAllowed(_("Somebody by name asks, not the system."))
    return actor.user


def write_consents(actor: Actor, question: Question, subjects: Sequence[LockedSubject]) -> list[Consent]:
    """Write one open consent per subject, each to a revision of what it says now."""
    consents = []
    for subject in subjects:
        revision = cut_revision(actor, question.room, subject.kind, subject.id, subject.row)
        consents.append(
            Consent.objects.create(
                question=question,
                room=question.room,
                participant=question.asked_of,
                revision=revision,
                kind=subject.kind.name,
                subject_id=subject.id,
                content_hash=revision.content_hash,
            )
        )
    return consents


def close_what_they_may_not_answer(actor: Actor, room: Room, person: Participant) -> None:
    """Take back the open questions to somebody who may answer them no more, so that nobody waits for an answer in vain.

    For whoever changes a grant, with the room's lock held. What they have answered already stands.
    """
    for question in person.questions.open().order_by("pk").prefetch_related("consents"):
        kinds = [(consent_kind(consent.kind), consent.subject_id) for consent in question.consents.all()]
        if not may_answer(person, [LockedSubject(kind, id, kind.get(id)) for kind, id in kinds]):
            close_question(actor, room, question, Answer.CANCELLED, because=MAY_NOT_ANSWER)


def close_questions_about(room: Room, subject_ids: Collection[UUID]) -> None:
    """Take back the open questions about any of these subjects, since nobody needs the answer any more.

    For whoever ends what they are about, with the room's lock held.
    """
    about = Consent.objects.filter(question=OuterRef("pk"), subject_id__in=subject_ids)
    for question in Question.objects.open().filter(Exists(about), room=room).order_by("pk"):
        close_question(SYSTEM, room, question, Answer.CANCELLED, because=NOT_NEEDED)


def close_question(actor: Actor, room: Room, question: Question, answer: Answer, *, because: str = "") -> None:
    """Close a question without an answer by the person: replaced by newer words, or cancelled.

    `because` is a code that says why, where it is not simply that the asking side wants no answer any more.
    """
    why = {"because": because} if because else {}
    at = now()
    question.closed_at, question.version = at, question.version + 1
    question.save(update_fields=["closed_at", "version"])
    for consent in question.consents.select_related("revision", "question__asked_of__contact", "question__asked_by"):
        consent.answer, consent.answered_at, consent.version = answer, at, consent.version + 1
        consent.save(update_fields=["answer", "answered_at", "version"])
        payload = {"by": actor_as_now(actor), **why, **reference(consent)}
        append_entry(room, answer.value, consent=consent, payload=payload)
        record(f"consent.{answer.value}", actor=actor, room=room, subject=consent, data=event_data(consent) | why)


def question_payload(actor: Actor, consent: Consent) -> dict[str, Any]:
    """Return the part of a ledger payload that says what was asked, by whom, in which words."""
    question = consent.question
    return {
        "by": actor_as_now(actor),
        "sentence": question.sentence,
        "benefit": question.benefit,
        "note": question.note,
        "useful_by": question.useful_by,
        "locale": question.locale,
        **reference(consent),
    }


def reference(consent: Consent) -> dict[str, Any]:
    """Return what a ledger payload says about the consent's question and revision."""
    return {
        "question": str(consent.question_id),
        "consent": str(consent.pk),
        "kind": consent.kind,
        "subject": str(consent.subject_id),
        "revision": str(consent.revision_id),
        "revision_number": consent.revision.number,
        "content_hash": consent.content_hash,
    }


def event_data(consent: Consent) -> dict[str, Any]:
    """Return the ids and plain facts that an event about a consent carries."""
    return {
        "question": str(consent.question_id),
        "kind": consent.kind,
        "subject": str(consent.subject_id),
        "revision": str(consent.revision_id),
        "revision_number": consent.revision.number,
        "participant": str(consent.participant_id),
        "recorded": consent.question.is_recorded,
    }
