"""The receipt of an answer, for staff. The room has its own page for the person who answered."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.queries.receipt import get_receipt
from crm.web.actor import staff


@login_required
@require_safe
def receipt(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Show who answered what, to which words, when and how."""
    return render(request, "crm/receipt/receipt.html", {"receipt": get_receipt(staff(request), consent_id)})
