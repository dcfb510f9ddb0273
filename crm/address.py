"""E-mail addresses: the one form in which they are kept and compared, what can be one, and what mail servers take."""

import unicodedata
from contextlib import suppress

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

LONGEST = 254
"""Characters; RFC 5321 allows no longer path."""


def normal_address(text: str) -> str:
    """Return an address in the form in which it is kept: lower case, letters composed (NFC), the domain in its script.

    Browsers write the domain of an address field in ASCII (`xn--…`) and people do not: both are one mailbox.
    """
    local, at, domain = unicodedata.normalize("NFC", text.strip().lower()).rpartition("@")
    with suppress(UnicodeError):  # no name of a domain: kept as typed, for `validate_address` to judge
        domain = idna.decode(domain, uts46=True)
    return f"{local}{at}{domain}"


def mailbox_of(address: str) -> str:
    """Return the mailbox an address leads to at most servers: small letters, and without what follows a plus."""
    name, _at, domain = normal_address(address).rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def validate_address(address: str) -> None:
    """Refuse what is no address. Letters and digits of every script may stand before the @ (RFC 6531).

    Django's validator knows only ASCII there, so it judges the address with a stand-in for each of them. Raises
    `ValidationError`.
    """
    local, at, domain = address.rpartition("@")
    stand_in = "".join("x" if _is_letter_beyond_ascii(one) else one for one in local)
    validate_email(f"{stand_in}{at}{domain}")
    try:
        too_long = len(wire_address(address)) > LONGEST
    except UnicodeError:
        too_long = True
    if too_long:
        raise ValidationError(validate_email.message, code="invalid")


def _is_letter_beyond_ascii(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character)[0] in "LMN"


def wire_address(address: str) -> str:
    """Return an address as mail servers take it: the domain in ASCII (IDNA 2008), what stands before the @ as it is."""
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    return f"{local}{at}{idna.encode(domain, uts46=True).decode()}"
