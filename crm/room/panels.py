"""The room's own tabs. Registered by `crm.registered`."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.registry import RoomPanel

TODAY = RoomPanel(
    name="today",
    label=_("Today"),
    url=lambda room: reverse("room:today", args=[room.pk]),
    visible=lambda _actor, _room: True,
    position=0,
)
PEOPLE = RoomPanel(
    name="people",
    label=_("People"),
    url=lambda room: reverse("room:people", args=[room.pk]),
    visible=lambda _actor, _room: True,
    position=900,
)
