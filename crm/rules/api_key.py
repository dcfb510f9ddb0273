"""What a key is made of."""

import hashlib
import secrets

PREFIX = "cg_live_"
SECRET_BYTES = 32
#: Characters of the key's beginning that stay visible in lists.
SHOWN = 12


def new_secret() -> str:
    """Return a fresh key: the prefix and 256 random bits."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def key_hash(secret: str) -> str:
    """Return the SHA-256 under which a key is stored, as 64 hex digits."""
    return hashlib.sha256(secret.encode()).hexdigest()
