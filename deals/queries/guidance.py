"""What a stage says to whoever works on a deal in it, and how long the deal has been there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.clock import now
from crm.models import Side
from deals.models import Deal, Stakeholder
from deals.queries.exchange_rate import rate_between
from deals.rules.guidance import Condition, DealFacts, appears

CONDITIONS: dict[str, str | Promise] = {
    Condition.ALWAYS: _("always"),
    Condition.PARTNER: _("when a partner is on the map"),
    Condition.LEGAL: _("when legal is on the map"),
    Condition.PROCUREMENT: _("when procurement is on the map"),
    Condition.ONE_PERSON: _("when one single buyer is on the map"),
    Condition.AMOUNT: _("when the amount is above"),
}
"""When a step appears, in words."""


@dataclass(frozen=True)
class Guidance:
    """What the present stage of a deal says; `days` is how long the deal has been in it, `steps` those that appear."""

    good: str
    usual_days: int | None
    days: int
    steps: Sequence[Mapping[str, str]]
    material: Sequence[Mapping[str, str]]

    def __bool__(self) -> bool:
        return bool(self.good or self.usual_days or self.steps or self.material)

    @property
    def is_longer(self) -> bool:
        """Whether the deal has been here longer than is usual."""
        return self.usual_days is not None and self.days > self.usual_days


def guidance_for(deal: Deal, people: Sequence[Stakeholder]) -> Guidance:
    """Return the guidance for a deal with these `people` on its map."""
    stage = deal.stage
    facts = _facts(deal, people, needs_amount=any(step["condition"] == Condition.AMOUNT for step in stage.steps))
    return Guidance(
        good=stage.good,
        usual_days=stage.usual_days,
        days=(timezone.localdate(now()) - timezone.localdate(deal.stage_entered_at)).days,
        steps=[
            {**step, "why": str(CONDITIONS[step["condition"]]) if step["condition"] else ""}
            for step in stage.steps
            if appears(step, facts)
        ],
        material=stage.material,
    )


def _facts(deal: Deal, people: Sequence[Stakeholder], *, needs_amount: bool) -> DealFacts:
    named = [person for person in people if not person.place]
    amount = deal.amount if needs_amount else None
    rate = (
        rate_between(deal.currency, settings.BASE_CURRENCY, timezone.localdate(now())) if amount is not None else None
    )
    return DealFacts(
        roles={role for person in people for role in person.roles},
        sides={person.side for person in named},
        buyers=sum(1 for person in named if person.side == Side.BUYER),
        amount=amount * rate if amount is not None and rate is not None else None,
    )
