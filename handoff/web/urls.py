"""Addresses of handoff's pages for staff."""

from django.urls import path

from handoff.web import goal, handoff, success_plan

app_name = "handoff"

urlpatterns = [
    path("handoffs/", handoff.handoffs, name="handoffs"),
    path("handoffs/<uuid:handoff_id>/", handoff.handoff, name="handoff"),
    path("handoffs/<uuid:handoff_id>/assign/", handoff.assign, name="assign"),
    path("handoffs/<uuid:handoff_id>/accept/", handoff.accept, name="accept"),
    path("handoffs/<uuid:handoff_id>/ask/", handoff.ask_client, name="ask_client"),
    path("handoffs/<uuid:handoff_id>/items/<uuid:item_id>/clear/", handoff.clear, name="clear"),
    path("handoffs/<uuid:handoff_id>/items/<uuid:item_id>/ask/", handoff.ask, name="ask"),
    path("handoffs/<uuid:handoff_id>/questions/<uuid:question_id>/answer/", handoff.answer, name="answer"),
    path("success/", success_plan.plans, name="plans"),
    path("success/<uuid:plan_id>/", success_plan.plan, name="plan"),
    path("goals/<uuid:goal_id>/", goal.goal, name="goal"),
    path("goals/<uuid:goal_id>/measure/", goal.measure, name="measure"),
    path("goals/<uuid:goal_id>/ask/", goal.ask_reached, name="ask_reached"),
    path("goals/<uuid:goal_id>/measurements/<uuid:measurement_id>/correct/", goal.correct, name="correct"),
    path("goals/<uuid:goal_id>/disputes/<uuid:dispute_id>/answer/", goal.answer, name="answer_dispute"),
]
