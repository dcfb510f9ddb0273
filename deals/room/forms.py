"""Forms for the rows of a section: they read shapes, the actions judge. Only the fields that are shown are sent on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.models import Participant, RoomMember, Side
from crm.web.forms import DayField, LineField, NumberField, WordsField, offer
from deals.models import Criterion, Deal, Direction, Frequency, Period, ProblemPart, ProblemStatement, Weight

_SPOKEN = ("said_by", "said_on")
_FIGURES = ("amount", "currency", "period", "source")
_MORE = {
    ProblemPart.QUOTE: _SPOKEN,
    ProblemPart.DISAGREEMENT: _SPOKEN,
    ProblemPart.COST: _FIGURES,
    ProblemPart.IMPACT: _FIGURES,
}


class RowForm(forms.Form):
    """What every row's form has: the version it was read at, and whether it stays with one side for now."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    private = forms.BooleanField(required=False)

    def values(self) -> dict[str, Any]:
        """Return the row's own fields as they were typed."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "private")}


class StatementForm(RowForm):
    """One statement of the problem; which fields it has depends on its heading."""

    part = forms.CharField(widget=forms.HiddenInput)
    text = WordsField(label=_("In your words"), words=True, rows=4)
    amount = NumberField(label=_("Amount"), required=False)
    currency = LineField(label=_("Currency"), required=False)
    period = forms.ChoiceField(label=_("How often"), required=False, choices=[("", _("no period")), *Period.choices])
    source = LineField(label=_("Where the figure comes from"), required=False)
    said_by = LineField(label=_("Who says so"), required=False)
    said_on = DayField(label=_("When"), required=False)

    def __init__(self, *args: Any, part: str, row: ProblemStatement | None, deal: Deal, **options: Any) -> None:
        super().__init__(*args, **options)
        del deal
        known = part in ProblemPart.values
        self.fields["part"].initial = part
        self.fields["text"].label = ProblemPart(part).label if known else self.fields["text"].label
        wanted = set(_MORE.get(ProblemPart(part), ()) if known else ())
        for name in (*_SPOKEN, *_FIGURES):
            if name not in wanted and not (row and getattr(row, name)):
                del self.fields[name]


class CriterionForm(RowForm):
    """One success criterion."""

    title = LineField(label=_("What will be better"))
    counted_as = WordsField(label=_("What exactly is counted"), required=False, rows=2)
    direction = forms.ChoiceField(
        label=_("Which way is better"), required=False, choices=[("", _("not said yet")), *Direction.choices]
    )
    unit = LineField(label=_("Unit"), required=False, help_text=_("For example %, hours, USD."))
    baseline = NumberField(label=_("Today"), required=False)
    baseline_on = DayField(label=_("As of"), required=False)
    target = NumberField(label=_("Target"), required=False)
    due_on = DayField(label=_("By when"), required=False)
    source = LineField(label=_("Measured from"), required=False)
    measured_by = LineField(label=_("Who measures it"), required=False)
    frequency = forms.ChoiceField(
        label=_("How often"), required=False, choices=[("", _("not said yet")), *Frequency.choices]
    )
    weight = forms.ChoiceField(label=_("Weight"), choices=Weight.choices)
    buyer_owner = forms.ChoiceField(label=_("Who stands for it on your side"), required=False)
    seller_owner = forms.ChoiceField(label=_("Who stands for it on the selling side"), required=False)
    assumptions = WordsField(label=_("What we take for granted"), required=False, rows=2)

    def __init__(self, *args: Any, part: str, row: Criterion | None, deal: Deal, **options: Any) -> None:
        super().__init__(*args, **options)
        del part
        nobody = ("", _("nobody yet"))
        offer(self, "buyer_owner", [nobody, *_buyers(deal, row)])
        offer(self, "seller_owner", [nobody, *_sellers(deal, row)])


def _buyers(deal: Deal, row: Criterion | None) -> list[tuple[str, str]]:
    grants = Participant.objects.active().filter(room=deal.room_id, side=Side.BUYER).select_related("contact")
    people = {str(grant.contact_id): grant.contact.name for grant in grants}
    if row and row.buyer_owner:
        people[str(row.buyer_owner_id)] = row.buyer_owner.name
    return list(people.items())


def _sellers(deal: Deal, row: Criterion | None) -> list[tuple[str, str]]:
    people = {str(deal.room.owner_id): deal.room.owner.name}
    for member in RoomMember.objects.filter(room=deal.room_id).select_related("user"):
        people[str(member.user_id)] = member.user.name
    if row and row.seller_owner:
        people[str(row.seller_owner_id)] = row.seller_owner.name
    return list(people.items())


def initial_of(row: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return what a form shows of a row; people by their ids."""
    names = {"buyer_owner_id": "buyer_owner", "seller_owner_id": "seller_owner"}
    return {names.get(name, name): getattr(row, name) for name in fields} | {"version": row.version}


def side_words(actor: Actor) -> str:
    """Return what the actor's own side is called: the organisation of whoever writes."""
    organization = actor.participant.contact.organization if actor.participant else None
    return organization.name if organization else str(_("your side"))
