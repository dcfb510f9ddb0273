"""Random secrets of doors and links, and the hashes that are stored instead of them."""

import hashlib
import secrets

from django.utils.crypto import salted_hmac

TOKEN_BYTES = 32
"""256 bits, as the design of trust asks for links, sessions and browsers."""
CODE_LENGTH = 8
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0, O, 1, I, L or U: they are mistaken for each other when read aloud or from a phone."""


def new_token() -> str:
    """Return a random token of 256 bits, safe in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token in hex: what is stored. A random token of 256 bits needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """Return a random code of eight characters."""
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))


def normal_code(typed: str) -> str:
    """Return what was typed as a code is stored: capitals, without dashes and spaces."""
    return "".join(character for character in typed.upper() if character.isascii() and character.isalnum())


def code_hash(code: str, browser: str) -> str:
    """Return the keyed hash of a code for one browser: eight characters alone could be found by trying all of them."""
    return salted_hmac("crm.sign_in", f"{browser}:{code}", algorithm="sha256").hexdigest()
