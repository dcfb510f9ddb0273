"""Saying how well we know a client, with what it rests on."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from crm.actions.relationship import state_relationship
from crm.errors import Stale
from crm.models import Organization, Relationship, RelationshipLevel
from crm.queries.merge import survivor
from crm.queries.organization import get_organization_to_change
from crm.queries.relationship import how_well_we_know
from crm.web.actor import staff
from crm.web.conflict import Conflicting, conflict_page, decided
from crm.web.forms import ChoiceCards, MustPickField, WordsField
from crm.web.version import VersionedForm, attempt_edit, saved_words


class RelationshipForm(VersionedForm):
    """A level, what it rests on, and what is missing for the next one."""

    level = MustPickField(
        label=_("Where we are"), choices=RelationshipLevel.choices, widget=ChoiceCards(columns="four")
    )
    evidence = WordsField(
        label=_("What it rests on"),
        rows=5,
        help_text=_("What happened, one thing on a line. After a colon stands when it was, or who said it."),
    )
    missing = WordsField(
        label=_("What is missing for the next level"), required=False, help_text=_("Again one thing on a line.")
    )

    merged = ("level", "evidence", "missing")

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action: lines as lists."""
        lines = {name: self.cleaned_data[name].split("\n") for name in ("evidence", "missing")}
        return {"level": self.cleaned_data["level"], **lines}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def relationship(request: HttpRequest, organization_id: UUID) -> HttpResponse:
    """Say how well we know a client."""
    actor = staff(request)
    organization = get_organization_to_change(actor, organization_id)
    if request.method != "POST" and organization.merged_into_id:
        return redirect("crm:relationship", survivor(organization).pk)
    form = RelationshipForm(decided(request.POST) if request.method == "POST" else None, row=_standing(organization))
    page = reverse("crm:client", args=[organization.pk])
    if request.method == "POST":
        act = partial(state_relationship, actor=actor, organization_id=organization.pk)
        try:
            saved = attempt_edit(form, lambda: act(version=form.cleaned_data["version"] or 0, values=form.values))
        except Stale as error:
            found = Conflicting("relationship", organization.name, form, error.current, request.path)
            return conflict_page(request, found, page)
        if saved is not None:
            messages.success(request, saved_words(form))
            return redirect(page)
    context = {"form": form, "organization": organization, "knowing": how_well_we_know(actor, organization)}
    return render(request, "crm/relationship/form.html", context, status=422 if form.errors else 200)


def _standing(organization: Organization) -> Relationship:
    """Return what stands, or an empty statement to begin from."""
    standing = organization.relationship or Relationship()
    standing.organization = organization
    return standing
