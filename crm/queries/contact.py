"""Reading contacts: the directory is for all staff, private details follow the rooms, custom fields are the seller's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Contact
from crm.models.contact import ContactQuerySet
from crm.queries.merge import survivor
from crm.queries.organization import searched
from crm.queries.search import named
from crm.rules.search import Query
from crm.search import Found


@dataclass(frozen=True)
class ContactCard:
    """A contact as one actor may see it. `email` and `phone` are empty when `details_visible` is False."""

    id: UUID
    name: str
    title: str
    organization_id: UUID | None
    organization_name: str
    email: str
    mailbox_is_shared: bool
    phone: str
    details_visible: bool
    time_zone: str
    locale: str
    custom: dict[str, Any]
    version: int
    is_archived: bool
    is_erased: bool


def contacts(
    actor: Actor, q: str = "", organization_id: UUID | None = None, *, archived: bool = False
) -> ContactQuerySet:
    """Return the contacts the actor sees: those of the directory, or those taken out of it (`archived`), whoever was erased
    left out. Turn a page of them into cards with `cards`.

    `q` is looked for in names, and in addresses the actor may see: a search must not tell what a page hides.
    """
    rows = Contact.objects.visible_to(actor).with_private_details_for(actor).select_related("organization")
    rows = rows.filter(archived_at__isnull=not archived, erased_at=None, merged_into=None)
    if organization_id is not None:
        rows = rows.filter(organization=organization_id)
    words = searched(q)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(details_visible=True, email__icontains=words))
    return rows


def cards(actor: Actor, rows: Iterable[Contact]) -> list[ContactCard]:
    """Return rows of `contacts` as the actor may see them."""
    return [_card(actor, row) for row in rows]


def get_contact(actor: Actor, contact_id: UUID) -> ContactCard:
    """Return one contact as the actor may see it, archived or not: the one that it was put together with, if it was.

    Raises `NotFound`.
    """
    rows = Contact.objects.visible_to(actor).with_private_details_for(actor).with_shared_mailbox()
    row = rows.select_related("organization").filter(pk=contact_id).first()
    if row is None:
        raise NotFound
    return _card(actor, row) if row.merged_into_id is None else get_contact(actor, survivor(row).pk)


def get_contact_to_change(actor: Actor, contact_id: UUID) -> tuple[Contact, bool]:
    """Return a contact of the directory, or one put together with another, and whether the actor sees e-mail and phone.

    Raises `NotFound`.
    """
    rows = Contact.objects.visible_to(actor).with_private_details_for(actor).select_related("organization")
    row = rows.filter(pk=contact_id).first()
    if row is None or (row.archived_at is not None and row.merged_into_id is None):
        raise NotFound
    return row, bool(getattr(row, "details_visible", False))


def _card(actor: Actor, row: Contact) -> ContactCard:
    is_visible = bool(getattr(row, "details_visible", False))
    return ContactCard(
        id=row.pk,
        name=row.name,
        title=row.title,
        organization_id=row.organization_id,
        organization_name=row.organization.name if row.organization else "",
        email=row.email if is_visible else "",
        mailbox_is_shared=is_visible and bool(getattr(row, "mailbox_is_shared", False)),
        phone=row.phone if is_visible else "",
        details_visible=is_visible,
        time_zone=row.time_zone,
        locale=row.locale,
        custom=dict(row.custom) if actor.is_seller else {},
        version=row.version,
        is_archived=row.archived_at is not None,
        is_erased=row.erased_at is not None,
    )


def find_contacts(actor: Actor, query: Query, limit: int) -> list[Found]:
    """Return contacts whose name fits, or whose address does where the actor may see it."""
    rows = Contact.objects.visible_to(actor).filter(archived_at=None, erased_at=None)
    reached = rows.exclude(email="").with_private_details_for(actor).filter(Q(details_visible=True))
    shows = ("name", "title", "organization__name")
    return [
        Found(
            row["pk"],
            row["name"],
            ", ".join(filter(None, (row["title"], row["organization__name"]))),
            reverse("crm:contact", args=[row["pk"]]),
        )
        for row in named([(rows, "name"), (reached, "email")], query, limit, shows)
    ]
