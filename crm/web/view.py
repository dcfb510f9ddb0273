"""Saved views: keeping what one looks at, renaming, sharing, beginning in it, deleting."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from crm.actions.view import begin_in_view, change_view, delete_view, save_view
from crm.actors import Actor
from crm.models import View
from crm.queries.view import get_view
from crm.record_kinds import record_kind as kind_called
from crm.web.actor import staff
from crm.web.forms import LineField, attempt
from crm.web.look import Look, look_at
from crm.web.submitted import version_of


class ViewForm(forms.Form):
    """The name of a view, and for whom it is."""

    name = LineField(label=gettext_lazy("Name"))
    shared = forms.BooleanField(label=gettext_lazy("Share it with my team"), required=False)
    begin = forms.BooleanField(label=gettext_lazy("Begin with it"), required=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, record_kind: str) -> HttpResponse:
    """Keep what the address shows, under a name."""
    actor, kind = staff(request), kind_called(record_kind)
    look = look_at(request, actor, kind)
    if look.fault:
        raise look.fault
    form = ViewForm(request.POST or None)
    if request.method == "POST":
        view = attempt(form, lambda: save_view(actor=actor, kind=kind.name, values=_shown(look) | _named(form)))
        if view is not None:
            _begin(actor, view, form)
            messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
            return redirect(_address(view))
    context = {"form": form, "look": look, "kind": kind, "back": look.address()}
    return render(request, "crm/record/view.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Rename a view, share it, begin in it."""
    actor = staff(request)
    view = get_view(actor, view_id)
    is_default = bool(getattr(view, "is_default", False))
    initial = {"name": view.name, "shared": view.team_id is not None, "begin": is_default}
    form = ViewForm(request.POST or None, initial=initial)
    is_own = view.owner == actor.user or bool(actor.user and actor.user.is_admin)
    if not is_own:
        del form.fields["name"], form.fields["shared"]
    if request.method == "POST":
        act = partial(change_view, actor=actor, view_id=view.pk, version=version_of(request))
        saved = attempt(form, lambda: act(values=_named(form)) if is_own else view)
        if saved is not None:
            _begin(actor, view, form)
            messages.success(request, _("Saved."))
            return redirect(_address(view))
    context = {"form": form, "saved": view, "kind": kind_called(view.kind), "is_own": is_own, "back": _address(view)}
    return render(request, "crm/record/view.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def update(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Let a view show what the address shows now."""
    actor = staff(request)
    view = get_view(actor, view_id)
    look = look_at(request, actor, kind_called(view.kind))
    if look.fault:
        raise look.fault
    change_view(actor=actor, view_id=view.pk, version=version_of(request), values=_shown(look))
    messages.success(request, _("Saved."))
    return redirect(_address(view))


@login_required
@require_POST
def delete(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Delete a view."""
    actor = staff(request)
    view = get_view(actor, view_id)
    delete_view(actor=actor, view_id=view.pk, version=version_of(request))
    messages.success(request, _("Deleted. The rows it showed are all there."))
    return redirect(reverse(kind_called(view.kind).url_name))


def _address(view: View) -> str:
    return f"{reverse(kind_called(view.kind).url_name)}?view={view.pk}"


def _shown(look: Look) -> dict[str, Any]:
    """Return what a view of this shows."""
    view = look.view
    return {"form": view.form, "filter": view.filter, "columns": view.columns, "sort": view.sort}


def _named(form: ViewForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("name", "shared") if name in form.fields}


def _begin(actor: Actor, view: View, form: ViewForm) -> None:
    """Let the actor begin in the view, or no longer."""
    if form.cleaned_data["begin"]:
        begin_in_view(actor=actor, kind=view.kind, view_id=view.pk)
    elif getattr(view, "is_default", False):
        begin_in_view(actor=actor, kind=view.kind, view_id=None)
