"""What is typed into a statement of the problem."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.web.forms import DayField, LineField, NumberField, WordsField
from crm.web.version import VersionedForm
from deals.models import Period, ProblemPart, ProblemStatement

FIGURES = ("amount", "currency", "period", "source")
QUOTES = ("said_by", "said_on")
_FIELDS: dict[str, tuple[str, ...]] = {
    ProblemPart.COST: FIGURES,
    ProblemPart.IMPACT: ("source",),
    ProblemPart.QUOTE: QUOTES,
    ProblemPart.DISAGREEMENT: QUOTES,
}
"""What each heading asks for besides the words."""


class StatementForm(VersionedForm):
    """One statement. Which fields stand in it depends on its heading."""

    part = forms.ChoiceField(choices=ProblemPart.choices, widget=forms.HiddenInput)
    text = WordsField(label=_("In plain words"), words=True, rows=4)
    amount = NumberField(label=_("Amount"), required=False)
    currency = LineField(label=_("Currency"), required=False)
    period = forms.ChoiceField(label=_("Falls due"), choices=[("", "—"), *Period.choices], required=False)
    source = LineField(label=_("Where the figure comes from"), required=False)
    said_by = LineField(label=_("Who said it"), required=False)
    said_on = DayField(label=_("When"), required=False)

    merged = ("text", *FIGURES, *QUOTES)

    def __init__(self, *args: Any, part: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        for name in (*FIGURES, *QUOTES):
            if name not in _FIELDS.get(part, ()):
                del self.fields[name]
        self.fields["part"].initial = part

    @classmethod
    def for_row(cls, row: ProblemStatement, data: Any = None) -> "StatementForm":
        """Return the form for a statement as it is now; bound when there is `data`."""
        return cls(data, part=row.part, row=row, auto_id=f"id_{row.pk}_%s")

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action."""
        return {name: value for name, value in self.cleaned_data.items() if name in (*self.merged, "part")}
