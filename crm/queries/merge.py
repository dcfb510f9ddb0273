"""Reading what two entries of the directory would be together, what was put together, and where an id leads since."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.errors import NotFound, Refused
from crm.merging import Follows, follows_called, what_follows
from crm.models import (
    AddressChange,
    Consent,
    Contact,
    CustomField,
    DirectoryKind,
    Merge,
    Organization,
    Participant,
    Relationship,
    Room,
    Side,
)

Entry = Organization | Contact
Row = TypeVar("Row", Organization, Contact)

FIELDS: dict[str, dict[str, str | Promise]] = {
    DirectoryKind.ORGANIZATION: {
        "name": _("Name"),
        "parent": _("Belongs to"),
        "industry": _("Industry"),
        "city": _("City"),
        "country": _("Country"),
        "website": _("Web"),
        "domain": _("Domain of their mail"),
        "dream_client": _("Dream client"),
        "relationship": _("How well we know each other"),
    },
    DirectoryKind.CONTACT: {
        "name": _("Name"),
        "organization": _("Client"),
        "title": _("What they do"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "locale": _("Language"),
        "time_zone": _("Time zone"),
    },
}
"""The fields that are compared, and what they are called."""


@dataclass(frozen=True)
class Compared:
    """One field of both: what it says in words. `is_open` where both say something else, `takes` where only the other does."""

    name: str
    label: str | Promise
    kept: str
    other: str

    @property
    def is_open(self) -> bool:
        """Whether somebody must choose."""
        return bool(self.kept and self.other and self.kept != self.other)

    @property
    def takes(self) -> bool:
        """Whether the kept one takes it unless somebody says otherwise: it says nothing itself."""
        return bool(self.other and not self.kept)


@dataclass(frozen=True)
class Preview:
    """What putting two entries together does: fields that differ, and how many rows of each place move."""

    kind: str
    kept: Any
    other: Any
    fields: Sequence[Compared]
    moves: Sequence[tuple[str | Promise, int]]


@dataclass(frozen=True)
class Past:
    """One merge as a page tells it: the other's name, and after undoing what was left where it is."""

    merge: Merge
    name: str
    left: Sequence[str | Promise]


def _grants(kept: UUID, merged: UUID) -> QuerySet[Participant]:
    """Places in rooms: of the same mailbox, where the other has none, and nothing was asked yet. What was, stays as it was said.

    None moves while a new address of either waits to be confirmed: nobody knows yet who reads it. Nor does that of somebody who
    came in and sees some of what is there for no other reason than that they wrote it: nobody would see it any more.
    """
    if AddressChange.objects.open().filter(contact__in=(kept, merged)).exists():
        return Participant.objects.none()
    same = Contact.objects.filter(pk=kept, email__iexact=OuterRef("contact__email")).exclude(email="")
    there = Participant.objects.filter(contact=kept, room=OuterRef("room"))
    asked = Consent.objects.filter(participant=OuterRef("pk"))
    own_words = Q(side=Side.PARTNER) | Q(sections__isnull=False)
    free = Participant.objects.exclude(own_words, joined_at__isnull=False)
    return free.filter(Exists(same), ~Exists(there), ~Exists(asked), contact=merged)


FOLLOWING = (
    Follows(
        DirectoryKind.ORGANIZATION,
        "contacts",
        _("People"),
        "organization",
        lambda _kept, merged: Contact.objects.filter(organization=merged),
    ),
    Follows(
        DirectoryKind.ORGANIZATION,
        "rooms",
        _("Rooms, with all that is in them"),
        "organization",
        lambda _kept, merged: Room.objects.filter(organization=merged),
        room="pk",
    ),
    Follows(
        DirectoryKind.ORGANIZATION,
        "parts",
        _("Clients that belong to it"),
        "parent",
        lambda kept, merged: Organization.objects.filter(parent=merged).exclude(pk=kept),
    ),
    Follows(
        DirectoryKind.ORGANIZATION,
        "relationships",
        _("What was said about knowing each other"),
        "organization",
        lambda _kept, merged: Relationship.objects.filter(organization=merged),
        is_versioned=False,
    ),
    Follows(DirectoryKind.CONTACT, "participants", _("Places in rooms"), "contact", _grants, room="room_id"),
)


def survivor(row: Row) -> Row:
    """Return the entry that a row was put together with, at the end of the way; the row itself if with none."""
    seen = set()
    while row.merged_into is not None and row.pk not in seen:
        seen.add(row.pk)
        row = row.merged_into
    return row


def model_of(kind: str) -> type[Organization] | type[Contact]:
    """Return the model of a kind of entries."""
    return Organization if kind == DirectoryKind.ORGANIZATION else Contact


def entries_to_merge(
    actor: Actor, kind: str, kept_id: UUID, merged_id: UUID, *, undoing: bool = False
) -> tuple[Any, Any]:
    """Return both entries. Raises `NotFound`, and `Refused` for people of whom the actor sees no address.

    Whether two addresses are the same says what the addresses are. For taking them apart the kept one is enough.
    """
    ids = (kept_id, merged_id)
    if kind == DirectoryKind.CONTACT:
        people = Contact.objects.visible_to(actor).with_private_details_for(actor)
        found: dict[UUID, Any] = {one.pk: one for one in people.filter(pk__in=ids, erased_at=None)}
        looked_at = [one for one in found.values() if not undoing or one.pk == kept_id]
        if not all(one.details_visible for one in looked_at):
            words = _("You share no room with one of them. Somebody who does, or an administrator, can do this.")
            raise Refused(words, code="not_visible")
    else:
        found = {one.pk: one for one in Organization.objects.visible_to(actor).filter(pk__in=ids)}
    if len(found) < len(ids) or (
        not undoing and any(one.archived_at and not one.merged_into_id for one in found.values())
    ):
        raise NotFound
    return found[kept_id], found[merged_id]


def plain_values(row: Entry) -> dict[str, Any]:
    """Return what an entry says, field by field as plain JSON; custom fields as `custom.<key>`."""
    if isinstance(row, Organization):
        names = FIELDS[DirectoryKind.ORGANIZATION]
        ids = {"parent": row.parent_id, "relationship": row.relationship_id}
    else:
        names, ids = FIELDS[DirectoryKind.CONTACT], {"organization": row.organization_id}
    plain = {name: getattr(row, name) for name in names if name not in ids}
    refers = {name: str(value) if value else None for name, value in ids.items()}
    return {**plain, **refers, **{f"custom.{key}": value for key, value in row.custom.items()}}


def preview(actor: Actor, kind: str, kept_id: UUID, merged_id: UUID) -> Preview:
    """Return what putting `merged_id` together with `kept_id` would do. Raises `NotFound`, `Refused`."""
    kept, other = entries_to_merge(actor, kind, kept_id, merged_id)
    labels = {f"custom.{one.key}": one.label for one in CustomField.objects.filter(on=kind, archived_at=None)}
    mine, theirs = _in_words(kept), _in_words(other)
    fields = [
        Compared(name, label, mine.get(name, ""), theirs.get(name, ""))
        for name, label in {**FIELDS[kind], **labels}.items()
    ]
    differ = [one for one in fields if one.kept != one.other]
    counts = [(one.label, one.rows(kept.pk, other.pk).count()) for one in what_follows(kind)]
    return Preview(kind, kept, other, differ, [one for one in counts if one[1]])


def merges_of(actor: Actor, kept_id: UUID) -> list[Past]:
    """Return what was put together with an entry, newest first."""
    merges = list(Merge.objects.visible_to(actor).filter(kept_id=kept_id).select_related("by").order_by("-at")[:20])
    if not merges:
        return []
    names = dict(
        model_of(merges[0].kind).objects.filter(pk__in=[one.merged_id for one in merges]).values_list("pk", "name")
    )
    return [Past(one, names.get(one.merged_id, ""), left_in_words(one)) for one in merges]


def left_in_words(merge: Merge) -> list[str | Promise]:
    """Return what undoing left where it is: fields that were changed since, and rows that moved on."""
    fields = [FIELDS[merge.kind].get(name, name.removeprefix("custom.")) for name in merge.left.get("fields", ())]
    rows = [(follows_called(name).label, ids) for name, ids in merge.left.items() if name != "fields"]
    return [*fields, *(f"{label}: {len(ids)}" for label, ids in rows)]


def _in_words(row: Any) -> dict[str, str]:
    said = {name: _said(value) for name, value in plain_values(row).items()}
    is_organization = isinstance(row, Organization)
    for name in ("parent", "relationship") if is_organization else ("organization",):
        said[name] = str(getattr(row, name) or "")
    return said


def _said(value: Any) -> str:
    """Return a plain value in words; nothing for a mark that is not set."""
    return str(_("Yes")) if value is True else "" if value in (None, False) else str(value)


def refused_when_merged(row: Entry) -> None:
    """Raise `Refused` for an entry that was put together with another one: it is changed no more."""
    if row.merged_into_id is None:
        return
    into = survivor(row)  # type: ignore[type-var]
    words = _("This was put together with “%(name)s” meanwhile. Nothing was saved here: copy what you need over there.")
    raise Refused(words % {"name": into.name}, code="merged")
