"""An ending by agreement in the room: whose word it is, and the buyer's "that is not how we left it"."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crm.room.actor import participant
from crm.room.frame import show
from crm.web.forms import WordsField, attempt
from deals.actions.ending import dispute_ending
from deals.queries.deal import get_deal
from deals.queries.ending import endings_of


class OtherwiseForm(forms.Form):
    """How a buyer left it."""

    body = WordsField(label=_("How did you leave it?"), words=True, rows=4)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ending(request: HttpRequest, room_id: UUID, deal_id: UUID) -> HttpResponse:
    """Show what was written down; POST says that it was left otherwise. An open deal leads to the first page."""
    actor = participant(request, room_id)
    deal = get_deal(actor, deal_id)
    form = OtherwiseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        said = attempt(form, lambda: dispute_ending(actor=actor, deal_id=deal.pk, body=form.cleaned_data["body"]))
        if said is not None:
            return redirect(f"{reverse('deals_room:ending', args=[room_id, deal_id])}?said=sent")
    found = endings_of([deal]).get(deal.pk)
    if found is None:
        return redirect("room:today", room_id)
    mine = (one for one in found.disputes if actor.participant and one.by_contact_id == actor.participant.contact_id)
    context = {"deal": deal, "ending": found, "own": next(mine, None), "form": form}
    return show(request, actor, "deals_room/ending.html", context, status=422 if form.errors else 200)
