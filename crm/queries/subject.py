"""What consents are about: the rows themselves, and what people call them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from crm.actors import Actor
from crm.models import Consent
from crm.registry import consent_kind

Subjects = dict[tuple[str, UUID], Any]


@dataclass(frozen=True)
class Named:
    """One thing that is asked about, as the reader knows it: what it is called, and where it is read."""

    label: str | Promise
    url: str


def subjects_of(consents: Iterable[Consent]) -> Subjects:
    """Return the rows that consents are about, by kind and id; one query for each kind."""
    ids: dict[str, set[UUID]] = {}
    for consent in consents:
        ids.setdefault(consent.kind, set()).add(consent.subject_id)
    return {(kind, row.pk): row for kind, some in ids.items() for row in consent_kind(kind).rows().filter(pk__in=some)}


def names_of(actor: Actor, consents: Sequence[Consent], subjects: Subjects) -> list[Named]:
    """Return what the consents are about, named, in their order."""
    kinds = [(consent_kind(one.kind), subjects[one.kind, one.subject_id]) for one in consents]
    return [Named(kind.label(row), kind.url(actor, row)) for kind, row in kinds]
