"""Entries of the directory that look like one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper
from django.utils.functional import Promise

from crm.actors import Actor
from crm.models import Contact, DirectoryKind, LikelyPair, Organization, Reason
from crm.queries.merge import model_of
from crm.queries.paging import page_of
from crm.rules.duplicate import look_alike

LOOKED_AT = 20
"""Entries like another one, by their trigrams, that are looked at closely."""


@dataclass(frozen=True)
class Likely:
    """Two entries that look like one, and why; `first` is the older one."""

    pair: LikelyPair
    first: Any
    second: Any
    reasons: Sequence[str | Promise]


@dataclass(frozen=True)
class LikelyPage:
    """Some pairs, and the cursor to more."""

    pairs: Sequence[Likely]
    next_cursor: str


def open_pairs(actor: Actor) -> QuerySet[LikelyPair]:
    """Return the pairs that nobody has set apart and whose entries are both in the directory.

    Pairs of people whose addresses the actor does not see are left out: a reason would tell what the page of each hides.
    """
    clients = Organization.objects.visible_to(actor).filter(archived_at=None)
    people = Contact.objects.visible_to(actor).with_private_details_for(actor)
    people = people.filter(Q(details_visible=True), archived_at=None, erased_at=None)
    both = Q()
    for kind, rows in ((DirectoryKind.ORGANIZATION, clients), (DirectoryKind.CONTACT, people)):
        is_there = [Exists(rows.filter(pk=OuterRef(name))) for name in ("first_id", "second_id")]
        both |= Q(*is_there, kind=kind)
    return LikelyPair.objects.filter(both, set_apart_at=None)


def likely_pairs(actor: Actor, kind: str, cursor: str = "", *, of: UUID | None = None) -> LikelyPage:
    """Return a page of open pairs of a kind, newest first; `of` one entry only."""
    pairs = open_pairs(actor).filter(kind=kind)
    if of is not None:
        pairs = pairs.filter(Q(first_id=of) | Q(second_id=of))
    page = page_of(pairs, cursor, by=("-id",))
    ids = {pk for one in page.rows for pk in (one.first_id, one.second_id)}
    beside = "parent" if kind == DirectoryKind.ORGANIZATION else "organization"
    rows = model_of(kind).objects.select_related(beside).in_bulk(ids) if ids else {}
    return LikelyPage([_likely(one, rows) for one in page.rows], page.next_cursor)


def _likely(pair: LikelyPair, rows: Mapping[UUID, Any]) -> Likely:
    first, second = sorted((rows[pair.first_id], rows[pair.second_id]), key=lambda one: (one.created_at, one.pk))
    return Likely(pair, first, second, [Reason(one).label for one in pair.reasons])


def like(kind: str, row: Any) -> dict[UUID, list[str]]:
    """Return the ids of entries that look like `row`, with the reasons."""
    known = model_of(kind).objects.filter(archived_at=None).exclude(pk=row.pk)
    near = known.alias(spelled=Upper("name")).filter(spelled__trigram_similar=row.name)
    near = near.order_by(TrigramSimilarity(Upper("name"), row.name).desc())
    same = _same_place(kind, row)
    rows = {
        one.pk: one for one in (*near[:LOOKED_AT], *(known.filter(same).order_by("-id")[:LOOKED_AT] if same else ()))
    }
    found = {pk: _reasons(kind, row, one) for pk, one in rows.items()}
    return {pk: reasons for pk, reasons in found.items() if reasons}


def _same_place(kind: str, row: Any) -> Q | None:
    if kind == DirectoryKind.ORGANIZATION:
        return Q(domain__iexact=row.domain) if row.domain else None
    return Q(email__iexact=row.email) if row.email and not row.shared_mailbox else None


def _reasons(kind: str, one: Any, other: Any) -> list[str]:
    """Say why two entries look like one. Two people of one name are the same only where they work at the same place."""
    is_alike = look_alike(one.name, other.name)
    if kind == DirectoryKind.ORGANIZATION:
        is_there = bool(one.domain) and one.domain.lower() == other.domain.lower()
        found = {Reason.NAME: is_alike, Reason.DOMAIN: is_there}
    else:
        is_reached = bool(one.email) and one.email.lower() == other.email.lower() and not other.shared_mailbox
        elsewhere = one.organization_id and other.organization_id and one.organization_id != other.organization_id
        found = {Reason.EMAIL: is_reached, Reason.NAME: is_alike and not elsewhere}
    return [reason.value for reason, is_so in found.items() if is_so]
