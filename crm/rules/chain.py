"""The mathematics of a room's ledger chain.

Each entry holds the hash of the one before it and the digest of its payload. The payload itself lies elsewhere and can
be deleted together with its salt (erasing a person) without breaking the chain. A cut-off tail cannot be seen from the
rows that are left: it shows against a checkpoint, and only against it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from crm.rules.canonical import canonical_bytes

#: `prev_hash` of the first entry of a room.
GENESIS = "0" * 64
#: Length of a salt. Fixed, so that salt and payload cannot be cut apart in two ways.
SALT_BYTES = 32


class ChainFault(StrEnum):
    """What is wrong with the first bad row."""

    GAP = "gap"  # the row with this number is missing, or stands elsewhere
    WRONG_ROOM = "wrong_room"  # the row belongs to another room's chain
    WRONG_PREVIOUS = "wrong_previous"  # the row does not follow from the one before it
    ALTERED_ROW = "altered_row"  # the row's facts do not give its hash
    ALTERED_PAYLOAD = "altered_payload"  # the payload does not give the digest in the row
    MISSING_PAYLOAD = "missing_payload"  # the payload is gone and no erasure says why


@dataclass(frozen=True)
class LinkData:
    """One ledger row: `seq` counts from 1 in each room, `at` is an instant, hashes are 64 hex digits."""

    room_id: str | UUID
    seq: int
    type: str
    at: datetime
    payload_digest: str
    prev_hash: str
    entry_hash: str


@dataclass(frozen=True)
class StoredPayload:
    """The payload of a row with its salt; after an erasure both are None and `erased` (the tombstone) is set."""

    payload: Mapping[str, object] | None
    salt: bytes | None
    erased: bool = False


@dataclass(frozen=True)
class Head:
    """The last row of a room's chain."""

    seq: int
    entry_hash: str


@dataclass(frozen=True)
class ChainReport:
    """The result for one room. `bad_seq` is the first place where the chain is not what it should be."""

    checked: int
    erased: tuple[int, ...]
    head: Head
    bad_seq: int | None = None
    fault: ChainFault | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing bad was found."""
        return self.fault is None


class CheckpointFault(StrEnum):
    """How a room differs from the checkpoint."""

    MISSING_ROOM = "missing_room"
    CUT_TAIL = "cut_tail"
    REWRITTEN = "rewritten"
    NOT_COMPARED = "not_compared"  # the chain has grown and nobody passed its hash at the checkpoint's row


@dataclass(frozen=True)
class CheckpointDifference:
    """A room whose chain does not continue what the checkpoint saw at row `seq`."""

    room_id: str
    seq: int
    fault: CheckpointFault


def payload_digest(payload: Mapping[str, object], salt: bytes) -> str:
    """Return SHA-256 over salt and canonical payload. Raises `ValueError` unless the salt has `SALT_BYTES` bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, this one has {len(salt)}")
    return hashlib.sha256(bytes(salt) + canonical_bytes(payload)).hexdigest()


def entry_hash(
    *,
    prev_hash: str,
    room_id: str | UUID,
    seq: int,
    type: str,
    at: datetime,
    payload_digest: str,
) -> str:
    """Return the hash that a row with these facts must have, as 64 hex digits."""
    facts = {
        "prev_hash": prev_hash,
        "room_id": room_id,
        "seq": seq,
        "type": type,
        "at": at,
        "payload_digest": payload_digest,
    }
    return hashlib.sha256(canonical_bytes(facts)).hexdigest()


def verify_chain(entries: Iterable[LinkData], payloads: Mapping[int, StoredPayload]) -> ChainReport:
    """Check one room's rows, in the order given, against each other and against their `payloads` (by `seq`).

    Stops at the first bad row. A row that was altered together with its hash is found at the row after it, the last
    one only against a checkpoint.
    """
    head = Head(0, GENESIS)
    room_id: str | None = None
    erased: list[int] = []
    for entry in entries:
        expected_seq = head.seq + 1
        stored = payloads.get(entry.seq)
        fault = _fault(entry, head, room_id) or _payload_fault(entry, stored)
        if fault:
            return ChainReport(head.seq, tuple(erased), head, expected_seq, fault)
        if stored is not None and stored.erased:
            erased.append(entry.seq)
        room_id = str(entry.room_id)
        head = Head(entry.seq, entry.entry_hash)
    return ChainReport(head.seq, tuple(erased), head)


def compare_with_checkpoint(
    heads: Mapping[str, Head],
    checkpoint: Mapping[str, Head],
    hashes_at: Mapping[tuple[str, int], str] | None = None,
) -> list[CheckpointDifference]:
    """Return the rooms whose chain does not continue the checkpoint, by room id.

    `hashes_at` gives, for rooms that have grown since, the entry hash at the checkpoint's row: (room id, seq) → hash.
    Rooms that the checkpoint does not know are new and fine.
    """
    known = hashes_at or {}
    found: list[CheckpointDifference] = []
    for room_id, then in sorted(checkpoint.items()):
        fault = _checkpoint_fault(heads.get(room_id), then, known.get((room_id, then.seq)))
        if fault:
            found.append(CheckpointDifference(room_id, then.seq, fault))
    return found


def checkpoint_digest(heads: Mapping[str, Head]) -> str:
    """Return one SHA-256 over all heads, to be exported with the checkpoint."""
    rows = {room_id: {"seq": head.seq, "entry_hash": head.entry_hash} for room_id, head in heads.items()}
    return hashlib.sha256(canonical_bytes(rows)).hexdigest()


def _fault(entry: LinkData, head: Head, room_id: str | None) -> ChainFault | None:
    if entry.seq != head.seq + 1:
        return ChainFault.GAP
    if room_id is not None and str(entry.room_id) != room_id:
        return ChainFault.WRONG_ROOM
    if entry.prev_hash != head.entry_hash:
        return ChainFault.WRONG_PREVIOUS
    expected = entry_hash(
        prev_hash=entry.prev_hash,
        room_id=entry.room_id,
        seq=entry.seq,
        type=entry.type,
        at=entry.at,
        payload_digest=entry.payload_digest,
    )
    return None if entry.entry_hash == expected else ChainFault.ALTERED_ROW


def _payload_fault(entry: LinkData, stored: StoredPayload | None) -> ChainFault | None:
    if stored is not None and stored.erased and stored.payload is None:
        return None
    if stored is None or stored.payload is None or stored.salt is None:
        return ChainFault.MISSING_PAYLOAD
    try:
        digest = payload_digest(stored.payload, stored.salt)
    except ValueError:
        return ChainFault.ALTERED_PAYLOAD
    return None if digest == entry.payload_digest else ChainFault.ALTERED_PAYLOAD


def _checkpoint_fault(now: Head | None, then: Head, hash_at: str | None) -> CheckpointFault | None:
    if now is None:
        return CheckpointFault.MISSING_ROOM
    if now.seq < then.seq:
        return CheckpointFault.CUT_TAIL
    seen = now.entry_hash if now.seq == then.seq else hash_at
    if seen is None:
        return CheckpointFault.NOT_COMPARED
    return None if seen == then.entry_hash else CheckpointFault.REWRITTEN
