"""The board counted by hand from what `visible_to` gives, deal by deal: what the real one must say."""

from collections import Counter
from decimal import Decimal
from typing import Any

from crm.actors import Actor
from crm.models import Consent
from crm.rules.filter import Condition, Group, parse
from deals.models import Deal, Section, Stage, StageMove
from deals.queries.board import CARDS, Board, BoardFilter, get_board
from deals.queries.deal_fields import OPEN, TURN
from deals.record import DEALS
from tests.deals.queries.naive_filter import holds

Said = dict[str, Any]


def as_counted(actor: Actor, chosen: BoardFilter) -> Said:
    """Return what the board should say to this actor."""
    asked = set(Consent.objects.filter(answer="asked").values_list("subject_id", flat=True))
    waiting = set(Section.objects.filter(pk__in=asked).values_list("deal_id", flat=True))
    waiting |= set(StageMove.objects.filter(pk__in=asked).values_list("deal_id", flat=True))
    deals = [deal for deal in Deal.objects.visible_to(actor).order_by("-updated_at", "-pk") if _is_in(deal, chosen)]
    views = {"": deals, "us": [deal for deal in deals if deal.pk not in waiting]}
    views["client"] = [deal for deal in deals if deal.pk in waiting]
    turn = next((one.values[0] for one in chosen.group.conditions if one.field == TURN), "")
    shown = views[turn]
    others = {one for one in chosen.group.parts if not isinstance(one, Condition) or one.field != TURN}
    stages = Stage.objects.filter(pipeline__slug="default").order_by("position")
    return {
        "counts": [len(one) for one in views.values()] if others == set(parse(OPEN).parts) else [],
        "totals": _sums(shown),
        "columns": [
            (
                stage.name,
                sum(deal.stage_id == stage.pk for deal in shown),
                _sums(deal for deal in shown if deal.stage_id == stage.pk),
                [deal.pk for deal in shown if deal.stage_id == stage.pk][:CARDS],
            )
            for stage in stages
        ],
    }


def as_shown(actor: Actor, chosen: BoardFilter) -> Said:
    """Return what it does say."""
    board: Board = get_board(actor, chosen)
    return {
        "counts": [board.counts[where] for _label, where in DEALS.standard if board.counts],
        "totals": {total.currency: total.amount for total in board.totals},
        "columns": [
            (
                column.stage.name,
                column.count,
                {total.currency: total.amount for total in column.totals},
                [card.deal.pk for card in column.cards],
            )
            for column in board.columns
        ],
    }


def _is_in(deal: Deal, chosen: BoardFilter) -> bool:
    """Whether a deal fits all but whom it waits for."""
    held = {
        "status": deal.status,
        "owner": str(deal.owner_id),
        "team": str(deal.team_id),
        "amount": deal.amount,
        TURN: None,
    }
    others = [one for one in chosen.group.parts if not isinstance(one, Condition) or one.field != TURN]
    return holds(Group("all", tuple(others)), held, chosen.fields)


def _sums(deals: Any) -> dict[str, Decimal]:
    sums: Counter[str] = Counter()
    for deal in deals:
        if deal.amount is not None:
            sums[deal.currency] += deal.amount
    return dict(sums)
