"""Addresses of crm's pages in the room."""

from django.urls import URLPattern, URLResolver, path

from crm.room import door

app_name = "room"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", door.home, name="home"),
    path("door/", door.door, name="door"),
    path("invitation/<str:token>/", door.invitation, name="invitation"),
    path("code/", door.code, name="code"),
    path("fresh-code/", door.fresh_code, name="fresh_code"),
    path("sign-out/", door.leave, name="sign_out"),
]
