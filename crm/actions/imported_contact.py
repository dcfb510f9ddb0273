"""Contacts from an import. No mail leaves, nobody is let into a room, and who somebody is in a room stays as it is."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef

from crm.actions.contact import OF_THE_ROOMS
from crm.actions.imported_row import (
    Batch,
    Incoming,
    Outcome,
    apply_changes,
    compare,
    remember_changed,
    remember_new,
    save_changed,
    would_be_new,
)
from crm.actors import Actor
from crm.clock import now
from crm.models import Contact, ImportedRow, Participant
from crm.models.contact import ContactQuerySet

_PRIVATE = ("email", "phone")


@transaction.atomic
def import_contacts(*, actor: Actor, batch: Batch, rows: Sequence[Incoming]) -> list[Outcome]:
    """Bring in one batch of checked contacts, all of it or nothing."""
    comparison = compare(batch.source, rows)
    found = contacts_to_change(actor).filter(archived_at=None)
    locked = found.select_for_update(of=("self",), no_key=True).in_bulk(comparison.subject_ids)
    changes = apply_changes(comparison, locked, closed=closed_fields)
    if batch.dry_run:
        return [*would_be_new(comparison.new), *changes.outcomes, *comparison.unchanged]
    at = now()
    made = [
        (row, Contact(created_by=actor.user, created_at=at, updated_at=at, custom=row.custom, **row.fields, **row.once))
        for row in comparison.new
    ]
    Contact.objects.bulk_create(contact for _row, contact in made)
    outcomes = remember_new(batch, made)
    save_changed(changes.saved.values(), changes.fields)
    remember_changed(batch, changes)
    return [*outcomes, *changes.outcomes, *comparison.unchanged]


def contacts_to_change(actor: Actor) -> ContactQuerySet:
    """Return the contacts that a file may change, or taking it back, each with what `closed_fields` asks."""
    in_rooms = Participant.objects.filter(contact=OuterRef("pk"))
    known = Contact.objects.visible_to(actor).with_private_details_for(actor)
    return known.annotate(is_in_rooms=Exists(in_rooms)).filter(erased_at=None)


def closed_fields(contact: Contact, _before: ImportedRow) -> Collection[str]:
    """Name what neither a file nor taking it back changes: who somebody is in their rooms, and what the actor does not see."""
    closed: set[str] = set()
    if getattr(contact, "is_in_rooms", True):
        closed |= {*OF_THE_ROOMS}
    if not getattr(contact, "details_visible", False):
        closed |= {*_PRIVATE}
    return closed
