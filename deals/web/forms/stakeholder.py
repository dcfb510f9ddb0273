"""What is typed about somebody at the table."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.errors import Stale
from crm.models import Contact, Side, User
from crm.web.forms import ChoiceCards, LineField, MustPickField, WordsField
from crm.web.version import VersionedForm
from deals.models import Assessment, Attitude, Influence, Stakeholder, StakeholderRole

_NONE = [("", "—")]


class StakeholderForm(VersionedForm):
    """Somebody on the map, or a place that nobody fills yet."""

    side = MustPickField(label=_("Side"), choices=Side.choices, initial=Side.BUYER, widget=ChoiceCards(columns="three"))
    contact = forms.ChoiceField(label=_("A contact"), required=False)
    new_contact = LineField(label=_("Or somebody new: the name"), required=False)
    new_email = LineField(label=_("Their e-mail"), required=False)
    user = forms.ChoiceField(label=_("Or a colleague of ours"), required=False)
    place = LineField(
        label=_("Or a place nobody fills yet"), required=False, help_text=_("For example: their security lead.")
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=StakeholderRole.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    wants = WordsField(label=_("What they personally want to get out of it"), required=False, words=True, rows=2)
    wants_is_quoted = forms.BooleanField(label=_("These are their own words"), required=False)
    reports_to = forms.ChoiceField(label=_("Reports to"), required=False)

    merged = ("roles", "wants", "wants_is_quoted", "reports_to")

    def __init__(
        self,
        people: tuple[list[Contact], list[User]],
        others: list[Stakeholder],
        data: Any = None,
        *,
        actor: Actor,
        row: Stakeholder | None = None,
    ) -> None:
        super().__init__(data, row=row, auto_id=f"id_{row.pk if row else 'new'}_%s")
        contacts, users = people
        self.fields["contact"].choices = _NONE + [(str(one.pk), one.name) for one in contacts]  # type: ignore[attr-defined]
        self.fields["user"].choices = _NONE + [(str(one.pk), one.name) for one in users]  # type: ignore[attr-defined]
        self.fields["reports_to"].choices = _NONE + [  # type: ignore[attr-defined]
            (str(one.pk), one.name) for one in others if not one.is_draft and (row is None or one.pk != row.pk)
        ]
        self.theirs = row.wants if row is not None and self.leave_out(*row.fields_of_others(actor)) else ""
        if row is not None:
            del self.fields["side"]
        if row is not None and not row.place:
            for name in ("contact", "user", "place", "new_contact", "new_email"):
                del self.fields[name]
        elif row is not None:
            self.initial["place"] = row.place

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action: one of contact, user and place, and the rest."""
        names = ("side", "contact", "user", "place", *self.merged)
        clean = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        if clean.get("contact") or clean.get("user"):
            clean.pop("place", None)
        return {name: value for name, value in clean.items() if name not in ("contact", "user") or value}


class AssessmentForm(forms.Form):
    """What our side thinks of somebody. Never shared, never a score."""

    influence = forms.ChoiceField(label=_("How much say"), choices=[*_NONE, *Influence.choices], required=False)
    attitude = forms.ChoiceField(label=_("How they stand to it"), choices=[*_NONE, *Attitude.choices], required=False)
    note = WordsField(label=_("Note"), required=False, rows=2)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, row: Stakeholder, assessment: Assessment | None = None) -> None:
        names = ("influence", "attitude", "note", "version")
        initial = {name: getattr(assessment, name) for name in names} if assessment else {}
        super().__init__(data, initial=initial, auto_id=f"assess_{row.pk}_%s")
        self.row_id = row.pk

    def overtaken(self, error: Stale) -> None:
        """Say that somebody else wrote first; sent again, what is typed here takes the place of theirs."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        self.data = typed | {"version": str(error.current.version)}
        note = error.current.note or "–"
        self.add_error(
            None, _("A colleague wrote first: “%(note)s” Sent again, yours takes its place.") % {"note": note}
        )
