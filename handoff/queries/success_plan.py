"""Reading success plans: those of an actor with what needs somebody, and one with its goals."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Answer, Consent
from handoff.models import (
    BriefItem,
    Dispute,
    Goal,
    GoalState,
    Handoff,
    HandoffState,
    ItemQuestion,
    ItemState,
    MeasurementState,
    SuccessPlan,
)
from handoff.queries.measurement import GoalView, goal_view, with_measurements
from handoff.queries.risk import heading_of
from handoff.rules.brief import RISKS
from handoff.rules.chart import SMALL

LIMIT = 50
"""How many rows each list of the overview shows at most."""


@dataclass(frozen=True)
class Headed:
    """An item of a brief with its name in the reader's language, and the `question` about it that was answered."""

    item: BriefItem
    heading: str
    question: ItemQuestion | None = None


@dataclass(frozen=True)
class SuccessOverview:
    """What needs the actor, which goals need a talk, and the plans."""

    disputes: list[Dispute]
    unconfirmed: list[Goal]
    answers: list[Headed]
    worrying: list[GoalView]
    plans: list[SuccessPlan]

    @property
    def needs(self) -> int:
        """How many things need somebody."""
        return len(self.disputes) + len(self.unconfirmed) + len(self.answers)


def success_overview(actor: Actor) -> SuccessOverview:
    """Return what the page "Success" shows the actor."""
    goals = Goal.objects.visible_to(actor)
    disputes = Dispute.objects.visible_to(actor).filter(
        answered_at=None, settled_at=None, measurement__state=MeasurementState.DISPUTED
    )
    asked = Consent.objects.filter(kind="goal_reached", answer__in=(Answer.ASKED, Answer.DECLINED, Answer.CHANGE))
    reached = goals.filter(state=GoalState.REACHED, confirmed_at=None).exclude(pk__in=asked.values("subject_id"))
    related = ("plan__deal__organization", "plan__room")
    worrying = goals.filter(state__in=(GoalState.AT_RISK, GoalState.OFF_TRACK, GoalState.MISSED), confirmed_at=None)
    return SuccessOverview(
        disputes=list(
            disputes.select_related(
                "raised_by", "measurement__goal__plan__room", "measurement__goal__plan__deal__organization"
            ).order_by("raised_at")[:LIMIT]
        ),
        unconfirmed=list(reached.select_related(*related).order_by("updated_at")[:LIMIT]),
        answers=_answers(actor),
        worrying=[
            goal_view(goal, SMALL) for goal in with_measurements(actor, worrying).order_by("due_on", "pk")[:LIMIT]
        ],
        plans=list(plans_of(actor)[: 2 * LIMIT]),
    )


def _answers(actor: Actor) -> list[Headed]:
    """Answers of the rep that whoever takes over has not read yet."""
    items = BriefItem.objects.filter(state=ItemState.QUESTION, handoff__state=HandoffState.OPEN)
    questions = ItemQuestion.objects.visible_to(actor).filter(
        item__in=items, answered_at__isnull=False, item__handoff__to_user=actor.user
    )
    newest = questions.exclude(item__questions__answered_at=None)
    related = newest.select_related("answered_by", "item__handoff__deal__organization")
    ordered = related.order_by("item_id", "-asked_at").distinct("item_id")[:LIMIT]
    return [Headed(question.item, heading_of(question.item), question) for question in ordered]


def plans_of(actor: Actor) -> QuerySet[SuccessPlan]:
    """Return the plans the actor sees, newest first, with how many goals are in which state."""
    states = {
        f"{state.value}_count": Count("goals", filter=Q(goals__state=state.value)) for state in GoalState
    }  # no_data_count, on_track_count, …
    plans = SuccessPlan.objects.visible_to(actor).select_related("deal__organization", "owner")
    return plans.annotate(goal_count=Count("goals"), **states)


@dataclass(frozen=True)
class PlanView:
    """One plan with its goals and the risks that are still open."""

    plan: SuccessPlan
    goals: tuple[GoalView, ...]
    risks: tuple[Headed, ...]

    @property
    def is_reached(self) -> bool:
        """Whether the client confirmed that every goal is reached."""
        return bool(self.goals) and all(view.goal.confirmed_at for view in self.goals)


def get_plan(actor: Actor, plan_id: UUID) -> SuccessPlan:
    """Return a plan the actor sees. Raises `NotFound`."""
    plans = SuccessPlan.objects.visible_to(actor).select_related("deal__organization", "room", "owner", "handoff")
    plan = plans.filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    return plan


def plan_view(actor: Actor, plan: SuccessPlan) -> PlanView:
    """Return a plan as people read it; the risks only for the selling side."""
    goals = with_measurements(actor, Goal.objects.visible_to(actor).filter(plan=plan)).order_by("position", "pk")
    risks = BriefItem.objects.visible_to(actor).filter(handoff=plan.handoff_id, group=RISKS).unclear()
    headed = tuple(Headed(risk, heading_of(risk)) for risk in risks.order_by("position"))
    return PlanView(plan, tuple(goal_view(goal, SMALL) for goal in goals), headed)


def handoffs_in_room(actor: Actor, room_id: UUID) -> list[Handoff]:
    """Return the handoffs of one room that the actor sees, newest first."""
    handoffs = Handoff.objects.visible_to(actor).active().filter(room=room_id)
    return list(handoffs.select_related("success_plan", "to_user", "from_user", "deal"))
