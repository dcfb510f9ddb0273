"""What buyers and partners see after the close: the brief, the success plan."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Room
from crm.registry import RoomPanel, TodayBlock
from crm.room.actor import participant
from crm.room.frame import show
from handoff.models import SuccessPlan
from handoff.queries.handoff import brief_consent, get_handoff
from handoff.queries.review import review_of
from handoff.queries.success_plan import get_plan, handoffs_in_room, plan_view


@never_cache
@require_safe
def brief(request: HttpRequest, room_id: UUID, handoff_id: UUID) -> HttpResponse:
    """What was handed over, within the reader's grant. It is confirmed on the room's first page."""
    actor = participant(request, room_id)
    handoff = get_handoff(actor, handoff_id)
    check_here(handoff.room_id, room_id)
    context = {"handoff": handoff, "review": review_of(actor, handoff), "consent": brief_consent(handoff)}
    return show(request, actor, "handoff/room/brief.html", context, current=PANEL)


@never_cache
@require_safe
def plan(request: HttpRequest, room_id: UUID, plan_id: UUID) -> HttpResponse:
    """The goals both sides work on, and where each stands."""
    actor = participant(request, room_id)
    row = get_plan(actor, plan_id)
    check_here(row.room_id, room_id)
    context = {"plan": row, "view": plan_view(actor, row), "consent": brief_consent(row.handoff)}
    return show(request, actor, "handoff/room/plan.html", context, current=PANEL)


def check_here(row_room: UUID, room_id: UUID) -> None:
    """Raise `NotFound` for a row of another room than the address says."""
    if row_room != room_id:
        raise NotFound


PANEL = "success"


def _newest_plan(actor: Actor, room: Room) -> SuccessPlan | None:
    return SuccessPlan.objects.visible_to(actor).filter(room=room).first()


def _plan_url(actor: Actor, room: Room) -> str:
    newest = _newest_plan(actor, room)
    return reverse("handoff_room:plan", args=[room.pk, newest.pk]) if newest else ""


def _today(actor: Actor, room: Room) -> dict[str, Any] | None:
    """The goals, or while there is none to see, the brief."""
    newest = _newest_plan(actor, room)
    handoffs = handoffs_in_room(actor, room.pk)
    if newest is None and not handoffs:
        return None
    return {"view": plan_view(actor, newest) if newest else None, "handoff": handoffs[0] if handoffs else None}


SUCCESS_PANEL = RoomPanel(
    name=PANEL,
    label=_("Goals"),
    url=_plan_url,
    position=500,
)
TODAY_BLOCK = TodayBlock("handoff/room/_today.html", _today, position=500)
