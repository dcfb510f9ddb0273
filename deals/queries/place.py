"""Deals as the places where staff work."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from crm.actors import Actor
from crm.places import Place
from deals.models import Deal


def deal_places(actor: Actor, ids: Collection[UUID]) -> Iterator[Place]:
    """Give the deals with these ids, and those in the rooms with these ids, oldest first."""
    deals = Deal.objects.visible_to(actor).filter(Q(pk__in=ids) | Q(room__in=ids))
    rows = deals.order_by("created_at", "pk").values_list("pk", "room_id", "title", "organization__name")
    for pk, room_id, title, client in rows:
        yield Place(pk, room_id, title, client or "", reverse("deals:deal", args=[pk]))
