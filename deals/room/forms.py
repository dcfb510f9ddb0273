"""Forms for the rows of a section: they read shapes, the actions judge. Only the fields that are shown are sent on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.models import Participant, RoomMember, Side
from crm.room.forms import SayForm
from crm.web.forms import DayField, LineField, NumberField, WordsField, offer
from crm.web.version import VersionedForm
from deals.models import (
    Criterion,
    Deal,
    Direction,
    Frequency,
    Period,
    ProblemPart,
    ProblemStatement,
    Stakeholder,
    StakeholderRole,
    Weight,
)

_SPOKEN = ("said_by", "said_on")
_FIGURES = ("amount", "currency", "period", "source")
_MORE = {
    ProblemPart.QUOTE: _SPOKEN,
    ProblemPart.DISAGREEMENT: _SPOKEN,
    ProblemPart.COST: _FIGURES,
    ProblemPart.IMPACT: _FIGURES,
}


class RowForm(VersionedForm):
    """What every row's form has: whether it stays with one side for now. Each kind is made with the same arguments."""

    private = forms.BooleanField(required=False)
    added: tuple[str, ...] = ()
    """Fields that a new row has besides the compared ones."""

    @property
    def values(self) -> dict[str, Any]:
        """Return the row's own fields as they were typed."""
        return {name: self.cleaned_data[name] for name in (*self.compared, *self.added) if name in self.cleaned_data}


class BesideForm(SayForm):
    """Words beside a row, or seeing it differently."""

    disputes = forms.BooleanField(required=False, widget=forms.HiddenInput)


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

    merged = ("text", *_SPOKEN, *_FIGURES)

    def __init__(
        self, data: Any = None, *, actor: Actor, deal: Deal, row: ProblemStatement | None = None, part: str = ""
    ) -> None:
        super().__init__(data, row=row)
        del deal
        part = row.part if row else part
        known = part in ProblemPart.values
        self.fields["part"].initial = part
        self.fields["text"].label = ProblemPart(part).label_for(actor.side) if known else self.fields["text"].label
        wanted = set(_MORE.get(ProblemPart(part), ()) if known else ())
        for name in (*_SPOKEN, *_FIGURES):
            if name not in wanted and not (row and getattr(row, name)):
                del self.fields[name]
        self.added = () if row else ("part",)


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

    merged = (
        "title",
        "counted_as",
        "direction",
        "unit",
        "baseline",
        "baseline_on",
        "target",
        "due_on",
        "source",
        "measured_by",
        "frequency",
        "weight",
        "buyer_owner",
        "seller_owner",
        "assumptions",
    )

    def __init__(
        self, data: Any = None, *, actor: Actor, deal: Deal, row: Criterion | None = None, part: str = ""
    ) -> None:
        super().__init__(data, row=row)
        del actor, part
        nobody = ("", _("nobody yet"))
        offer(self, "buyer_owner", [nobody, *_buyers(deal, row)])
        offer(self, "seller_owner", [nobody, *_sellers(deal, row)])


class StakeholderForm(RowForm):
    """Somebody who has a part in it, on the side of whoever writes. Only people of the room can be named."""

    contact = forms.ChoiceField(label=_("Somebody who is in this room"), required=False)
    place = LineField(
        label=_("Or a place that somebody should fill"),
        required=False,
        help_text=_("For example: our security lead. Whoever it is can be brought in under “At this table”."),
    )
    roles = forms.MultipleChoiceField(
        label=_("What they do in this"),
        choices=StakeholderRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    wants = WordsField(label=_("What they want to get out of it"), required=False, words=True, rows=3)
    wants_is_quoted = forms.BooleanField(label=_("These are their own words"), required=False)
    reports_to = forms.ChoiceField(label=_("Reports to"), required=False)

    merged = ("roles", "wants", "wants_is_quoted", "reports_to")

    def __init__(
        self, data: Any = None, *, actor: Actor, deal: Deal, row: Stakeholder | None = None, part: str = ""
    ) -> None:
        super().__init__(data, row=row)
        del part
        self.side = row.side if row else actor.side
        self.added = ("contact", "place")
        self.is_new = row is None
        on_map = Stakeholder.objects.visible_to(actor).filter(section__deal=deal, side=self.side, replaces=None)
        on_map = on_map.select_related("contact", "user")
        above = [(str(one.pk), one.name) for one in on_map if one != row and not one.is_draft]
        offer(self, "reports_to", [("", "—"), *above])
        if row and not row.place:
            del self.fields["contact"], self.fields["place"]
        else:
            taken = {one.contact_id for one in on_map}
            here = _people_of(deal, self.side)
            free = [(str(grant.contact_id), grant.contact.name) for grant in here if grant.contact_id not in taken]
            offer(self, "contact", [("", "—"), *free])
            self.initial["place"] = row.place if row else ""
        if row:
            self.leave_out(*row.fields_of_others(actor))
        if row and actor.participant and row.contact_id == actor.participant.contact_id:
            self.fields["wants"].label = _("What you want to get out of it")
            self.fields["wants_is_quoted"].label = _("These are my own words")

    @property
    def values(self) -> dict[str, Any]:
        """Return one of contact and place, and the rest; a new row also says whose side it is on."""
        values = super().values
        if values.get("contact"):
            values.pop("place", None)
        else:
            values.pop("contact", None)
        return values | ({"side": self.side} if self.is_new else {})


def _people_of(deal: Deal, side: str) -> list[Participant]:
    grants = Participant.objects.active().filter(room=deal.room_id, side=side).select_related("contact")
    return list(grants.order_by("invited_at", "id"))


def _buyers(deal: Deal, row: Criterion | None) -> list[tuple[str, str]]:
    people = {str(grant.contact_id): grant.contact.name for grant in _people_of(deal, Side.BUYER)}
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
