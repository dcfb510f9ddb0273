"""One deal: opening it, where it stands, its facts."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actors import Actor
from crm.errors import Stale
from crm.web.actor import staff
from crm.web.conflict import Conflicting, decided
from crm.web.forms import attempt
from crm.web.submitted import parse_id, remember_sent, sent_before, version_of
from crm.web.version import attempt_edit, saved_words
from deals.actions.deal import change_deal, open_deal
from deals.models import Deal
from deals.queries.deal import DealPage, get_deal, get_deal_page
from deals.queries.guidance import guidance_for
from deals.queries.stage_move import faults_of_move
from deals.web.conflict import conflict_page
from deals.web.forms.deal import FactsForm, NewDealForm, ReasonForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a deal."""
    actor = staff(request)
    form = NewDealForm(actor, request.POST or None, initial={"organization": request.GET.get("organization", "")[:36]})
    if request.method == "POST":
        if sent_before(request):
            return redirect("deals:board")
        deal = attempt(form, lambda: open_deal(actor=actor, **form.values))
        if deal is not None:
            remember_sent(request)
            messages.success(request, _("Opened. Say who is at the table, then write down the problem together."))
            return redirect("deals:section", deal.pk, "people")
    return render(request, "deals/deal/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_safe
def deal(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Show where a deal stands: what it needs to move on, its facts, how it can end."""
    return deal_page(request, deal_id)


def deal_page(
    request: HttpRequest, deal_id: UUID, refused: dict[str, forms.Form] | None = None, stale: Stale | None = None
) -> HttpResponse:
    """Show the deal; `refused` are forms that were refused, by their name on the page.

    `stale` says that somebody else changed the deal first: it is shown as it is now, above it what was typed.
    """
    actor = staff(request)
    page = get_deal_page(actor, deal_id)
    context: dict[str, Any] = {
        "page": page,
        "kind": "deal",
        **_missing(page),
        **_guidance(page),
        "is_manager": bool(actor.user and actor.user.is_manager),
        "facts": FactsForm(actor, page.deal),
        "waive": ReasonForm(auto_id="waive_%s"),
        "undo": ReasonForm(auto_id="undo_%s"),
        "stale": stale,
        "typed": [form.data.get("reason", "") for form in (refused or {}).values()] if stale else [],
        **(refused or {}),
    }
    return render(request, "deals/deal/page.html", context, status=409 if stale else 422 if refused else 200)


def _guidance(page: DealPage) -> dict[str, Any]:
    """Return what the present stage says to our side, and the currency its amounts are in; nothing for a deal that has ended."""
    guidance = None if page.deal.has_ended else guidance_for(page.deal, page.people)
    return {"guidance": guidance, "base": settings.BASE_CURRENCY}


def _missing(page: DealPage) -> dict[str, Any]:
    """Return what the next move lacks, and which of it stands in the way beside the list of gates and the client's yes."""
    faults = [] if page.deal.has_ended else faults_of_move(page.standing, page.move, page.next_stage)
    listed = {"consent_missing"} if not page.has_move_yes else set()
    beside = [one for one in faults if one.code not in listed and not one.code.startswith("gate.")]
    return {"faults": faults, "obstacles": beside}


@login_required
@require_POST
def change(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Change facts of a deal."""
    actor = staff(request)
    deal = get_deal(actor, deal_id)
    form = FactsForm(actor, deal, decided(request.POST, FactsForm.merged))
    try:
        saved = attempt_edit(form, partial(_change, actor, deal, form))
    except Stale as error:
        url = reverse("deals:change", args=[deal.pk])
        return conflict_page(request, Conflicting("deal", _("Facts"), form, error.current, url), deal_id)
    if saved is None:
        return deal_page(request, deal_id, {"facts": form})
    messages.success(request, saved_words(form))
    return redirect("deals:deal", deal_id)


def _change(actor: Actor, deal: Deal, form: FactsForm) -> Deal:
    return change_deal(
        actor=actor, deal_id=deal.pk, version=form.cleaned_data["version"] or 0, values=_ids(form.values)
    )


def _ids(values: dict[str, Any]) -> dict[str, Any]:
    """Read the people and the client of a form as ids."""
    named = ("organization", "owner", "success_owner")
    return {name: parse_id(value) if name in named and value else value for name, value in values.items()}


def acted(request: HttpRequest, deal_id: UUID, action: Callable[..., Any], said: str, **values: Any) -> HttpResponse:
    """Run an action on the deal at the version its button was drawn at, and go back to the deal."""
    try:
        action(actor=staff(request), deal_id=deal_id, version=version_of(request), **values)
    except Stale as error:
        return deal_page(request, deal_id, stale=error)
    messages.success(request, said)
    return redirect("deals:deal", deal_id)
