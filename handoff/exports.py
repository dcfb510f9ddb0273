"""What success plans let be exported: goals, and how they were measured."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.exports.kind import Column, ExportKind, register_export
from handoff.models import Goal, Measurement


def _goals(actor: Actor) -> QuerySet[Any]:
    return Goal.objects.visible_to(actor).select_related("plan", "buyer_owner", "seller_owner")


def _measurements(actor: Actor) -> QuerySet[Any]:
    return Measurement.objects.visible_to(actor).select_related("goal", "by_user", "by_contact")


KINDS = (
    ExportKind(
        "goals",
        _("Goals"),
        "success:read",
        _goals,
        (
            Column(_("Id"), "id"),
            Column(_("Success plan id"), "plan_id"),
            Column(_("Title"), "title"),
            Column(_("Counted as"), "counted_as"),
            Column(_("Unit"), "unit"),
            Column(_("Direction"), "direction"),
            Column(_("Baseline"), "baseline"),
            Column(_("Baseline on"), "baseline_on"),
            Column(_("Target"), "target"),
            Column(_("Due on"), "due_on"),
            Column(_("State"), "state"),
            Column(_("Confirmed"), "confirmed_at"),
            Column(_("Owner on the client’s side"), "buyer_owner.name"),
            Column(_("Owner on our side"), "seller_owner.name"),
        ),
    ),
    ExportKind(
        "measurements",
        _("Measurements"),
        "success:read",
        _measurements,
        (
            Column(_("Id"), "id"),
            Column(_("Goal id"), "goal_id"),
            Column(_("Goal"), "goal.title"),
            Column(_("Measured"), "measured_at"),
            Column(_("Value"), "value"),
            Column(_("Period"), "period"),
            Column(_("Source"), "source"),
            Column(_("State"), "state"),
            Column(_("Note"), "note"),
            Column(_("Written by"), "author_name"),
            Column(_("Written down"), "created_at"),
        ),
    ),
)


def register() -> None:
    """Fill the registry."""
    for kind in KINDS:
        register_export(kind)
