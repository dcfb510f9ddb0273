"""Forms of the room: they read shapes, the actions judge."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web.forms import LineField, WordsField
from crm.web.version import VersionedForm


class EmailForm(forms.Form):
    """The address a code is sent to."""

    email = LineField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email", "maxlength": False}),
    )


class CodeForm(forms.Form):
    """The code from the mail."""

    code = LineField(
        label=_("Code, eight letters and digits"),
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "code-field",
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "••••–••••",
            }
        ),
    )


class SayForm(forms.Form):
    """Words to everybody at the table; `reply_to` is what they answer."""

    body = WordsField(label=_("Your words"))
    reply_to = forms.UUIDField(required=False, widget=forms.HiddenInput)
    once = VersionedForm.base_fields["once"]

    @property
    def values(self) -> dict[str, Any]:
        """Return what was said, without what the form says of itself."""
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}


class ColleagueForm(forms.Form):
    """Whom somebody asks to bring in."""

    name = LineField(label=_("Their name"))
    email = LineField(
        label=_("Their e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email", "maxlength": False}),
    )
    title = LineField(label=_("What they do"), required=False)
    reason = WordsField(label=_("Why they should be here"), required=False, rows=2)


class DataRequestForm(forms.Form):
    """What somebody asks about their own data."""

    kind = forms.ChoiceField(
        label=_("What you ask for"),
        choices=[
            ("access", _("Everything kept about me, also what is noted privately")),
            ("erasure", _("Erase my data")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    note = WordsField(label=_("What we should know"), required=False, rows=2)


class PasskeyForm(forms.Form):
    """A passkey's name; what the device made comes beside it."""

    name = LineField(label=_("What you call this device"), help_text=_("For example: my phone."))


BUTTONS = {"agreed": _("I agree"), "change": _("Send what I’d change"), "declined": _("Say no")}
"""The labels of the buttons that give the three answers: the page shows them, and the ledger keeps the one that was pressed."""


class ObjectionForm(forms.Form):
    """What somebody says about an answer that was written down for them, or that they take back."""

    note = WordsField(label=_("What was different?"), required=False)


class AnswerForm(forms.Form):
    """The words that go with an answer."""

    note = WordsField(label=_("What would you change?"), required=False)
    answer = LineField(required=False)
