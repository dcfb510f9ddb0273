"""Reading API keys."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.clock import now
from crm.models import ApiKey
from crm.rules.api_key import key_hash


def api_keys(actor: Actor) -> list[ApiKey]:
    """Return the keys of the person who acts, newest first. Secrets are not among what is kept."""
    if actor.user is None or actor.key is not None:
        return []
    return list(ApiKey.objects.filter(user=actor.user).order_by("-created_at", "-id"))


def key_of_secret(secret: str) -> ApiKey | None:
    """Return the valid key with this secret, with its owner and team: not revoked, not expired, owner active."""
    standing = ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now()), revoked_at=None)
    keys = standing.filter(user__is_active=True).select_related("user__team")
    return keys.filter(key_hash=key_hash(secret)).first()


def readable_keys(actor: Actor) -> QuerySet[ApiKey]:
    """Return the keys whose labels the actor may read: all for staff; a label is none of a buyer's or partner's."""
    return ApiKey.objects.all() if actor.is_seller else ApiKey.objects.none()


def name_with_key(name: str, label: str) -> str:
    """Return how `name` is called for what came with their key; `label` is the key's, empty where it may not be read."""
    if not label:
        return _("%(name)s (through a system)") % {"name": name}
    return _("“%(key)s” (key of %(name)s)") % {"key": label, "name": name}
