"""Addresses of crm's REST resources."""

from django.urls import URLPattern, URLResolver, path

from crm.api.user import TeamList, UserDetail, UserList

urlpatterns: list[URLPattern | URLResolver] = [
    path("teams/", TeamList.as_view(), name="teams"),
    path("users/", UserList.as_view(), name="users"),
    path("users/<uuid:user_id>/", UserDetail.as_view(), name="user"),
]
