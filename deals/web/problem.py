"""The problem page: statements by part, edited in place, drafts of our side, comments."""

from dataclasses import dataclass
from functools import partial
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
from deals.actions.problem import add_statement, archive_statement, edit_statement, share_statement
from deals.models import ProblemPart, ProblemStatement, SectionKind
from deals.queries.deal import DealPage, get_deal_page
from deals.queries.problem import problem_document
from deals.queries.revision import is_said_otherwise
from deals.web.beside import beside
from deals.web.conflict import conflict_page
from deals.web.forms.comment import CommentForm
from deals.web.forms.problem import StatementForm

SHOWN = ("changes", "present")


@dataclass(frozen=True)
class Opened:
    """The one form that is open on the page: to add under a heading, or to change a statement."""

    form: StatementForm
    statement: ProblemStatement | None = None

    @property
    def part(self) -> str:
        """The heading a new statement goes under."""
        return "" if self.statement else str(self.form["part"].value())


def problem_page(
    request: HttpRequest, deal_id: UUID, opened: Opened | None = None, comment: CommentForm | None = None
) -> HttpResponse:
    """Show the problem; `opened` and `comment` are forms that were refused, shown with what was typed."""
    actor = staff(request)
    page = get_deal_page(actor, deal_id)
    state = page.section(SectionKind.PROBLEM)
    yes = state.standing.yes
    since = yes.revision if yes and request.GET.get("show") != "present" else None
    context = beside(request, actor, page, state.section, comment) | {
        "state": state,
        "document": problem_document(actor, state.section, since),
        "opened": opened or _opened(request, actor, page),
        "show": "present" if since is None else "changes",
        "is_said_otherwise": state.state == "stale" and yes and is_said_otherwise(actor, state.section, yes.revision),
    }
    return render(request, "deals/problem/page.html", context, status=422 if opened or comment else 200)


def _opened(request: HttpRequest, actor: Actor, page: DealPage) -> Opened | None:
    """Return the form that the address opens: `?add=PART` or `?edit=ID`."""
    if not page.may_write or page.deal.has_ended:
        return None
    if request.GET.get("add") in ProblemPart.values:
        part = request.GET["add"]
        currency = {"currency": page.deal.currency} if part == ProblemPart.COST else {}
        return Opened(StatementForm(part=part, initial=currency))
    try:
        row = _get(actor, page.deal.pk, parse_id(request.GET.get("edit", "")))
    except NotFound:
        return None
    return Opened(StatementForm.for_row(row), row) if row.may_be_changed_by(actor) else None


def _get(actor: Actor, deal_id: UUID, statement_id: UUID) -> ProblemStatement:
    rows = ProblemStatement.objects.visible_to(actor).select_related("section")
    row = rows.filter(section__deal=deal_id, pk=statement_id).first()
    if row is None:
        raise NotFound
    return row


def _back(deal_id: UUID, row_id: UUID | None = None) -> HttpResponse:
    url = reverse("deals:section", args=[deal_id, SectionKind.PROBLEM])
    return redirect(f"{url}#row-{row_id}" if row_id else url)


@login_required
@require_POST
def add(request: HttpRequest, deal_id: UUID) -> HttpResponse:
    """Add a statement, shared or as a draft of our side."""
    part = request.POST.get("part", "")
    form = StatementForm(request.POST, part=part if part in ProblemPart.values else "")
    write = partial(add_statement, actor=staff(request), deal_id=deal_id)
    if sent_before(request):
        return _back(deal_id)
    row = attempt(form, lambda: write(values=form.values, private=form.cleaned_data["private"]))
    if row is None:
        return problem_page(request, deal_id, Opened(form))
    remember_sent(request)
    messages.success(request, _("Only your side sees it so far.") if row.is_draft else _("Saved."))
    return _back(deal_id, row.pk)


@login_required
@require_POST
def edit(request: HttpRequest, deal_id: UUID, statement_id: UUID) -> HttpResponse:
    """Change a statement. When somebody else was faster, both versions are shown and nothing is lost."""
    actor = staff(request)
    row = _get(actor, deal_id, statement_id)
    form = StatementForm.for_row(row, decided(request.POST, StatementForm.merged))
    try:
        saved = attempt_edit(form, partial(_save, request, row, form))
    except Stale as error:
        return conflict_page(request, _conflict(row, form, error), deal_id)
    if saved is None:
        return problem_page(request, deal_id, Opened(form, row))
    messages.success(request, _("Only your side sees it so far.") if saved.is_draft else saved_words(form))
    return _back(deal_id, saved.replaces_id or saved.pk)


def _save(request: HttpRequest, row: ProblemStatement, form: StatementForm) -> ProblemStatement:
    clean = form.cleaned_data
    values = {name: clean[name] for name in StatementForm.merged if name in clean}
    return edit_statement(
        actor=staff(request),
        statement_id=row.pk,
        version=clean["version"] or 0,
        values=values,
        private=clean["private"],
        draft=draft_of(request),
        given_up=given_up(request.POST, form, row),
    )


def _conflict(
    row: ProblemStatement, form: StatementForm, error: Stale, draft: ProblemStatement | None = None
) -> Conflicting:
    return Conflicting(
        kind=SectionKind.PROBLEM,
        heading=row.get_part_display(),
        form=form,
        current=error.current,
        url=reverse("deals:edit_statement", args=[row.section.deal_id, error.current.pk]),
        draft=draft,
    )


@login_required
@require_POST
def share(request: HttpRequest, deal_id: UUID, statement_id: UUID) -> HttpResponse:
    """Share a draft of our side with everybody in the room."""
    actor = staff(request)
    row = _get(actor, deal_id, statement_id)
    try:
        shared = share_statement(actor=actor, statement_id=row.pk, version=version_of(request))
    except Stale as error:
        form = StatementForm.for_row(row)
        form.as_written(row)
        return conflict_page(request, _conflict(row, form, error, draft=row), deal_id)
    messages.success(request, _("Everybody in the room sees it now."))
    return _back(deal_id, shared.pk)


@login_required
@require_POST
def archive(request: HttpRequest, deal_id: UUID, statement_id: UUID) -> HttpResponse:
    """Take a statement out; history keeps it."""
    actor = staff(request)
    row = _get(actor, deal_id, statement_id)
    archive_statement(actor=actor, statement_id=row.pk, version=version_of(request))
    messages.success(request, _("Taken out. What was agreed before stays on record."))
    return _back(deal_id)
