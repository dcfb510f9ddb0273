"""Clients: the list, and the page of one."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from crm.queries.contact import cards, contacts
from crm.queries.organization import get_organization, organizations, with_counts
from crm.queries.paging import page_of
from crm.queries.timeline import organization_timeline
from crm.registry import client_blocks
from crm.web.actor import staff

RECENT = 8


@login_required
@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """List the clients, found by name or domain."""
    q = request.GET.get("q", "")
    page = page_of(with_counts(organizations(staff(request), q)), request.GET.get("cursor", ""))
    return render(request, "crm/organization/clients.html", {"page": page, "q": q})


@login_required
@require_safe
def client(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Show one client: facts, people, what belongs to it, what happened, and what other apps add."""
    actor = staff(request)
    organization = get_organization(actor, organization_id)
    people = page_of(contacts(actor, organization_id=organization.pk))
    context = {
        "organization": organization,
        "children": organizations(actor).filter(parent=organization),
        "people": cards(actor, people.rows),
        "timeline": organization_timeline(actor, organization.pk, limit=RECENT),
        "blocks": [
            render_to_string(block.template, values, request)
            for block in client_blocks()
            if (values := block.context(actor, organization)) is not None
        ],
    }
    return render(request, "crm/organization/client.html", context)
