"""What is typed about a call, a meeting, an e-mail or a note."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import ActivityType
from crm.web.forms import ChoiceCards, LineField, MomentField, MustPickField, NumberField, WordsField
from crm.web.version import VersionedForm


class ActivityForm(forms.Form):
    """Something that was said or done. Only our side reads it, unless it is shared."""

    type = MustPickField(
        label=_("What it was"),
        choices=ActivityType.choices,
        initial=ActivityType.CALL.value,
        widget=ChoiceCards(columns="four"),
    )
    subject = LineField(label=_("In one line"))
    body = WordsField(label=_("What was said"), required=False)
    at = MomentField(label=_("When"), required=False, help_text=_("Empty: now."))
    minutes = NumberField(label=_("Minutes"), required=False)
    shared = forms.BooleanField(label=_("Show it to the client too"), required=False)
    once = VersionedForm.base_fields["once"]

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="activity_%s")

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action."""
        names = ("type", "subject", "body", "at", "minutes")
        return {name: self.cleaned_data[name] for name in names if name != "at" or self.cleaned_data["at"]}
