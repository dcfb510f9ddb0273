"""Success plans: what needs me, and one client's goals."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.clock import now
from crm.web.actor import staff
from handoff.queries.handoff import brief_consent
from handoff.queries.success_plan import get_plan, plan_view, success_overview


@login_required
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """What needs me, goals that need a talk, all plans."""
    overview = success_overview(staff(request))
    return render(request, "handoff/success_plan/list.html", {"overview": overview, "now": now()})


@login_required
@require_safe
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One client's goals."""
    actor = staff(request)
    row = get_plan(actor, plan_id)
    context = {
        "plan": row,
        "view": plan_view(actor, row),
        "consent": brief_consent(row.handoff),
        "now": now(),
        "client": row.deal.organization.name if row.deal.organization else row.deal.title,
    }
    return render(request, "handoff/success_plan/page.html", context)
