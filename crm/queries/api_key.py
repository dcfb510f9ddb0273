"""Reading API keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Words
from crm.models import ApiKey, Event
from crm.queries.paging import page_of
from crm.queries.timeline import Timeline, timeline
from crm.rules.api_key import key_hash
from crm.scopes import scopes

ENDS_SOON = timedelta(days=14)


@dataclass(frozen=True)
class KeyRow:
    """A key as its owner reads it: what it `may` do in words (empty: everything its owner may), and when it ends."""

    key: ApiKey
    may: Sequence[Words]
    is_own: bool

    @property
    def is_in_use(self) -> bool:
        """Whether it opens something now."""
        key = self.key
        return key.revoked_at is None and key.user.is_active and (key.expires_at is None or key.expires_at > now())

    @property
    def days_left(self) -> int | None:
        """In how many days it ends by itself, where that is soon."""
        at = self.key.expires_at
        return -(-(at - now()) // timedelta(days=1)) if at and at - now() < ENDS_SOON else None

    @property
    def can_be_renewed(self) -> bool:
        """Whether its owner is offered to let it last longer."""
        return self.is_own and self.is_in_use and self.days_left is not None


def api_keys(actor: Actor, cursor: str = "", *, ended: bool = False) -> tuple[list[KeyRow], str]:
    """Return a page of the keys the actor sees, newest first, and the cursor to older ones. Secrets are not kept."""
    visible, in_use = ApiKey.objects.visible_to(actor).select_related("user"), ApiKey.objects.in_use()
    rows = visible.exclude(pk__in=in_use) if ended else visible.filter(pk__in=in_use)
    page = page_of(rows, cursor, by=("-created_at", "-id"))
    return [_row(actor, key) for key in page.rows], page.next_cursor


def get_api_key(actor: Actor, key_id: UUID) -> KeyRow:
    """Return one key. Raises `NotFound`."""
    key = ApiKey.objects.visible_to(actor).select_related("user").filter(pk=key_id).first()
    if key is None:
        raise NotFound
    return _row(actor, key)


def key_history(actor: Actor, key: ApiKey, cursor: str = "") -> Timeline:
    """Return a page of what was done with a key, and what happened to it, as far as the actor sees it."""
    return timeline(actor, Event.objects.filter(Q(by_key=key) | Q(subject_id=key.pk)), cursor)


def _row(actor: Actor, key: ApiKey) -> KeyRow:
    known = scopes()
    may = [] if set(known) <= set(key.scopes) else [known[name] for name in key.scopes if name in known]
    return KeyRow(key, may, is_own=key.user_id == actor.id)


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
