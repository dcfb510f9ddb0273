"""Reading the directory of organisations."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Organization
from crm.models.organization import OrganizationQuerySet
from crm.queries.merge import survivor
from crm.queries.search import named, search
from crm.rules.search import Query
from crm.search import Found

OFFERED = 8
"""Clients that are offered below what is being typed."""
CALLED = 20
"""Clients of one name that are told apart by where they are."""


def organizations(actor: Actor, q: str = "") -> OrganizationQuerySet:
    """Return the organisations the actor sees, archived ones left out; `q` is looked for in name and domain."""
    rows = Organization.objects.visible_to(actor).filter(archived_at=None).select_related("parent")
    words = searched(q)
    return rows.filter(Q(name__icontains=words) | Q(domain__icontains=words)) if words else rows


def get_organization(actor: Actor, organization_id: UUID) -> Organization:
    """Return an organisation the actor sees, archived or not, with its parent and how well we know it: the one that it was
    put together with, if it was. Raises `NotFound`.
    """
    rows = Organization.objects.visible_to(actor).select_related("parent", "relationship__by")
    organization = rows.filter(pk=organization_id).first()
    if organization is None:
        raise NotFound
    return survivor(organization)


def get_organization_to_change(actor: Actor, organization_id: UUID) -> Organization:
    """Return an organisation of the directory, or one that was put together with another: whoever has it open is told so.

    Raises `NotFound`, for an archived one too.
    """
    rows = Organization.objects.visible_to(actor).select_related("parent", "relationship")
    organization = rows.filter(pk=organization_id).first()
    if organization is None or (organization.archived_at is not None and organization.merged_into_id is None):
        raise NotFound
    return organization


def searched(q: str) -> str:
    """Return what somebody searches for as a query may take it: no NUL, at most 200 characters."""
    return q.replace("\x00", "").strip()[:200]


def in_words(organization: Organization) -> str:
    """Return what a client is told by where many are offered: its name, and where it is."""
    return ", ".join(filter(None, (organization.name, organization.city, organization.country)))


def offered_clients(actor: Actor, typed: str) -> list[str]:
    """Return, in words, the clients that fit what somebody is typing, best first."""
    finds = search(actor, typed, limit=OFFERED, kinds=["organization"])
    return [", ".join(filter(None, (one.title, one.detail))) for find in finds for one in find.found]


def clients_meant(actor: Actor, words: str) -> list[Organization]:
    """Return the clients that somebody can mean who writes a name, or a name and where it is. The first few, when there are more."""
    said = searched(words)
    parts = said.split(", ")
    called = Q()  # the database compares: it has its own idea of capitals, as of ß
    for end in range(1, len(parts) + 1):
        called |= Q(name__iexact=", ".join(parts[:end]))
    rows = Organization.objects.visible_to(actor).filter(called, archived_at=None)[:CALLED]
    return [one for one in rows if said.casefold() in (one.name.casefold(), in_words(one).casefold())]


def find_organizations(actor: Actor, query: Query, limit: int) -> list[Found]:
    """Return organisations whose name or domain fits."""
    return [
        Found(row["pk"], row["name"], ", ".join(filter(None, (row["city"], row["country"]))), _page(row["pk"]))
        for row in organizations_named(actor, query, limit)
    ]


def organizations_named(actor: Actor, query: Query, limit: int) -> list[dict[str, Any]]:
    """Return `pk`, `name`, `city` and `country` of organisations whose name or domain fits, best first."""
    rows = Organization.objects.visible_to(actor).filter(archived_at=None)
    return named([(rows, "name"), (rows.exclude(domain=""), "domain")], query, limit, ("name", "city", "country"))


def _page(organization_id: UUID) -> str:
    return reverse("crm:client", args=[organization_id])
