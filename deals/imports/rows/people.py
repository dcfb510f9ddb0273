"""Contacts that rows of deals and activities name: they come to the table of the deal, for our side's eyes until shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from crm.actions.imported_row import Batch, Incoming, Outcome
from crm.models import Contact
from deals.actions.imported_stakeholder import Seat, import_stakeholders
from deals.imports import link
from deals.imports.clean import Clean
from deals.imports.rows.work import Work

NAMING = ("contact_ids", "contact_email", "contact_name")
"""The fields that name people."""
_MOST = 50
"""Contacts that one row names at most."""


@dataclass(frozen=True)
class _Table:
    """The deal whose table it is (None: it is not here yet, as the file is only looked at), and its client."""

    deal: UUID | None
    client: UUID | None


def seat(work: Work, found: Sequence[tuple[Clean, Incoming]], outcomes: Mapping[str, Outcome]) -> None:
    """Put those whom rows name at the tables of their deals, and say in the rows' notes who came and who is not here."""
    rows = [(clean, row) for clean, row in found if any(clean.get(name) for name in NAMING)]
    if not rows or work.run.kind not in ("deals", "activities"):
        return
    tables = (_tables_of_deals if work.run.kind == "deals" else _tables_of_rooms)(work, rows, outcomes)
    named = [clean for clean, _row in rows if clean.line in tables]
    people = _People.named_in(work, named)
    seats = []
    for clean in named:
        table = tables[clean.line]
        contacts = people.of(clean, table.client)
        seats += [Seat(table.deal, one.pk) for one in contacts if table.deal]
        if contacts:
            clean.notes.append(_("At the table: %(names)s.") % {"names": ", ".join(one.name for one in contacts)})
        else:
            clean.notes.append(_("Nobody of those named here is among the contacts."))
    if not work.dry_run:
        batch = Batch(f"{work.run.source.split(':')[0]}:people", work.run)
        import_stakeholders(actor=work.actor, batch=batch, seats=seats)


def _tables_of_deals(
    work: Work, rows: Sequence[tuple[Clean, Incoming]], outcomes: Mapping[str, Outcome]
) -> dict[int, _Table]:
    """Return by line the table of each deal. One that was here and has ended stays as it is."""
    named = (outcomes[row.key].subject_id for _clean, row in rows if row.key in outcomes)
    ids = {one for one in named if one is not None}
    going_on = set(link.own_deals(work.actor).filter(pk__in=ids, ended_at=None).values_list("pk", flat=True))
    tables = {}
    for clean, row in rows:
        outcome = outcomes.get(row.key)
        if outcome and (outcome.result == "added" or outcome.subject_id in going_on):
            client = (row.once | row.fields).get("organization_id")
            tables[clean.line] = _Table(outcome.subject_id, client)
    return tables


def _tables_of_rooms(
    work: Work, rows: Sequence[tuple[Clean, Incoming]], _outcomes: Mapping[str, Outcome]
) -> dict[int, _Table]:
    """Return by line the table of the only deal that goes on in the room of each activity."""
    rooms = {row.once["room_id"] for _clean, row in rows}
    deals: dict[UUID, list[_Table]] = {}
    going_on = link.own_deals(work.actor).filter(room__in=rooms, ended_at=None)
    for room, deal, client in going_on.values_list("room_id", "pk", "organization_id"):
        deals.setdefault(room, []).append(_Table(deal, client))
    there = {clean.line: deals.get(row.once["room_id"], []) for clean, row in rows}
    return {line: tables[0] for line, tables in there.items() if len(tables) == 1}


@dataclass(frozen=True)
class _People:
    """The contacts that a batch names: by their number in the source, their address, or their name at one client."""

    numbers: Mapping[str, UUID]
    addresses: Mapping[str, UUID]
    names: Mapping[tuple[str, UUID | None], UUID]
    there: Mapping[UUID, Contact]

    @classmethod
    def named_in(cls, work: Work, rows: Sequence[Clean]) -> "_People":
        """Find them."""
        numbers = link.by_number(work.run, "contacts", {one for clean in rows for one in _several(clean)})
        addresses = link.people_by_email(work.actor, {clean.get("contact_email") for clean in rows} - {""})
        directory = Contact.objects.visible_to(work.actor).filter(archived_at=None, erased_at=None)
        words = {clean.get("contact_name").lower() for clean in rows} - {""}
        called = list(directory.annotate(lower=Lower("name")).filter(lower__in=words)) if words else []
        names = link.only_once(((one.name.lower(), one.organization_id), one.pk) for one in called)
        ids = {*numbers.values(), *addresses.values()}
        there = {one.pk: one for one in called} | directory.in_bulk(ids)
        return cls(numbers, addresses, names, there)

    def of(self, clean: Clean, client: UUID | None) -> list[Contact]:
        """Return whom one row names, each once. A name counts only for somebody of the deal's client."""
        ids = [self.numbers.get(number) for number in _several(clean)]
        ids.append(self.addresses.get(clean.get("contact_email").lower()))
        if client:
            ids.append(self.names.get((clean.get("contact_name").lower(), client)))
        return [self.there[one] for one in dict.fromkeys(ids) if one is not None and one in self.there]


def _several(clean: Clean) -> list[str]:
    """Return the numbers of a cell that names several contacts."""
    return [number for one in clean.get("contact_ids").split(";") if (number := one.strip())][:_MOST]
