"""The people page: the map of sides, places nobody fills, what only we think, and who can come into the room."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.actions.contact import create_contact
from crm.actors import Actor
from crm.checks import Checks
from crm.errors import NotFound, Stale
from crm.queries.participant import access_table
from crm.web.actor import staff
from crm.web.conflict import Conflicting, decided, given_up
from crm.web.forms import attempt
from crm.web.submitted import parse_id, remember_sent, sent_before, version_of
from crm.web.version import attempt_edit, saved_words
from deals.actions.stakeholder import (
    add_stakeholder,
    archive_stakeholder,
    assess_stakeholder,
    edit_stakeholder,
    share_stakeholder,
)
from deals.models import Assessment, SectionKind, Stakeholder
from deals.queries.deal import DealPage, get_deal_page
from deals.queries.stakeholder import people_map, possible_people
from deals.web.beside import beside
from deals.web.conflict import conflict_page
from deals.web.forms.comment import CommentForm
from deals.web.forms.stakeholder import AssessmentForm, StakeholderForm

_ASKED = {"name": "new_contact", "email": "new_email", "organization": "new_contact"}
"""Which field of the form a fault of a new contact belongs to."""

_NOBODY = "?"
"""Stands for a contact who cannot be entered while the rest of the form is checked; it is never kept."""


@dataclass(frozen=True)
class Opened:
    """The one form that is open: to add somebody, to change `row`, or (`assessment`) to say what we think of them."""

    form: StakeholderForm | None
    row: Stakeholder | None = None
    assessment: AssessmentForm | None = None


def people_page(
    request: HttpRequest, deal_id: UUID, opened: Opened | None = None, comment: CommentForm | None = None
) -> HttpResponse:
    """Show the map; `opened` and `comment` are forms that were refused, shown with what was typed."""
    actor = staff(request)
    page = get_deal_page(actor, deal_id)
    access = access_table(actor, page.deal.room)
    context = beside(request, actor, page, page.standing.sections[SectionKind.PEOPLE], comment) | {
        "access": access,
        "map": people_map(actor, page, settings.ORGANIZATION_SHORT_NAME, [row.grant for row in access.rows]),
        "opened": opened or _opened(request, actor, page),
    }
    return render(request, "deals/stakeholder/page.html", context, status=422 if opened or comment else 200)


def _opened(request: HttpRequest, actor: Actor, page: DealPage) -> Opened | None:
    """Return the form that the address opens: `?add=1`, `?edit=ID` or `?assess=ID`."""
    if not page.may_write or page.deal.has_ended:
        return None
    if "add" in request.GET:
        return Opened(_form(actor, page))
    try:
        row = _get(actor, page.deal.pk, parse_id(request.GET.get("edit") or request.GET.get("assess", "")))
    except NotFound:
        return None
    if "edit" in request.GET:
        return Opened(_form(actor, page, row=row), row)
    mine = Assessment.objects.visible_to(actor).filter(stakeholder=row).first()
    return Opened(None, row, AssessmentForm(row=row, assessment=mine))


def _form(actor: Actor, page: DealPage, data: Any = None, row: Stakeholder | None = None) -> StakeholderForm:
    return StakeholderForm(possible_people(actor, page.deal), list(page.people), data, actor=actor, row=row)


def _get(actor: Actor, deal_id: UUID, stakeholder_id: UUID) -> Stakeholder:
    rows = Stakeholder.objects.visible_to(actor).select_related("section", "contact", "user")
    row = rows.filter(section__deal=deal_id, pk=stakeholder_id).first()
    if row is None:
        raise NotFound
    return row


def _back(deal_id: UUID, row_id: UUID | None = None) -> HttpResponse:
    url = reverse("deals:section", args=[deal_id, SectionKind.PEOPLE])
    return redirect(f"{url}#row-{row_id}" if row_id else url)


@login_required
@require_POST
def add(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Put somebody, or a place nobody fills yet, on the map."""
    actor = staff(request)
    page = get_deal_page(actor, deal_id)
    form = _form(actor, page, request.POST)
    if sent_before(request):
        return _back(deal_id)
    row = attempt(form, partial(_add, actor, page, form))
    if row is None:
        return people_page(request, deal_id, Opened(form))
    remember_sent(request)
    messages.success(request, _("Only your side sees it so far.") if row.is_draft else _("On the map."))
    return _back(deal_id, row.pk)


@transaction.atomic
def _add(actor: Actor, page: DealPage, form: StakeholderForm) -> Stakeholder:
    act = partial(add_stakeholder, actor=actor, deal_id=page.deal.pk, private=form.cleaned_data["private"])
    return _with_new_contact(actor, page, form, act)


def _with_new_contact(
    actor: Actor, page: DealPage, form: StakeholderForm, act: Callable[..., Stakeholder]
) -> Stakeholder:
    """Do `act` with the values of the form, after entering a contact who is not in the directory yet.

    What is wrong with either is said at once, and then neither is kept: the caller's transaction ends.
    """
    values, clean = form.values, form.cleaned_data
    if not clean.get("new_contact") or values.get("contact"):
        return act(values=values)
    named = {"name": clean["new_contact"], "email": clean["new_email"]}
    if clean.get("side", "buyer") == "buyer" and page.deal.organization_id:
        named["organization"] = page.deal.organization_id
    checks = Checks()
    contact = checks.part(lambda: create_contact(actor=actor, values=named).pk, **_ASKED)
    who = {"contact": contact} if contact else {"place": values.get("place") or _NOBODY}
    rest = {name: value for name, value in values.items() if name != "place"}
    row = checks.part(lambda: act(values=rest | who))
    checks.done()
    assert row is not None
    return row


@login_required
@require_POST
def edit(request: HttpRequest, deal_id: UUID, stakeholder_id: UUID) -> HttpResponse:
    """Change an entry, or fill a place."""
    actor = staff(request)
    page = get_deal_page(actor, deal_id)
    row = _get(actor, deal_id, stakeholder_id)
    form = _form(actor, page, decided(request.POST, ("wants",)), row)
    try:
        saved = attempt_edit(form, partial(_save, request, page, row, form))
    except Stale as error:
        return conflict_page(request, _conflict(row, form, error), deal_id)
    if saved is None:
        return people_page(request, deal_id, Opened(form, row))
    messages.success(request, _("Only your side sees it so far.") if saved.is_draft else saved_words(form))
    return _back(deal_id, saved.replaces_id or saved.pk)


@transaction.atomic
def _save(request: HttpRequest, page: DealPage, row: Stakeholder, form: StakeholderForm) -> Stakeholder:
    actor, clean = staff(request), form.cleaned_data
    act = partial(
        edit_stakeholder,
        actor=actor,
        stakeholder_id=row.pk,
        version=clean["version"] or 0,
        private=clean["private"],
        given_up=given_up(request.POST, form, row),
    )
    return _with_new_contact(actor, page, form, act)


def _conflict(row: Stakeholder, form: StakeholderForm, error: Stale) -> Conflicting:
    url = reverse("deals:edit_stakeholder", args=[row.section.deal_id, error.current.pk])
    return Conflicting(SectionKind.PEOPLE, row.name, form, error.current, url)


@login_required
@require_POST
def assess(request: HttpRequest, deal_id: UUID, stakeholder_id: UUID) -> HttpResponse:
    """Write down what our side thinks of somebody. It stays with us."""
    actor = staff(request)
    row = _get(actor, deal_id, stakeholder_id)
    form = AssessmentForm(request.POST, row=row)
    act = partial(assess_stakeholder, actor=actor, stakeholder_id=row.pk)
    try:
        kept = attempt(form, lambda: act(**form.cleaned_data))
    except Stale as error:
        form.overtaken(error)
        kept = None
    if kept is None:
        return people_page(request, deal_id, Opened(None, row, form))
    messages.success(request, _("Kept. Only our side reads it."))
    return _back(deal_id, row.pk)


@login_required
@require_POST
def share(request: HttpRequest, deal_id: UUID, stakeholder_id: UUID) -> HttpResponse:
    """Share a draft entry with everybody in the room."""
    actor = staff(request)
    row = _get(actor, deal_id, stakeholder_id)
    shared = share_stakeholder(actor=actor, stakeholder_id=row.pk, version=version_of(request))
    messages.success(request, _("Everybody in the room sees it now."))
    return _back(deal_id, shared.pk)


@login_required
@require_POST
def archive(request: HttpRequest, deal_id: UUID, stakeholder_id: UUID) -> HttpResponse:
    """Take somebody off the map."""
    actor = staff(request)
    row = _get(actor, deal_id, stakeholder_id)
    archive_stakeholder(actor=actor, stakeholder_id=row.pk, version=version_of(request))
    messages.success(request, _("Off the map. What they agreed and wrote stays."))
    return _back(deal_id)
