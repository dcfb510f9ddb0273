"""People of imported deals: contacts that a file names beside a deal come to its table, as a draft of the importer's side.

Nobody is invited, nothing is mailed, and nobody outside learns of it until somebody shares them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from crm.actions.imported_row import Batch, Incoming, compare, remember_new
from crm.actors import Actor
from crm.clock import now
from crm.models import Room, Side
from deals.models import Section, SectionKind, Stakeholder


@dataclass(frozen=True)
class Seat:
    """A contact at the table of a deal."""

    deal: UUID
    contact: UUID

    @property
    def incoming(self) -> Incoming:
        """The row that remembers it: whoever was taken off the map here does not come back with the same file."""
        return Incoming(f"{self.deal}:{self.contact}", {})


@transaction.atomic
def import_stakeholders(*, actor: Actor, batch: Batch, seats: Iterable[Seat]) -> None:
    """Put contacts at the tables of deals in whose rooms the actor writes. Whoever is there stays as they are."""
    by_key = {seat.incoming.key: seat for seat in seats}
    new = [by_key[row.key] for row in compare(batch.source, [seat.incoming for seat in by_key.values()]).new]
    sections = _locked_sections(actor, {seat.deal for seat in new})
    there = _there(actor, sections.values())
    places = _places(sections.values())
    made = [
        (seat.incoming, _stakeholder(actor, sections[seat.deal], seat.contact, places))
        for seat in new
        if seat.deal in sections and (sections[seat.deal].pk, seat.contact) not in there
    ]
    Stakeholder.objects.bulk_create(row for _incoming, row in made)
    remember_new(batch, made)


def _stakeholder(actor: Actor, section: Section, contact: UUID, places: dict[UUID, int]) -> Stakeholder:
    at = now()
    return Stakeholder(
        section=section,
        side=Side.BUYER,
        contact_id=contact,
        wants_by_side=actor.side,
        private_to=actor.side,
        position=places.get(section.pk, -1) + 1,
        created_at=at,
        updated_at=at,
        **actor.authorship,
    )


def _locked_sections(actor: Actor, deals: Collection[UUID]) -> dict[UUID, Section]:
    """Lock the rooms, then the maps of people of these deals; those elsewhere than where the actor writes are left out."""
    rooms = Room.objects.writable_by(actor).filter(deals__in=deals).order_by("pk").values_list("pk", flat=True)
    locked = Room.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(rooms)).order_by("pk")
    found = Section.objects.filter(deal__in=deals, deal__room__in=list(locked), kind=SectionKind.PEOPLE)
    rows = found.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {section.deal_id: section for section in rows}


def _there(actor: Actor, sections: Collection[Section]) -> set[tuple[UUID, UUID | None]]:
    """Return who is on these maps already, as the actor's side sees them."""
    rows = Stakeholder.objects.seen_by_side(actor).filter(section__in=sections, replaces=None, contact__isnull=False)
    return set(rows.values_list("section_id", "contact_id"))


def _places(sections: Collection[Section]) -> dict[UUID, int]:
    """Return the last place on each map that everybody knows of, as for a draft that is written by hand."""
    shared = Stakeholder.objects.filter(section__in=sections, private_to="").order_by()
    return dict(shared.values_list("section").annotate(last=Max("position")))
