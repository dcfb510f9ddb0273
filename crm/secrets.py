"""Random secrets of doors, links and webhooks, and what is stored instead of them: hashes, or sealed where they are needed."""

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
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


def new_webhook_secret() -> str:
    """Return a random signing secret in the form Standard Webhooks gives them: `whsec_` and base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(TOKEN_BYTES)).decode()}"


def seal(secret: str) -> bytes:
    """Return a secret that has to be used again, encrypted with a key made of SECRET_KEY: a database dump does not hold it."""
    return _boxes()[0].encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """Return what was sealed, also with an older key that SECRET_KEY_FALLBACKS names."""
    return MultiFernet(_boxes()).decrypt(sealed).decode()


def _boxes() -> list[Fernet]:
    keys = (
        hashlib.sha256(f"crm.seal:{key}".encode()).digest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    return [Fernet(base64.urlsafe_b64encode(key)) for key in keys]
