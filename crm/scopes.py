"""What an API key may be allowed to do. A key can do its scopes intersected with what its owner may do now."""

from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.errors import NotAllowed, Words

_scopes: dict[str, Words] = {}


def register_scope(name: str, allows: Words) -> None:
    """Add a scope (`contacts:write`) and say what it lets a key do. Apps above add theirs from their registry."""
    _scopes[name] = allows


def scopes() -> dict[str, Words]:
    """Return every scope with what it allows. None lets a key answer for a buyer."""
    return dict(_scopes)


register_scope("contacts:read", _("Read clients, contacts, colleagues and teams"))
register_scope("contacts:write", _("Write clients and contacts"))
register_scope("rooms:read", _("Read rooms: people, questions and answers, activities, comments, files"))
register_scope("rooms:write", _("Write in rooms, let people in, ask for a yes"))
register_scope("tasks:read", _("Read your own tasks"))
register_scope("tasks:write", _("Write your own tasks"))
register_scope("views:read", _("Read saved views of lists"))
register_scope("views:write", _("Save, change and delete views of lists"))
register_scope("events:read", _("Follow what happens, in order"))
register_scope("webhooks:read", _("Read webhook addresses and what was sent to them"))
register_scope("webhooks:write", _("Set up webhooks, and send messages again"))
register_scope("consents:record", _("Record an answer that was given elsewhere, with evidence"))
register_scope("imports:read", _("Read about imports"))
register_scope("imports:write", _("Bring in files, as far as the key may write what is in them"))
register_scope("exports:read", _("Read about exports, and download their files"))
register_scope("exports:write", _("Have exports made of what the key may read"))
register_scope("admin", _("Write teams, colleagues and definitions, as far as the owner may"))


def check_scope(actor: Actor, scope: str) -> None:
    """Raise `NotAllowed` when the actor is a key without `scope`. People are not limited by scopes."""
    if not actor.has_scope(scope):
        raise NotAllowed(_("This key has no scope “%(scope)s”.") % {"scope": scope}, code="scope_missing")
