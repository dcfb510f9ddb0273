"""Moving a deal: on with the client's yes, back always; waiving a gate and undoing a close as a manager."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.errors import NotFound, Stale
from crm.web.actor import staff
from crm.web.forms import attempt
from crm.web.submitted import parse_id, version_of
from deals.actions.stage_move import execute_move, move_back, undo_win, waive_gate
from deals.models import MOVE
from deals.queries.deal import get_deal_page
from deals.queries.stage_move import faults_of_move
from deals.web.deal import acted, deal_page
from deals.web.forms.deal import ReasonForm


@login_required
@require_safe
def to_stage(request: HttpRequest, deal_id: UUID, stage_id: UUID) -> HttpResponse:
    """Lead to where a deal goes to that stage: a yes to ask for or to act on, or the way back. Writes nothing."""
    page = get_deal_page(staff(request), deal_id)
    mark = next((one for one in page.stages if one.stage.pk == stage_id), None)
    if mark is None:
        raise NotFound
    at = reverse("deals:deal", args=[deal_id])
    if not page.may_write:
        return redirect(at)
    if mark.stage in page.stages_behind:
        return redirect(f"{at}?back={stage_id}#back")
    if mark.stage == page.next_stage and not faults_of_move(page.standing, page.move, page.next_stage):
        return redirect(f"{at}#on")
    if mark.state == "ahead" and not page.deal.has_ended:
        return redirect(f"{reverse('deals:ask', args=[deal_id])}?about={MOVE}&to_stage={stage_id}")
    return redirect(at)


@login_required
@require_POST
def move(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Move on to the stage the client agreed to, or close."""
    to = request.POST.get("to_stage", "")
    return acted(request, deal_id, execute_move, _("Moved on."), to_stage_id=parse_id(to) if to else None)


@login_required
@require_POST
def back(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Go back to an earlier stage."""
    to = parse_id(request.POST.get("to_stage", ""))
    return acted(request, deal_id, move_back, _("Went back. Going on again asks again."), to_stage_id=to)


@login_required
@require_POST
def waive(request: HttpRequest, deal_id: UUID, gate: str) -> HttpResponse:
    """Let a gate pass, with a reason."""
    form = ReasonForm(request.POST, auto_id="waive_%s")
    act = partial(waive_gate, actor=staff(request), deal_id=deal_id, gate=gate)
    if attempt(form, lambda: act(reason=form.cleaned_data["reason"])) is None:
        return deal_page(request, deal_id, {"waive": form})
    messages.success(request, _("It may pass. The reason goes into the handoff."))
    return redirect("deals:deal", deal_id)


@login_required
@require_POST
def undo(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Undo a close that was a mistake."""
    form = ReasonForm(request.POST, auto_id="undo_%s")
    act = partial(undo_win, actor=staff(request), deal_id=deal_id, version=version_of(request))
    try:
        undone = attempt(form, lambda: act(reason=form.cleaned_data["reason"]))
    except Stale as error:
        return deal_page(request, deal_id, {"undo": form}, error)
    if undone is None:
        return deal_page(request, deal_id, {"undo": form})
    messages.success(request, _("Undone. Both stay on record."))
    return redirect("deals:deal", deal_id)
