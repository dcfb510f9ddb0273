"""The nightly check of the ledger: every chain, what they cover, the last checkpoint; then a new checkpoint."""

import time
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import transaction

from crm.actors import SYSTEM
from crm.checkpoints import checkpoint_named, newest_checkpoint, write_checkpoint
from crm.clock import now
from crm.events.record import record
from crm.models import LedgerCheck
from crm.queries.evidence import evidence_faults
from crm.queries.ledger import CheckpointUnreadable, checkpoint, differences, read_checkpoint, verify_rooms
from crm.rules.chain import Head

log = structlog.get_logger(__name__)

MOST_FAULTS = 1000
"""How many faults are kept of one check; who has more needs no list."""


@dataclass
class _Findings:
    """What was found so far."""

    rooms: int = 0
    entries: int = 0
    erased: int = 0
    compared_with: str = ""
    faults: list[dict[str, Any]] = field(default_factory=list)
    kept: dict[str, Head] = field(default_factory=dict)


def check_ledger() -> LedgerCheck:
    """Check everything, write a checkpoint, and record what was found, with an event that mails it.

    A room that does not continue the last checkpoint keeps its old head in the new one: the fault is named every night.
    """
    at, started, found = now(), time.monotonic(), _Findings()
    _check_chains(found)
    found.faults += [
        {"fault": one.fault, "room": str(one.room_id), "row": str(one.row_id)} for one in evidence_faults()
    ]
    _compare(found)
    content = checkpoint(found.kept)
    path = write_checkpoint(content)
    if found.faults:
        log.error("ledger_faults_found", count=len(found.faults), faults=found.faults[:20])
    return _record(
        LedgerCheck(
            at=at,
            took_ms=int((time.monotonic() - started) * 1000),
            rooms=found.rooms,
            entries=found.entries,
            erased=found.erased,
            faults=found.faults[:MOST_FAULTS],
            compared_with=found.compared_with,
            checkpoint=path.name,
            digest=content["digest"],
        )
    )


@transaction.atomic
def _record(check: LedgerCheck) -> LedgerCheck:
    check.save(force_insert=True)
    data = {"rooms": check.rooms, "entries": check.entries, "faults": len(check.faults), "digest": check.digest}
    event = "ledger.checked" if check.is_whole else "ledger.faults_found"
    record(event, actor=SYSTEM, room=None, subject=check, data=data)
    return check


def _check_chains(found: _Findings) -> None:
    for one in verify_rooms():
        found.rooms, found.entries = found.rooms + 1, found.entries + one.report.checked
        found.erased += len(one.report.erased)
        if one.report.fault:
            fault = {"fault": one.report.fault.value, "room": str(one.room_id), "entry": one.report.bad_seq}
            found.faults.append(fault | ({"row": str(one.bad_entry)} if one.bad_entry else {}))


def _compare(found: _Findings) -> None:
    """Compare with the newest checkpoint; one that is gone, or was changed, is a fault itself."""
    last = LedgerCheck.objects.first()
    newest = newest_checkpoint()
    if last and not checkpoint_named(last.checkpoint).exists():
        found.faults.append({"fault": "missing_checkpoint", "file": last.checkpoint})
    if newest is None:
        return
    try:
        then = read_checkpoint(newest.read_text(encoding="utf-8"))
    except (OSError, CheckpointUnreadable):
        found.faults.append({"fault": "altered_checkpoint", "file": newest.name})
        return
    found.compared_with = newest.name
    for one in differences(then):
        found.faults.append({"fault": one.fault.value, "room": one.room_id, "entry": one.seq, "file": newest.name})
        found.kept[one.room_id] = then[one.room_id]
