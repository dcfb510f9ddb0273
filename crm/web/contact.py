"""Contacts: the page of one, adding and changing one."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.address_change import vouch_for_address
from crm.actions.contact import archive_contact, change_contact, create_contact, restore_contact
from crm.directory import CONTACTS
from crm.errors import Stale
from crm.models import CustomFieldOn, DirectoryKind
from crm.queries.address_change import waiting_change
from crm.queries.contact import get_contact, get_contact_to_change
from crm.queries.custom_field import custom_values
from crm.queries.duplicate import likely_pairs
from crm.queries.merge import merges_of, survivor
from crm.web.actor import staff
from crm.web.conflict import Conflicting, conflict_page, decided
from crm.web.directory import ContactForm, VouchForm
from crm.web.forms import attempt
from crm.web.submitted import remember_sent, sent_before, version_of
from crm.web.table import list_page
from crm.web.version import attempt_edit, saved_words

STATES = {"archive": archive_contact, "restore": restore_contact}
"""How a contact leaves the directory and comes back, by the last part of the address."""


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List the contacts."""
    return list_page(request, staff(request), CONTACTS, "crm/organization/people.html")


@login_required
@require_safe
def contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Show one contact; e-mail and phone only to whoever shares a room with them."""
    return _show(request, contact_id, VouchForm())


@login_required
@require_POST
def vouch(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Vouch for a new address whose old mailbox is dead, and say why."""
    actor = staff(request)
    form, act = VouchForm(request.POST), partial(vouch_for_address, actor=actor, contact_id=contact_id)
    if attempt(form, lambda: act(version=version_of(request), **form.cleaned_data)) is None:
        return _show(request, contact_id, form)
    messages.success(request, _("Vouched for. Everybody in their rooms reads your reason."))
    return redirect("crm:contact", contact_id)


def _show(request: HttpRequest, contact_id: UUID, form: VouchForm) -> HttpResponse:
    actor = staff(request)
    found = get_contact(actor, contact_id)
    if found.id != contact_id:
        return redirect("crm:contact", found.id)
    context = {
        "contact": found,
        "custom": custom_values(actor, CustomFieldOn.CONTACT, found.custom),
        "address_change": waiting_change(found.id) if found.details_visible else None,
        "form": form,
        "merges": merges_of(actor, found.id),
        "likely": likely_pairs(actor, DirectoryKind.CONTACT, of=found.id).pairs,
    }
    return render(request, "crm/organization/contact.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_contact(request: HttpRequest) -> HttpResponse:
    """Add a contact; `?organization=` chooses where they work."""
    actor = staff(request)
    form = ContactForm(actor, request.POST or None, initial={"organization": request.GET.get("organization", "")[:36]})
    if request.method == "POST":
        if sent_before(request):
            return redirect("crm:clients")
        added = attempt(form, lambda: create_contact(actor=actor, values=form.values))
        if added is not None:
            remember_sent(request)
            messages.success(request, _("Added."))
            return redirect("crm:contact", added.pk)
    return render(request, "crm/organization/contact_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_contact_page(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Change a contact."""
    actor = staff(request)
    row, details = get_contact_to_change(actor, contact_id)
    if request.method != "POST" and row.merged_into_id:
        return redirect("crm:change_contact", survivor(row).pk)
    data = decided(request.POST) if request.method == "POST" else None
    form = ContactForm(actor, data, row=row, details=details)
    if request.method == "POST":
        act = partial(change_contact, actor=actor, contact_id=row.pk)
        page = reverse("crm:contact", args=[row.pk])
        try:
            saved = attempt_edit(form, lambda: act(version=form.cleaned_data["version"] or 0, values=form.values))
        except Stale as error:
            return conflict_page(request, Conflicting("contact", row.name, form, error.current, request.path), page)
        if saved is not None:
            messages.success(request, saved_words(form))
            return redirect(page)
    context = {"form": form, "contact": row}
    return render(request, "crm/organization/contact_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def state(request: HttpRequest, contact_id: UUID, verb: str) -> HttpResponse:
    """Take a contact out of the directory, or put them back."""
    if verb not in STATES:
        raise Http404
    STATES[verb](actor=staff(request), contact_id=contact_id, version=version_of(request))
    return redirect("crm:contact", contact_id)
