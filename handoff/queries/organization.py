"""What a client's page shows from after the close: goals, and handoffs that are still open."""

from dataclasses import dataclass
from typing import Any

from crm.actors import Actor
from crm.models import Organization
from handoff.models import Goal, Handoff, HandoffState, SuccessPlan
from handoff.queries.measurement import GoalView, goal_view, with_measurements
from handoff.rules.chart import SMALL

SHOWN = 20
"""Goals, plans and handoffs that a client's page shows at most, each."""


@dataclass(frozen=True)
class ClientSuccess:
    """The actor's success plans with a client, their goals, and the handoffs that are not accepted yet."""

    plans: list[SuccessPlan]
    goals: list[GoalView]
    handoffs: list[Handoff]


def client_success(actor: Actor, organization: Organization) -> ClientSuccess:
    """Return what is after the close with a client, as far as the actor sees it."""
    plans = SuccessPlan.objects.visible_to(actor).filter(deal__organization=organization)
    goals = with_measurements(actor, Goal.objects.visible_to(actor).filter(plan__deal__organization=organization))
    handoffs = Handoff.objects.visible_to(actor).filter(deal__organization=organization, state=HandoffState.OPEN)
    return ClientSuccess(
        plans=list(plans.select_related("deal", "owner").order_by("-created_at", "-pk")[:SHOWN]),
        goals=[goal_view(goal, SMALL) for goal in goals.order_by("due_on", "pk")[:SHOWN]],
        handoffs=list(handoffs.select_related("deal", "to_user").order_by("-opened_at", "-pk")[:SHOWN]),
    )


def success_block(actor: Actor, organization: Organization) -> dict[str, Any] | None:
    """Return what the block "Goals" on a client's page shows; nothing before the first handoff."""
    found = client_success(actor, organization)
    return {"success": found} if found.plans or found.handoffs else None
