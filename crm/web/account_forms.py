"""allauth's forms, with every address that an administrator can give a member of staff, and in our words."""

from typing import Any, ClassVar

from allauth.account.fields import EmailField
from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from crm.address import normal_address, validate_address


class AddressField(EmailField):
    """An address in its normal form; letters of every script may stand before the @."""

    default_validators: ClassVar[list[Any]] = [validate_address]

    def to_python(self, value: Any) -> str:
        """Bring what was typed, or what the browser made of it, into the form in which addresses are kept."""
        return normal_address(super().to_python(value))


class SignInForm(LoginForm):
    """E-mail and password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"] = AddressField()


class ForgottenPasswordForm(ResetPasswordForm):
    """Where to send the link for a new password."""

    email = AddressField()


class AnotherAddressForm(AddEmailForm):
    """A further address of one's own."""

    email = AddressField()


class PasskeyForm(AddWebAuthnForm):
    """A passkey, or a key that is only the second step after the password."""

    passwordless = forms.BooleanField(
        label=_("It signs me in alone, without a password."),
        required=False,
        initial=True,
        help_text=_("Your device then asks for your finger, your face or a PIN."),
    )
