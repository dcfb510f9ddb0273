"""Finding what a row names: clients by number, domain or name, people by e-mail, deals by number or name. A batch at a time.

A name that two have finds neither.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from crm.actors import Actor
from crm.models import Contact, ImportedRow, ImportRun, Organization, Room
from deals.imports.choices import source_of
from deals.models import Deal

Found = dict[str, UUID]


def by_number(run: ImportRun, kind: str, numbers: Collection[str]) -> Found:
    """Return the rows that came from the same system under these numbers."""
    rows = ImportedRow.objects.filter(key__in=numbers)
    source = source_of(run)
    if source.name == "file":  # each own file has a name of its own
        rows = rows.filter(source__startswith="file-", source__endswith=f":{kind}")
    else:
        rows = rows.filter(source=source.rows_of(kind))
    return only_once(rows.values_list("key", "subject_id")) if numbers else {}


def clients_by_domain(actor: Actor, domains: Collection[str]) -> Found:
    """Return clients by their domain."""
    rows = _clients(actor).annotate(lower=Lower("domain")).filter(lower__in=domains)
    return only_once(rows.values_list("lower", "pk")) if domains else {}


def clients_by_name(actor: Actor, names: Collection[str]) -> Found:
    """Return clients by their name in lower case; first as it is written, then whatever the case."""
    exact = _clients(actor).filter(name__in=names).values_list("name", "pk") if names else ()
    found = only_once((name.lower(), pk) for name, pk in exact)
    rest = {name.lower() for name in names} - found.keys()
    if rest:
        rows = _clients(actor).annotate(lower=Lower("name")).filter(lower__in=rest)
        found |= only_once(rows.values_list("lower", "pk"))
    return found


def clients_there(actor: Actor, ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these clients are in the directory."""
    return set(_clients(actor).filter(pk__in=list(ids)).values_list("pk", flat=True))


def people_by_email(actor: Actor, addresses: Collection[str]) -> Found:
    """Return contacts by an address that the actor may see: nobody finds out here whom others know."""
    rows = Contact.objects.visible_to(actor).with_private_details_for(actor).annotate(lower=Lower("email"))
    rows = rows.filter(
        Q(details_visible=True), lower__in=[one.lower() for one in addresses], archived_at=None, erased_at=None
    )
    return only_once(rows.values_list("lower", "pk")) if addresses else {}


def own_deals(actor: Actor) -> QuerySet[Deal]:
    """Return the deals in whose rooms the actor may write."""
    return Deal.objects.filter(room__in=Room.objects.writable_by(actor), archived_at=None)


def rooms_of_deals(actor: Actor, *, ids: Collection[UUID] = (), titles: Collection[str] = ()) -> dict[Any, UUID]:
    """Return the rooms of deals that the actor writes in, by the deal's id or by its title in lower case."""
    found: dict[Any, UUID] = {}
    if ids:
        found |= dict(own_deals(actor).filter(pk__in=ids).values_list("pk", "room_id"))
    if titles:
        rows = own_deals(actor).filter(title__in=titles).values_list("title", "room_id")
        found |= only_once((title.lower(), room) for title, room in rows)
    return found


def rooms_of_clients(actor: Actor, clients: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the room of each client who has exactly one with a deal that the actor writes in."""
    rows = own_deals(actor).filter(organization__in=clients).values_list("organization_id", "room_id").distinct()
    return only_once(rows) if clients else {}


def brought_by(source: str, ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these rows came from `source` already: another row of it is somebody else."""
    rows = ImportedRow.objects.filter(source=source, subject_id__in=list(ids))
    return set(rows.values_list("subject_id", flat=True))


def _clients(actor: Actor) -> QuerySet[Organization]:
    return Organization.objects.visible_to(actor).filter(archived_at=None)


def only_once(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """Return what each name stands for; a name that stands for two is left out."""
    found: dict[Any, Any] = {}
    twice = set()
    for name, value in pairs:
        if name in found and found[name] != value:
            twice.add(name)
        found[name] = value
    return {name: value for name, value in found.items() if name not in twice}
