"""Clients from an import: made and changed as a whole, with their parents, without an event for each."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from crm.actions.imported_row import Incoming, Outcome, compare, merge, remember_changed, remember_new, save_changed
from crm.actors import Actor
from crm.clock import now
from crm.ids import new_id
from crm.models import ImportedRow, Organization


@transaction.atomic
def import_organizations(*, actor: Actor, source: str, rows: Sequence[Incoming]) -> list[Outcome]:
    """Bring in all clients of one file. `fields["parent"]` is the source key of another row of it, or empty.

    The rows were checked: names fit, parents exist and go round in no circle.
    """
    ids = organization_ids(source, [row.key for row in rows])
    ids |= {row.key: new_id() for row in rows if row.key not in ids}
    comparison = compare(source, [_with_parent(row, ids) for row in rows])
    at = now()
    made = [
        (row, Organization(pk=ids[row.key], custom=row.custom, created_at=at, updated_at=at, **row.fields, **row.once))
        for row in comparison.new
    ]
    Organization.objects.bulk_create(organization for _row, organization in made)
    outcomes = remember_new(source, made)
    return [*outcomes, *_change(comparison.changed), *comparison.unchanged]


def organization_ids(source: str, keys: Sequence[str]) -> dict[str, UUID]:
    """Return the ids of the organisations that rows of `source` became, by key."""
    known = ImportedRow.objects.filter(source=source, key__in=keys)
    return dict(known.values_list("key", "subject_id"))


def _with_parent(row: Incoming, ids: dict[str, UUID]) -> Incoming:
    fields = {name: value for name, value in row.fields.items() if name != "parent"}
    parent = row.fields["parent"]
    return Incoming(row.key, fields | {"parent_id": ids[parent] if parent else None}, row.custom, row.once)


def _change(changed: Sequence[tuple[Incoming, ImportedRow]]) -> list[Outcome]:
    found = Organization.objects.select_for_update(of=("self",), no_key=True).in_bulk(
        [before.subject_id for _row, before in changed]
    )
    outcomes, saved, fields = [], [], set[str]()
    for row, before in changed:
        organization = found[before.subject_id]
        names, kept = merge(organization, before, row)
        fields |= names
        if names:
            saved.append(organization)
        outcomes.append(Outcome(row.key, "updated" if names else "unchanged", organization.pk, tuple(kept)))
    save_changed(saved, fields)
    remember_changed(changed)
    return outcomes
