"""Reading API keys."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.clock import now
from crm.errors import NotAllowed
from crm.models import ApiKey
from crm.rules.api_key import key_hash


def api_keys(actor: Actor) -> list[ApiKey]:
    """Return the keys of the person who acts, newest first. Secrets are not among what is kept."""
    if actor.user is None or actor.key is not None:
        return []
    return list(ApiKey.objects.filter(user=actor.user).order_by("-created_at", "-id"))


def key_of_secret(secret: str) -> ApiKey:
    """Return the key with this secret, with its owner and team.

    Raises `NotAllowed` with the code `key_unknown`, `key_revoked` (or its owner left), or `key_expired`.
    """
    key = ApiKey.objects.select_related("user__team").filter(key_hash=key_hash(secret)).first()
    if key is None:
        raise NotAllowed(_("There is no such key."), code="key_unknown")
    if key.revoked_at is not None or not key.user.is_active:
        raise NotAllowed(_("This key was taken back."), code="key_revoked")
    if key.expires_at is not None and key.expires_at <= now():
        raise NotAllowed(_("This key has expired. Make a new one."), code="key_expired")
    return key


def readable_keys(actor: Actor) -> QuerySet[ApiKey]:
    """Return the keys whose labels the actor may read: all for staff; a label is none of a buyer's or partner's."""
    return ApiKey.objects.all() if actor.is_seller else ApiKey.objects.none()


def name_with_key(name: str, label: str) -> str:
    """Return how `name` is called for what came with their key; `label` is the key's, empty where it may not be read."""
    if not label:
        return _("%(name)s (through a system)") % {"name": name}
    return _("“%(key)s” (key of %(name)s)") % {"key": label, "name": name}
