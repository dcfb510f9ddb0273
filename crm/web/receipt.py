"""The receipt of an answer, for staff. The room has its own page for the person who answered."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.pdf.receipt import receipt_pdf
from crm.queries.receipt import Receipt, get_receipt
from crm.receipt import facts_of, links_of, what_it_is
from crm.registry import consent_kind
from crm.web.actor import staff


@login_required
@require_safe
def receipt(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Show who answered what, to which words, when and how. `?download=1` gives it as a PDF."""
    actor = staff(request)
    found = get_receipt(actor, consent_id)
    if request.GET.get("download"):
        return receipt_file(found)
    about_url = consent_kind(found.consent.kind).url(actor, found.subject)
    context = receipt_context(found) | {"about_url": about_url}
    return render(request, "crm/receipt/receipt.html", context)


def receipt_context(receipt: Receipt) -> dict[str, Any]:
    """Return what `crm/receipt/_receipt.html` shows."""
    return {
        "receipt": receipt,
        "facts": facts_of(receipt),
        "links": links_of(receipt),
        "what_it_is": what_it_is(),
    }


def receipt_file(receipt: Receipt) -> HttpResponse:
    """Return a receipt as a PDF to keep."""
    response = HttpResponse(receipt_pdf([receipt]), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{receipt.consent.pk}.pdf"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
