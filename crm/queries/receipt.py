"""Receipts: an answer with everything that proves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Consent, LedgerEntry, Question
from crm.queries.waiting import lines_of
from crm.registry import Line, consent_kind


@dataclass(frozen=True)
class Receipt:
    """One answer: what was asked and shown, what was said, and its entries in the room's ledger, oldest first."""

    consent: Consent
    label: str | Promise
    lines: Sequence[Line]
    entries: Sequence[LedgerEntry]
    is_mine: bool

    @property
    def button(self) -> str:
        """The label of the button that was pressed, as the ledger keeps it; empty for a recorded answer."""
        for entry in self.entries:
            payload = getattr(entry, "payload", None)
            if entry.type == "answered" and payload is not None:
                return str(payload.content.get("button", ""))
        return ""


def get_question(actor: Actor, question_id: UUID) -> Question:
    """Return a question the actor may see, of the room a participant is in. Raises `NotFound`."""
    questions = Question.objects.visible_to(actor).select_related("asked_by", "asked_of__contact", "room")
    question = questions.filter(pk=question_id).first()
    if question is None:
        raise NotFound
    return question


def get_receipt(actor: Actor, consent_id: UUID) -> Receipt:
    """Return the receipt of a consent the actor may see. Raises `NotFound`."""
    consents = Consent.objects.visible_to(actor).select_related(
        "question__asked_by", "participant__contact__organization", "revision", "room"
    )
    consent = consents.filter(pk=consent_id).first()
    if consent is None:
        raise NotFound
    kind = consent_kind(consent.kind)
    entries = (
        LedgerEntry.objects.filter(room=consent.room_id, consent=consent).select_related("payload").order_by("seq")
    )
    is_mine = actor.participant is not None and consent.participant_id == actor.participant.pk
    label = kind.label(kind.get(consent.subject_id))
    return Receipt(consent, label, lines_of(consent.revision), list(entries), is_mine)


def answers_of(actor: Actor) -> list[Consent]:
    """Return everything the actor was asked in this room, newest first: their own answers."""
    if actor.participant is None:
        return []
    mine = Consent.objects.visible_to(actor).filter(participant=actor.participant)
    return list(mine.select_related("question__asked_by", "revision").order_by("-question__asked_at", "-id"))
