"""Objections: a yes that was taken back, a record that is contested, as long as nothing has settled them."""

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


def objections(deal: Deal) -> list[Consent]:
    """Return the contested and the taken-back consents that nothing has settled since, oldest first.

    One that a later answer has taken the place of says nothing any more. Only the person's own word settles it: an answer
    in the room, or a record that they have confirmed.
    """
    mine = Consent.objects.filter(consents_of_deal(deal)).select_related("participant__contact", "question__asked_by")
    consents = list(mine.filter(answered_at__isnull=False).order_by("answered_at"))
    older = superseded(consents)
    standing = []
    for place, consent in enumerate(consents):
        if consent.answer not in (Answer.CONTESTED, Answer.WITHDRAWN) or consent.pk in older:
            continue
        settled = any(
            later.answer == Answer.AGREED
            and later.participant_id == consent.participant_id
            and (later.subject_id == consent.subject_id or later.kind == MOVE)
            and later.is_own_word
            for later in consents[place + 1 :]
        )
        if not settled:
            standing.append(consent)
    return standing


def contested_about(deal: Deal, section: Section) -> list[Consent]:
    """Return the records about a section that the person says are not what they said, and that nothing has settled."""
    return [one for one in objections(deal) if one.answer == Answer.CONTESTED and one.subject_id == section.pk]
