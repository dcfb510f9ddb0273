"""A person as export and erasure look for them: the contact as it was, what gives them away, and their rooms."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q

from crm.models import Contact, Participant, Room
from crm.registry import personal_data_places
from crm.rules.personal_data import Traces, traces_of


@dataclass(frozen=True)
class Person:
    """`rooms` are all rooms that may say something about them, `grants` the ids of their participants."""

    contact: Contact
    traces: Traces
    rooms: tuple[UUID, ...]
    grants: tuple[UUID, ...]

    @property
    def words(self) -> Traces:
        """What gives them away without the ids, which say nothing any more once the contact is erased."""
        return replace(self.traces, ids=())


def entries_of(contact: Contact) -> list[Contact]:
    """Return all entries of one person: what was put together with this one, or it with, at any remove, and itself."""
    found, last = {contact.pk: contact}, [contact]
    while last:
        joined = Q(merged_into__in=last) | Q(pk__in=[one.merged_into_id for one in last if one.merged_into_id])
        last = list(Contact.objects.filter(joined).exclude(pk__in=found))
        found |= {one.pk: one for one in last}
    return [found[pk] for pk in sorted(found)]


def person_of(contact: Contact) -> Person:
    """Return what to look for and where. A name or address that is another person's as well gives nobody away.

    Entries that were put together with this one are no other person.
    """
    grants = tuple(Participant.objects.filter(contact=contact).order_by("pk").values_list("pk", flat=True))
    rooms = _rooms(contact)
    ids = (str(contact.pk), *map(str, grants))
    if contact.erased_at is not None:
        return Person(contact, Traces("", (), ids), rooms, grants)
    others = Contact.objects.filter(erased_at=None).exclude(pk__in=[one.pk for one in entries_of(contact)])
    near = others.filter(
        Q(grants__room__in=rooms) | Q(organization=contact.organization_id, organization__isnull=False)
    )
    name = "" if near.filter(name__iexact=contact.name).exists() else contact.name
    email = "" if others.filter(email__iexact=contact.email).exists() else contact.email
    phone = "" if others.filter(phone=contact.phone).exists() else contact.phone
    return Person(contact, traces_of(name, email, phone, ids), rooms, grants)


def _rooms(contact: Contact) -> tuple[UUID, ...]:
    here = Q(participants__contact=contact)
    if contact.organization_id:
        here |= Q(organization=contact.organization_id)
    found = set(Room.objects.filter(here).values_list("pk", flat=True))
    for place in personal_data_places():
        found.update(place.rooms(contact) if place.rooms else ())
    return tuple(sorted(found))
