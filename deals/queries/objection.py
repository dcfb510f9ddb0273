"""Objections: a yes that was taken back, a record that is contested, as long as nothing has settled them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from crm.models import Answer, Consent, Side
from crm.queries.consent import superseded
from deals.models import MOVE, Deal, Section, StageMove


def consents_of_deal(deal: Deal) -> Q:
    """Return the condition for consents about this deal: its sections and its moves."""
    sections = Section.objects.filter(deal=deal).values("pk")
    return Q(subject_id__in=sections) | Q(subject_id__in=StageMove.objects.filter(deal=deal).values("pk"))


def can_settle(consent: Consent) -> bool:
    """Whether who objects can still be asked to answer anew."""
    return consent.participant.answers and consent.participant.side == Side.BUYER


def unsettled(consents: Iterable[Consent]) -> list[Consent]:
    """Return, of all consents about a deal, the contested and the taken-back that nothing has settled since, oldest first.

    One that a later answer has taken the place of says nothing any more. Only the person's own word settles it: an answer
    in the room, or a record that they have confirmed.
    """
    answered = sorted((one for one in consents if one.answered_at), key=_answered_at)
    older = superseded(answered)
    standing = []
    for place, consent in enumerate(answered):
        if consent.answer not in (Answer.CONTESTED, Answer.WITHDRAWN) or consent.pk in older:
            continue
        settled = any(
            later.answer == Answer.AGREED
            and later.participant_id == consent.participant_id
            and (later.subject_id == consent.subject_id or later.kind == MOVE)
            and later.is_own_word
            for later in answered[place + 1 :]
        )
        if not settled:
            standing.append(consent)
    return standing


def _answered_at(consent: Consent) -> datetime:
    assert consent.answered_at
    return consent.answered_at


def contested_about(objections: Iterable[Consent], section: Section) -> list[Consent]:
    """Return the records about a section that the person says are not what they said, and that nothing has settled."""
    return [one for one in objections if one.answer == Answer.CONTESTED and one.subject_id == section.pk]
