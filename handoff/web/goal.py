"""One goal: its chart, its measurements with what was said about them, and the question whether it is reached."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm import formats
from crm.actors import Actor
from crm.errors import NotFound, Stale
from crm.models import Event
from crm.queries.room import may_write
from crm.queries.timeline import Happening, in_words
from crm.web.actor import staff
from crm.web.forms import attempt
from crm.web.upload import sent_file
from handoff.actions.goal import GOAL_REACHED, ask_goal_reached
from handoff.actions.measurement import answer_dispute, correct_measurement
from handoff.models import Goal
from handoff.queries.handoff import may_confirm
from handoff.queries.measurement import SHOWN, get_goal, goal_view, reached_consent, unusual_step_to
from handoff.rules.step import UnusualStep
from handoff.web.evidence import record_with_file
from handoff.web.forms import CorrectionForm, MeasurementForm, PersonForm, WordsForm, with_version

RECENT_EVENTS = 8


@dataclass(frozen=True)
class Opened:
    """A form that is open in the table: about which measurement or dispute."""

    row: UUID
    form: CorrectionForm | WordsForm


@login_required
@require_safe
def goal(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """One goal. `?correct=MEASUREMENT` and `?answer=DISPUTE` open a form, `?show=all|open` chooses measurements."""
    return goal_page(request, staff(request), goal_id)


def goal_page(
    request: HttpRequest,
    actor: Actor,
    goal_id: UUID,
    *,
    opened: Opened | None = None,
    form: MeasurementForm | None = None,
    ask_form: PersonForm | None = None,
    step: UnusualStep | None = None,
) -> HttpResponse:
    """Show a goal; the forms are those that were refused, with what was typed."""
    row = get_goal(actor, goal_id)
    refused = opened or form or ask_form
    context = goal_context(request, row) | {
        "may_write": may_write(actor, row.plan.room_id),
        "opened": opened or _opened(request, row),
        "form": form or MeasurementForm(goal=row, room=row.plan.room),
        "step": step,
        "step_words": step_in_words(row, step) if step else "",
        "ask_form": ask_form or _ask_form(row),
        "events": _events(actor, row),
    }
    return render(request, "handoff/goal/page.html", context, status=422 if refused else 200)


def goal_context(request: HttpRequest, row: Goal) -> dict[str, Any]:
    """Return what the page of a goal shows to staff and in the room alike."""
    view = goal_view(row)
    show = request.GET.get("show", "")
    rows = {"all": view.rows, "open": view.open_rows}.get(show, view.rows[:SHOWN])
    organization = row.plan.deal.organization
    return {
        "goal": row,
        "view": view,
        "rows": rows,
        "show": show if show in ("all", "open") else "newest",
        "consent": reached_consent(row),
        "client": organization.name if organization else row.plan.deal.title,
    }


def _opened(request: HttpRequest, row: Goal) -> Opened | None:
    """Return the form that the address opens."""
    for measurement in goal_view(row).rows:
        if request.GET.get("correct") == str(measurement.measurement.pk):
            return Opened(measurement.measurement.pk, CorrectionForm(row=measurement.measurement, room=row.plan.room))
        dispute = measurement.open_dispute
        if dispute and request.GET.get("answer") == str(dispute.pk):
            return Opened(dispute.pk, WordsForm(label=_answer_label))
    return None


_answer_label = gettext_lazy("Your answer")


def _ask_form(row: Goal, data: Any = None) -> PersonForm:
    people = may_confirm(GOAL_REACHED, row, row.plan.room_id)
    mine = next((str(one.pk) for one in people if one.contact_id == row.buyer_owner_id), "")
    initial = {"version": row.version, "person": mine}
    return PersonForm(data, label=_("Who says for the client that it is reached"), people=people, initial=initial)


def _events(actor: Actor, row: Goal) -> list[Happening]:
    ids = [row.pk, *(one.pk for one in row.measurements.all())]
    events = Event.objects.visible_to(actor).filter(subject_id__in=ids).select_related("by_user", "by_contact")
    return in_words(actor, list(events.order_by("-at", "-pk")[:RECENT_EVENTS]))


def step_in_words(goal: Goal, step: UnusualStep) -> str:
    """Return an unusual step as "0.6% more" or "0.6% less"."""
    size = formats.number(abs(step.step), formats.babel_locale(), goal.unit)
    return (_("%(size)s more") if step.step > 0 else _("%(size)s less")) % {"size": size}


@login_required
@require_POST
def measure(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """Add a measurement; an unusual step asks once why."""
    actor = staff(request)
    row = get_goal(actor, goal_id)
    form = MeasurementForm(request.POST, request.FILES, goal=row, room=row.plan.room)
    file = sent_file(form, "evidence", actor=actor, room_id=row.plan.room_id)
    if not attempt(form, lambda: record_with_file(actor, row, form.cleaned_data, file)):
        file.show()
        return goal_page(request, actor, goal_id, form=form, step=unexplained_step(form, row))
    messages.success(request, _("Added. The client sees it and can confirm or dispute it."))
    return redirect("handoff:goal", goal_id)


def unexplained_step(form: MeasurementForm, row: Goal) -> UnusualStep | None:
    """Return the unusually large step that a refused form asks about."""
    return unusual_step_to(row, form.cleaned_data.get("value")) if "note" in form.errors else None


@login_required
@require_POST
def correct(request: HttpRequest, goal_id: UUID, measurement_id: UUID) -> HttpResponse:
    """Correct the value or the day of a measurement, with the reason."""
    actor = staff(request)
    row = get_goal(actor, goal_id)
    standing = next((one for one in row.measurements.all() if one.pk == measurement_id), None)
    if standing is None:
        raise NotFound
    form = CorrectionForm(request.POST, row=standing, room=row.plan.room)
    try:
        if attempt(form, lambda: correct_measurement(actor=actor, measurement_id=measurement_id, **form.cleaned_data)):
            messages.success(request, _("Corrected. What stood there first stays on record."))
            return redirect("handoff:goal", goal_id)
    except Stale as stale:
        form.add_error(None, str(stale.message))
        form.data = with_version(form.data, stale.current.version)
    return goal_page(request, actor, goal_id, opened=Opened(measurement_id, form))


@login_required
@require_POST
def answer(request: HttpRequest, goal_id: UUID, dispute_id: UUID) -> HttpResponse:
    """Answer a dispute and keep the value."""
    actor, form = staff(request), WordsForm(request.POST, label=_answer_label)
    if attempt(form, lambda: answer_dispute(actor=actor, dispute_id=dispute_id, **form.cleaned_data)):
        messages.success(request, _("Answered. They can confirm the value, or dispute it again."))
        return redirect("handoff:goal", goal_id)
    return goal_page(request, actor, goal_id, opened=Opened(dispute_id, form))


@login_required
@require_POST
def ask_reached(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """Ask the client whether the goal is reached."""
    actor = staff(request)
    form = _ask_form(get_goal(actor, goal_id), request.POST)
    done = attempt(
        form, lambda: (who := form.chosen()) and ask_goal_reached(actor=actor, goal_id=goal_id, asked_of=who)
    )
    if done is None:
        return goal_page(request, actor, goal_id, ask_form=form)
    messages.success(request, _("Asked. The question waits in their room."))
    return redirect("handoff:goal", goal_id)
