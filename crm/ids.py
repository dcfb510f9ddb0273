"""Identifiers: UUIDv7 (RFC 9562), so that keys grow with time and index pages stay warm."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """Return a fresh UUIDv7 as a standard-library UUID."""
    return UUID(int=uuid_utils.uuid7().int)
