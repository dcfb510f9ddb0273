"""Rows that are calls, meetings, mails and notes: each goes into the room of the deal it belongs to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm.actions.activity import MINUTES_LIMIT
from crm.actions.imported_row import Incoming
from crm.models import ActivityType, Contact, LineResult
from deals.imports import link
from deals.imports.clean import Clean
from deals.imports.rows.work import Work, key_of


def incoming(work: Work, rows: Sequence[Clean]) -> list[tuple[Clean, Incoming]]:
    """Return what these rows are as activities."""
    rooms = _rooms(work, rows)
    found = []
    for clean in rows:
        type_ = work.meaning(clean, "type") or ActivityType.NOTE.value
        if clean.line not in rooms:
            words = _(
                "No deal was found for this that you write in: by its number, its name, its client or the address."
            )
            work.leave(clean, LineResult.FAULT, words)
        elif not clean.get("at"):
            work.leave(clean, LineResult.FAULT, _("There is no day in this row."))
        elif not _subject(clean):
            work.leave(clean, LineResult.FAULT, _("There are no words in this row."))
        if clean.line not in work.settled:
            found.append((clean, _activity(work, clean, type_, rooms[clean.line])))
    return found


def _activity(work: Work, clean: Clean, type_: str, room: UUID) -> Incoming:
    fields: dict[str, Any] = {"type": type_, "subject": _subject(clean), "at": clean.get("at")}
    fields |= work.having({"body": clean.get("body")})
    if "minutes" in work.mapped:
        minutes = int(clean.values.get("minutes") or 0)
        fields["minutes"] = minutes if 0 < minutes <= MINUTES_LIMIT else None
    key = key_of(clean, room, clean.get("at"), _subject(clean), clean.get("body"))
    return Incoming(key, fields, once={"room_id": room})


def _subject(clean: Clean) -> str:
    return str(clean.get("subject") or clean.get("body").partition("\n")[0])[:200]


def _rooms(work: Work, rows: Sequence[Clean]) -> dict[int, UUID]:
    """Return by line the room each row belongs to: the deal's, else that of the only deal with the client."""
    numbers = link.by_number(work.run, "deals", {one.get("deal_id") for one in rows} - {""})
    titles = {one.get("deal_title") for one in rows} - {""}
    deals = link.rooms_of_deals(work.actor, ids=set(numbers.values()), titles=titles)
    clients = link.clients_by_name(work.actor, {one.get("client_name") for one in rows} - {""})
    people = link.people_by_email(work.actor, {one.get("contact_email") for one in rows} - {""})
    firms = dict(Contact.objects.filter(pk__in=people.values()).values_list("pk", "organization_id"))
    rooms = link.rooms_of_clients(work.actor, {*clients.values(), *(firm for firm in firms.values() if firm)})
    found = {}
    for clean in rows:
        person = people.get(clean.get("contact_email").lower())
        client = clients.get(clean.get("client_name").lower())
        firm = firms.get(person) if person else None
        names = (numbers.get(clean.get("deal_id")), clean.get("deal_title").lower())
        found_rooms = [deals[name] for name in names if name in deals]
        found_rooms += [rooms[one] for one in (client, firm) if one in rooms]
        if found_rooms:
            found[clean.line] = found_rooms[0]
    return found
