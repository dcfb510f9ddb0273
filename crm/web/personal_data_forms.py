"""What an administrator types about a request for data, and before somebody is erased."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.web.forms import DayField, LineField, WordsField


class AnswerForm(forms.Form):
    """A word that goes along with what is handed over."""

    answer = WordsField(
        label=_("What you say to it"), help_text=_("They read this beside what they fetch."), required=False
    )


class GroundForm(forms.Form):
    """Why not."""

    answer = WordsField(
        label=_("The legal ground for saying no"), help_text=_("They read this, and may complain about it.")
    )


class LastDayField(DayField):
    """A day that is meant whole: gives the end of it in the reader's time zone."""

    def clean(self, value: Any) -> Any:
        """The last moment of the day as RFC 3339 text; what is no day comes back as it came, None when empty."""
        text = super().clean(value)
        try:
            day = datetime.combine(datetime.fromisoformat(text).date(), time(23, 59, 59)) if text else None
        except ValueError:
            return text
        return day.replace(tzinfo=timezone.get_current_timezone()).isoformat() if day else None


class ErasureForm(forms.Form):
    """On what ground somebody is erased, and what stays for a while."""

    ground = WordsField(
        label=_("Why they are erased"),
        help_text=_("For example: asked for it, article 17. This sentence stays, so leave out who it is."),
        rows=2,
    )
    retained_until = LastDayField(
        label=_("Keep the evidence until"),
        help_text=_(
            "Answers, agreed words and signed files, when a legal claim needs them. Then they go by themselves."
        ),
        required=False,
    )
    retained_ground = WordsField(label=_("Which claim needs it"), required=False, rows=2)
    confirmed_name = LineField(
        label=_("Their name, typed again"), widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )
