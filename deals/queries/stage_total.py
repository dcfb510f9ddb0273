"""What the deals of each stage come to, for one reader: the kept totals of the teams they read, and the little beside them.

Exact for everybody, since a deal's team is its room's. Counted as they are, bounded by one person's rooms and not by the
table: deals in single rooms outside the reader's teams.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet, Sum, Value

from crm.actors import Actor
from crm.models import Room
from deals.models import Deal, Pipeline, StageTotal

Key = tuple[UUID, str, bool, UUID, UUID, str]
"""The values of `StageTotal.KEY`."""


@dataclass(frozen=True)
class Figures:
    """How many deals, how many of them with an amount, and the sum of these."""

    deals: int = 0
    priced: int = 0
    amount: Decimal = Decimal()

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.deals + other.deals, self.priced + other.priced, self.amount + other.amount)

    def __sub__(self, other: "Figures") -> "Figures":
        return Figures(self.deals - other.deals, self.priced - other.priced, self.amount - other.amount)

    def __bool__(self) -> bool:
        return self != Figures()


@dataclass(frozen=True)
class StageSum:
    """What some deals of one stage come to, in one currency."""

    stage_id: UUID
    waits_for_client: bool
    currency: str
    figures: Figures


def figures_of(deals: QuerySet[Deal]) -> dict[Key, Figures]:
    """Count deals as they are now, by key."""
    return _by_key(_counted(deals, StageTotal.KEY))


def missing_figures() -> dict[Key, Figures]:
    """Return what the kept totals lack (or have too much), by key.

    One statement looks at deals and totals, so that a change committed meanwhile is in both or in neither.
    """
    kept = _kept(StageTotal.objects.all(), StageTotal.KEY, sign=-1)
    missing = _by_key(_counted(Deal.objects.all(), StageTotal.KEY).union(kept, all=True))
    return {key: figures for key, figures in missing.items() if figures}


def stage_sums(actor: Actor, pipeline: Pipeline, chosen: Mapping[str, Any]) -> list[StageSum]:
    """Return what the actor's deals of a pipeline come to, in one query. `chosen` narrows them by fields of the key.

    The same stage, currency and turn can come twice, from the kept totals and from what is counted beside them.
    """
    rows = _sums(actor, pipeline, ("stage_id", "waits_for_client", "currency"), chosen)
    return [
        StageSum(stage_id, waits, currency, Figures(deals, priced, amount or Decimal()))
        for stage_id, waits, currency, deals, priced, amount in rows
    ]


def live_sums(deals: QuerySet[Deal], most: int) -> list[StageSum]:
    """Return what some deals come to, counted one by one: `most` of them at most."""
    some = Deal.objects.filter(pk__in=deals.order_by().values("pk")[:most])
    return [
        StageSum(stage_id, waits, currency, Figures(count, priced, amount or Decimal()))
        for stage_id, waits, currency, count, priced, amount in _counted(
            some, ("stage_id", "waits_for_client", "currency")
        )
    ]


def _sums(actor: Actor, pipeline: Pipeline, by: Iterable[str], chosen: Mapping[str, Any]) -> QuerySet[Any]:
    """Both parts of what a reader sees: kept totals, and what is counted beside them."""
    kept = StageTotal.objects.visible_to(actor).filter(stage__pipeline=pipeline, **chosen)
    elsewhere = Deal.objects.visible_to(actor).filter(room__in=Room.objects.outside_teams_of(actor).values("pk"))
    return _kept(kept, by).union(_counted(elsewhere.filter(pipeline=pipeline, **chosen), by), all=True)


def _counted(deals: QuerySet[Deal], by: Iterable[str]) -> QuerySet[Any]:
    grouped = deals.filter(archived_at=None).order_by().values_list(*by)
    return grouped.annotate(n=Count("pk"), n_priced=Count("amount"), sum=Sum("amount"))


def _kept(totals: QuerySet[StageTotal], by: Iterable[str], *, sign: int = 1) -> QuerySet[Any]:
    times = Value(sign)
    grouped = totals.order_by().values_list(*by)
    return grouped.annotate(n=Sum("deals") * times, n_priced=Sum("priced") * times, sum=Sum("amount") * times)


def _by_key(rows: Iterable[Any]) -> dict[Key, Figures]:
    found: dict[Key, Figures] = defaultdict(Figures)
    for *key, count, priced, amount in rows:
        found[tuple(key)] += Figures(count, priced, amount or Decimal())
    return found
