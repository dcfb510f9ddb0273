"""The receipt of an answer, for staff. The room has its own page for the person who answered."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from crm.queries.receipt import Receipt, get_receipt
from crm.web.actor import staff


@login_required
@require_safe
def receipt(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Show who answered what, to which words, when and how. `?download=1` gives it as a file."""
    found = get_receipt(staff(request), consent_id)
    if request.GET.get("download"):
        return receipt_file(found)
    return render(request, "crm/receipt/receipt.html", {"receipt": found})


def receipt_file(receipt: Receipt) -> HttpResponse:
    """Return a receipt as one plain HTML file that stands alone: no script, no style sheet, no picture."""
    page = render_to_string("crm/receipt/file.html", {"receipt": receipt})
    response = HttpResponse(page)
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{receipt.consent.pk}.html"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
