"""The deals with one client, as far as the actor sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from crm.actors import Actor
from crm.models import Organization
from deals.models import Deal
from deals.queries.card import Card, cards_of
from deals.queries.ending import endings_of

SHOWN = 20
"""Deals of each kind that a client's page shows at most."""


@dataclass(frozen=True)
class EndedDeal:
    """A deal that ended, and its status in words."""

    deal: Deal
    words: str


@dataclass(frozen=True)
class ClientDeals:
    """Deals that go on (with their common ground) and those that ended, newest first; `more` says how many are not shown."""

    going_on: Sequence[Card]
    ended: Sequence[EndedDeal]
    more: int

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.going_on or self.ended)


def client_deals(actor: Actor, organization: Organization) -> ClientDeals:
    """Return the actor's deals with a client, in seven queries at most."""
    deals = Deal.objects.visible_to(actor).filter(organization=organization)
    deals = deals.select_related("organization", "owner", "stage", "room")
    going_on = list(deals.filter(ended_at=None).order_by("-updated_at", "-pk")[: SHOWN + 1])
    ended = list(deals.exclude(ended_at=None).order_by(F("ended_at").desc(), "-pk")[: SHOWN + 1])
    more = 0
    if len(going_on) > SHOWN or len(ended) > SHOWN:
        more = deals.count() - len(going_on[:SHOWN]) - len(ended[:SHOWN])
    return ClientDeals(cards_of(going_on[:SHOWN]) if going_on else [], _ended(ended[:SHOWN]), more)


def _ended(deals: Sequence[Deal]) -> list[EndedDeal]:
    endings = endings_of(deals)
    words = {deal.pk: str(deal.get_status_display()) for deal in deals} | {id: one.words for id, one in endings.items()}
    return [EndedDeal(deal, words[deal.pk]) for deal in deals]


def deals_block(actor: Actor, organization: Organization) -> dict[str, Any]:
    """Return what the block "Deals" on a client's page shows."""
    return {"deals": client_deals(actor, organization), "organization": organization}
