"""The WebAuthn side of passkeys: which site they are for. The protocol itself is the `fido2` library's."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialRpEntity


def site_host() -> str:
    """Return the host passkeys are bound to."""
    return urlsplit(settings.SITE_URL).hostname or ""


def are_offered() -> bool:
    """Whether browsers make passkeys for this site: they do for names, not for bare network addresses."""
    try:
        ip_address(site_host())
    except ValueError:
        return True
    return False


def server() -> Fido2Server:
    """Return what makes and checks challenges for this site and its one origin."""
    entity = PublicKeyCredentialRpEntity(id=site_host(), name=settings.ORGANIZATION_NAME)
    return Fido2Server(entity, verify_origin=lambda origin: origin == settings.SITE_URL)
