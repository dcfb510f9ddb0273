"""The board of deals."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.web.actor import staff
from deals.models import DealStatus
from deals.queries.board import VIEWS, BoardFilter, get_board


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show the deals of one pipeline by stage. What the address asks for and does not exist is left out."""
    board = get_board(staff(request), parse_filter(request.GET))
    return render(request, "deals/board/page.html", {"board": board, "statuses": DealStatus.choices})


def parse_filter(query: QueryDict) -> BoardFilter:
    """Read the board's filter from an address."""
    view, status = query.get("view", ""), query.get("status", "")
    return BoardFilter(
        pipeline=_id(query.get("pipeline", "")),
        view=view if view in VIEWS else VIEWS[0],
        team=_id(query.get("team", "")),
        owner=_id(query.get("owner", "")),
        status=status if status in DealStatus.values else DealStatus.OPEN.value,
        more=dict(_sizes(query.getlist("more"))),
    )


def _sizes(pairs: list[str]) -> list[tuple[UUID, int]]:
    """Read `STAGE:NUMBER` pairs."""
    found = []
    for pair in pairs[:20]:
        stage, _colon, size = pair.partition(":")
        stage_id = _id(stage)
        if stage_id and size.isascii() and size.isdigit() and len(size) < 5:
            found.append((stage_id, int(size)))
    return found


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
