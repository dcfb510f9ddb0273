"""Finding entries of the directory that look like one, and saying that they are not."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.clock import now
from crm.errors import NotAllowed, NotFound
from crm.models import DirectoryKind, Event, LikelyPair
from crm.queries.duplicate import like
from crm.queries.merge import entries_to_merge, model_of
from crm.scopes import check_scope

BATCH = 500
"""Entries that the nightly look goes through at once."""
LOOKED_AT_AFTER = [
    *(f"organization.{one}" for one in ("created", "changed", "unmerged")),
    *(f"contact.{one}" for one in ("created", "changed", "restored", "unmerged")),
]
"""The events after which an entry is compared with others."""


def look_for_duplicates(event: Event) -> None:
    """Compare what was added or changed with the rest. A consumer; doing it twice is doing it once."""
    kind = event.subject_type
    row = model_of(kind).objects.filter(pk=event.subject_id, archived_at=None).first()
    if row is not None:
        compare(kind, row)


@transaction.atomic
def compare(kind: str, row: object) -> None:
    """Bring the likely pairs of one entry up to date. What was set apart stays so."""
    own: UUID = row.pk  # type: ignore[attr-defined]
    found = like(kind, row)
    pairs = {
        frozenset((one.first_id, one.second_id)): one
        for one in LikelyPair.objects.filter(Q(first_id=own) | Q(second_id=own)).select_for_update(of=("self",))
    }
    for key, pair in pairs.items():
        if pair.set_apart_at is None and not any(other in found for other in key - {own}):
            pair.delete()
    for other, reasons in found.items():
        first, second = sorted((own, other))
        LikelyPair.objects.update_or_create(
            first_id=first,
            second_id=second,
            defaults={"reasons": reasons},
            create_defaults={"kind": kind, "reasons": reasons, "found_at": now()},
        )


def compare_all() -> int:
    """Compare every entry with the rest, for what came in without an event of its own; return how many there were."""
    count = 0
    for kind in DirectoryKind.values:
        for row in model_of(kind).objects.filter(archived_at=None).order_by("pk").iterator(BATCH):
            compare(kind, row)
            count += 1
    return count


@transaction.atomic
def set_apart(*, actor: Actor, pair_id: UUID) -> LikelyPair:
    """Say that two entries are not the same; they are not offered again. Raises `NotFound`."""
    if not actor.is_seller:
        raise NotAllowed(_("The directory is kept by the selling side."))
    check_scope(actor, "contacts:write")
    pair = LikelyPair.objects.select_for_update(of=("self",)).filter(pk=pair_id).first()
    if pair is None:
        raise NotFound
    entries_to_merge(actor, pair.kind, pair.first_id, pair.second_id)
    if pair.set_apart_at is None:
        pair.set_apart_at, pair.set_apart_by = now(), actor.user
        pair.save(update_fields=["set_apart_at", "set_apart_by"])
    return pair
