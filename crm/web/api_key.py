"""API keys as pages: what each may do, a new one with its secret shown once, renewing, ending, what was done with it."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.actions.api_key import create_api_key, renew_api_key, revoke_api_key, revoke_own_api_keys
from crm.actors import Actor
from crm.clock import now
from crm.errors import Words
from crm.queries.api_key import api_keys, get_api_key, key_history
from crm.scopes import scopes
from crm.web.actor import staff
from crm.web.forms import CheckCards, DayField, LineField, MustPickField, PicksField, attempt, offer
from crm.web.submitted import remember_sent, sent_before
from crm.web.version import VersionedForm

ON_A_DATE = "date"
LASTS = {
    "90": gettext_lazy("in 90 days"),
    "365": gettext_lazy("in a year"),
    ON_A_DATE: gettext_lazy("on a date"),
}
VERBS = {"end": revoke_api_key, "renew": renew_api_key}
"""What can be done with a key, by the last part of its address."""
SAID = {
    "end": gettext_lazy("Ended. Nothing opens with this key any more."),
    "renew": gettext_lazy("Renewed for 90 days. The key itself stays as it is."),
}


class KeyForm(forms.Form):
    """What a key is for, what it may do, and when it ends."""

    name = LineField(label=gettext_lazy("What it is for"), help_text=gettext_lazy("The system that uses it."))
    days = MustPickField(label=gettext_lazy("Ends"), choices=list(LASTS.items()))
    until = DayField(label=gettext_lazy("On which date"), required=False)
    scopes = PicksField(label=gettext_lazy("What it may do"))
    once = VersionedForm.base_fields["once"]

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data, auto_id="key_%s")
        allowed = _offered(actor)
        self.fields["scopes"].widget = CheckCards(columns="three", notes={name: name for name in allowed})
        offer(self, "scopes", allowed.items())

    def clean(self) -> dict[str, Any]:
        """Turn a date into days, which is what the action judges."""
        clean: dict[str, Any] = super().clean() or {}
        if clean.get("days") == ON_A_DATE:
            try:
                clean["days"] = (date.fromisoformat(clean.get("until") or "") - timezone.localdate(now())).days
            except ValueError:
                self.add_error("until", _("Choose the day."))
        return clean


def _offered(actor: Actor) -> dict[str, Words]:
    """Return the scopes that open something for whoever asks."""
    is_admin = bool(actor.user and actor.user.is_admin)
    return {name: words for name, words in scopes().items() if is_admin or name != "admin"}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """List keys, and make one: the answer to the form shows its secret, which is kept nowhere."""
    actor = staff(request)
    form, made = KeyForm(actor, request.POST or None), None
    if request.method == "POST":
        if sent_before(request):
            messages.info(request, _("This key was made already. If it was not copied, end it and make another."))
            return redirect("crm:api_keys")
        made = attempt(form, lambda: _make(actor, form.cleaned_data))
        if made:
            remember_sent(request)
            form = KeyForm(actor)
    ended = request.GET.get("show") == "ended"
    rows, next_cursor = api_keys(actor, request.GET.get("cursor", ""), ended=ended)
    context = {"form": form, "made": made, "rows": rows, "next_cursor": next_cursor, "ended": ended}
    return render(request, "crm/api_key/list.html", context, status=422 if form.errors else 200)


def _make(actor: Actor, clean: dict[str, Any]) -> Any:
    assert actor.id is not None  # a member of staff
    return create_api_key(
        actor=actor, user_id=actor.id, name=clean["name"], scopes=clean["scopes"], days=int(clean["days"])
    )


@login_required
@require_safe
def one_key(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Show what a key may do, and what was done with it."""
    actor = staff(request)
    row = get_api_key(actor, key_id)
    history = key_history(actor, row.key, request.GET.get("cursor", ""))
    return render(request, "crm/api_key/key.html", {"row": row, "history": history})


@login_required
@require_POST
def state(request: HttpRequest, key_id: UUID, verb: str) -> HttpResponse:
    """End a key, or let it last longer."""
    if verb not in VERBS:
        raise Http404
    VERBS[verb](actor=staff(request), key_id=key_id)
    messages.success(request, str(SAID[verb]))
    return redirect("crm:api_keys")


@login_required
@require_POST
def end_all(request: HttpRequest) -> HttpResponse:
    """End all of one's own keys."""
    count = revoke_own_api_keys(actor=staff(request))
    words = ngettext("%(count)s key was ended.", "%(count)s keys were ended.", count)
    messages.success(request, words % {"count": count})
    return redirect("crm:api_keys")
