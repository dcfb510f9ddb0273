"""What is typed into a success criterion."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Contact, User
from crm.web.forms import DayField, LineField, MustPickField, NumberField, WordsField
from crm.web.version import VersionedForm
from deals.models import Criterion, Direction, Frequency, Weight
from deals.rules.criterion import CriterionData

_NONE = [("", "—")]


class CriterionForm(VersionedForm):
    """One criterion. Only its title must be there to save it; what is missing to measure it is shown beside."""

    title = LineField(label=_("What it is called"))
    counted_as = WordsField(label=_("What is counted"), required=False, rows=2)
    direction = forms.ChoiceField(label=_("Direction"), choices=[*_NONE, *Direction.choices], required=False)
    unit = LineField(label=_("Unit"), required=False)
    weight = MustPickField(label=_("Weight"), choices=Weight.choices, initial=Weight.MUST)
    baseline = NumberField(label=_("Today"), required=False)
    baseline_on = DayField(label=_("Counted on"), required=False)
    baseline_source = LineField(label=_("Where today’s number comes from"), required=False)
    target = NumberField(label=_("Target"), required=False)
    due_on = DayField(label=_("By"), required=False)
    source = LineField(label=_("From what"), required=False)
    measured_by = LineField(label=_("Who measures"), required=False)
    frequency = forms.ChoiceField(label=_("How often"), choices=[*_NONE, *Frequency.choices], required=False)
    buyer_owner = forms.ChoiceField(label=_("Owner at the client"), required=False)
    seller_owner = forms.ChoiceField(label=_("Our owner"), required=False)
    leading_indicators = WordsField(label=_("Seen earlier, one a line"), required=False, rows=2)
    assumptions = WordsField(label=_("We assume"), required=False, rows=2)

    merged = (
        "title",
        "counted_as",
        "direction",
        "unit",
        "weight",
        "baseline",
        "baseline_on",
        "baseline_source",
        "target",
        "due_on",
        "source",
        "measured_by",
        "frequency",
        "buyer_owner",
        "seller_owner",
        "leading_indicators",
        "assumptions",
    )

    def __init__(
        self,
        owners: tuple[list[Contact], list[User]],
        data: Any = None,
        *,
        row: Criterion | None = None,
    ) -> None:
        super().__init__(data, row=row, auto_id=f"id_{row.pk if row else 'new'}_%s")
        contacts, users = owners
        choices = {
            "buyer_owner": [(str(one.pk), one.name) for one in contacts],
            "seller_owner": [(str(one.pk), one.name) for one in users],
        }
        if row and row.buyer_owner:
            choices["buyer_owner"].append((str(row.buyer_owner_id), row.buyer_owner.name))
        if row and row.seller_owner:
            choices["seller_owner"].append((str(row.seller_owner_id), row.seller_owner.name))
        for name, values in choices.items():
            self.fields[name].choices = [*_NONE, *dict.fromkeys(values)]  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the action."""
        return {name: self.cleaned_data[name] for name in self.merged}

    def as_data(self) -> CriterionData:
        """Return what is typed so far as the rules look at it, whether or not it could be saved."""
        self.is_valid()
        said = {name: self.cleaned_data.get(name) or "" for name in self.merged}
        target = said["target"]
        return CriterionData(
            counted=said["counted_as"] or said["title"],
            direction=said["direction"],
            unit=said["unit"],
            baseline_value=said["baseline"] if isinstance(said["baseline"], Decimal) else None,
            baseline_on=_day(said["baseline_on"]),
            target_value=target if isinstance(target, Decimal) else None,
            target_words=target if isinstance(target, str) else "",
            due_on=_day(said["due_on"]),
            measured_by=said["measured_by"],
            source=said["source"],
            frequency=said["frequency"],
            buyer_owner=said["buyer_owner"],
            seller_owner=said["seller_owner"],
        )


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
