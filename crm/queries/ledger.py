"""Checking the ledger: every chain against itself, and against a checkpoint that was kept elsewhere.

An auditor's reading, over all rooms and without an actor; only commands use it. Rows stream through a server-side
cursor, so memory does not grow with the ledger.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery

from crm.clock import now
from crm.models import LedgerEntry, LedgerPayload, Room
from crm.rules.chain import (
    ChainReport,
    CheckpointDifference,
    Head,
    LinkData,
    StoredPayload,
    checkpoint_digest,
    compare_with_checkpoint,
    verify_chain,
)

CHUNK = 100
VERSION = 1


@dataclass(frozen=True)
class RoomReport:
    """What the check of one room's chain found. `bad_entry` is the id of the first bad row, where there is one."""

    room_id: UUID
    report: ChainReport
    bad_entry: UUID | None


class CheckpointUnreadable(ValueError):
    """The file is not a checkpoint of ours, or was changed: its digest does not fit."""


def verify_rooms(room_id: UUID | None = None) -> Iterator[RoomReport]:
    """Check the chains of all rooms that have one, or of one room."""
    rooms = LedgerEntry.objects.order_by("room_id").values_list("room_id", flat=True).distinct()
    for one in [room_id] if room_id else rooms.iterator(chunk_size=CHUNK):
        report = _verify_room(one)
        # An erasure that was committed while the rows were read looks like a lost payload: look once more.
        yield _verify_room(one) if report.report.fault else report


def _verify_room(room_id: UUID) -> RoomReport:
    payloads = _Payloads()
    report = verify_chain(_links(room_id, payloads), payloads)
    bad = None
    if report.bad_seq is not None:
        bad = LedgerEntry.objects.filter(room=room_id, seq__gte=report.bad_seq).order_by("seq").first()
    return RoomReport(room_id, report, bad.pk if bad else None)


class _Payloads(dict[int, StoredPayload]):
    """The payload of the row that is being looked at, and no other: the rows before it are done with."""

    def put(self, seq: int, payload: StoredPayload) -> None:
        self.clear()
        self[seq] = payload


def _links(room_id: UUID, payloads: _Payloads) -> Iterator[LinkData]:
    """Give the rows of a room in order, with the payload of each laid out in `payloads` while it is looked at."""
    content = LedgerPayload.objects.filter(entry=OuterRef("pk"))
    rows = LedgerEntry.objects.filter(room=room_id).order_by("seq")
    rows = rows.annotate(salt=Subquery(content.values("salt")), content=Subquery(content.values("content")))
    erased = _erased_seqs(room_id)
    for row in rows.values("seq", "type", "at", "payload_digest", "prev_hash", "hash", "salt", "content").iterator(
        chunk_size=CHUNK
    ):
        payloads.put(row["seq"], _stored(row, erased))
        yield LinkData(
            room_id=room_id,
            seq=row["seq"],
            type=row["type"],
            at=row["at"],
            payload_digest=row["payload_digest"],
            prev_hash=row["prev_hash"],
            entry_hash=row["hash"],
        )


def _stored(row: Mapping[str, Any], erased: frozenset[int]) -> StoredPayload:
    if row["salt"] is None:
        return StoredPayload(None, None, erased=row["seq"] in erased)
    return StoredPayload(row["content"], bytes(row["salt"]))


def _erased_seqs(room_id: UUID) -> frozenset[int]:
    """Return the numbers of the rows that a tombstone in the same chain (`erased`, with `entries`) says are erased."""
    tombstones = LedgerPayload.objects.filter(entry__room=room_id, entry__type="erased")
    lists = tombstones.values_list("content__entries", flat=True)
    return frozenset(seq for entries in lists if isinstance(entries, list) for seq in entries if isinstance(seq, int))


def heads() -> dict[str, Head]:
    """Return the last row of every chain, by room id."""
    last = LedgerEntry.objects.filter(room=OuterRef("pk")).order_by("-seq")
    rooms = Room.objects.annotate(seq=Subquery(last.values("seq")[:1]), head=Subquery(last.values("hash")[:1]))
    found = rooms.exclude(seq=None).order_by("pk").values_list("pk", F("seq"), F("head"))
    return {str(pk): Head(seq, head) for pk, seq, head in found.iterator(chunk_size=CHUNK)}


def checkpoint(kept: Mapping[str, Head] | None = None) -> dict[str, Any]:
    """Return the heads of all chains as plain JSON, with one digest over them, to be kept outside the database.

    `kept` are heads of an older checkpoint that the chains do not continue: they stay, so that the fault goes on showing.
    """
    at_heads = heads() | dict(kept or {})
    return {
        "version": VERSION,
        "at": now().isoformat(),
        "digest": checkpoint_digest(at_heads),
        "heads": {room: {"seq": head.seq, "hash": head.entry_hash} for room, head in at_heads.items()},
    }


def read_checkpoint(text: str) -> dict[str, Head]:
    """Return the heads a checkpoint saw. Raises `CheckpointUnreadable`."""
    try:
        content = json.loads(text)
        then = {str(UUID(room)): Head(int(head["seq"]), str(head["hash"])) for room, head in content["heads"].items()}
        digest = content["digest"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointUnreadable(f"This is not a checkpoint: {error}") from error
    if checkpoint_digest(then) != digest:
        raise CheckpointUnreadable("The checkpoint was changed after it was written: its digest does not fit.")
    return then


def differences(then: Mapping[str, Head]) -> list[CheckpointDifference]:
    """Return the rooms whose chain does not continue what the checkpoint saw."""
    at = {}
    for room, head in then.items():
        known = LedgerEntry.objects.filter(room_id=UUID(room), seq=head.seq).values_list("hash", flat=True).first()
        if known is not None:
            at[(room, head.seq)] = known
    return compare_with_checkpoint(heads(), then, at)
