"""Who calls: an API key in the `Authorization` header, or the session of somebody on the staff, with CSRF.

The room's cookie is never read here, so a buyer's session opens nothing.
"""

from datetime import timedelta
from typing import Any, cast

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from crm.actors import Actor, as_key, as_user
from crm.clock import now
from crm.errors import NotAllowed
from crm.models import ApiKey, User
from crm.queries.api_key import key_of_secret
from crm.queries.live import Ended, staff_readers
from crm.scopes import check_scope
from crm.sessions import row_key

LONGEST = 200
"""Characters of a key at most; more is not looked up."""
USED_EVERY = timedelta(minutes=1)
"""How exactly `last_used_at` is kept."""


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer cg_live_…`."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """Return the key's owner and the actor; None without the header. Raises `AuthenticationFailed`."""
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _space, secret = header.strip().partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret.isascii() or not 0 < len(secret) <= LONGEST:
            raise AuthenticationFailed(_("Send the key as “Authorization: Bearer cg_live_…”."), code="key_malformed")
        try:
            key = key_of_secret(secret)
        except NotAllowed as error:
            raise AuthenticationFailed(str(error.message), code=error.code) from error
        _note_use(key)
        return key.user, as_key(key)

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme in `WWW-Authenticate`, which makes the answer a 401."""
        return 'Bearer realm="Common Ground"'


class StaffSession(SessionAuthentication):
    """The session cookie of somebody on the staff, for calls from our own pages; writes need the CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        """Return the user and the actor; None without a session."""
        found = super().authenticate(request)
        return None if found is None else (found[0], as_user(cast(User, found[0])))


def actor_of(request: Request) -> Actor:
    """Return who acts in this call; the endpoint has checked that somebody does."""
    return cast(Actor, request.auth)


def look_again(request: Request) -> Actor:
    """Return who acts in a call that has waited, as they are now. Raises `AuthenticationFailed` when they may no longer."""
    if actor_of(request).key is not None:
        found = KeyAuthentication().authenticate(request)
        if found is None:
            raise AuthenticationFailed
        return found[1]
    session, user_id = row_key(request.session.session_key or ""), cast(User, request.user).pk
    if isinstance(staff_readers({session: user_id})[session], Ended):
        raise AuthenticationFailed(_("You have signed out, or your access has ended."), code="signed_out")
    return as_user(User.objects.select_related("team").get(pk=user_id))


def require_scope(request: Request, scope: str) -> Actor:
    """Return the actor if its key has `scope`. Raises `NotAllowed`."""
    actor = actor_of(request)
    check_scope(actor, scope)
    return actor


def _note_use(key: ApiKey) -> None:
    at = now()
    if key.last_used_at is None or key.last_used_at <= at - USED_EVERY:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lte=at - USED_EVERY)
        ApiKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=at)
