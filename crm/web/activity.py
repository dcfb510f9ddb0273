"""Writing down a call, a meeting, an e-mail or a note: a dialog on the page of a deal, a page of its own elsewhere."""

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm.actions.activity import log_activity, log_first_activity
from crm.actors import Actor
from crm.models import Activity, ActivityType, Organization
from crm.queries.organization import get_organization
from crm.queries.room import rooms_to_write_in
from crm.web.actor import staff
from crm.web.forms import ChoiceCards, LineField, MomentField, MustPickField, NumberField, WordsField, attempt, offer
from crm.web.participant import back
from crm.web.submitted import id_or_none, parse_id, remember_sent, sent_before
from crm.web.version import VersionedForm


class ActivityForm(forms.Form):
    """Something that was said or done. Only our side reads it, unless it is shared."""

    type = MustPickField(
        label=gettext_lazy("What it was"),
        choices=ActivityType.choices,
        initial=ActivityType.NOTE.value,
        widget=ChoiceCards(columns="four"),
    )
    subject = LineField(label=gettext_lazy("In one line"), widget=forms.TextInput(attrs={"autofocus": True}))
    body = WordsField(label=gettext_lazy("What was said"), required=False)
    at = MomentField(
        label=gettext_lazy("When"), required=False, help_text=gettext_lazy("Empty: now. A meeting may lie ahead.")
    )
    minutes = NumberField(label=gettext_lazy("Minutes"), required=False)
    shared = forms.BooleanField(label=gettext_lazy("Show it to the client too"), required=False)
    once = VersionedForm.base_fields["once"]

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="activity_%s")

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action."""
        names = ("type", "subject", "body", "at", "minutes")
        return {name: self.cleaned_data[name] for name in names if name != "at" or self.cleaned_data["at"]}


NEW = "new"
"""In place of a room: one that is opened with what is written down."""


class ActivityPageForm(ActivityForm):
    """The same with the room it belongs to, where no page says that. `client` narrows the rooms to those with one client."""

    room = MustPickField(label=gettext_lazy("With whom"))

    def __init__(
        self, data: Any, rooms: list[tuple[str, str]], chosen: str, client: Organization | None = None
    ) -> None:
        super().__init__(data)
        self.client = client
        if client and not rooms:
            rooms = [(NEW, _("%(name)s: a room of your own for it") % {"name": client.name})]
        offer(self, "room", rooms if len(rooms) == 1 else [("", _("Choose one")), *rooms])
        self.fields["room"].initial = chosen


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Write something down; `?room=` says where, `?organization=` with whom, and the form of a dialog brings it along."""
    actor = staff(request)
    chosen = request.POST.get("room") or request.GET.get("room", "")
    client = _client(request, actor)
    rooms = [(str(id), name) for id, name in rooms_to_write_in(actor, id_or_none(chosen), client)]
    form = ActivityPageForm(request.POST or None, rooms, chosen, client)
    if request.method == "POST":
        if sent_before(request):
            return back(request)
        if attempt(form, partial(_log, actor, form)) is not None:
            remember_sent(request)
            messages.success(request, _("Written down."))
            return back(request)
    page = reverse("crm:client", args=[client.pk]) if client else "/"
    context = {"activity": form, "rooms": rooms, "client": client, "next": request.POST.get("next", page)}
    return render(request, "crm/activity/new.html", context, status=422 if form.errors else 200)


def _client(request: HttpRequest, actor: Actor) -> Organization | None:
    """Return the client that the note is about, None where the page does not say."""
    named = request.POST.get("organization") or request.GET.get("organization")
    return get_organization(actor, parse_id(named)) if named else None


def _log(actor: Actor, form: ActivityPageForm) -> Activity:
    shared = form.cleaned_data["shared"]
    if form.cleaned_data["room"] == NEW and form.client:
        return log_first_activity(actor=actor, organization_id=form.client.pk, values=form.values, shared=shared)
    room_id = UUID(form.cleaned_data["room"])
    return log_activity(actor=actor, room_id=room_id, values=form.values, shared=shared)
