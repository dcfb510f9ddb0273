"""What an API key may be allowed to do. A key can do its scopes intersected with what its owner may do now."""

from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.errors import NotAllowed

SCOPES = {
    "deals:read": _("Read deals, their sections, rooms and consents"),
    "deals:write": _("Write deals, their sections and rooms, and ask for a yes"),
    "contacts:read": _("Read clients, contacts, colleagues and teams"),
    "contacts:write": _("Write clients and contacts"),
    "success:read": _("Read handoffs, success plans and goals"),
    "success:write": _("Write handoffs, success plans, goals and measurements"),
    "consents:record": _("Record an answer that was given elsewhere, with evidence"),
    "admin": _("Write teams, colleagues and definitions, as far as the owner may"),
}
"""Scope → what it lets a key do. No scope lets a key answer for a buyer."""


def check_scope(actor: Actor, scope: str) -> None:
    """Raise `NotAllowed` when the actor is a key without `scope`. People are not limited by scopes."""
    if not actor.has_scope(scope):
        raise NotAllowed(_("This key has no scope “%(scope)s”.") % {"scope": scope}, code="scope_missing")
