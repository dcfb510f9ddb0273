"""Clients from an import: made and changed as a whole, with their parents, without an event for each."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from crm.actions.hierarchy import DEPTH_LIMIT, lock_hierarchy
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
from crm.ids import new_id
from crm.models import ImportedRow, Organization


@transaction.atomic
def import_organizations(*, actor: Actor, batch: Batch, rows: Sequence[Incoming]) -> list[Outcome]:
    """Bring in clients. `fields["parent"]` is the source key of a row that came before or comes along, or empty;
    `fields["parent_id"]` a client who is here. Whoever would stand below themselves gets nobody above.

    The rows were checked: names fit, parents exist.
    """
    named = [row.fields["parent"] for row in rows if row.fields.get("parent")]
    ids = organization_ids(batch.source, [*(row.key for row in rows), *named])
    ids |= {row.key: row.same_as or new_id() for row in rows if row.key not in ids}
    rows = _without_circles([_with_parent(row, ids) for row in rows], ids)
    comparison = compare(batch.source, rows)
    found = Organization.objects.visible_to(actor).filter(archived_at=None)
    changes = apply_changes(
        comparison, found.select_for_update(of=("self",), no_key=True).in_bulk(comparison.subject_ids)
    )
    if batch.dry_run:
        return [*would_be_new(comparison.new), *changes.outcomes, *comparison.unchanged]
    at = now()
    made = [
        (row, Organization(pk=ids[row.key], created_at=at, updated_at=at, custom=row.custom, **row.fields, **row.once))
        for row in comparison.new
    ]
    Organization.objects.bulk_create(organization for _row, organization in made)
    outcomes = remember_new(batch, made)
    save_changed(changes.saved.values(), changes.fields)
    remember_changed(batch, changes)
    return [*outcomes, *changes.outcomes, *comparison.unchanged]


def organization_ids(source: str, keys: Sequence[str]) -> dict[str, UUID]:
    """Return the ids of the organisations that rows of `source` became, by key."""
    known = ImportedRow.objects.filter(source=source, key__in=keys)
    return dict(known.values_list("key", "subject_id"))


def _with_parent(row: Incoming, ids: dict[str, UUID]) -> Incoming:
    if "parent" not in row.fields:
        return row
    fields = {name: value for name, value in row.fields.items() if name != "parent"}
    parent = row.fields["parent"]
    return Incoming(
        row.key, fields | {"parent_id": ids.get(parent) if parent else None}, row.custom, row.once, row.same_as
    )


def _without_circles(rows: Sequence[Incoming], ids: dict[str, UUID]) -> list[Incoming]:
    """Take away the parents with which a hierarchy would go round. Holds the hierarchy until the end of the transaction."""
    parents = {ids[row.key]: row.fields["parent_id"] for row in rows if row.fields.get("parent_id")}
    if not parents:
        return list(rows)
    lock_hierarchy(Organization)
    above = _above(set(parents.values())) | parents
    checked = []
    for row in rows:
        own = ids[row.key]
        if own in parents and _goes_round(own, above):
            above[own] = None
            row = replace(row, fields=row.fields | {"parent_id": None})
        checked.append(row)
    return checked


def _above(ids: set[UUID]) -> dict[UUID, UUID | None]:
    """Return who stands above these organisations, and above those, all the way up."""
    found: dict[UUID, UUID | None] = {}
    while ids:
        found |= dict(Organization.objects.filter(pk__in=ids).values_list("pk", "parent_id"))
        ids = {parent for parent in found.values() if parent} - found.keys()
        ids &= set(Organization.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return found


def _goes_round(own: UUID, above: dict[UUID, UUID | None]) -> bool:
    seen: set[UUID] = set()
    one: UUID | None = own
    while one is not None and one not in seen:
        seen.add(one)
        one = above.get(one)
    return one is not None or len(seen) > DEPTH_LIMIT
