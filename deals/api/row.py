"""What the rows of all sections have in common over REST: reading those of a deal, and one of them."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from crm.actors import Actor
from crm.api.authored import AuthoredAnswer
from crm.api.fields import Id
from crm.errors import NotFound
from deals.api.deal import get_deal
from deals.models import Criterion, ProblemStatement, Stakeholder


class RowAnswer(AuthoredAnswer):
    """A row of a section. A draft with `replaces` is a change to that row, made for `base_version` of it."""

    deal = Id(source="section.deal_id")
    position = serializers.IntegerField()
    replaces = Id(source="replaces_id", allow_null=True)
    base_version = serializers.IntegerField(allow_null=True)


def rows_of_deal(
    actor: Actor, model: type[ProblemStatement] | type[Criterion] | type[Stakeholder], deal_id: UUID
) -> Any:
    """Return the rows of a deal that the actor may see. Raises `NotFound` for a deal out of sight."""
    deal = get_deal(actor, deal_id)
    return model.objects.visible_to(actor).filter(section__deal=deal).select_related("section")


def get_row(
    actor: Actor, model: type[ProblemStatement] | type[Criterion] | type[Stakeholder], row_id: UUID, *joined: str
) -> Any:
    """Return one row that the actor may see. Raises `NotFound`."""
    row = model.objects.visible_to(actor).select_related("section", *joined).filter(pk=row_id).first()
    if row is None:
        raise NotFound
    return row
