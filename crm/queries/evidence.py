"""What the chains do not cover by themselves: revisions against their hashes, answers against the chain.

Like `crm.queries.ledger` an auditor's reading, over all rooms and without an actor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from crm.evidence.verify import answer_after, is_as_given
from crm.models import Consent, LedgerEntry, Revision, SignInFacts
from crm.rules.canonical import content_hash
from crm.rules.chain import payload_digest

CHUNK = 200


@dataclass(frozen=True)
class EvidenceFault:
    """A row that does not fit what the chain says: `fault` is a code, `row_id` the row's id."""

    room_id: UUID
    fault: str
    row_id: UUID


def evidence_faults(room_id: UUID | None = None) -> Iterator[EvidenceFault]:
    """Check the revisions, the answers and the facts of sign-ins of all rooms, or of one."""
    yield from _altered_revisions(_of_room(Revision.objects.all(), "room", room_id))
    yield from _altered_answers(_of_room(LedgerEntry.objects.all(), "room", room_id))
    yield from _unrecorded_answers(_of_room(Consent.objects.all(), "room", room_id))
    yield from _altered_facts(_of_room(SignInFacts.objects.all(), "payload__entry__room", room_id))


def _of_room(rows: QuerySet[Any], path: str, room_id: UUID | None) -> QuerySet[Any]:
    return rows.filter(**{path: room_id}) if room_id else rows


def _altered_revisions(revisions: QuerySet[Revision]) -> Iterator[EvidenceFault]:
    kept = revisions.filter(content__isnull=False).order_by("pk")
    for one in kept.only("room_id", "schema", "content", "content_hash").iterator(CHUNK):
        if _hash_of(one) != one.content_hash:
            yield EvidenceFault(one.room_id, "altered_revision", one.pk)


def _hash_of(revision: Revision) -> str | None:
    try:
        return content_hash(revision.content or {}, schema=revision.schema)
    except ValueError:
        return None


def _altered_answers(entries: QuerySet[LedgerEntry]) -> Iterator[EvidenceFault]:
    """Follow each answer through its entries and compare where that leads with the row that pages and gates read."""
    rows = entries.filter(consent__isnull=False).order_by("consent_id", "seq")
    told = rows.values(
        "consent_id",
        "type",
        "room_id",
        "payload__content",
        "consent__answer",
        "consent__given_answer",
        "consent__content_hash",
    ).iterator(CHUNK)
    for consent_id, own in groupby(told, key=lambda row: row["consent_id"]):
        stands, is_bound = "", True
        for row in own:
            content = row["payload__content"]
            stands = answer_after(stands, row["type"], content)
            is_bound &= not content or content.get("content_hash") == row["consent__content_hash"]
            is_bound &= is_as_given(row["consent__given_answer"], row["type"], content)
        if not is_bound or (stands and stands != row["consent__answer"]):
            yield EvidenceFault(row["room_id"], "altered_answer", consent_id)


def _unrecorded_answers(consents: QuerySet[Consent]) -> Iterator[EvidenceFault]:
    missing = consents.exclude(Exists(LedgerEntry.objects.filter(consent=OuterRef("pk"))))
    for room_id, consent_id in missing.order_by("pk").values_list("room_id", "pk").iterator(CHUNK):
        yield EvidenceFault(room_id, "unrecorded_answer", consent_id)


def _altered_facts(facts: QuerySet[SignInFacts]) -> Iterator[EvidenceFault]:
    rows = (
        facts.order_by("pk").values("pk", "salt", "content", "payload__content", "payload__entry__room").iterator(CHUNK)
    )
    for row in rows:
        told = (row["payload__content"].get("how") or {}).get("facts_digest")
        if _digest_of(row["content"], bytes(row["salt"])) != told:
            yield EvidenceFault(row["payload__entry__room"], "altered_facts", row["pk"])


def _digest_of(content: Any, salt: bytes) -> str | None:
    try:
        return payload_digest(content, salt)
    except ValueError:
        return None
