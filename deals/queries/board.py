"""The board: open deals by stage, at most a handful of cards a column, whatever the number of deals.

What the columns come to is read from the kept totals (`deals.queries.stage_total`), or counted for a filter that asks for more
than these are kept by; the cards by index from the top of each stage, and what is on them by two look-ups for those shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from crm.actors import Actor
from crm.models import Room
from crm.models.room import teams_read_by
from crm.queries.filter import compared, filtered
from crm.queries.record import Fields
from crm.rules.filter import Condition, Group, parse
from deals.models import Deal, DealStatus, Pipeline, Stage
from deals.queries.card import Card, cards_of
from deals.queries.deal_fields import FIELDS, OPEN, OWNER, STATUS, TEAM, TURN, TURNS
from deals.queries.stage_total import StageSum, live_sums, stage_sums

CARDS = 20
"""Cards a column shows at first, and how many more each "show more" brings."""
MOST_CARDS = 200

COUNTED = 5000
"""Deals that are counted one by one, where a filter goes beyond what is kept; there may be more."""
_KEPT = {STATUS: "status", TEAM: "team", OWNER: "owner", TURN: "waits_for_client"}
"""The fields of deals whose totals are kept, and what they are called there."""


@dataclass(frozen=True)
class BoardFilter:
    """What the board shows: of one pipeline what `group` lets through; `more` says how many cards a stage shows.

    `fields` are those that conditions can name.
    """

    pipeline: UUID | None = None
    group: Group = field(default_factory=lambda: parse(OPEN))
    fields: Fields = field(default_factory=lambda: {one.name: one for one in FIELDS})
    more: Mapping[UUID, int] = field(default_factory=dict)

    def narrowing(self, actor: Actor) -> dict[str, Any] | None:
        """The fields by which deals and kept totals are narrowed alike; None where the filter asks for more than those."""
        found: dict[str, Any] = {}
        for part in self.group.parts:
            if (
                not isinstance(part, Condition)
                or part.op != "is"
                or part.field not in _KEPT
                or _KEPT[part.field] in found
            ):
                return None
            values = compared(part, self.fields[part.field], actor)
            name = _KEPT[part.field]
            found |= {name: values[0]} if len(values) == 1 else {f"{name}__in": values}
        return found


@dataclass(frozen=True)
class Total:
    """A sum in one currency; `amount` is None when no deal in it has one."""

    currency: str
    amount: Decimal | None


@dataclass(frozen=True)
class Column:
    """One stage with its count, its sums and the cards shown."""

    stage: Stage
    count: int
    totals: Sequence[Total]
    cards: Sequence[Card]
    others: Sequence[str] = ()

    @property
    def hidden(self) -> int:
        """How many deals are not shown."""
        return self.count - len(self.cards)

    @property
    def next_address(self) -> list[str]:
        """What the address says to show more here and as much as now elsewhere."""
        return [*self.others, f"{self.stage.pk}:{self.next_size}"]

    @property
    def next_size(self) -> int:
        """How many cards "show more" shows."""
        return min(len(self.cards) + CARDS, MOST_CARDS)


@dataclass(frozen=True)
class Board:
    """The whole board. `counts` say of all open deals whom they wait for, where nothing else is asked (else empty).

    `is_cut` says that more deals fit the filter than were counted.
    """

    pipelines: Sequence[Pipeline]
    pipeline: Pipeline
    columns: Sequence[Column]
    counts: Mapping[str, int]
    totals: Sequence[Total]
    is_cut: bool = False

    @property
    def count(self) -> int:
        """How many deals the columns stand for."""
        return sum(column.count for column in self.columns)


def get_board(actor: Actor, chosen: BoardFilter) -> Board:
    """Return the board in five queries, whatever there is to show."""
    open_deals = Deal.objects.filter(pipeline=OuterRef("pipeline"), status__in=(DealStatus.OPEN, DealStatus.PAUSED))
    shown_pipelines = Q(pipeline__archived_at=None) | Exists(open_deals.visible_to(actor))
    stages = list(Stage.objects.filter(shown_pipelines).select_related("pipeline"))
    stages.sort(key=lambda stage: (stage.pipeline.position, stage.pipeline.name, stage.position))
    by_pipeline = {pipeline: list(group) for pipeline, group in groupby(stages, key=lambda stage: stage.pipeline)}
    pipeline = next((one for one in by_pipeline if one.pk == chosen.pipeline), next(iter(by_pipeline)))
    narrowing = chosen.narrowing(actor)
    if narrowing is None:
        deals = filtered(actor, Deal.objects.visible_to(actor), chosen.group, chosen.fields)
        shown, counts = live_sums(deals.filter(pipeline=pipeline), COUNTED), {}
    else:
        deals = Deal.objects.visible_to(actor).filter(**narrowing)
        turn = narrowing.pop("waits_for_client", None)
        sums = stage_sums(actor, pipeline, narrowing)
        shown = [one for one in sums if turn in (None, one.waits_for_client)]
        counts = _counts(sums) if narrowing == {"status": DealStatus.OPEN} else {}
    cards = _cards(actor, deals, chosen.more, by_pipeline[pipeline])
    return Board(
        pipelines=list(by_pipeline),
        pipeline=pipeline,
        columns=[_column(stage, shown, cards.get(stage.pk, ()), chosen) for stage in by_pipeline[pipeline]],
        counts=counts,
        totals=_totals(shown),
        is_cut=narrowing is None and _count(shown) >= COUNTED,
    )


def _counts(sums: Sequence[StageSum]) -> dict[str, int]:
    """Count deals by the filters of the views that everybody has."""
    by_turn = {turn: _count(one for one in sums if one.waits_for_client == waits) for turn, waits in TURNS.items()}
    return {OPEN: _count(sums)} | {f"{OPEN};{TURN}:is:{turn}": count for turn, count in by_turn.items()}


def _column(stage: Stage, sums: Sequence[StageSum], cards: Sequence[Card], chosen: BoardFilter) -> Column:
    mine = [one for one in sums if one.stage_id == stage.pk]
    others = [f"{stage_id}:{size}" for stage_id, size in chosen.more.items() if stage_id != stage.pk]
    return Column(stage, _count(mine), _totals(mine), cards, others)


def _count(sums: Iterable[StageSum]) -> int:
    return sum(one.figures.deals for one in sums)


def _totals(sums: Iterable[StageSum]) -> list[Total]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in sums:
        if one.figures.priced:
            found[one.currency] += one.figures.amount
    return [Total(currency, amount) for currency, amount in sorted(found.items(), key=lambda item: -item[1])]


def _cards(
    actor: Actor, deals: QuerySet[Deal], more: Mapping[UUID, int], stages: Sequence[Stage]
) -> dict[UUID, list[Card]]:
    """Return the newest deals of each stage as cards: of the teams the actor reads, and of rooms they are in elsewhere."""
    limits = {stage.pk: max(CARDS, min(more.get(stage.pk, 0), MOST_CARDS)) for stage in stages}
    ids = _first(deals.filter(room__in=Room.objects.outside_teams_of(actor).values("pk")), limits)
    teams = teams_read_by(actor)
    if not teams.query.is_empty():
        ids = ids.union(*_tops(deals.filter(team__in=teams), limits), all=True)
    shown = (
        Deal.objects.filter(pk__in=ids)
        .annotate(may_move=Exists(Room.objects.writable_by(actor).filter(pk=OuterRef("room_id"))))
        .select_related("organization", "owner")
        .order_by("-updated_at", "-pk")
    )
    by_stage: dict[UUID, list[Deal]] = defaultdict(list)
    for deal in shown:
        if len(by_stage[deal.stage_id]) < limits[deal.stage_id]:
            by_stage[deal.stage_id].append(deal)
    cards: dict[UUID, list[Card]] = defaultdict(list)
    movable = {deal.pk for deal in shown if deal.may_move}
    for card in cards_of([deal for some in by_stage.values() for deal in some], movable):
        cards[card.deal.stage_id].append(card)
    return cards


class _Unnest(Func):
    function = "unnest"
    set_returning = True


def _tops(deals: QuerySet[Deal], limits: Mapping[UUID, int]) -> list[QuerySet[Any]]:
    """Return the ids of the newest deals of each stage, read from the top of an index however many there are."""
    newest = deals.filter(stage=OuterRef("pk")).order_by("-updated_at", "-pk").values("pk")
    return [
        Stage.objects.filter(pk__in=[stage for stage, limit in limits.items() if limit == size])
        .order_by()
        .annotate(deal=_Unnest(ArraySubquery(newest[:size])))
        .values("deal")
        for size in set(limits.values())
    ]


def _first(deals: QuerySet[Deal], limits: Mapping[UUID, int]) -> QuerySet[Any]:
    """Return the ids of the newest of a few deals, stage by stage."""
    place = Window(RowNumber(), partition_by=F("stage_id"), order_by=(F("updated_at").desc(), F("pk").desc()))
    within = Q(pk=None)
    for stage_id, size in limits.items():
        within |= Q(stage_id=stage_id, place__lte=size)
    return deals.filter(stage__in=limits).annotate(place=place).filter(within).order_by().values("pk")
