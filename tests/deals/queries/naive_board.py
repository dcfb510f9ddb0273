"""The board counted by hand from what `visible_to` gives, deal by deal: what the real one must say."""

from collections import Counter
from decimal import Decimal
from typing import Any

from crm.actors import Actor
from crm.models import Consent
from deals.models import Deal, Section, Stage, StageMove
from deals.queries.board import CARDS, VIEWS, Board, BoardFilter, get_board

Said = dict[str, Any]


def as_counted(actor: Actor, chosen: BoardFilter) -> Said:
    """Return what the board should say to this actor."""
    asked = set(Consent.objects.filter(answer="asked").values_list("subject_id", flat=True))
    waiting = set(Section.objects.filter(pk__in=asked).values_list("deal_id", flat=True))
    waiting |= set(StageMove.objects.filter(pk__in=asked).values_list("deal_id", flat=True))
    deals = [deal for deal in Deal.objects.visible_to(actor).order_by("-updated_at", "-pk") if _is_in(deal, chosen)]
    views = {
        "open": deals,
        "us": [deal for deal in deals if deal.pk not in waiting],
        "client": [deal for deal in deals if deal.pk in waiting],
    }
    shown = views[chosen.view]
    stages = Stage.objects.filter(pipeline__slug="default").order_by("position")
    mine = Deal.objects.visible_to(actor).filter(archived_at=None, pipeline__slug="default")
    return {
        "owners": {deal.owner_id for deal in mine},
        "teams": {deal.team_id for deal in mine},
        "counts": {view: len(views[view]) for view in VIEWS},
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
        "owners": {owner_id for owner_id, _name in board.owners},
        "teams": {team_id for team_id, _name in board.teams},
        "counts": dict(board.counts),
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
    fits_owner = chosen.owner is None or deal.owner_id == chosen.owner
    fits_team = chosen.team is None or deal.team_id == chosen.team
    return deal.status == chosen.status and fits_owner and fits_team


def _sums(deals: Any) -> dict[str, Decimal]:
    sums: Counter[str] = Counter()
    for deal in deals:
        if deal.amount is not None:
            sums[deal.currency] += deal.amount
    return dict(sums)
