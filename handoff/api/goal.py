"""Goals over REST. They come from what was agreed, and are judged by what is measured."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.endpoint import expanded, one, reads
from crm.api.fields import Id, Number, Related, Text, Time
from crm.api.listing import Filter, Listing, page
from crm.errors import NotFound
from deals.models import Direction, Frequency, Weight
from handoff.api.success_plan import SuccessPlanAnswer
from handoff.models import Goal, GoalState


class GoalAnswer(serializers.Serializer[Any]):
    """A goal. `state` and `reason` (a code) say how it stands; `confirmed_at` is set by the customer's own yes only."""

    id = Id()
    plan = Related(SuccessPlanAnswer, scope="success:read")
    criterion = Id(source="criterion_id")
    revision = Id(source="revision_id")
    position = serializers.IntegerField()
    title = Text()
    counted_as = Text()
    unit = Text()
    direction = serializers.ChoiceField(Direction.choices)
    baseline = Number(allow_null=True)
    baseline_on = serializers.DateField(allow_null=True)
    baseline_source = Text()
    target = Number(allow_null=True)
    due_on = serializers.DateField()
    source = Text()
    measured_by = Text()
    frequency = serializers.ChoiceField(Frequency.choices, allow_blank=True)
    weight = serializers.ChoiceField(Weight.choices)
    buyer_owner = Id(source="buyer_owner_id", allow_null=True)
    seller_owner = Id(source="seller_owner_id", allow_null=True)
    leading_indicators = Text()
    assumptions = Text()
    state = serializers.ChoiceField(GoalState.choices)
    reason = Text()
    judged_at = Time(allow_null=True)
    confirmed_at = Time(allow_null=True)
    confirmed_by = Id(source="confirmed_by_id", allow_null=True)
    created_at = Time()
    updated_at = Time()
    version = serializers.IntegerField()


GOALS = Listing(
    GoalAnswer,
    filters=(
        Filter("plan", "id"),
        Filter("deal", "id", ("plan__deal",)),
        Filter("room", "id", ("plan__room",)),
        Filter("state", choices=tuple(GoalState.values)),
        Filter("due_to", "day", ("due_on__lte",)),
        Filter("updated_after", "time", ("updated_at__gt",)),
        Filter("q", "search", ("title__icontains",)),
    ),
    sorts=("-updated_at", "due_on", "position", "created_at"),
    expand=("plan", "plan.owner"),
)


class GoalList(APIView):
    """The goals in your sight."""

    @reads("list_goals", "success:read", listing=GOALS)
    def get(self, request: Request) -> Response:
        """List goals, newest change first."""
        return page(request, GOALS, Goal.objects.visible_to(actor_of(request)))


class GoalDetail(APIView):
    """One goal."""

    @reads("get_goal", "success:read", answers=GoalAnswer, expand=GOALS.expand)
    def get(self, request: Request, goal_id: UUID) -> Response:
        """Read a goal."""
        expand = expanded(request, GOALS.expand)
        return one(request, GoalAnswer, get_goal(actor_of(request), goal_id), expand=expand)


def get_goal(actor: Actor, goal_id: UUID) -> Goal:
    """Return a goal the actor may see. Raises `NotFound`."""
    found = Goal.objects.visible_to(actor).select_related("plan__owner").filter(pk=goal_id).first()
    if found is None:
        raise NotFound
    return found
