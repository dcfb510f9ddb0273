"""What is typed to ask for a yes, and to record one that was given elsewhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Answer, Channel
from crm.web.forms import ChoiceCards, LineField, MomentField, PickField, PicksField, WordsField
from crm.web.upload import UploadField
from crm.web.version import VersionedForm
from deals.models import MOVE, Stage
from deals.queries.consent import Askable, Person


class AboutForm(forms.Form):
    """What is asked about and of whom."""

    about = PicksField(label=_("What do you ask about?"), widget=forms.CheckboxSelectMultiple)
    to_stage = forms.ChoiceField(label=_("Moving on to"), required=False)
    whom: forms.ChoiceField = PickField(label=_("Whom?"))

    def __init__(
        self,
        things: list[Askable],
        people: list[Person],
        ahead: list[Stage],
        data: Any = None,
        files: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(data, files, **options)
        self.fields["about"].choices = [(one.value, one.label) for one in things]  # type: ignore[attr-defined]
        self.fields["whom"].choices = [(str(one.participant.pk), one.name) for one in people]  # type: ignore[attr-defined]
        self.fields["to_stage"].choices = [(str(stage.pk), stage.name) for stage in ahead]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Leave the stage out when the move is not asked about."""
        cleaned: dict[str, Any] = super().clean() or {}
        if MOVE not in cleaned.get("about", ()):
            cleaned["to_stage"] = ""
        return cleaned


class AskForm(AboutForm):
    """Asking in the room: one person or several, each with a question of their own."""

    whom = PicksField(label=_("Whom?"), widget=forms.CheckboxSelectMultiple)
    sentence = WordsField(
        label=_("The sentence they answer"),
        words=True,
        rows=2,
        help_text=_("One question, answerable with yes, no, or a change. Not two in one."),
    )
    suggested = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_for = forms.CharField(widget=forms.HiddenInput, required=False)
    benefit = WordsField(
        label=_("What they get out of this step, whatever comes later"),
        help_text=_("A thing that is theirs even if they stop here, not a feeling."),
    )
    note = LineField(label=_("A word from you"), required=False, help_text=_("Stands above your name."))
    useful_by = LineField(label=_("Useful by"), required=False, help_text=_("Only a date that is theirs."))


class RecordForm(AboutForm):
    """Recording an answer that was given elsewhere."""

    about = PicksField(label=_("To what?"), widget=forms.CheckboxSelectMultiple)
    whom = PickField(label=_("Who said it?"))
    channel = PickField(
        label=_("How was it given?"),
        choices=[(one.value, one.label) for one in Channel if one != Channel.ROOM],
        widget=ChoiceCards(columns="four"),
    )
    given_at = MomentField(label=_("When"))
    given_where = LineField(label=_("Where, who else was there"), required=False)
    sentence = WordsField(label=_("The question, as you asked it"), rows=2)
    words = WordsField(
        label=_("The answer, in their words"),
        words=True,
        rows=2,
        help_text=_("As close as you can. Not “he is fine with it”."),
    )
    answer = PickField(
        label=_("Was it a yes?"),
        choices=[
            (Answer.AGREED.value, _("A yes")),
            (Answer.CHANGE.value, _("“I’d change something”")),
            (Answer.DECLINED.value, _("A no")),
        ],
        widget=ChoiceCards(columns="three"),
    )
    note = WordsField(label=_("What they would change"), required=False, rows=2)
    evidence = UploadField(
        label=_("Anything that shows it"),
        required=False,
        help_text=_("A signed file, an e-mail. Never a recording made without asking."),
    )
    once = VersionedForm.base_fields["once"]
