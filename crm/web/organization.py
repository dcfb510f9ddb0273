"""Clients: the list, the page of one, adding and changing one."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.organization import change_organization, create_organization
from crm.directory import ORGANIZATIONS
from crm.errors import Stale
from crm.limits import take_search
from crm.models import CustomFieldOn, DirectoryKind
from crm.queries.contact import cards, contacts
from crm.queries.custom_field import custom_values
from crm.queries.duplicate import likely_pairs
from crm.queries.merge import merges_of, survivor
from crm.queries.organization import (
    get_organization,
    get_organization_to_change,
    offered_clients,
    organizations,
)
from crm.queries.paging import page_of
from crm.queries.relationship import how_well_we_know
from crm.registry import client_blocks
from crm.web.actor import staff
from crm.web.conflict import Conflicting, conflict_page, decided
from crm.web.directory import OrganizationForm
from crm.web.forms import attempt
from crm.web.submitted import remember_sent, sent_before, version_of
from crm.web.table import list_page
from crm.web.timeline import happenings_with
from crm.web.version import attempt_edit, saved_words

RECENT = 8
ARCHIVED = 50


@login_required
@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """List the clients."""
    return list_page(request, staff(request), ORGANIZATIONS, "crm/organization/clients.html")


@login_required
@require_safe
def client(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Show one client: facts, people, what belongs to it, what happened, and what other apps add."""
    actor = staff(request)
    organization = get_organization(actor, organization_id)
    if organization.pk != organization_id:
        return redirect("crm:client", organization.pk)
    people = page_of(contacts(actor, organization_id=organization.pk))
    context = {
        "organization": organization,
        "custom": custom_values(actor, CustomFieldOn.ORGANIZATION, organization.custom),
        "children": organizations(actor).filter(parent=organization),
        "knowing": how_well_we_know(actor, organization),
        "people": cards(actor, people.rows),
        "archived_people": contacts(actor, organization_id=organization.pk, archived=True)[:ARCHIVED],
        "merges": merges_of(actor, organization.pk),
        "likely": likely_pairs(actor, DirectoryKind.ORGANIZATION, of=organization.pk).pairs,
        "blocks": [
            render_to_string(block.template, values, request)
            for block in client_blocks()
            if (values := block.context(actor, organization)) is not None
        ],
        **happenings_with(request, actor, organization.pk, RECENT),
    }
    return render(request, "crm/organization/client.html", context)


@login_required
@require_safe
def offered(request: HttpRequest) -> HttpResponse:
    """Offer the clients that fit what is typed into the control that `?field=` names."""
    actor = staff(request)
    typed = request.GET.get(request.GET.get("field", ""), "")
    if typed.strip():
        take_search(actor)
    return render(request, "crm/organization/_offered.html", {"clients": offered_clients(actor, typed)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_client(request: HttpRequest) -> HttpResponse:
    """Add a client."""
    actor = staff(request)
    form = OrganizationForm(actor, request.POST or None)
    if request.method == "POST":
        if sent_before(request):
            return redirect("crm:clients")
        organization = attempt(form, lambda: create_organization(actor=actor, values=form.values))
        if organization is not None:
            remember_sent(request)
            messages.success(request, _("Added."))
            return redirect("crm:client", organization.pk)
    return render(request, "crm/organization/form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def mark_dream_client(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Say that this is a client we would most like to work with, or no longer (`is` off)."""
    values = {"dream_client": request.POST.get("is") == "on"}
    change_organization(
        actor=staff(request), organization_id=organization_id, version=version_of(request), values=values
    )
    return redirect("crm:client", organization_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_client(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Change a client."""
    actor = staff(request)
    organization = get_organization_to_change(actor, organization_id)
    if request.method != "POST" and organization.merged_into_id:
        return redirect("crm:change_client", survivor(organization).pk)
    form = OrganizationForm(actor, decided(request.POST) if request.method == "POST" else None, row=organization)
    page = reverse("crm:client", args=[organization.pk])
    if request.method == "POST":
        act = partial(change_organization, actor=actor, organization_id=organization.pk)
        try:
            saved = attempt_edit(form, lambda: act(version=form.cleaned_data["version"] or 0, values=form.values))
        except Stale as error:
            return conflict_page(
                request, Conflicting("client", organization.name, form, error.current, request.path), page
            )
        if saved is not None:
            messages.success(request, saved_words(form))
            return redirect(page)
    context = {"form": form, "organization": organization}
    return render(request, "crm/organization/form.html", context, status=422 if form.errors else 200)
