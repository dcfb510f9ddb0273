"""Choosing a client: its name is typed, and those that fit are offered below. The list of all of them is never sent."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.models import Organization
from crm.queries.organization import clients_meant, in_words, offered_clients
from crm.web.submitted import id_or_none

CHOSEN = "-id"
"""Ends the name of the control that keeps which client stood in a form when it was opened."""
NEAREST = 3
"""Clients that are named where nobody is called what was typed."""


class ClientInput(forms.TextInput):
    """The name of a client. Its value is an id, or what was typed."""

    template_name = "crm/forms/client.html"
    words_of: Callable[[str], str] = staticmethod(str)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return Django's context, with the client in words, and with where the browser asks for those that fit."""
        given, offered = str(value or ""), f"{(attrs or {}).get('id', name)}-offered"
        asking = {
            "list": offered,
            "autocomplete": "off",
            "hx-get": f"{reverse('crm:offered_clients')}?field={name}",
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#{offered}",
            "hx-sync": "this:replace",
        }
        context = super().get_context(name, self.words_of(given), {**(attrs or {}), **asking})
        context["widget"]["chosen"] = given if id_or_none(given) else ""
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the id that stood here while its words are unchanged: others may be called the same."""
        typed, chosen = data.get(name), data.get(f"{name}{CHOSEN}", "")
        return chosen if chosen and typed == self.words_of(chosen) else typed


class ClientField(forms.CharField):
    """A client the actor sees. Gives its id as text, "" for none; `offer_clients` says who asks."""

    widget = ClientInput
    actor: Actor
    default_error_messages: ClassVar = {
        "unknown": _("No client is called “%(typed)s”. Choose one of those offered while you type."),
        "near": _("No client is called “%(typed)s”. Do you mean one of: %(clients)s?"),
        "several": _("Several clients are called so. Choose one of: %(clients)s."),
    }

    def words_of(self, given: str) -> str:
        """Return what a client of this id is called; anything else as it came."""
        pk = id_or_none(given)
        client = Organization.objects.visible_to(self.actor).filter(pk=pk).first() if pk else None
        return in_words(client) if client else given

    def clean(self, value: Any) -> str:
        """Find the one client that is meant."""
        typed = super().to_python(value) or ""
        if not typed:
            return ""
        pk = id_or_none(typed)
        clients = Organization.objects.visible_to(self.actor)
        meant = list(clients.filter(pk=pk)) if pk else clients_meant(self.actor, typed)
        if len(meant) == 1:
            return str(meant[0].pk)
        near = [in_words(one) for one in meant] or offered_clients(self.actor, typed)[:NEAREST]
        code = "several" if meant else "near" if near else "unknown"
        raise forms.ValidationError(self.error_messages[code], code, {"typed": typed, "clients": "; ".join(near)})


def offer_clients(form: forms.BaseForm, name: str, actor: Actor) -> None:
    """Let a field of a form find the clients that the actor sees."""
    field = form.fields[name]
    assert isinstance(field, ClientField)
    field.actor = actor
    widget: Any = field.widget
    widget.words_of = field.words_of
