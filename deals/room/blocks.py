"""What deals show on the room's first page, and their tabs. Registered by `deals.registry`."""

from typing import Any

from django.urls import reverse

from crm.actors import Actor
from crm.models import Room
from crm.registry import RoomPanel, TodayBlock
from deals.models import Section, SectionKind
from deals.queries.common_ground import common_grounds


def common_ground(actor: Actor, room: Room) -> dict[str, Any] | None:
    """Return the context of "What we agreed so far"; None where the person sees no section."""
    grounds = common_grounds(actor, room)
    return {"grounds": grounds, "me": actor.participant} if grounds else None


COMMON_GROUND = TodayBlock(template="deals_room/_common_ground.html", context=common_ground, position=10)


def _url(kind: str, actor: Actor, room: Room) -> str:
    """Return the page of the room's newest deal that the person sees: earlier ones are reached from the first page."""
    sections = Section.objects.visible_to(actor).filter(deal__room=room, kind=kind).order_by("-deal__created_at")
    deal = sections.values_list("deal_id", flat=True).first()
    return reverse("deals_room:section", args=[room.pk, deal, kind]) if deal else ""


def _panel(kind: SectionKind, position: int) -> RoomPanel:
    return RoomPanel(
        name=kind.value,
        label=kind.label,
        url=lambda actor, room: _url(kind.value, actor, room),
        position=position,
        section=kind.value,
    )


PANELS = (_panel(SectionKind.PROBLEM, 10), _panel(SectionKind.CRITERIA, 20), _panel(SectionKind.PEOPLE, 800))
