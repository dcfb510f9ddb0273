"""What deals let be exported: deals, who is at the table, and what was written in their sections."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.exports.kind import Column, ExportKind, register_export
from crm.exports.own import WRITTEN
from crm.models import CustomFieldOn
from deals.models import Criterion, Deal, LineItem, ProblemStatement, Product, Stakeholder

_DEAL = (Column(_("Deal id"), "section.deal_id"), Column(_("Deal"), "section.deal.title"))


def _deals(actor: Actor) -> QuerySet[Any]:
    related = ("organization", "owner", "team", "pipeline", "stage", "success_owner")
    return Deal.objects.visible_to(actor).select_related(*related)


def _stakeholders(actor: Actor) -> QuerySet[Any]:
    rows = Stakeholder.objects.visible_to(actor).filter(replaces=None)
    return rows.select_related("section__deal", "contact", "user", "by_user", "by_contact")


def _statements(actor: Actor) -> QuerySet[Any]:
    rows = ProblemStatement.objects.visible_to(actor).filter(replaces=None)
    return rows.select_related("section__deal", "by_user", "by_contact")


def _criteria(actor: Actor) -> QuerySet[Any]:
    rows = Criterion.objects.visible_to(actor).filter(replaces=None)
    return rows.select_related("section__deal", "by_user", "by_contact", "buyer_owner", "seller_owner")


def _lines(actor: Actor) -> QuerySet[Any]:
    return LineItem.objects.visible_to(actor).select_related("deal")


def _products(actor: Actor) -> QuerySet[Any]:
    return Product.objects.visible_to(actor).filter(archived_at=None)


KINDS = (
    ExportKind(
        "deals",
        _("Deals"),
        "deals:read",
        _deals,
        (
            Column(_("Id"), "id"),
            Column(_("Title"), "title"),
            Column(_("Client id"), "organization_id"),
            Column(_("Client"), "organization.name"),
            Column(_("Owner"), "owner.name"),
            Column(_("Team"), "team.name"),
            Column(_("Pipeline"), "pipeline.name"),
            Column(_("Stage"), "stage.name"),
            Column(_("Status"), "status"),
            Column(_("Amount"), "amount"),
            Column(_("Currency"), "currency"),
            Column(_("Note on the amount"), "amount_note"),
            Column(_("Hopes to agree by"), "close_on"),
            Column(_("Opened on"), "created_at"),
            Column(_("Ended on"), "ended_at"),
            Column(_("Why it ended"), "ended_reason"),
            Column(_("Takes over after the close"), "success_owner.name"),
            Column(_("Changed"), "updated_at"),
        ),
        custom_on=CustomFieldOn.DEAL,
    ),
    ExportKind(
        "stakeholders",
        _("People at the table"),
        "deals:read",
        _stakeholders,
        (
            Column(_("Id"), "id"),
            *_DEAL,
            Column(_("Side"), "side"),
            Column(_("Contact"), "contact.name"),
            Column(_("Colleague"), "user.name"),
            Column(_("Place"), "place"),
            Column(_("Roles"), read=lambda row: ", ".join(row.roles)),
            Column(_("Wants"), "wants"),
            *WRITTEN,
        ),
    ),
    ExportKind(
        "statements",
        _("Problem statements"),
        "deals:read",
        _statements,
        (
            Column(_("Id"), "id"),
            *_DEAL,
            Column(_("Part"), "part"),
            Column(_("Words"), "text"),
            Column(_("Amount"), "amount"),
            Column(_("Currency"), "currency"),
            Column(_("Said by"), "said_by"),
            Column(_("Said on"), "said_on"),
            *WRITTEN,
        ),
    ),
    ExportKind(
        "criteria",
        _("Success criteria"),
        "deals:read",
        _criteria,
        (
            Column(_("Id"), "id"),
            *_DEAL,
            Column(_("Title"), "title"),
            Column(_("Counted as"), "counted_as"),
            Column(_("Unit"), "unit"),
            Column(_("Direction"), "direction"),
            Column(_("Baseline"), "baseline"),
            Column(_("Baseline on"), "baseline_on"),
            Column(_("Target"), "target"),
            Column(_("Due on"), "due_on"),
            Column(_("Weight"), "weight"),
            Column(_("Owner on the client’s side"), "buyer_owner.name"),
            Column(_("Owner on our side"), "seller_owner.name"),
            *WRITTEN,
        ),
    ),
    ExportKind(
        "line_items",
        _("Lines of deals"),
        "deals:read",
        _lines,
        (
            Column(_("Id"), "id"),
            Column(_("Deal id"), "deal_id"),
            Column(_("Deal"), "deal.title"),
            Column(_("Title"), "title"),
            Column(_("Quantity"), "quantity"),
            Column(_("Unit price"), "unit_price"),
            Column(_("Currency"), "currency"),
            Column(_("Billing"), "billing"),
            Column(_("Periods"), "periods"),
            Column(_("Discount, %"), "discount"),
            Column(_("Tax, %"), "tax"),
        ),
    ),
    ExportKind(
        "products",
        _("Products"),
        "deals:read",
        _products,
        (
            Column(_("Id"), "id"),
            Column(_("Name"), "name"),
            Column(_("Code"), "code"),
            Column(_("Description"), "description"),
            Column(_("Unit"), "unit"),
            Column(_("Billing"), "billing"),
            Column(_("Tax, %"), "tax"),
        ),
    ),
)


def register() -> None:
    """Fill the registry."""
    for kind in KINDS:
        register_export(kind)
