"""Erasing a person: everything that the registry of places knows of them, in one transaction, and a tombstone that it was done."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm import erasure_list
from crm.actions.access_request import close_requests_of
from crm.actions.ledger import append_entry
from crm.actions.participant import end_access
from crm.actions.question import close_question
from crm.actors import SYSTEM, Actor
from crm.checks import Checks
from crm.clock import now
from crm.erasure_list import Line
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.ids import new_id
from crm.models import (
    Answer,
    Contact,
    DataRequest,
    DataRequestKind,
    DataRequestState,
    Erasure,
    LedgerEntry,
    Participant,
    Question,
    Room,
    SignInCode,
)
from crm.personal_data.evidence import LEDGER
from crm.personal_data.person import Person, entries_of, person_of
from crm.registry import PersonalDataPlace, personal_data_places
from crm.scopes import check_scope

LONGEST_RETENTION = timedelta(days=11 * 366)
GROUND_LIMIT = 2000


@dataclass(frozen=True)
class Decision:
    """What an erasure rests on. Evidence stays until `retained_until` on `retained_ground`; None: it goes at once."""

    ground: str
    retained_until: datetime | None = None
    retained_ground: str = ""


@transaction.atomic
def erase_contact(
    *,
    actor: Actor,
    contact_id: UUID,
    confirmed_name: str,
    ground: str,
    retained_until: Any = None,
    retained_ground: str = "",
) -> Erasure:
    """Erase a person, for good: their access ends at once, and what is kept about them goes from every registered place.

    `confirmed_name` is the contact's name, typed again. `ground` says why. Evidence (ledger entries, revisions, signed files)
    can be kept until `retained_until` on a `retained_ground`, for legal claims. Only for administrators. Erasing somebody
    twice is one erasure; all entries of the person that were put together go, each from the rooms of any of them. Raises
    `NotAllowed`, `NotFound`, `Invalid` at the field, and `Refused` when the list outside the database cannot be written: then
    nothing is erased.
    """
    check_may_erase(actor)
    contact = Contact.objects.visible_to(actor).filter(pk=contact_id).first()
    if contact is None:
        raise NotFound
    if done := Erasure.objects.filter(contact=contact, completes=None).first():
        return done
    decision = _checked(contact, confirmed_name, ground, retained_until, retained_ground)
    entries = [one for one in entries_of(contact) if one.erased_at is None]
    rooms = {room for one in entries for room in person_of(one).rooms}
    erased = {one.pk: _erase(actor, one, decision, new_id(), now(), also_in=rooms) for one in entries}
    return erased[contact.pk]


def check_may_erase(actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor is an administrator, or an administrator's key with the scope `admin`."""
    if actor.user is None or not actor.user.is_admin:
        raise NotAllowed(_("Only an administrator answers requests about data and erases people."))
    check_scope(actor, "admin")


def _checked(contact: Contact, confirmed_name: str, ground: str, retained_until: Any, retained_ground: str) -> Decision:
    checks = Checks()
    typed = checks.line("confirmed_name", confirmed_name)
    if typed and " ".join(typed.split()).casefold() != " ".join(contact.name.split()).casefold():
        checks.add("confirmed_name", _("This is not the name. Type it as it stands above."), code="other_name")
    ground = checks.text("ground", ground, limit=GROUND_LIMIT)
    until = checks.instant("retained_until", retained_until, required=False)
    kept_because = checks.text("retained_ground", retained_ground, required=until is not None, limit=GROUND_LIMIT)
    if until is not None and not now() < until <= now() + LONGEST_RETENTION:
        checks.add(
            "retained_until", _("Choose a day from tomorrow on, at most eleven years away."), code="out_of_range"
        )
    if kept_because and until is None:
        checks.add("retained_until", _("Say until when the evidence is kept."), code="required")
    traces = [person_of(one).traces for one in entries_of(contact)]
    for field, text in (("ground", ground), ("retained_ground", kept_because)):
        if any(one.are_in(text) for one in traces):
            checks.add(
                field, _("Leave out who it is: this sentence stays when the person is gone."), code="names_person"
            )
    checks.done()
    return Decision(ground, until, kept_because)


def _erase(
    actor: Actor,
    contact: Contact,
    decision: Decision,
    erasure_id: UUID,
    at: datetime,
    also_in: Collection[UUID] = (),
) -> Erasure:
    rooms, person = _lock(contact, also_in)
    if done := Erasure.objects.filter(contact=contact, completes=None).first():
        return done  # somebody else was faster
    _end_access(actor, person, rooms)
    found = {place.name: list(place.find(person)) for place in _evidence() if place.find}
    seqs = _seqs(found[LEDGER])
    is_kept = decision.retained_until is not None
    for place in personal_data_places():
        if not place.is_evidence:
            place.erase(person)
        elif place.erase_rows and not is_kept:
            place.erase_rows(found[place.name])
    erasure = Erasure.objects.create(
        id=erasure_id,
        contact=contact,
        by=actor.user,
        at=at,
        ground=decision.ground,
        retained_until=decision.retained_until,
        retained_ground=decision.retained_ground,
        retained={name: [str(pk) for pk in ids] for name, ids in found.items() if ids} if is_kept else {},
    )
    _close_requests(actor, erasure)
    _bury(actor, erasure, rooms, {} if is_kept else seqs)
    _write_down(erasure)
    return erasure


def _close_requests(actor: Actor, erasure: Erasure) -> None:
    """Answer what the person still waits for: they asked for this, or there is nothing left to hand over."""
    for request in DataRequest.objects.open().filter(contact=erasure.contact_id).order_by("pk"):
        is_done = request.kind == DataRequestKind.ERASURE
        request.state = DataRequestState.GRANTED if is_done else DataRequestState.DECLINED
        request.answered_at, request.answered_by, request.version = erasure.at, actor.user, request.version + 1
        request.save(update_fields=["state", "answered_at", "answered_by", "version"])
        data = {"kind": request.kind, "state": request.state}
        record("data_request.answered", actor=actor, room=None, subject=request, data=data)


def _evidence() -> list[PersonalDataPlace]:
    return [place for place in personal_data_places() if place.is_evidence]


def _lock(contact: Contact, also_in: Collection[UUID] = ()) -> tuple[list[Room], Person]:
    """Lock the person's rooms, one after the other, then the person: who signs in at the same moment waits, or is told.

    A room that was added while we waited is locked in a second round. `also_in` are rooms of the same person's other entries.
    """
    rooms: dict[UUID, Room] = {}
    while missing := sorted({*person_of(contact).rooms, *also_in} - set(rooms)):
        locked = Room.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=missing).order_by("pk")
        rooms.update({room.pk: room for room in locked})
    known = Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=contact.pk)
    return [rooms[pk] for pk in sorted(rooms)], replace(person_of(known), rooms=tuple(sorted(rooms)))


def _end_access(actor: Actor, person: Person, rooms: Sequence[Room]) -> None:
    by_id = {room.pk: room for room in rooms}
    grants = Participant.objects.select_for_update(of=("self",), no_key=True).filter(contact=person.contact).active()
    for grant in grants.select_related("contact").order_by("room_id"):
        end_access(actor, by_id[grant.room_id], grant)
    for question in Question.objects.open().filter(asked_of__contact=person.contact).order_by("pk"):
        close_question(actor, by_id[question.room_id], question, Answer.CANCELLED)
    close_requests_of(actor, by_id, person.contact)


def _seqs(entries: Collection[UUID]) -> Mapping[UUID, list[int]]:
    found: dict[UUID, list[int]] = defaultdict(list)
    for room_id, seq in LedgerEntry.objects.filter(pk__in=entries).order_by("seq").values_list("room_id", "seq"):
        found[room_id].append(seq)
    return found


def _bury(actor: Actor, erasure: Erasure, rooms: Sequence[Room], seqs: Mapping[UUID, list[int]]) -> None:
    """Write the tombstone into the ledger of each room they had a place in or an entry, and say so there: with ids only."""
    theirs = set(Participant.objects.filter(contact=erasure.contact_id).values_list("room_id", flat=True)) | set(seqs)
    data = {"erasure": str(erasure.pk)}
    for room in rooms:
        if room.pk in theirs:
            append_entry(room, "erased", payload={**data, "entries": seqs.get(room.pk, [])})
            record("contact.erased", actor=actor, room=room, subject=erasure.contact, data=data)
    record("contact.erased", actor=actor, room=None, subject=erasure.contact, data=data)


def _write_down(erasure: Erasure) -> None:
    """Add it to the list outside the database. The last step: what comes after is the commit."""
    try:
        erasure_list.append([line_of(erasure)])
    except OSError as error:
        raise Refused(
            _("Nothing was erased: the list of erasures outside the database cannot be written."),
            code="list_not_written",
        ) from error


def line_of(erasure: Erasure) -> Line:
    """Return an erasure as the list outside the database keeps it."""
    return Line(erasure.pk, erasure.contact_id, erasure.at, erasure.retained_until, erasure.completes_id)


@transaction.atomic
def complete_erasure(*, erasure_id: UUID) -> Erasure:
    """Erase the evidence that was kept, now that its day has come. Doing it twice is doing it once."""
    first = Erasure.objects.select_related("contact").get(pk=erasure_id)
    return _complete(first, new_id(), now())


def _complete(first: Erasure, erasure_id: UUID, at: datetime) -> Erasure:
    rooms, _person = _lock(first.contact)
    if done := Erasure.objects.filter(completes=first).first():
        return done
    kept = {name: [UUID(pk) for pk in ids] for name, ids in first.retained.items()}
    seqs = _seqs(kept.get(LEDGER, []))
    for place in _evidence():
        if place.erase_rows and kept.get(place.name):
            place.erase_rows(kept[place.name])
    second = Erasure.objects.create(id=erasure_id, contact=first.contact, at=at, ground=first.ground, completes=first)
    _bury(SYSTEM, second, rooms, seqs)
    _write_down(second)
    return second


def complete_due() -> int:
    """Erase the evidence whose day has come; return how many persons'."""
    due = list(Erasure.objects.due(now()).order_by("pk").values_list("pk", flat=True))
    for erasure_id in due:
        complete_erasure(erasure_id=erasure_id)
    return len(due)


def sweep_up() -> int:
    """Take out codes that were asked for in the same moment as their person was erased, and work for nobody."""
    return SignInCode.objects.filter(contact__erased_at__isnull=False).delete()[0]


@transaction.atomic
def apply_line(*, line: Line) -> bool:
    """Erase what a line of the list says was erased; False when it is done already, or this database never knew the person."""
    contact = Contact.objects.filter(pk=line.contact).first()
    if contact is None or Erasure.objects.filter(pk=line.erasure).exists():
        return False
    first = Erasure.objects.filter(contact=contact, completes=None).first()
    if first is not None:
        return line.completes is not None and _complete(first, line.erasure, line.at).pk == line.erasure
    until = line.retained_until if line.retained_until and line.retained_until > now() else None
    decision = Decision(
        "Erased before; applied again from the list.", until, "Kept on the ground of the first time." if until else ""
    )
    _erase(SYSTEM, contact, decision, line.erasure, line.at)
    return True


def settle_list() -> tuple[int, int]:
    """Bring list and database together; return how many lines were added and how many erasures carried out.

    A line without an erasure is one whose commit a crash prevented. An erasure without a line was made while the list was
    elsewhere, or its file was lost. Raises `ListUnreadable`.
    """
    lines = {line.erasure: line for line in erasure_list.read()}
    carried_out = sum(apply_line(line=line) for line in lines.values())
    missing = Erasure.objects.exclude(pk__in=lines).order_by("at", "pk")
    added = [line_of(erasure) for erasure in missing]
    erasure_list.append(added)
    return len(added), carried_out
