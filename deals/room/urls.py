"""Addresses of deals's pages in the room."""

from django.urls import URLPattern, URLResolver, path

from deals.room import ending, section

app_name = "deals_room"

urlpatterns: list[URLPattern | URLResolver] = [
    path("<uuid:room_id>/deals/<uuid:deal_id>/ended/", ending.ending, name="ending"),
    path("<uuid:room_id>/deals/<uuid:deal_id>/<str:kind>/", section.section, name="section"),
    path("<uuid:room_id>/deals/<uuid:deal_id>/<str:kind>/<uuid:row_id>/", section.row, name="row"),
]
