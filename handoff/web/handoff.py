"""Handoffs: the queue, and one handoff gone through item by item."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.actors import Actor
from crm.errors import Stale
from crm.models import Participant
from crm.queries.room import may_write
from crm.web.actor import staff
from crm.web.forms import attempt
from handoff.actions.brief import answer_question_back, ask_back, clear_item
from handoff.actions.handoff import BRIEF, accept_handoff, ask_about_brief, assign_handoff
from handoff.models import Handoff
from handoff.queries.handoff import (
    brief_consent,
    coming_handoffs,
    delivering,
    get_handoff,
    handoffs_of,
    may_confirm,
    may_review,
    may_take,
    success_people,
    waiting_handoffs,
)
from handoff.queries.review import review_of
from handoff.web.forms import PersonForm, VersionedWordsForm, VersionForm, WordsForm, with_version

PAGE_SIZE = 50


@dataclass(frozen=True)
class Opened:
    """A form that is open on the page, with what was typed: about which row (item or question)."""

    row: UUID
    form: VersionedWordsForm | WordsForm


@login_required
@require_safe
def handoffs(request: HttpRequest) -> HttpResponse:
    """What waits to be taken, what is being handed over, what is coming."""
    actor = staff(request)
    page = Paginator(handoffs_of(actor), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "waiting": waiting_handoffs(actor),
        "page": page,
        "coming": coming_handoffs(actor),
        "may_take": may_take(actor),
    }
    return render(request, "handoff/handoff/list.html", context)


@login_required
@require_safe
def handoff(request: HttpRequest, handoff_id: UUID) -> HttpResponse:
    """One handoff: the brief item by item, where it stands, who passes the baton to whom. `?ask=ITEM` opens a question."""
    return handoff_page(request, handoff_id)


def handoff_page(
    request: HttpRequest,
    handoff_id: UUID,
    *,
    opened: Opened | None = None,
    accept_form: PersonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a handoff; the forms are those that were refused, with what was typed."""
    actor = staff(request)
    row = get_handoff(actor, handoff_id)
    confirmers = may_confirm(BRIEF, row, row.room_id)
    context = _context(actor, row) | {
        "opened": opened or _opened(request),
        "accept_form": accept_form or _person_form(row, confirmers),
        "assign_form": _assign_form(row),
        "confirmers": confirmers,
    }
    return render(request, "handoff/handoff/page.html", context, status=status)


def _context(actor: Actor, row: Handoff) -> dict[str, Any]:
    writes = may_write(actor, row.room_id)
    return {
        "handoff": row,
        "review": review_of(actor, row),
        "consent": brief_consent(row),
        "delivering": delivering(row),
        "may_review": writes and may_review(actor, row),
        "may_answer": writes,
        "client": row.deal.organization.name if row.deal.organization else row.deal.title,
    }


def _assign_form(row: Handoff) -> PersonForm:
    return PersonForm(
        label=_("Who takes over"),
        people=success_people(),
        initial={"version": row.version, "person": row.to_user_id},
        auto_id="assign_%s",
    )


def _opened(request: HttpRequest) -> Opened | None:
    """Return the form that the address opens: `?ask=ITEM` or `?answer=QUESTION`."""
    try:
        if "answer" in request.GET:
            return Opened(UUID(request.GET["answer"]), WordsForm(label=_answer_label))
        return Opened(UUID(request.GET["ask"]), VersionedWordsForm(label=_ask_label))
    except (KeyError, ValueError):
        return None


_ask_label = gettext_lazy("Your question")
_answer_label = gettext_lazy("Your answer")


def _person_form(row: Handoff, people: list[Participant], data: QueryDict | None = None) -> PersonForm:
    return PersonForm(
        data,
        label=_("Who confirms the brief for the client"),
        people=people,
        nobody=_("Ask later") if row.is_open else "",
        initial={"version": row.version},
    )


@login_required
@require_POST
def clear(request: HttpRequest, handoff_id: UUID, item_id: UUID) -> HttpResponse:
    """Mark an item as clear."""
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _back(handoff_id, item_id)
    try:
        clear_item(actor=staff(request), item_id=item_id, version=form.cleaned_data["version"])
    except Stale as stale:
        messages.warning(request, str(stale.message))
    return _back(handoff_id, item_id)


@login_required
@require_POST
def ask(request: HttpRequest, handoff_id: UUID, item_id: UUID) -> HttpResponse:
    """Ask the rep about an item."""
    actor, form = staff(request), VersionedWordsForm(request.POST, label=_ask_label)
    try:
        if attempt(form, lambda: ask_back(actor=actor, item_id=item_id, **form.cleaned_data)):
            return _back(handoff_id, item_id)
    except Stale as stale:
        form.add_error(None, str(stale.message))
        form.data = with_version(form.data, stale.current.version)
    return handoff_page(request, handoff_id, opened=Opened(item_id, form), status=422)


@login_required
@require_POST
def answer(request: HttpRequest, handoff_id: UUID, question_id: UUID) -> HttpResponse:
    """Answer a question about an item."""
    actor, form = staff(request), WordsForm(request.POST, label=_answer_label)
    done = attempt(form, lambda: answer_question_back(actor=actor, question_id=question_id, **form.cleaned_data))
    if done:
        return _back(handoff_id, done.item_id)
    return handoff_page(request, handoff_id, opened=Opened(question_id, form), status=422)


@login_required
@require_POST
def accept(request: HttpRequest, handoff_id: UUID) -> HttpResponse:
    """Accept, and ask the client to confirm, unless that is to be asked later."""
    actor = staff(request)
    row = get_handoff(actor, handoff_id)
    form = _person_form(row, may_confirm(BRIEF, row, row.room_id), request.POST)
    done = attempt(
        form,
        lambda: accept_handoff(
            actor=actor, handoff_id=handoff_id, version=form.cleaned_data["version"], asked_of=form.chosen()
        ),
    )
    if done is None:
        return handoff_page(request, handoff_id, accept_form=form, status=422)
    messages.success(request, _("Accepted. The success plan has begun."))
    return redirect("handoff:plan", done.success_plan.pk)


@login_required
@require_POST
def ask_client(request: HttpRequest, handoff_id: UUID) -> HttpResponse:
    """Ask the client to confirm the brief, after it was accepted."""
    actor = staff(request)
    row = get_handoff(actor, handoff_id)
    form = _person_form(row, may_confirm(BRIEF, row, row.room_id), request.POST)
    done = attempt(
        form, lambda: (who := form.chosen()) and ask_about_brief(actor=actor, handoff_id=handoff_id, asked_of=who)
    )
    if done is None:
        return handoff_page(request, handoff_id, accept_form=form, status=422)
    messages.success(request, _("Asked. The question waits in their room."))
    return _back(handoff_id)


@login_required
@require_POST
def assign(request: HttpRequest, handoff_id: UUID) -> HttpResponse:
    """Take a waiting handoff, or give one to somebody."""
    actor = staff(request)
    form = PersonForm(request.POST, label=_("Who takes over"), people=success_people())
    if not form.is_valid() or (who := form.chosen()) is None:
        messages.warning(request, _("Choose a colleague of customer success."))
        return redirect("handoff:handoffs")
    given = assign_handoff(actor=actor, handoff_id=handoff_id, version=form.cleaned_data["version"], user_id=who)
    messages.success(request, _("%(name)s takes over.") % {"name": given.to_user.name if given.to_user else ""})
    return _back(handoff_id)


def _back(handoff_id: UUID, item_id: UUID | None = None) -> HttpResponse:
    page = reverse("handoff:handoff", args=[handoff_id])
    return redirect(f"{page}#item-{item_id}" if item_id else page)
