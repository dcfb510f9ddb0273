"""Sessions of staff, in the database as Django keeps them, but so that a dump of it opens none (`SESSION_ENGINE`).

A row is found by a hash of what the cookie holds, and what is in it is sealed: a link for a new password that somebody
has opened, say, or the key of an app that is being set up.
"""

from typing import Any

from asgiref.sync import sync_to_async
from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils.encoding import force_bytes

from crm.clock import now
from crm.secrets import seal, token_hash, unseal


def row_key(session_key: str) -> str:
    """Return the primary key of the row of a session: 160 bits of a SHA-256, as many as the column holds."""
    return token_hash(session_key)[:40]


def content_of(row: Session) -> dict[str, Any]:
    """Return what the row of a session holds."""
    return SessionStore().decode(row.session_data)


class SessionStore(DatabaseStore):
    """Django's own, with the row's key hashed and its content sealed."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return what is stored of a session."""
        return seal(super().encode(session_dict)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return what a row holds; nothing when it was not written by this installation, or with a key long gone."""
        try:
            return super().decode(unseal(force_bytes(session_data)))
        except InvalidToken:
            return {}

    def _get_session_from_db(self) -> Session | None:
        found = Session.objects.filter(pk=row_key(self.session_key or ""), expire_date__gt=now()).first()
        if found is None:
            self._session_key = None
        return found

    async def _aget_session_from_db(self) -> Session | None:
        return await sync_to_async(self._get_session_from_db)()

    def exists(self, session_key: str) -> bool:
        """Whether there is a session with this key."""
        return super().exists(row_key(session_key))

    async def aexists(self, session_key: str) -> bool:
        """The same, for asynchronous callers."""
        return await super().aexists(row_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row to be written."""
        row = super().create_model_instance(data)
        row.session_key = row_key(row.session_key)
        return row

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The same, for asynchronous callers."""
        row = await super().acreate_model_instance(data)
        row.session_key = row_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """End a session, this one where none is named."""
        if key := session_key or self.session_key:
            super().delete(row_key(key))

    async def adelete(self, session_key: str | None = None) -> None:
        """The same, for asynchronous callers."""
        if key := session_key or self.session_key:
            await super().adelete(row_key(key))
