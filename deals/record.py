"""Deals as a kind of record: what their table shows, how it is filtered, sorted and changed. Registered by `deals.registry`."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.actors import Actor
from crm.models import CustomFieldOn, Room
from crm.record_kinds import RecordKind
from deals.actions.deal import change_deal
from deals.actions.deal_archive import archive_deal, restore_deal
from deals.models import Deal
from deals.queries.card import cards_of
from deals.queries.deal_fields import FIELDS, OPEN, OWNER, TURN


def _writable(actor: Actor, deals: Sequence[Deal]) -> set[UUID]:
    rooms = set(
        Room.objects.writable_by(actor).filter(pk__in={deal.room_id for deal in deals}).values_list("pk", flat=True)
    )
    return {deal.pk for deal in deals if deal.room_id in rooms}


def _prepare(actor: Actor, deals: Sequence[Deal]) -> None:
    """Put the card of each deal beside it: where its sections stand, and whose turn it is."""
    for deal, card in zip(deals, cards_of(deals), strict=True):
        deal.card = card  # type: ignore[attr-defined]


def _title(deal: Deal) -> str:
    return f"{deal.organization.name}: {deal.title}" if deal.organization else deal.title


DEALS = RecordKind(
    name=CustomFieldOn.DEAL.value,
    label=_("Deals"),
    url_name="deals:board",
    scope="deals",
    counted=lambda count: ngettext("%(count)s deal", "%(count)s deals", count) % {"count": count},
    rows=lambda actor: Deal.objects.visible_to(actor),
    fields=FIELDS,
    columns=("stage", "ground", TURN, "amount", "close_on", OWNER, "updated_at"),
    sort="-updated_at",
    standard=(
        (_("Our open deals"), OPEN),
        (_("Waiting for us"), f"{OPEN};{TURN}:is:us"),
        (_("Waiting for the client"), f"{OPEN};{TURN}:is:client"),
    ),
    heading="deals/table/_heading.html",
    heading_label=_("Deal"),
    heading_field="organization",
    title=_title,
    search=lambda q: Q(title__icontains=q) | Q(organization__name__icontains=q),
    change=lambda actor, row_id, version, values: change_deal(
        actor=actor, deal_id=row_id, version=version, values=values
    ),
    archive=lambda actor, row_id, version: archive_deal(actor=actor, deal_id=row_id, version=version),
    restore=lambda actor, row_id, version: restore_deal(actor=actor, deal_id=row_id, version=version),
    writable=_writable,
    related=("organization", "owner", "team", "stage", "pipeline", "success_owner"),
    locked_in=("room_id", "pk"),
    forms=("board", "table", "calendar"),
    prepare=_prepare,
)
