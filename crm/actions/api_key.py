"""API keys: made, renewed and revoked by their owner. The key itself is given once and kept only as its SHA-256."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import ApiKey, User
from crm.rules.api_key import SHOWN, key_hash, new_secret
from crm.scopes import scopes as all_scopes

DAYS_LIMIT = 3650
RENEWED = timedelta(days=90)
"""How long a renewed key lasts from then on."""


@transaction.atomic
def create_api_key(
    *, actor: Actor, user_id: UUID, name: str, scopes: Sequence[str], days: int | None = None
) -> tuple[ApiKey, str]:
    """Make a key for a user and return it with its secret, which is never shown again.

    `days` is how long it lasts (None: until revoked). A person makes keys for themselves only, a key makes none.
    Raises `Invalid` at the field.
    """
    if not actor.is_system and (actor.key is not None or actor.participant or actor.id != user_id):
        raise NotAllowed(_("Everybody makes their own keys, signed in as themselves."))
    checks = Checks()
    name = checks.line("name", name)
    chosen = checks.choices("scopes", scopes, all_scopes())
    if not chosen:
        checks.add("scopes", _("Choose at least one scope."), code="required")
    if days is not None and not 1 <= days <= DAYS_LIMIT:
        checks.add("days", _("A key lasts from one day to ten years."), code="out_of_range")
    checks.done()
    user = User.objects.active().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    secret = new_secret()
    at = now()
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=secret[:SHOWN],
        last_four=secret[-4:],
        key_hash=key_hash(secret),
        scopes=chosen,
        created_at=at,
        expires_at=at + timedelta(days=days) if days else None,
    )
    record("api_key.created", actor=actor, room=None, subject=key, data={"scopes": chosen})
    return key, secret


@transaction.atomic
def renew_api_key(*, actor: Actor, key_id: UUID) -> ApiKey:
    """Let one's own key last for 90 days from now. Raises `Refused` for one that has ended, or ends later by itself."""
    key = _lock(actor, key_id)
    if key.user_id != actor.id:
        raise NotAllowed(_("A key is renewed by its owner."))
    at = now()
    if key.revoked_at or key.expires_at is None or not at < key.expires_at < at + RENEWED:
        raise Refused(_("Only a key that ends within 90 days can be renewed."), code="not_ending")
    key.expires_at = at + RENEWED
    key.save(update_fields=["expires_at"])
    record("api_key.renewed", actor=actor, room=None, subject=key)
    return key


@transaction.atomic
def revoke_api_key(*, actor: Actor, key_id: UUID) -> ApiKey:
    """End a key at once: its owner, or an administrator. Revoking twice changes nothing."""
    key = _lock(actor, key_id)
    _revoke(actor, key)
    return key


@transaction.atomic
def revoke_own_api_keys(*, actor: Actor) -> int:
    """End all of one's own keys at once; return how many there were."""
    _check_person(actor)
    keys = ApiKey.objects.visible_to(actor).filter(user=actor.user, revoked_at=None).order_by("pk")
    found = list(keys.select_for_update(of=("self",), no_key=True))
    for key in found:
        _revoke(actor, key)
    return len(found)


def _lock(actor: Actor, key_id: UUID) -> ApiKey:
    _check_person(actor)
    keys = ApiKey.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    key = keys.filter(pk=key_id).first()
    if key is None:
        raise NotFound
    return key


def _check_person(actor: Actor) -> None:
    if actor.participant or actor.key is not None:
        raise NotAllowed(_("A key is revoked by its owner or an administrator, signed in as themselves."))


def _revoke(actor: Actor, key: ApiKey) -> None:
    if key.revoked_at is None:
        key.revoked_at = now()
        key.save(update_fields=["revoked_at"])
        record("api_key.revoked", actor=actor, room=None, subject=key)
