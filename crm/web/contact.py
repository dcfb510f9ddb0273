"""The page of a contact."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.queries.contact import get_contact
from crm.web.actor import staff


@login_required
@require_safe
def contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Show one contact; e-mail and phone only to whoever shares a room with them."""
    return render(request, "crm/organization/contact.html", {"contact": get_contact(staff(request), contact_id)})
