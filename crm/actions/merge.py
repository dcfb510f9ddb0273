"""Putting two entries of the directory together, and taking them apart again."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.actions.contact import change_contact
from crm.actions.hierarchy import lock_hierarchy
from crm.actions.organization import change_organization, check_may_keep_directory
from crm.actions.relationship import take_over_relationship
from crm.actions.version import LOOK_AGAIN, check_version, save_changes
from crm.actors import Actor
from crm.clock import now
from crm.errors import Invalid, NotFound, Refused
from crm.events.record import record
from crm.merging import Follows, follows_called, what_follows
from crm.models import Contact, DirectoryKind, Merge, Organization, Participant, Room
from crm.queries.merge import Entry, entries_to_merge, plain_values
from crm.scopes import check_scope


@transaction.atomic
def merge_entries(
    *,
    actor: Actor,
    kind: str,
    kept_id: UUID,
    merged_id: UUID,
    version: int,
    merged_version: int,
    take: Collection[str] = (),
) -> Merge:
    """Put the entry `merged_id` together with `kept_id`; from then on its id leads there.

    `take` names the fields whose value the kept one takes from the other (`custom.<key>` for custom fields). What belongs to
    the other moves; what its people wrote, answered and agreed to stays under the name it was given. Raises `Stale` when
    either is no longer at the version that was compared, `Refused` when one of them is merged already, and what changing the
    kept one raises.
    """
    check_may_keep_directory(actor)
    kept, merged = _lock_both(actor, kind, kept_id, merged_id)
    check_version(kept, version, LOOK_AGAIN)
    check_version(merged, merged_version, LOOK_AGAIN)
    _check_writes_in_rooms(actor, kind, kept.pk, merged.pk)
    taken = _take(actor, kind, kept, merged, take)
    moved = {one.name: ids for one in what_follows(kind) if (ids := _move(one, kept.pk, merged.pk))}
    _tell_rooms(actor, moved, kept, merged)
    save_changes(merged, {"archived_at": now(), "merged_into": kept})
    merge = Merge.objects.create(
        kind=kind, kept_id=kept.pk, merged_id=merged.pk, taken=taken, moved=moved, by=actor.user, at=now()
    )
    _tell(actor, f"{kind}.merged", kept, merge)
    return merge


@transaction.atomic
def undo_merge(*, actor: Actor, merge_id: UUID, version: int) -> Merge:
    """Take two entries apart again: all that was not touched since goes back, and `left` says what did not.

    Raises `Refused` when the kept one was merged itself since: that is undone first.
    """
    check_may_keep_directory(actor)
    merge = Merge.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=merge_id).first()
    if merge is None:
        raise NotFound
    check_version(merge, version, LOOK_AGAIN)
    entries_to_merge(actor, merge.kind, merge.kept_id, merge.merged_id, undoing=True)
    kept, merged = _locked(merge.kind, merge.kept_id, merge.merged_id, moving_to=merge.merged_id)
    if merge.undone_at is not None:
        raise Refused(_("This was undone already."), code="undone")
    if kept.merged_into_id is not None or merged.merged_into_id != kept.pk:
        raise Refused(_("One of them was put together with another one since. Undo that first."), code="merged")
    _check_writes_in_rooms(actor, merge.kind, merged.pk, kept.pk)
    save_changes(merged, {"archived_at": None, "merged_into": None})
    stayed = {name: left for name, ids in merge.moved.items() if (left := _move_back(merge, name, ids))}
    _tell_rooms(actor, merge.moved, kept, merged)
    fields = _put_back(actor, merge, kept)
    merge.left = {**({"fields": fields} if fields else {}), **stayed}
    merge.undone_at, merge.undone_by, merge.version = now(), actor.user, merge.version + 1
    merge.save(update_fields=["left", "undone_at", "undone_by", "version"])
    _tell(actor, f"{merge.kind}.unmerged", kept, merge)
    return merge


def _lock_both(actor: Actor, kind: str, kept_id: UUID, merged_id: UUID) -> tuple[Any, Any]:
    if kept_id == merged_id:
        raise Invalid.field("merged", _("Choose another one: this is the same."), code="same")
    entries_to_merge(actor, kind, kept_id, merged_id)
    kept, merged = _locked(kind, kept_id, merged_id, moving_to=kept_id)
    if kept.merged_into_id or merged.merged_into_id:
        raise Refused(_("One of them was put together with another one meanwhile."), code="merged")
    if kept.archived_at or merged.archived_at:
        raise NotFound
    return kept, merged


def _locked(kind: str, kept_id: UUID, merged_id: UUID, *, moving_to: UUID) -> tuple[Any, Any]:
    """Lock both so that nothing new points at either until this is over: after the rooms and rows that move, as everybody does."""
    if kind == DirectoryKind.ORGANIZATION:
        lock_hierarchy(Organization)
    moving_from = merged_id if moving_to == kept_id else kept_id
    follows = what_follows(kind)
    rooms = {
        pk for one in follows if one.room for pk in one.rows(moving_to, moving_from).values_list(one.room, flat=True)
    }
    _lock(Room.objects.filter(pk__in=rooms))
    for one in follows:
        _lock(one.rows(moving_to, moving_from))
    model = Organization if kind == DirectoryKind.ORGANIZATION else Contact
    ids = (kept_id, merged_id)
    rows = {row.pk: row for row in model.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")}
    if len(rows) < len(ids):
        raise NotFound
    return rows[kept_id], rows[merged_id]


def _lock(rows: QuerySet[Any]) -> None:
    list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))


def _check_writes_in_rooms(actor: Actor, kind: str, kept_id: UUID, merged_id: UUID) -> None:
    """A person's place in a room gets another name: only who writes there may do that, as with any new name."""
    if kind != DirectoryKind.CONTACT:
        return
    rooms = {
        pk
        for one in what_follows(kind)
        if one.room
        for pk in one.rows(kept_id, merged_id).values_list(one.room, flat=True)
    }
    if rooms:
        check_scope(actor, "rooms:write")
    if Room.objects.filter(pk__in=rooms).exclude(pk__in=Room.objects.writable_by(actor)).exists():
        words = _("This person is in a room where you do not write. Ask its owner to do this.")
        raise Refused(words, code="not_writable")


def _take(actor: Actor, kind: str, kept: Entry, merged: Entry, take: Collection[str]) -> dict[str, list[Any]]:
    """Let the kept one say what it takes from the other; return each changed field with what it said before and after."""
    before, theirs = plain_values(kept), plain_values(merged)
    if unknown := sorted(set(take) - set(before) - set(theirs)):
        raise Invalid.field("take", _("There is no field “%(name)s”.") % {"name": unknown[0]}, code="unknown")
    values = {name: theirs.get(name) for name in take if before.get(name) != theirs.get(name)}
    if kind == DirectoryKind.ORGANIZATION:
        values |= _parent_above(kept, merged, values)
    _change(actor, kind, kept, values)
    after = plain_values(kept)
    changed = (name for name in {**before, **after} if before.get(name) != after.get(name))
    return {name: [before.get(name), after.get(name)] for name in changed}


def _parent_above(kept: Any, merged: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Nobody stands below themselves: a client that stood below the other one takes its place."""
    above, way = kept.parent_id, []
    while above is not None and above not in way:
        way.append(above)
        above = Organization.objects.filter(pk=above).values_list("parent_id", flat=True).first()
    if merged.pk in way:
        return {"parent": str(merged.parent_id) if merged.parent_id else None}
    return {"parent": None} if values.get("parent") == str(kept.pk) else {}


def _change(actor: Actor, kind: str, row: Any, values: dict[str, Any]) -> None:
    """Change the kept entry as anybody would, with the same checks and events."""
    custom = {name.removeprefix("custom."): value for name, value in values.items() if name.startswith("custom.")}
    plain = {name: value for name, value in values.items() if not name.startswith("custom.")}
    if not values:
        return
    if "relationship" in plain:
        take_over_relationship(actor=actor, organization=row, relationship_id=plain.pop("relationship"))
    act: Callable[..., Any] = change_contact
    named = {"contact_id": row.pk}
    if kind == DirectoryKind.ORGANIZATION:
        act, named = change_organization, {"organization_id": row.pk}
    act(actor=actor, version=row.version, values={**plain, **({"custom": custom} if custom else {})}, **named)
    row.refresh_from_db()


def _move(follows: Follows, kept_id: UUID, merged_id: UUID) -> list[str]:
    rows = follows.rows(kept_id, merged_id)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    _point(follows, ids, kept_id)
    return [str(pk) for pk in ids]


def _move_back(merge: Merge, name: str, ids: list[str]) -> list[str]:
    """Point rows back to the entry they came from; return those that somebody moved on since."""
    follows = follows_called(name)
    there = follows.rows(merge.merged_id, merge.kept_id).filter(pk__in=ids)
    back = list(there.values_list("pk", flat=True))
    _point(follows, back, merge.merged_id)
    return sorted(set(ids) - {str(pk) for pk in back})


def _point(follows: Follows, ids: Collection[UUID], to: UUID) -> None:
    model = follows.rows(to, to).model
    version = {"version": F("version") + 1} if follows.is_versioned else {}
    model._base_manager.filter(pk__in=ids).update(**{follows.field: to}, **version)


def _tell_rooms(actor: Actor, moved: dict[str, list[str]], kept: Any, merged: Any) -> None:
    """Say in each room that somebody's place has another name now."""
    if kept.name == merged.name:
        return
    for grant in (
        Participant.objects.filter(pk__in=moved.get("participants", ())).select_related("room").order_by("room_id")
    ):
        record("participant.facts_changed", actor=actor, room=grant.room, subject=grant, data={"fields": ["name"]})


def _put_back(actor: Actor, merge: Merge, kept: Any) -> list[str]:
    """Let the kept entry say again what it said before; return the fields that somebody changed since."""
    present = plain_values(kept)
    same = {name for name, (_before, after) in merge.taken.items() if present.get(name) == after}
    _change(actor, merge.kind, kept, {name: merge.taken[name][0] for name in same})
    return sorted(set(merge.taken) - same)


def _tell(actor: Actor, type: str, kept: Any, merge: Merge) -> None:
    record(type, actor=actor, room=None, subject=kept, data={"merged": str(merge.merged_id), "merge": str(merge.pk)})
