"""The list of deals: as a board by stages, as a table, or as a calendar."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.actors import Actor
from crm.clock import now
from crm.web.actor import staff
from crm.web.filter import submitted_filter
from crm.web.look import Look, column_address, look_at
from crm.web.table import frame_of, table_page
from deals.models import DealStatus
from deals.queries.board import BoardFilter, get_board
from deals.queries.calendar import get_month, read_month
from deals.queries.deal_fields import STATUS
from deals.record import DEALS


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show deals in the form that the address asks for."""
    actor = staff(request)
    look = look_at(request, actor, DEALS)
    address = submitted_filter(request, look) or column_address(request, DEALS)
    if address:
        return redirect(address)
    if look.view.form == "table":
        return table_page(request, actor, look, "deals/table/page.html")
    if look.view.form == "calendar":
        return _calendar(request, actor, look)
    return _board(request, actor, look)


def _calendar(request: HttpRequest, actor: Actor, look: Look) -> HttpResponse:
    """Show the deals of a month by day."""
    context = {**frame_of(request, actor, look), "fault": look.fault}
    if look.fault is None:
        today = timezone.localdate(now())
        first = read_month(request.GET.get("month", ""), today)
        context["month"] = get_month(actor, look.view, first, fields=look.fields, today=today, q=look.q)
    return render(request, "deals/table/calendar.html", context, status=400 if look.fault else 200)


def _board(request: HttpRequest, actor: Actor, look: Look) -> HttpResponse:
    """Show the deals of one pipeline by stage. A pipeline that does not exist is left out."""
    query = request.GET
    more = dict(_sizes(query.getlist("more")))
    chosen = BoardFilter(_id(query.get("pipeline", "")), look.view.group, look.fields, more)
    board = get_board(actor, chosen)
    context = {
        **frame_of(request, actor, look, board.counts),
        "board": board,
        "fault": look.fault,
        "shows_empty": _is_open(look),
    }
    return render(request, "deals/board/page.html", context, status=400 if look.fault else 200)


def _is_open(look: Look) -> bool:
    """Whether only open deals are asked for: then a stage without any is shown as well."""
    return any(one.field == STATUS and one.values == (DealStatus.OPEN.value,) for one in look.view.group.conditions)


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
