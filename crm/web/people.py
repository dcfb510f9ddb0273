"""The settings of people and teams: for all staff to read, for administrators to write."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.team import change_team, create_team
from crm.actions.user import change_user, create_user, deactivate_user, reactivate_user
from crm.actors import Actor
from crm.errors import NotFound, Stale
from crm.models import Role, Team, User
from crm.queries.team import get_team, people_by_team, teams
from crm.queries.timeline import history_of
from crm.queries.user import get_user, users
from crm.web.actor import administrator, staff
from crm.web.conflict import Conflicting, conflict_page, decided
from crm.web.forms import LineField, MustPickField, PickField, attempt, offer
from crm.web.submitted import version_of
from crm.web.version import VersionedForm, attempt_edit, outcome_of, saved_words


class UserForm(VersionedForm):
    """Somebody on the staff."""

    name = LineField(label=gettext_lazy("Name"))
    email = LineField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput, help_text=gettext_lazy("They sign in with it.")
    )
    title = LineField(
        label=gettext_lazy("Title"), required=False, help_text=gettext_lazy("What it says on their card.")
    )
    role = MustPickField(label=gettext_lazy("Role"), choices=Role.choices)
    team = PickField(label=gettext_lazy("Team"), required=False)
    time_zone = LineField(label=gettext_lazy("Time zone"), required=False, help_text="Europe/Oslo")
    locale = PickField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    merged = ("name", "email", "title", "role", "team", "time_zone", "locale")

    def __init__(self, actor: Actor, data: Any = None, *, row: User | None = None) -> None:
        begin = {"role": Role.REP, "time_zone": settings.TIME_ZONE, "locale": settings.LANGUAGE_CODE}
        super().__init__(data, row=row, initial=None if row else begin)
        offer(self, "team", [("", _("No team")), *_as_choices(actor)])

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the actions."""
        return {name: self.cleaned_data[name] for name in self.merged}


class TeamForm(forms.Form):
    """A team and the one above it."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = LineField(label=gettext_lazy("Name"))
    parent = PickField(
        label=gettext_lazy("Below"),
        required=False,
        help_text=gettext_lazy("Managers read and write the rooms of their own team and of those below it."),
    )

    def __init__(self, actor: Actor, data: Any = None, *, team: Team | None = None, parent: str = "") -> None:
        own = ("name", "parent", "version")
        initial = model_to_dict(team, own) if team else {"parent": parent}
        super().__init__(data, initial=initial)
        below = {str(one.pk) for one in teams(actor).filter(lineage__contains=[team.pk])} if team else set()
        offer(self, "parent", [("", _("At the top")), *(one for one in _as_choices(actor) if one[0] not in below)])

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the actions."""
        return {"name": self.cleaned_data["name"], "parent_id": self.cleaned_data["parent"] or None}


def _as_choices(actor: Actor) -> list[tuple[str, str]]:
    return [(str(team.pk), f"{team.parent.name} › {team.name}" if team.parent else team.name) for team in teams(actor)]


@login_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List everybody by team."""
    actor = staff(request)
    gone = users(actor, active=False).filter(is_active=False)
    return render(request, "crm/people/list.html", {"teams": people_by_team(actor), "gone": gone})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_user(request: HttpRequest) -> HttpResponse:
    """Add a colleague."""
    actor = administrator(request)
    form = UserForm(actor, request.POST or None)
    if request.method == "POST":
        made = attempt(form, lambda: create_user(actor=actor, values=form.values))
        if made is not None:
            words = _(
                "Added. Tell %(name)s to choose “Set a new password” on the sign-in page: the mail goes to %(email)s."
            )
            messages.success(request, words % {"name": made.name, "email": made.email})
            return redirect("crm:people")
    return render(request, "crm/people/user.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Change a colleague, and see what happened to them here."""
    actor = administrator(request)
    person = get_user(actor, user_id)
    if request.method != "POST":
        return _user_page(request, actor, person, UserForm(actor, row=person))
    form = UserForm(actor, decided(request.POST), row=person)
    act = partial(change_user, actor=actor, user_id=person.pk)
    try:
        saved = attempt_edit(form, lambda: act(version=form.cleaned_data["version"] or 0, values=form.values))
    except Stale as error:
        found = Conflicting("user", person.name, form, error.current, request.path)
        return conflict_page(request, found, reverse("crm:user", args=[person.pk]))
    if saved is None:
        return _user_page(request, actor, person, form)
    messages.success(request, saved_words(form))
    return redirect("crm:people")


def _user_page(request: HttpRequest, actor: Actor, person: User, form: UserForm) -> HttpResponse:
    history = history_of(actor, [person.pk], request.GET.get("cursor", ""))
    context = {"form": form, "person": person, "history": history}
    return render(request, "crm/people/user.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def user_state(request: HttpRequest, user_id: UUID, verb: str) -> HttpResponse:
    """End somebody's access, or let them in again."""
    act, words = {
        "deactivate": (
            deactivate_user,
            _("Their access has ended, on all devices and for all keys. What they wrote stays."),
        ),
        "reactivate": (reactivate_user, _("They can sign in again. Old sessions and keys stay ended.")),
    }.get(verb, (None, ""))
    if act is None:
        raise NotFound
    act(actor=administrator(request), user_id=user_id, version=version_of(request))
    messages.success(request, words)
    return redirect("crm:user", user_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_team(request: HttpRequest) -> HttpResponse:
    """Add a team."""
    actor = administrator(request)
    form = TeamForm(actor, request.POST or None, parent=request.GET.get("parent", ""))
    act = partial(create_team, actor=actor)
    if request.method == "POST" and attempt(form, lambda: act(**form.values)) is not None:
        messages.success(request, _("Added."))
        return redirect("crm:people")
    return render(request, "crm/people/team.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Rename a team, or put it below another."""
    actor = administrator(request)
    found = get_team(actor, team_id)
    form = TeamForm(actor, request.POST or None, team=found)
    act = partial(change_team, actor=actor, team_id=found.pk)
    status = 200
    if request.method == "POST":
        status = outcome_of(form, lambda: act(version=form.cleaned_data["version"] or 0, **form.values))
        if status == 302:
            messages.success(request, _("Saved."))
            return redirect("crm:people")
    history = history_of(actor, [found.pk], request.GET.get("cursor", ""))
    context = {"form": form, "team": found, "history": history}
    return render(request, "crm/people/team.html", context, status=status)
