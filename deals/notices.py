"""The kinds of news of deals. Registered by `deals.registry`."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.actions.notification import notify
from crm.actors import Actor
from crm.models import Event
from crm.news import NewsKind, register_news
from crm.queries.notification import people_of_room
from crm.registry import register_consumer

ROWS = ("problemstatement", "criterion", "stakeholder")
VERBS = ("moved", "moved_back", "won", "win_undone", "lost", "ended_in_agreement", "paused", "reopened")


def _section(_actor: Actor, event: Event) -> str:
    return reverse("deals:section", args=[event.data["deal"], event.data["section"]])


def _deal(_actor: Actor, event: Event) -> str:
    return reverse("deals:deal", args=[event.subject_id])


KINDS = (
    NewsKind(
        "sections",
        _("Somebody changes what stands in a section of a deal you work on"),
        tuple(f"{row}.{verb}" for row in ROWS for verb in ("added", "edited", "shared", "archived")),
        people_of_room,
        _section,
    ),
    NewsKind(
        "deals",
        _("A deal you work on moves on, goes back, pauses or ends"),
        tuple(f"deal.{verb}" for verb in VERBS),
        people_of_room,
        _deal,
    ),
)


def register() -> None:
    """Fill the registry."""
    for kind in KINDS:
        register_news(kind)
    register_consumer("deals.notify", {type for kind in KINDS for type in kind.types}, notify)
