"""Addresses of handoff's REST resources."""

from django.urls import URLPattern, URLResolver, path

from handoff.api.brief import (
    ItemAsking,
    ItemClearing,
    ItemDetail,
    ItemList,
    ItemQuestionAnswering,
    ItemQuestionDetail,
)
from handoff.api.goal import GoalDetail, GoalList
from handoff.api.handoff import HandoffAccepting, HandoffAssigning, HandoffDetail, HandoffList
from handoff.api.measurement import (
    DisputeAnsweringView,
    DisputeList,
    MeasurementBulk,
    MeasurementCorrecting,
    MeasurementDetail,
    MeasurementList,
)
from handoff.api.success_plan import SuccessPlanDetail, SuccessPlanList

urlpatterns: list[URLPattern | URLResolver] = [
    path("handoffs/", HandoffList.as_view(), name="handoffs"),
    path("handoffs/<uuid:handoff_id>/", HandoffDetail.as_view(), name="handoff"),
    path("handoffs/<uuid:handoff_id>/accept/", HandoffAccepting.as_view(), name="handoff-accept"),
    path("handoffs/<uuid:handoff_id>/assign/", HandoffAssigning.as_view(), name="handoff-assign"),
    path("handoffs/<uuid:handoff_id>/items/", ItemList.as_view(), name="items"),
    path("items/<uuid:item_id>/", ItemDetail.as_view(), name="item"),
    path("items/<uuid:item_id>/clear/", ItemClearing.as_view(), name="item-clear"),
    path("items/<uuid:item_id>/questions/", ItemAsking.as_view(), name="item-questions"),
    path("item-questions/<uuid:question_id>/", ItemQuestionDetail.as_view(), name="item-question"),
    path("item-questions/<uuid:question_id>/answer/", ItemQuestionAnswering.as_view(), name="item-question-answer"),
    path("success-plans/", SuccessPlanList.as_view(), name="success-plans"),
    path("success-plans/<uuid:plan_id>/", SuccessPlanDetail.as_view(), name="success-plan"),
    path("goals/", GoalList.as_view(), name="goals"),
    path("goals/<uuid:goal_id>/", GoalDetail.as_view(), name="goal"),
    path("goals/<uuid:goal_id>/measurements/", MeasurementList.as_view(), name="measurements"),
    path("goals/<uuid:goal_id>/measurements/bulk/", MeasurementBulk.as_view(), name="measurements-bulk"),
    path("measurements/<uuid:measurement_id>/", MeasurementDetail.as_view(), name="measurement"),
    path(
        "measurements/<uuid:measurement_id>/corrections/",
        MeasurementCorrecting.as_view(),
        name="measurement-corrections",
    ),
    path("measurements/<uuid:measurement_id>/disputes/", DisputeList.as_view(), name="disputes"),
    path("disputes/<uuid:dispute_id>/answer/", DisputeAnsweringView.as_view(), name="dispute-answer"),
]
