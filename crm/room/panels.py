"""The room's own tabs. Registered by `crm.registered`."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.registry import RoomPanel

TODAY = RoomPanel(
    name="today",
    label=_("Today"),
    url=lambda _actor, room: reverse("room:today", args=[room.pk]),
    position=0,
)

FILES = RoomPanel(
    name="files",
    label=_("Files"),
    url=lambda _actor, room: reverse("room:files", args=[room.pk]),
    position=700,
)
