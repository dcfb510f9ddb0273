"""Requests of people about their data, and erasing somebody: for administrators."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crm.actions.data_request import decline_data_request, grant_access, grant_erasure
from crm.actions.erasure import erase_contact
from crm.actors import Actor
from crm.errors import Stale
from crm.models import Contact, DataRequest, DataRequestKind
from crm.queries.contact import get_contact
from crm.queries.personal_data import data_requests, get_data_request, kept_besides, kept_by_us
from crm.web.actor import administrator
from crm.web.forms import attempt
from crm.web.personal_data_forms import AnswerForm, ErasureForm, GroundForm
from crm.web.submitted import version_of


@login_required
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Who asked for what, those that wait first."""
    found = data_requests(administrator(request))
    return render(request, "crm/personal_data/requests.html", {"requests": found})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def data_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request with what our side alone keeps about the person, and the answer to it."""
    actor = administrator(request)
    found = get_data_request(actor, request_id)
    form, decline = _forms(request, found)
    if request.method == "POST":
        act = partial(_answer, actor, found, version_of(request))
        try:
            done = attempt(decline if decline.is_bound else form, lambda: act(form, decline))
        except Stale as error:
            messages.error(request, str(error.message))
            return redirect("crm:data_request", found.pk)
        if done is not None:
            messages.success(request, _("Answered. They get a mail about it."))
            return redirect("crm:data_requests")
    status = 422 if form.errors or decline.errors else 200
    kept = _kept(actor, found.contact_id) if found.is_open else {}
    context = {"one": found, "form": form, "decline": decline, "contact": found.contact} | kept
    return render(request, "crm/personal_data/request.html", context, status=status)


def _kept(actor: Actor, contact_id: UUID) -> dict[str, Any]:
    return {"kept": kept_by_us(actor, contact_id), "besides": kept_besides(actor, contact_id)}


def _forms(request: HttpRequest, found: DataRequest) -> tuple[forms.Form, forms.Form]:
    """Return the form for yes and the one for no; what was sent is in the one whose button was pressed."""
    is_no = request.method == "POST" and request.POST.get("do") == "decline"
    is_yes = request.method == "POST" and not is_no
    yes: type[forms.Form] = ErasureForm if found.kind == DataRequestKind.ERASURE else AnswerForm
    return yes(request.POST if is_yes else None), GroundForm(request.POST if is_no else None, prefix="no")


def _answer(actor: Actor, found: DataRequest, version: int, form: Any, decline: Any) -> DataRequest:
    if decline.is_bound:
        return decline_data_request(actor=actor, request_id=found.pk, version=version, **decline.cleaned_data)
    grant: Callable[..., DataRequest] = grant_erasure if found.kind == DataRequestKind.ERASURE else grant_access
    return grant(actor=actor, request_id=found.pk, version=version, **form.cleaned_data)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Erase a contact: what goes, what may stay, and the name typed again."""
    actor = administrator(request)
    contact = get_contact(actor, contact_id)
    form = ErasureForm(request.POST or None)
    if request.method == "POST":
        act = partial(erase_contact, actor=actor, contact_id=contact.id)
        erased = attempt(form, lambda: act(**form.cleaned_data))
        if erased is not None:
            messages.success(request, _("Erased. Their access has ended, and nothing of them is left here."))
            return redirect("crm:data_requests")
    row = Contact.objects.get(pk=contact.id)
    context = {"form": form, "contact": row} | _kept(actor, row.pk)
    return render(request, "crm/personal_data/erase.html", context, status=422 if form.errors else 200)
