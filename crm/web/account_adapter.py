"""How staff accounts differ from allauth's defaults."""

from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.events.wake import tell
from crm.mail.message import site_url
from crm.secrets import seal, unseal


def _at_home(url: str) -> str:
    return site_url(urlsplit(url)._replace(scheme="", netloc="").geturl())


class StaffAccountAdapter(DefaultAccountAdapter):
    """Accounts of staff are made by an administrator; nobody signs up."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail and password don’t match."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, or set a new password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: there is no sign-up page."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; its links lead to our own address, not to the one that the request says it came to."""
        links = {name: _at_home(value) for name, value in context.items() if name.endswith("_url")}
        super().send_mail(template_prefix, email, context | links)

    def logout(self, request: HttpRequest) -> None:
        """Sign out; the pages that are still open say so."""
        super().logout(request)
        transaction.on_commit(partial(tell, "access"))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set a password; the sessions from before it end, and their pages say so."""
        super().set_password(user, password)
        transaction.on_commit(partial(tell, "access"))


class StaffSecondStep(DefaultMFAAdapter):
    """Keeps what the codes of an app and on paper are made of sealed: a database dump makes no codes."""

    def encrypt(self, text: str) -> str:
        """Return what is stored of a secret."""
        return seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret that was stored."""
        return unseal(encrypted_text.encode())
