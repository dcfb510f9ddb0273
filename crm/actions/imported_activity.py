"""Activities from an import: written into rooms as history, for the writer's own side, without an event for each."""

from collections.abc import Sequence

from django.db import transaction

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
from crm.models import Activity, Room


@transaction.atomic
def import_activities(*, actor: Actor, batch: Batch, rows: Sequence[Incoming]) -> list[Outcome]:
    """Bring in one batch of checked activities, all of it or nothing. `once["room_id"]` is a room the actor writes in."""
    comparison = compare(batch.source, rows)
    mine = Activity.objects.visible_to(actor).filter(room__in=Room.objects.writable_by(actor), by_side=actor.side)
    changes = apply_changes(
        comparison, mine.select_for_update(of=("self",), no_key=True).in_bulk(comparison.subject_ids)
    )
    if batch.dry_run:
        return [*would_be_new(comparison.new), *changes.outcomes, *comparison.unchanged]
    at = now()
    made = [
        (
            row,
            Activity(private_to=actor.side, created_at=at, updated_at=at, **actor.authorship, **row.fields, **row.once),
        )
        for row in comparison.new
    ]
    Activity.objects.bulk_create(activity for _row, activity in made)
    outcomes = remember_new(batch, made)
    save_changed(changes.saved.values(), changes.fields)
    remember_changed(batch, changes)
    return [*outcomes, *changes.outcomes, *comparison.unchanged]
