"""Addresses of handoff's pages in the room."""

from django.urls import path

from handoff.room import goal, pages

app_name = "handoff_room"

urlpatterns = [
    path("<uuid:room_id>/briefs/<uuid:handoff_id>/", pages.brief, name="brief"),
    path("<uuid:room_id>/success/<uuid:plan_id>/", pages.plan, name="plan"),
    path("<uuid:room_id>/goals/<uuid:goal_id>/", goal.goal, name="goal"),
    path("<uuid:room_id>/goals/<uuid:goal_id>/measure/", goal.measure, name="measure"),
    path(
        "<uuid:room_id>/goals/<uuid:goal_id>/measurements/<uuid:measurement_id>/confirm/", goal.confirm, name="confirm"
    ),
    path(
        "<uuid:room_id>/goals/<uuid:goal_id>/measurements/<uuid:measurement_id>/dispute/", goal.dispute, name="dispute"
    ),
]
