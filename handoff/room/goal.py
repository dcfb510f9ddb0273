"""One goal in the room: the client reads, measures, confirms and disputes here."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.actors import Actor
from crm.errors import Stale
from crm.models import Side
from crm.room.actor import participant
from crm.room.frame import room_of, show
from crm.web.forms import attempt
from crm.web.upload import sent_file
from handoff.actions.measurement import confirm_measurement, dispute_measurement
from handoff.models import Goal
from handoff.queries.measurement import get_goal, may_confirm_values
from handoff.room.pages import PANEL, check_here
from handoff.rules.step import UnusualStep
from handoff.web.evidence import record_with_file
from handoff.web.forms import MeasurementForm, VersionedWordsForm, VersionForm, with_version
from handoff.web.goal import goal_context, step_in_words, unexplained_step

_what_is_wrong = _("What is wrong with it?")


@dataclass(frozen=True)
class Opened:
    """The dispute that is being written: about which measurement."""

    row: UUID
    form: VersionedWordsForm


@never_cache
@require_safe
def goal(request: HttpRequest, room_id: UUID, goal_id: UUID) -> HttpResponse:
    """One goal. `?dispute=MEASUREMENT` opens a form."""
    actor = participant(request, room_id)
    return _page(request, actor, _goal(actor, goal_id))


def _goal(actor: Actor, goal_id: UUID) -> Goal:
    found = get_goal(actor, goal_id)
    check_here(found.plan.room_id, room_of(actor).pk)
    return found


def _page(
    request: HttpRequest,
    actor: Actor,
    row: Goal,
    *,
    opened: Opened | None = None,
    form: MeasurementForm | None = None,
    step: UnusualStep | None = None,
) -> HttpResponse:
    context: dict[str, Any] = goal_context(request, row) | {
        "room_page": True,
        "may_confirm": may_confirm_values(actor),
        "may_dispute": actor.side == Side.BUYER,
        "opened": opened or _opened(request),
        "form": form or MeasurementForm(goal=row, room=row.plan.room),
        "step": step,
        "step_words": step_in_words(row, step) if step else "",
    }
    status = 422 if opened or form else 200
    return show(request, actor, "handoff/room/goal.html", context, current=PANEL, status=status)


def _opened(request: HttpRequest) -> Opened | None:
    try:
        return Opened(UUID(request.GET["dispute"]), VersionedWordsForm(label=_what_is_wrong))
    except (KeyError, ValueError):
        return None


@require_POST
def measure(request: HttpRequest, room_id: UUID, goal_id: UUID) -> HttpResponse:
    """Add a measurement; an unusual step asks once why."""
    actor = participant(request, room_id)
    row = _goal(actor, goal_id)
    form = MeasurementForm(request.POST, request.FILES, goal=row, room=row.plan.room)
    file = sent_file(form, "evidence", actor=actor, room_id=room_id)
    if not attempt(form, lambda: record_with_file(actor, row, form.cleaned_data, file)):
        file.show()
        return _page(request, actor, row, form=form, step=unexplained_step(form, row))
    return _back(room_id, goal_id, "saved")


@require_POST
def confirm(request: HttpRequest, room_id: UUID, goal_id: UUID, measurement_id: UUID) -> HttpResponse:
    """Say that a value is right."""
    actor = participant(request, room_id)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _back(room_id, goal_id)
    confirm_measurement(actor=actor, measurement_id=measurement_id, version=form.cleaned_data["version"])
    return _back(room_id, goal_id, "confirmed")


@require_POST
def dispute(request: HttpRequest, room_id: UUID, goal_id: UUID, measurement_id: UUID) -> HttpResponse:
    """Say what is wrong with a value."""
    actor = participant(request, room_id)
    row = _goal(actor, goal_id)
    form = VersionedWordsForm(request.POST, label=_what_is_wrong)
    try:
        if attempt(form, lambda: dispute_measurement(actor=actor, measurement_id=measurement_id, **form.cleaned_data)):
            return _back(room_id, goal_id, "saved")
    except Stale as stale:
        form.add_error(None, str(stale.message))
        form.data = with_version(form.data, stale.current.version)
    return _page(request, actor, row, opened=Opened(measurement_id, form))


def _back(room_id: UUID, goal_id: UUID, said: str = "") -> HttpResponse:
    page = reverse("handoff_room:goal", args=[room_id, goal_id])
    return redirect(f"{page}?said={said}" if said else page)
