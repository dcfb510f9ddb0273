"""The kinds of news after the close. Registered by `handoff.registry`."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.actions.notification import notify
from crm.actors import Actor
from crm.models import Event
from crm.news import NewsKind, register_news
from crm.queries.notification import people_of_room
from crm.registry import register_consumer
from handoff.models import Handoff, ItemQuestion

_GOALS = ("at_risk", "off_track", "on_track", "reached", "missed", "confirmed", "confirmation_withdrawn")


def _seller(event: Event) -> Iterable[UUID]:
    return Handoff.objects.filter(pk=event.data["handoff"]).values_list("from_user", flat=True)


def _asker(event: Event) -> Iterable[UUID]:
    """Return who asked about an item of the brief, or who takes over, or both sides of the baton for the rest."""
    if event.type == "brief_item.answered":
        return ItemQuestion.objects.filter(pk=event.data["question"]).values_list("asked_by", flat=True)
    pairs = Handoff.objects.filter(pk=event.subject_id).values_list("from_user", "to_user")
    return [user for pair in pairs for user in pair if user]


def _handoff(_actor: Actor, event: Event) -> str:
    return reverse("handoff:handoff", args=[event.data.get("handoff", event.subject_id)])


def _question(_actor: Actor, event: Event) -> str:
    url = reverse("handoff:handoff", args=[event.data["handoff"]])
    return f"{url}?answer={event.data['question']}#item-{event.subject_id}"


def _goal(_actor: Actor, event: Event) -> str:
    return reverse("handoff:goal", args=[event.data.get("goal", event.subject_id)])


KINDS = (
    NewsKind(
        "question",
        _("Somebody asks about what you handed over"),
        ("brief_item.questioned",),
        _seller,
        _question,
        asks=True,
    ),
    NewsKind(
        "handoffs",
        _("A handoff of yours goes on"),
        (
            "handoff.opened",
            "handoff.assigned",
            "handoff.accepted",
            "handoff.confirmed",
            "handoff.cancelled",
            "brief_item.answered",
        ),
        _asker,
        _handoff,
    ),
    NewsKind(
        "goals",
        _("A goal turns, or somebody sees its numbers differently"),
        (*(f"goal.{state}" for state in _GOALS), "measurement.disputed"),
        people_of_room,
        _goal,
    ),
)


def register() -> None:
    """Fill the registry."""
    for kind in KINDS:
        register_news(kind)
    register_consumer("handoff.notify", {type for kind in KINDS for type in kind.types}, notify)
