"""The page on which a deal ends without a close, or pauses; and opening it again."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.actors import Actor
from crm.errors import FieldFault, Invalid
from crm.models import Participant
from crm.web.actor import staff
from crm.web.version import outcome_of
from deals.actions.ending import end_deal, pause_deal, reopen_deal
from deals.models import Deal, DealStatus
from deals.queries.deal import get_deal
from deals.queries.ending import answering_buyers
from deals.web.deal import acted
from deals.web.forms.ending import EndForm

PLACES = {"until": "talk_again_on"}
"""Where the form shows faults of the actions' arguments."""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """End a deal without a close, or let it pause; with `preview` only show what would be sent."""
    actor = staff(request)
    deal, form = _form(request, actor, deal_id)
    is_sent = request.method == "POST" and "preview" not in request.POST
    status = outcome_of(form, partial(_end, actor, deal, form)) if is_sent else 200
    if status == 302:
        words = _("Ended. The room stays readable to everybody in it.")
        messages.success(request, _("Paused. On that day it stands on the owner’s list.") if form.pauses else words)
        return redirect("deals:deal", deal_id)
    return render(request, "deals/ending/end.html", _context(deal, form), status=status)


@login_required
@require_POST
def preview(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Show the mail as it would be sent, while it is being written."""
    deal, form = _form(request, staff(request), deal_id)
    return render(request, "deals/ending/_preview.html", _context(deal, form))


def _form(request: HttpRequest, actor: Actor, deal_id: UUID) -> tuple[Deal, EndForm]:
    deal = get_deal(actor, deal_id)
    people = Participant.objects.active().filter(room=deal.room_id).select_related("contact").order_by("contact__name")
    return deal, EndForm(deal, list(people), request.POST or None)


def _context(deal: Deal, form: EndForm) -> dict[str, Any]:
    chosen = form["thanked"].value() or []
    field = form.fields["thanked"]
    names = [name for id, name in getattr(field, "choices", ()) if id in chosen]
    sends = bool(form["send_thanks"].value())
    return {
        "deal": deal,
        "form": form,
        "names": names if sends else [],
        "words": form["thanks"].value(),
        "told": _told(deal, form),
    }


def _told(deal: Deal, form: EndForm) -> list[str]:
    """Return the names of those who get a mail about an ending that is written down in their name, too."""
    if form["status"].value() != DealStatus.NO_DEAL:
        return []
    people = answering_buyers(deal.room_id).select_related("contact").order_by("contact__name")
    return [one.contact.name for one in people]


def _end(actor: Actor, deal: Deal, form: EndForm) -> Deal:
    """End or pause it as was typed."""
    action = pause_deal if form.pauses else end_deal
    named: dict[str, Any] = {"actor": actor, "deal_id": deal.pk, "version": form.cleaned_data["version"] or 0}
    try:
        return action(**named, **form.values)
    except Invalid as error:
        raise Invalid(error.message, faults=[_placed(fault) for fault in error.faults]) from error


def _placed(fault: FieldFault) -> FieldFault:
    return FieldFault(PLACES.get(fault.field, fault.field), fault.code, fault.message)


@login_required
@require_POST
def reopen(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Open an ended deal again."""
    return acted(request, deal_id, reopen_deal, _("Open again."))
