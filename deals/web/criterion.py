"""The success page: criteria from today's value to the target, and the check whether they can be measured."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.actors import Actor
from crm.errors import NotFound, Stale
from crm.web.actor import staff
from crm.web.conflict import Conflicting, decided, given_up
from crm.web.forms import attempt
from crm.web.submitted import draft_of, parse_id, remember_sent, sent_before, version_of
from crm.web.version import attempt_edit, saved_words
from deals.actions.criterion import add_criterion, archive_criterion, edit_criterion, share_criterion
from deals.models import Criterion, SectionKind
from deals.queries.criterion import CheckLine, check_lines, criteria_views, possible_owners
from deals.queries.deal import DealPage, get_deal, get_deal_page
from deals.queries.revision import next_number
from deals.web.beside import beside
from deals.web.conflict import conflict_page
from deals.web.forms.comment import CommentForm
from deals.web.forms.criterion import CriterionForm


@dataclass(frozen=True)
class Opened:
    """The one form that is open: to add a criterion, or to change `criterion`; with the check of what is typed."""

    form: CriterionForm
    criterion: Criterion | None
    checks: list[CheckLine]


def criteria_page(
    request: HttpRequest, deal_id: UUID, opened: Opened | None = None, comment: CommentForm | None = None
) -> HttpResponse:
    """Show the criteria; `opened` and `comment` are forms that were refused, shown with what was typed."""
    actor = staff(request)
    page = get_deal_page(actor, deal_id)
    state = page.section(SectionKind.CRITERIA)
    yes = state.standing.yes
    views = criteria_views(actor, state.section, yes.revision if yes else None)
    context = beside(request, actor, page, state.section, comment) | {
        "state": state,
        "criteria": [view for view in views if not view.row.is_draft],
        "drafts": [view for view in views if view.row.is_draft],
        "next_number": next_number(actor, state.section),
        "opened": opened or _opened(request, actor, page),
    }
    return render(request, "deals/criterion/page.html", context, status=422 if opened or comment else 200)


def _opened(request: HttpRequest, actor: Actor, page: DealPage) -> Opened | None:
    """Return the form that the address opens: `?add=1` or `?edit=ID`."""
    if not page.may_write or page.deal.has_ended:
        return None
    owners = possible_owners(actor, page.deal)
    if "add" in request.GET:
        form = CriterionForm(owners)
        return Opened(form, None, check_lines(CriterionForm(owners, {}).as_data()))
    try:
        row = _get(actor, page.deal.pk, parse_id(request.GET.get("edit", "")))
    except NotFound:
        return None
    form = CriterionForm(owners, row=row)
    return Opened(form, row, check_lines(CriterionForm(owners, _shown(form), row=row).as_data()))


def _shown(form: CriterionForm) -> dict[str, Any]:
    """Return what an unbound form shows, as it would be sent."""
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def _refused(form: CriterionForm, row: Criterion | None) -> Opened:
    faults = form.errors.copy()
    lines = check_lines(form.as_data())
    form.errors.update(faults)
    return Opened(form, row, lines)


def _get(actor: Actor, deal_id: UUID, criterion_id: UUID) -> Criterion:
    rows = Criterion.objects.visible_to(actor).select_related("section", "buyer_owner", "seller_owner")
    row = rows.filter(section__deal=deal_id, pk=criterion_id).first()
    if row is None:
        raise NotFound
    return row


def _back(deal_id: UUID, row_id: UUID | None = None) -> HttpResponse:
    url = reverse("deals:section", args=[deal_id, SectionKind.CRITERIA])
    return redirect(f"{url}#row-{row_id}" if row_id else url)


@login_required
@require_POST
def check(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Answer the plain-language check for what is typed so far. Writes nothing."""
    actor = staff(request)
    form = CriterionForm(possible_owners(actor, get_deal(actor, deal_id)), request.POST)
    return render(request, "deals/criterion/_check.html", {"checks": check_lines(form.as_data())})


@login_required
@require_POST
def add(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Add a criterion, shared or as a draft of our side."""
    actor = staff(request)
    form = CriterionForm(possible_owners(actor, get_deal(actor, deal_id)), request.POST)
    if sent_before(request):
        return _back(deal_id)
    write = partial(add_criterion, actor=actor, deal_id=deal_id)
    row = attempt(form, lambda: write(values=form.values, private=form.cleaned_data["private"]))
    if row is None:
        return criteria_page(request, deal_id, _refused(form, None))
    remember_sent(request)
    messages.success(request, _("Only your side sees it so far.") if row.is_draft else _("Saved."))
    return _back(deal_id, row.pk)


@login_required
@require_POST
def edit(request: HttpRequest, deal_id: UUID, criterion_id: UUID) -> HttpResponse:
    """Change a criterion. When somebody else was faster, both versions are shown and nothing is lost."""
    actor = staff(request)
    row = _get(actor, deal_id, criterion_id)
    owners = possible_owners(actor, get_deal(actor, deal_id))
    form = CriterionForm(owners, decided(request.POST, CriterionForm.merged), row=row)
    try:
        saved = attempt_edit(form, partial(_save, request, row, form))
    except Stale as error:
        return conflict_page(request, _conflict(row, form, error), deal_id)
    if saved is None:
        return criteria_page(request, deal_id, _refused(form, row))
    messages.success(request, _("Only your side sees it so far.") if saved.is_draft else saved_words(form))
    return _back(deal_id, saved.replaces_id or saved.pk)


def _save(request: HttpRequest, row: Criterion, form: CriterionForm) -> Criterion:
    clean = form.cleaned_data
    return edit_criterion(
        actor=staff(request),
        criterion_id=row.pk,
        version=clean["version"] or 0,
        values=form.values,
        private=clean["private"],
        draft=draft_of(request),
        given_up=given_up(request.POST, form, row),
    )


def _conflict(row: Criterion, form: CriterionForm, error: Stale, draft: Criterion | None = None) -> Conflicting:
    return Conflicting(
        kind=SectionKind.CRITERIA,
        heading=row.title,
        form=form,
        current=error.current,
        url=reverse("deals:edit_criterion", args=[row.section.deal_id, error.current.pk]),
        draft=draft,
    )


@login_required
@require_POST
def share(request: HttpRequest, deal_id: UUID, criterion_id: UUID) -> HttpResponse:
    """Share a draft of our side with everybody in the room."""
    actor = staff(request)
    row = _get(actor, deal_id, criterion_id)
    try:
        shared = share_criterion(actor=actor, criterion_id=row.pk, version=version_of(request))
    except Stale as error:
        owners = possible_owners(actor, get_deal(actor, deal_id))
        form = CriterionForm(owners, row=row)
        form.as_written(row)
        return conflict_page(request, _conflict(row, form, error, draft=row), deal_id)
    messages.success(request, _("Everybody in the room sees it now."))
    return _back(deal_id, shared.pk)


@login_required
@require_POST
def archive(request: HttpRequest, deal_id: UUID, criterion_id: UUID) -> HttpResponse:
    """Take a criterion out; history keeps it."""
    actor = staff(request)
    row = _get(actor, deal_id, criterion_id)
    archive_criterion(actor=actor, criterion_id=row.pk, version=version_of(request))
    messages.success(request, _("Taken out. What was agreed before stays on record."))
    return _back(deal_id)
