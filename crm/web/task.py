"""One's own tasks: the list, noting one, changing it, saying that it is done."""

from datetime import datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.task import archive_task, change_task, complete_task, create_task, reopen_task
from crm.actors import Actor
from crm.checks import FIRST_DAY, LAST_DAY
from crm.models import Task
from crm.places import places_of
from crm.queries.task import done_tasks, get_task, open_tasks, task_rows
from crm.web.actor import staff
from crm.web.forms import DayField, LineField, MomentField, TimeInput, attempt
from crm.web.participant import back
from crm.web.submitted import id_or_none, remember_sent, sent_before, version_of
from crm.web.version import VersionedForm, outcome_of

VERBS = {"complete": complete_task, "reopen": reopen_task, "archive": archive_task}
"""What can be done with a task, by the last part of its address."""
SAID = {
    "complete": gettext_lazy("Done."),
    "reopen": gettext_lazy("Back on your list."),
    "archive": gettext_lazy("Taken off your list."),
}


class TaskForm(forms.Form):
    """What is to be done, by when, and when to be reminded. `about` is the deal or room it stands in."""

    title = LineField(label=gettext_lazy("What is to be done"))
    due_on = DayField(label=gettext_lazy("Due on"), required=False)
    due_time = LineField(label=gettext_lazy("At"), required=False, widget=TimeInput("time"))
    remind_at = MomentField(label=gettext_lazy("Remind me"), required=False)
    about = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    once = VersionedForm.base_fields["once"]

    def __init__(self, data: Any = None, *, task: Task | None = None, about: str = "") -> None:
        super().__init__(data, initial=_initial(task) if task else {"about": about}, auto_id="task_%s")

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action: a day, or the moment of it."""
        clean = self.cleaned_data
        values = {name: clean[name] for name in ("title", "about", "remind_at")}
        moment = _moment(clean["due_on"], clean["due_time"])
        return values | ({"due_at": moment} if moment else {"due_on": clean["due_on"]})

    def clean(self) -> dict[str, Any]:
        """Say what is wrong with a time of day that has no day, or is none."""
        clean: dict[str, Any] = super().clean() or {}
        if clean.get("due_time") and not clean.get("due_on"):
            self.add_error("due_on", _("Choose the day, too."))
        elif clean.get("due_time") and _moment(clean["due_on"], clean["due_time"]) is None:
            self.add_error("due_time", _("There is no such time. Write it as in 14:30."))
        return clean


def _initial(task: Task) -> dict[str, Any]:
    due, remind = (timezone.localtime(at) if at else None for at in (task.due_at, task.remind_at))
    return {
        "title": task.title,
        "due_on": due.date() if due else task.due_on,
        "due_time": f"{due:%H:%M}" if due else "",
        "remind_at": f"{remind:%Y-%m-%dT%H:%M}" if remind else "",
        "about": task.about_id or "",
        "version": task.version,
    }


def _moment(day: str | None, at: str) -> datetime | None:
    """Return a day and a time of day as a moment in the reader's zone, None where it is none."""
    try:
        moment = datetime.combine(datetime.fromisoformat(day or "").date(), time.fromisoformat(at or ""))
    except ValueError:
        return None
    return timezone.make_aware(moment) if FIRST_DAY < moment.date() < LAST_DAY and moment.tzinfo is None else None


@login_required
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Show what one still has to do, and what one did last."""
    actor = staff(request)
    context = {"open": open_tasks(actor), "done": done_tasks(actor)}
    return render(request, "crm/task/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_task(request: HttpRequest) -> HttpResponse:
    """Note a task; `?about=` names the deal or room it is about."""
    actor = staff(request)
    form = TaskForm(request.POST or None, about=request.GET.get("about", "")[:36])
    if request.method == "POST":
        if sent_before(request):
            return back(request)
        if attempt(form, lambda: create_task(actor=actor, values=form.values)) is not None:
            remember_sent(request)
            messages.success(request, _("Noted. Only you see it."))
            return back(request)
    return _page(request, actor, form, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_task_page(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Change a task."""
    actor = staff(request)
    task = get_task(actor, task_id)
    form = TaskForm(request.POST or None, task=task)
    if request.method == "POST" and _changed(actor, task, form):
        messages.success(request, _("Saved."))
        return redirect("crm:tasks")
    return _page(request, actor, form, task)


def _changed(actor: Actor, task: Task, form: TaskForm) -> bool:
    """Save a change; one made in another window meanwhile is said above the form, which then saves over it."""
    act = partial(change_task, actor=actor, task_id=task.pk)
    return outcome_of(form, lambda: act(version=form.cleaned_data["version"] or 0, values=form.values)) == 302


def _page(request: HttpRequest, actor: Actor, form: TaskForm, task: Task | None) -> HttpResponse:
    about = id_or_none(str(form["about"].value()))
    context = {
        "task_form": form,
        "row": task_rows(actor, [task])[0] if task else None,
        "place": places_of(actor, [about]).get(about) if about else None,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "crm/task/form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def state(request: HttpRequest, task_id: UUID, verb: str) -> HttpResponse:
    """Say that a task is done, that it is not, or take it off the list."""
    if verb not in VERBS:
        raise Http404
    VERBS[verb](actor=staff(request), task_id=task_id, version=version_of(request))
    messages.success(request, str(SAID[verb]))
    return back(request)
