"""How staff accounts differ from allauth's defaults."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


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
