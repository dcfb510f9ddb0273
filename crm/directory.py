"""Organisations and contacts as kinds of record. Registered by `crm.registered`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.actions.contact import archive_contact, change_contact, restore_contact
from crm.actions.organization import archive_organization, change_organization, restore_organization
from crm.actors import Actor
from crm.models import Contact, CustomFieldOn, Organization
from crm.queries.contact import contacts
from crm.queries.directory_fields import CONTACT_FIELDS, ORGANIZATION_FIELDS
from crm.queries.organization import organizations
from crm.record_kinds import RecordKind


def _all_writable(actor: Actor, rows: Sequence[Any]) -> set[UUID]:
    """All of our side keeps the directory."""
    return {row.pk for row in rows} if actor.is_seller else set()


def _count_people(actor: Actor, rows: Sequence[Organization]) -> None:
    """Put beside each organisation how many of its contacts are in the directory."""
    there = Contact.objects.filter(organization__in=[row.pk for row in rows], archived_at=None, erased_at=None)
    counts = dict(there.order_by().values_list("organization").annotate(n=Count("pk")))
    for row in rows:
        row.people = counts.get(row.pk, 0)  # type: ignore[attr-defined]


ORGANIZATIONS = RecordKind(
    name=CustomFieldOn.ORGANIZATION.value,
    label=_("Clients"),
    url_name="crm:clients",
    scope="contacts",
    counted=lambda count: ngettext("%(count)s client", "%(count)s clients", count) % {"count": count},
    rows=organizations,
    fields=ORGANIZATION_FIELDS,
    columns=("industry", "parent", "city", "people"),
    sort="name",
    standard=(
        (_("All clients"), ""),
        (_("Dream clients"), "dream_client:is:yes"),
        (_("Without an industry"), "industry:empty"),
    ),
    heading="crm/organization/_heading.html",
    heading_label=_("Client"),
    heading_field="name",
    title=lambda row: row.name,
    search=lambda q: Q(name__icontains=q) | Q(domain__icontains=q),
    change=lambda actor, row_id, version, values: change_organization(
        actor=actor, organization_id=row_id, version=version, values=values
    ),
    archive=lambda actor, row_id, version: archive_organization(actor=actor, organization_id=row_id, version=version),
    restore=lambda actor, row_id, version: restore_organization(actor=actor, organization_id=row_id, version=version),
    writable=_all_writable,
    related=("parent", "relationship"),
    prepare=_count_people,
)

CONTACTS = RecordKind(
    name=CustomFieldOn.CONTACT.value,
    label=_("People"),
    url_name="crm:contacts",
    scope="contacts",
    counted=lambda count: ngettext("%(count)s person", "%(count)s people", count) % {"count": count},
    rows=contacts,
    fields=CONTACT_FIELDS,
    columns=("organization", "title", "email", "phone"),
    sort="name",
    standard=((_("All people"), ""), (_("Without a client"), "organization:empty")),
    heading="crm/organization/_person_heading.html",
    heading_label=_("Name"),
    heading_field="name",
    title=lambda row: row.name,
    search=lambda q: Q(name__icontains=q) | Q(details_visible=True, email__icontains=q),
    change=lambda actor, row_id, version, values: change_contact(
        actor=actor, contact_id=row_id, version=version, values=values
    ),
    archive=lambda actor, row_id, version: archive_contact(actor=actor, contact_id=row_id, version=version),
    restore=lambda actor, row_id, version: restore_contact(actor=actor, contact_id=row_id, version=version),
    writable=_all_writable,
    related=("organization",),
)
