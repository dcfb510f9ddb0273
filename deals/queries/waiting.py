"""Whether a deal waits for the client: a question about its sections or about moving on has no answer yet."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from crm.models import Answer, Consent
from deals.models import AGREEABLE, MOVE, Deal, Section, StageMove


def question_waits() -> Exists:
    """Return the condition for deals in which a question waits for somebody's answer."""
    of_deal = {"deal": OuterRef(OuterRef("pk"))}
    about = Q(subject_id__in=Section.objects.filter(**of_deal).values("pk"))
    about |= Q(subject_id__in=StageMove.objects.filter(**of_deal).values("pk"))
    return Exists(Consent.objects.filter(about, answer=Answer.ASKED, room=OuterRef("room")))


def deal_asked_about(kind: str, subject_id: UUID) -> UUID | None:
    """Return the deal that a consent is about when it is about a section or a move of one; None for other kinds."""
    if kind == MOVE:
        return Deal.objects.filter(moves=subject_id).values_list("pk", flat=True).first()
    if kind in AGREEABLE:
        return Deal.objects.filter(sections=subject_id).values_list("pk", flat=True).first()
    return None
