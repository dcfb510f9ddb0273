"""What is typed about a deal as a whole: opening it, its facts."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.models import Role, User
from crm.web.client_field import ClientField, offer_clients
from crm.web.forms import ChoiceCards, DayField, LineField, MustPickField, NumberField, WordsField, offer
from crm.web.version import VersionedForm
from deals.models import Deal, Pipeline

Choices = list[tuple[str, str]]


def _people(actor: Actor) -> tuple[Choices, Choices]:
    """Return who can own a deal, and who can take over a client."""
    users = list(User.objects.visible_to(actor).active().only("pk", "name", "team", "role"))
    owners = [(str(user.pk), user.name) for user in users if user.team_id]
    return owners, [(str(user.pk), user.name) for user in users if user.role == Role.SUCCESS]


class NewDealForm(forms.Form):
    """Opening a deal."""

    organization = ClientField(label=_("Client"), required=False)
    new_client = LineField(label=_("New client"), required=False)
    title = LineField(label=_("What it is about"), help_text=_("In the client’s words, if you can."))
    amount = NumberField(label=_("Amount"), required=False)
    currency = LineField(label=_("Currency"), initial="USD")
    close_on = DayField(label=_("Hopes to agree by"), required=False)
    pipeline = MustPickField(label=_("Pipeline"), widget=ChoiceCards(columns="two"))
    once = VersionedForm.base_fields["once"]

    def __init__(self, actor: Actor, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        pipelines = [(str(one.pk), one.name) for one in Pipeline.objects.filter(archived_at=None)]
        offer_clients(self, "organization", actor)
        self.fields["pipeline"].choices = pipelines  # type: ignore[attr-defined]
        self.fields["pipeline"].initial = pipelines[0][0] if pipelines else ""

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        clean = self.cleaned_data
        typed = {name: clean[name] for name in ("title", "new_client", "amount", "currency", "close_on")}
        client = UUID(clean["organization"]) if clean["organization"] else None
        return typed | {"organization_id": client, "pipeline_id": UUID(clean["pipeline"])}


class FactsForm(VersionedForm):
    """The facts of a deal, changed in place."""

    title = LineField(label=_("What it is about"))
    organization = ClientField(label=_("Client"), required=False)
    amount = NumberField(label=_("Amount"), required=False)
    currency = LineField(label=_("Currency"))
    amount_note = LineField(label=_("A word on the amount"), required=False)
    close_on = DayField(label=_("Hopes to agree by"), required=False)
    owner = MustPickField(label=_("Owner"))
    success_owner = forms.ChoiceField(label=_("Takes over after the close"), required=False)

    merged = ("title", "organization", "amount", "currency", "amount_note", "close_on", "owner", "success_owner")

    def __init__(self, actor: Actor, deal: Deal, data: Any = None) -> None:
        super().__init__(data, row=deal, auto_id="facts_%s")
        offer_clients(self, "organization", actor)
        owners, takers = _people(actor)
        taker = [(str(deal.success_owner_id), deal.success_owner.name)] if deal.success_owner else []
        offer(self, "owner", dict.fromkeys([(str(deal.owner_id), deal.owner.name), *owners]))
        offer(self, "success_owner", dict.fromkeys([("", _("Nobody yet")), *taker, *takers]))

    @property
    def values(self) -> dict[str, Any]:
        """What was changed, for the action: what still says what the writer started from is left out."""
        base, typed = self.base(), self.typed()
        clean = {name: self.cleaned_data[name] for name in self.merged if name in self.cleaned_data}
        return {name: value for name, value in clean.items() if name not in base or base[name] != typed[name]}


class ReasonForm(forms.Form):
    """A reason, where one must be given: undoing a close, letting a gate pass."""

    reason = WordsField(label=_("Why"))
