"""What the chains do not cover by themselves: revisions against their hashes, questions and answers against the chain.

Like `crm.queries.ledger` an auditor's reading, over all rooms and without an actor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Max, Prefetch, QuerySet

from crm.evidence.verify import answer_faults
from crm.models import LedgerEntry, Question, Revision, SignInFacts
from crm.queries.archive import question_row
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
    yield from _altered_answers(_of_room(Question.objects.all(), "room", room_id))
    yield from _unbound_entries(_of_room(LedgerEntry.objects.all(), "room", room_id))
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


def _altered_answers(questions: QuerySet[Question]) -> Iterator[EvidenceFault]:
    """Compare each question and answer, as pages and gates read them, with what the chain says."""
    erased = dict(LedgerEntry.objects.filter(type="erased").order_by().values_list("room").annotate(Max("seq")))
    entries = Prefetch("consents__ledger", LedgerEntry.objects.select_related("payload").order_by("seq"))
    related = questions.select_related("asked_of__contact", "asked_by", "evidence")
    for question in related.prefetch_related("consents__revision", entries).order_by("pk").iterator(CHUNK):
        told = question_row(question)
        for row, consent in zip(told["consents"], question.consents.all(), strict=True):
            own = [_entry(one) for one in consent.ledger.all() if one.room_id == question.room_id == consent.room_id]
            revision = {"number": consent.revision.number, "content_hash": consent.revision.content_hash}
            if any(answer_faults(told, row, own, revision, erased.get(question.room_id, 0))):
                fault = "altered_answer" if own else "unrecorded_answer"
                yield EvidenceFault(question.room_id, fault, consent.pk)


def _entry(one: LedgerEntry) -> dict[str, Any]:
    payload = getattr(one, "payload", None)
    return {"seq": one.seq, "type": one.type, "payload": payload.content if payload else None}


def _unbound_entries(entries: QuerySet[LedgerEntry]) -> Iterator[EvidenceFault]:
    unbound = entries.filter(consent=None, payload__content__has_key="consent").order_by("pk")
    for room_id, entry_id in unbound.values_list("room_id", "pk").iterator(CHUNK):
        yield EvidenceFault(room_id, "altered_answer", entry_id)


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
