"""The form of a stage's guidance; its steps and its material stand in rows."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web.forms import LineField, NumberField, PickField, WordsField
from deals.models import Stage
from deals.queries.guidance import CONDITIONS

BLANK_ROWS = 2


class GuidanceForm(forms.Form):
    """What good looks like, and how long it usually takes."""

    good = WordsField(label=_("What good looks like"), required=False, rows=4)
    usual_days = NumberField(label=_("Usual time"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, stage: Stage) -> None:
        initial = {name: getattr(stage, name) for name in ("good", "usual_days", "version")}
        super().__init__(data, initial=initial)


class StepForm(forms.Form):
    """One step. Nothing written: no step."""

    text = LineField(label=_("Step"), required=False)
    condition = PickField(label=_("Appears"), required=False, choices=CONDITIONS.items())
    above = NumberField(label=_("Amount"), required=False)


class MaterialForm(forms.Form):
    """One link. Both empty: none."""

    title = LineField(label=_("What it is"), required=False)
    url = LineField(label=_("Address"), required=False, widget=forms.URLInput(attrs={"placeholder": "https://"}))


StepForms = forms.formset_factory(StepForm, extra=BLANK_ROWS, max_num=22)
MaterialForms = forms.formset_factory(MaterialForm, extra=BLANK_ROWS, max_num=22)


def rows_of(forms_of_rows: Any, *names: str) -> list[dict[str, Any]]:
    """Return what was typed in the rows in which one of `names` is filled."""
    rows = [form.cleaned_data for form in forms_of_rows.forms] if forms_of_rows.is_valid() else []
    return [row for row in rows if any(row.get(name) for name in names)]
