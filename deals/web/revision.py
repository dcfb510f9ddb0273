"""Revisions of a section: two compared, who agreed to which, and putting agreed words back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.web.actor import staff
from crm.web.submitted import parse_id, version_of
from deals.actions.revision import keep_revision
from deals.queries.deal import get_deal_page
from deals.queries.revision import get_comparison


@login_required
@require_safe
def revisions(request: HttpRequest, deal_id: UUID, kind: str) -> HttpResponse:
    """Compare two revisions, side by side or in one text (`?as=one`)."""
    actor = staff(request)
    page = get_deal_page(actor, deal_id)
    state = page.section(kind)
    compared = get_comparison(actor, state.section, request.GET.get("a", ""), request.GET.get("b", ""))
    context = {
        "page": page,
        "kind": kind,
        "state": state,
        "compared": compared,
        "in_one": request.GET.get("as") == "one",
        "show_all": "all" in request.GET,
    }
    return render(request, "deals/revision/page.html", context)


@login_required
@require_POST
def keep(request: HttpRequest, deal_id: UUID, kind: str) -> HttpResponse:
    """Put the words of an agreed revision back, as an edit."""
    keep_revision(
        actor=staff(request),
        deal_id=deal_id,
        kind=kind,
        revision_id=parse_id(request.POST.get("revision", "")),
        version=version_of(request),
    )
    messages.success(request, _("The agreed words stand again. What was written since stays in the history."))
    return redirect("deals:section", deal_id, kind)
