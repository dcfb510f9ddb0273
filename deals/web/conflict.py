"""Two people wrote at once about a deal: the conflict page in the deal's frame."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm.web.actor import staff
from crm.web.conflict import Conflicting, conflict_context
from deals.queries.deal import get_deal_page


def conflict_page(request: HttpRequest, found: Conflicting, deal_id: UUID) -> HttpResponse:
    """Show both versions of what collided. Answers 409."""
    actor = staff(request)
    context = conflict_context(actor, found)
    context |= {"page": get_deal_page(actor, deal_id), "kind": found.kind}
    return render(request, "deals/section/conflict.html", context, status=409)
