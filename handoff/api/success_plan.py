"""Success plans and their goals over REST."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.endpoint import expanded, one, reads
from crm.api.fields import Id, Related, Time
from crm.api.listing import Filter, Listing, page
from crm.api.user import UserAnswer
from crm.errors import NotFound
from handoff.models import SuccessPlan


class SuccessPlanAnswer(serializers.Serializer[Any]):
    """What follows an accepted handoff: a goal for each agreed criterion, in `/goals/?plan=…`."""

    id = Id()
    room = Id(source="room_id")
    deal = Id(source="deal_id")
    handoff = Id(source="handoff_id")
    owner = Related(UserAnswer, scope="contacts:read")
    created_at = Time()
    version = serializers.IntegerField()


SUCCESS_PLANS = Listing(
    SuccessPlanAnswer,
    filters=(Filter("owner", "id"), Filter("deal", "id"), Filter("room", "id")),
    sorts=("-created_at",),
    expand=("owner",),
)


class SuccessPlanList(APIView):
    """The success plans in your sight."""

    @reads("list_success_plans", "success:read", listing=SUCCESS_PLANS)
    def get(self, request: Request) -> Response:
        """List success plans, newest first."""
        return page(request, SUCCESS_PLANS, SuccessPlan.objects.visible_to(actor_of(request)))


class SuccessPlanDetail(APIView):
    """One success plan."""

    @reads("get_success_plan", "success:read", answers=SuccessPlanAnswer, expand=SUCCESS_PLANS.expand)
    def get(self, request: Request, plan_id: UUID) -> Response:
        """Read a success plan."""
        expand = expanded(request, SUCCESS_PLANS.expand)
        return one(request, SuccessPlanAnswer, _plan(actor_of(request), plan_id), expand=expand, cacheable=True)


def _plan(actor: Actor, plan_id: UUID) -> SuccessPlan:
    found = SuccessPlan.objects.visible_to(actor).select_related("owner").filter(pk=plan_id).first()
    if found is None:
        raise NotFound
    return found
