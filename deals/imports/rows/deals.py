"""Rows that are deals: history. No consent comes with them, whatever stage the file says."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm.actions.imported_row import Incoming
from crm.checks import Checks
from crm.clock import now
from crm.models import LineResult, User
from deals.actions.imported_deal import Destination
from deals.imports.clean import Clean
from deals.imports.rows.work import Work, add_clients, clients_of, custom_of, key_of
from deals.models import DealStatus, Pipeline, Stage

_ENDED = (DealStatus.WON, DealStatus.LOST, DealStatus.NO_DEAL)


def destination() -> Destination:
    """Return where deals stand whose stage no column says: at the first stage of the first pipeline."""
    pipeline = Pipeline.objects.filter(archived_at=None).first()
    if pipeline is None:
        raise RuntimeError("There is no pipeline.")
    return Destination(pipeline.stages.select_related("pipeline").earliest("position"))


def incoming(work: Work, rows: Sequence[Clean]) -> list[tuple[Clean, Incoming]]:
    """Return what these rows are as deals."""
    stages = {str(one.pk): one for one in Stage.objects.select_related("pipeline")}
    owners = {str(pk): team for pk, team in User.objects.values_list("pk", "team_id")}
    clients = clients_of(work, work.open(rows))
    standing = {clean.line: _standing(work, clean) for clean in work.open(rows)}
    people = {clean.line: _owner(work, clean, owners) for clean in work.open(rows)}
    add_clients(work, work.open(rows), clients)
    found = []
    for clean in work.open(rows):
        status, stage = standing[clean.line]
        ended_on = (clean.get("ended_on") or clean.get("close_on")) if status in _ENDED else None
        if status in _ENDED and not ended_on:
            work.leave(clean, LineResult.FAULT, _("A deal that has ended needs the day it ended."))
        elif clean.get("begun_on") and ended_on and ended_on < clean.get("begun_on"):
            work.leave(clean, LineResult.FAULT, _("It ended on a day before it began."))
        else:
            place = _Place(status, ended_on, stages.get(stage), people[clean.line], clients[clean.line])
            found.append((clean, _deal(work, clean, place)))
    return found


class _Place:
    """Where a deal stands, whose it is and with whom."""

    def __init__(
        self, status: str, ended_on: date | None, stage: Stage | None, owner: tuple[UUID, UUID], client: UUID | None
    ) -> None:
        self.status, self.ended_on, self.stage, self.owner, self.client = status, ended_on, stage, owner, client


def _standing(work: Work, clean: Clean) -> tuple[str, str]:
    """Return status and stage id ("" for the first one). A status of its own column goes before what the stage says."""
    status, stage = work.meaning(clean, "status"), work.meaning(clean, "stage")
    if stage in DealStatus.values:
        return (status if status in _ENDED else stage), ""
    return (status or DealStatus.OPEN), ("" if status in _ENDED else stage)


def _owner(work: Work, clean: Clean, teams: dict[str, UUID | None]) -> tuple[UUID, UUID]:
    """Return the owner and their team: whoever brings the file in where it names nobody."""
    user = work.meaning(clean, "owner") or str(work.actor.user.pk if work.actor.user else "")
    team = teams.get(user)
    if team is None:
        work.leave(clean, LineResult.FAULT, _("Whoever owns this deal is in no team yet."))
        return UUID(int=0), UUID(int=0)
    return UUID(user), team


def _deal(work: Work, clean: Clean, place: _Place) -> Incoming:
    """Say what a row is as a deal. What no column says is written when the deal is made, and never compared again."""
    ended_at = _noon(place.ended_on) if place.ended_on else None
    parts: list[tuple[set[str], dict[str, Any]]] = [
        ({"title"}, {"title": _title(clean)}),
        ({"client_id", "client_name", "client_domain"}, {"organization_id": place.client}),
        ({"owner"}, {"owner_id": place.owner[0], "team_id": place.owner[1]}),
        ({"stage", "status"}, {"status": place.status, "ended_at": ended_at}),
        ({"close_on"}, {"close_on": clean.get("close_on") or place.ended_on}),
        ({"ended_reason"}, {"ended_reason": clean.get("ended_reason")}),
        ({"amount"}, _money(work, clean)),
    ]
    begun_at = _noon(clean.get("begun_on")) if clean.get("begun_on") else ended_at or now()
    fields: dict[str, Any] = {}
    once: dict[str, Any] = {"created_at": begun_at, "stage": place.stage}
    for columns, values in parts:
        (fields if columns & work.mapped else once).update(values)
    return Incoming(key_of(clean, _title(clean), place.client), fields, custom_of(clean, work), once)


def _money(work: Work, clean: Clean) -> dict[str, Any]:
    amount = clean.values.get("amount")
    currency = clean.get("currency") or Checks().currency("", work.run.choices.get("currency", ""), required=False)
    if amount is not None and not currency:
        work.leave(clean, LineResult.WAITING, _("Say first in which currency the amounts are."))
    return {"amount": amount, "currency": currency or "USD"}


def _title(clean: Clean) -> str:
    """Return what the deal is about; a file that does not say gives the client and the number."""
    parts = [str(clean.get(name)) for name in ("client_name", "id") if clean.get(name)]
    return str(clean.get("title") or " · ".join(parts))[:200]


@cache
def _noon(day: date) -> datetime:
    """Make a day an instant: the same day in nearly every zone."""
    return datetime.combine(day, time(12), UTC)
