"""What the nightly checks of the ledger found, for administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.clock import now
from crm.errors import NotFound
from crm.models import LedgerCheck, Room
from crm.rules.chain import ChainFault, CheckpointFault

SHOWN = 30
OVERDUE = timedelta(hours=48)
"""After this long without a check somebody has to be told: it runs each night."""

WORDS: dict[str, Promise] = {
    ChainFault.GAP: _("an entry is missing, or stands elsewhere"),
    ChainFault.WRONG_ROOM: _("an entry belongs to another room"),
    ChainFault.WRONG_PREVIOUS: _("an entry does not follow from the one before it"),
    ChainFault.ALTERED_ROW: _("an entry was altered"),
    ChainFault.ALTERED_PAYLOAD: _("what an entry says was altered"),
    ChainFault.MISSING_PAYLOAD: _("what an entry says is gone, and no erasure says why"),
    CheckpointFault.MISSING_ROOM: _("all entries of the room are gone"),
    CheckpointFault.CUT_TAIL: _("the end of the chain was cut off"),
    CheckpointFault.REWRITTEN: _("the chain was written anew"),
    CheckpointFault.NOT_COMPARED: _("the chain could not be compared"),
    "altered_revision": _("a revision was altered: its words do not give its fingerprint"),
    "altered_answer": _("an answer does not say what the chain says"),
    "unrecorded_answer": _("an answer is not in the chain"),
    "altered_facts": _("the facts of a sign-in were altered"),
    "missing_checkpoint": _("the last checkpoint is not in its folder"),
    "altered_checkpoint": _("the last checkpoint was changed, or cannot be read"),
}


@dataclass(frozen=True)
class FaultView:
    """One fault in words: where, and what."""

    words: str | Promise
    room: str
    entry: int | None
    row: str
    file: str


@dataclass(frozen=True)
class CheckView:
    """One check with its faults in words."""

    check: LedgerCheck
    faults: tuple[FaultView, ...]


def checks_of(actor: Actor) -> QuerySet[LedgerCheck]:
    """Return the checks, for an administrator. Raises `NotFound` for anybody else."""
    if actor.user is None or not actor.user.is_admin:
        raise NotFound
    return LedgerCheck.objects.all()


def ledger_checks(actor: Actor) -> list[CheckView]:
    """Return the newest checks with their faults in words, for an administrator. Raises `NotFound` for anybody else."""
    checks = list(checks_of(actor)[:SHOWN])
    ids = {fault["room"] for check in checks for fault in check.faults if fault.get("room")}
    titles = {str(pk): title for pk, title in Room.objects.filter(pk__in=ids).values_list("pk", "title")}
    return [CheckView(check, tuple(fault_view(fault, titles) for fault in check.faults)) for check in checks]


def fault_view(fault: Mapping[str, Any], titles: Mapping[str, str]) -> FaultView:
    """Return a fault of a check in words; `titles` are rooms by id."""
    room = fault.get("room", "")
    words = WORDS.get(fault["fault"], fault["fault"])
    return FaultView(words, titles.get(room, room), fault.get("entry"), fault.get("row", ""), fault.get("file", ""))


def ledger_alarm() -> LedgerCheck | None:
    """Return the newest check if it found something, or is overdue: then administrators are told on every page."""
    newest = LedgerCheck.objects.first()
    if newest is None or (newest.is_whole and now() - newest.at < OVERDUE):
        return None
    return newest
