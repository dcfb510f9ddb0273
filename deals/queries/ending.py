"""Whose word it is that both sides agreed not to go on, and who of the client sees that differently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.formats import first_name
from crm.models import Comment, Event, Participant, Side
from deals.models import Deal, DealStatus

ENDED = "deal.ended_in_agreement"


@dataclass(frozen=True)
class Ending:
    """An ending by agreement as somebody of ours wrote it down. `disputes` are the words of buyers who left it otherwise."""

    name: str
    at: datetime
    disputes: Sequence[Comment]

    @property
    def words(self) -> str:
        """Where it stands in one line: whose word it is, and who sees it differently."""
        names = list(dict.fromkeys(first_name(one.author_name) for one in self.disputes))
        whose = {"name": first_name(self.name) if self.name != settings.ORGANIZATION_SHORT_NAME else self.name}
        if not names:
            return _("No deal, as %(name)s wrote it down") % whose
        words = ngettext(
            "No deal, as %(name)s wrote it down; %(others)s sees it differently",
            "No deal, as %(name)s wrote it down; %(others)s see it differently",
            len(names),
        )
        return words % {**whose, "others": get_text_list(names, _("and"))}


def endings_of(deals: Sequence[Deal]) -> dict[UUID, Ending]:
    """Return how those of these deals stand that ended in agreement, by id. Two queries, none where there is no such deal.

    The actor sees the deals: then the actor may read who ended them and what was said about it, too.
    """
    ended = {deal.pk: deal for deal in deals if deal.status == DealStatus.NO_DEAL}
    if not ended:
        return {}
    by = _who_ended(ended)
    disputes: dict[UUID, list[Comment]] = {id: [] for id in ended}
    for said in seen_differently(list(ended.values())).select_related("by_contact").order_by("created_at", "pk"):
        if said.subject_id is not None:
            disputes[said.subject_id].append(said)
    us = settings.ORGANIZATION_SHORT_NAME
    return {id: Ending(by.get(id, us), deal.ended_at or deal.updated_at, disputes[id]) for id, deal in ended.items()}


def answering_buyers(room_id: UUID | None) -> QuerySet[Participant]:
    """Return who answers for the client in a room: they hear what is written down in their name, and may say otherwise."""
    return Participant.objects.active().filter(room=room_id, side=Side.BUYER, may_answer=True)


def seen_differently(deals: Sequence[Deal]) -> QuerySet[Comment]:
    """Return what buyers said against the present ending of these deals and have not called settled."""
    ended_before = Deal.objects.filter(pk=OuterRef("subject_id"), ended_at__lte=OuterRef("created_at"))
    said = Comment.objects.filter(Exists(ended_before), subject_id__in=[deal.pk for deal in deals], section="")
    return said.filter(is_dispute=True, resolved_at=None, archived_at=None, private_to="", by_side=Side.BUYER)


def _who_ended(deals: dict[UUID, Deal]) -> dict[UUID, str]:
    """Return the names of those who wrote the present endings down; one that a file brought in has none."""
    ended_before = Deal.objects.filter(pk=OuterRef("subject_id"), ended_at__lte=OuterRef("at"))
    events = Event.objects.filter(Exists(ended_before), subject_id__in=list(deals), type=ENDED).order_by("at", "pk")
    return dict(events.exclude(by_user=None).values_list("subject_id", F("by_user__name")))
