"""Webhook addresses as pages: setting one up, its secret shown once, how every message went, and sending again."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.webhook import (
    archive_webhook_endpoint,
    change_webhook_endpoint,
    create_webhook_endpoint,
    replay_message,
    replay_messages,
    rotate_webhook_secret,
)
from crm.actors import Actor
from crm.errors import Stale
from crm.models import WebhookEndpoint, WebhookState
from crm.queries.webhook import EndpointRow, endpoints, event_types, get_endpoint, get_message, messages_of
from crm.web.actor import staff
from crm.web.forms import LineField, MomentField, PicksField, add_faults, attempt, offer
from crm.web.submitted import remember_sent, sent_before, version_of
from crm.web.version import VersionedForm

VERBS: dict[str, Callable[..., WebhookEndpoint]] = {
    "pause": partial(change_webhook_endpoint, values={"disabled": True}),
    "resume": partial(change_webhook_endpoint, values={"disabled": False}),
    "end": archive_webhook_endpoint,
}
"""What can be done with an address, by the last part of the address of the page."""
SAID = {
    "pause": gettext_lazy("Paused. Nothing is sent until you let it go on."),
    "resume": gettext_lazy("On again. What happened meanwhile was not sent: send that stretch of time below."),
    "end": gettext_lazy("Ended. Nothing is sent there any more."),
}


class WebhookForm(forms.Form):
    """Where to tell what. Without any type, everything is told."""

    url = LineField(
        label=gettext_lazy("Address"), help_text=gettext_lazy("For example https://hooks.company.example/cg")
    )
    description = LineField(label=gettext_lazy("What it is for"), required=False)
    event_types = PicksField(label=gettext_lazy("Events"), required=False, widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    once = VersionedForm.base_fields["once"]

    def __init__(self, data: Any = None, endpoint: WebhookEndpoint | None = None) -> None:
        names = ("url", "description", "event_types", "version")
        initial = {name: getattr(endpoint, name) for name in names} if endpoint else None
        super().__init__(data, initial=initial, auto_id="webhook_%s")
        offer(self, "event_types", [(type, type) for _about, types in event_types() for type in types])

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action."""
        return {name: self.cleaned_data[name] for name in ("url", "description", "event_types")}

    @property
    def groups(self) -> list[tuple[str, list[Any], bool]]:
        """The types by what they are about, each with its box, and whether any of them is ticked."""
        boxes = {str(box.data["value"]): box for box in self["event_types"]}
        found = [(about, [boxes[type] for type in types]) for about, types in event_types()]
        return [(about.replace("_", " "), some, any(box.data["selected"] for box in some)) for about, some in found]


class StretchForm(forms.Form):
    """A stretch of time; open at its end, it goes on until now."""

    since = MomentField(label=gettext_lazy("From"))
    until = MomentField(label=gettext_lazy("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        """Say what is no moment, and when the stretch ends before it begins."""
        clean: dict[str, Any] = super().clean() or {}
        for name in ("since", "until"):
            if isinstance(clean.get(name), str):
                self.add_error(name, _("There is no such moment. Write a day and a time."))
        since, until = (self.cleaned_data.get(name) for name in ("since", "until"))
        if "since" not in self.errors and not since:
            self.add_error("since", _("Choose when it begins."))
        elif since and until and until <= since:
            self.add_error("until", _("It ends before it begins."))
        return self.cleaned_data


@login_required
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """List the addresses that are told of events."""
    rows, next_cursor = endpoints(staff(request), request.GET.get("cursor", ""))
    return render(request, "crm/webhook/list.html", {"rows": rows, "next_cursor": next_cursor})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_webhook(request: HttpRequest) -> HttpResponse:
    """Set up an address. The answer shows its secret, this once."""
    actor, form = staff(request), WebhookForm(request.POST or None)
    if request.method == "POST":
        if sent_before(request):
            messages.info(request, _("It was set up already. If its secret was not copied, give it a new one."))
            return redirect("crm:webhooks")
        made = attempt(form, lambda: create_webhook_endpoint(actor=actor, values=form.values))
        if made:
            remember_sent(request)
            return _page(request, actor, EndpointRow(made[0]), secret=made[1])
    return render(request, "crm/webhook/form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_safe
def one_webhook(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Show how an address stands, and what was sent to it."""
    actor = staff(request)
    return _page(request, actor, get_endpoint(actor, endpoint_id))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_webhook(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Change where what is told."""
    actor = staff(request)
    row = get_endpoint(actor, endpoint_id)
    form = WebhookForm(request.POST or None, row.endpoint)
    if request.method == "POST" and _changed(request, actor, endpoint_id, form):
        messages.success(request, _("Saved."))
        return redirect("crm:webhook", endpoint_id)
    context = {"form": form, "row": row}
    return render(request, "crm/webhook/form.html", context, status=422 if form.errors else 200)


def _changed(request: HttpRequest, actor: Actor, endpoint_id: UUID, form: WebhookForm) -> bool:
    """Save a change; one made in another window meanwhile is said above the form, which then saves over it."""
    act = partial(change_webhook_endpoint, actor=actor, endpoint_id=endpoint_id)
    try:
        return attempt(form, lambda: act(version=form.cleaned_data["version"] or 0, values=form.values)) is not None
    except Stale as error:
        add_faults(form, error)
        typed = request.POST.copy()
        typed["version"] = str(error.current.version)
        form.data = typed
        return False


@login_required
@never_cache
@require_POST
def new_secret(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Give an address a new secret, shown this once. For a day the old one signs as well."""
    actor = staff(request)
    endpoint, secret = rotate_webhook_secret(actor=actor, endpoint_id=endpoint_id, version=version_of(request))
    return _page(request, actor, EndpointRow(endpoint), secret=secret)


@login_required
@require_POST
def state(request: HttpRequest, endpoint_id: UUID, verb: str) -> HttpResponse:
    """Pause an address, let it go on, or end it."""
    if verb not in VERBS:
        raise Http404
    VERBS[verb](actor=staff(request), endpoint_id=endpoint_id, version=version_of(request))
    messages.success(request, str(SAID[verb]))
    return redirect("crm:webhooks") if verb == "end" else redirect("crm:webhook", endpoint_id)


@login_required
@require_POST
def replay(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Send everything of a stretch of time again."""
    actor, form = staff(request), StretchForm(request.POST)
    row = get_endpoint(actor, endpoint_id)
    count = attempt(form, lambda: replay_messages(actor=actor, endpoint_id=endpoint_id, **form.cleaned_data))
    if count is None:
        return _page(request, actor, row, stretch=form)
    words = ngettext("%(count)s message is on its way.", "%(count)s messages are on their way.", count)
    messages.success(request, words % {"count": count} if count else _("Nothing happened in that time that it wants."))
    return redirect("crm:webhook", endpoint_id)


@login_required
@require_safe
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Show one message as it is sent, and every try."""
    found = get_message(staff(request), message_id)
    return render(request, "crm/webhook/message.html", {"found": found, "row": EndpointRow(found.message.endpoint)})


@login_required
@require_POST
def replay_one(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send one message again."""
    replay_message(actor=staff(request), message_id=message_id)
    messages.success(request, _("It is on its way again, under the same id."))
    return redirect("crm:webhook_message", message_id)


def _page(
    request: HttpRequest, actor: Actor, row: EndpointRow, *, secret: str = "", stretch: StretchForm | None = None
) -> HttpResponse:
    show = request.GET.get("state", "")
    found, next_cursor = messages_of(row.endpoint, request.GET.get("cursor", ""), show)
    context = {
        "row": row,
        "secret": secret,
        "stretch": stretch or StretchForm(),
        "found": found,
        "next_cursor": next_cursor,
        "show": show,
        "states": WebhookState.choices,
    }
    return render(request, "crm/webhook/webhook.html", context, status=422 if stretch else 200)
