"""Bringing somebody in: buyers and partners ask, the selling side decides, or has decided for the client's own addresses."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.contact import create_contact, their_own_address
from crm.actions.participant import checked_sections, fitting_side, let_in
from crm.actions.room import lock_room
from crm.actions.version import check_version
from crm.actors import SYSTEM, Actor
from crm.address import mailbox_of
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import AccessRequest, AccessRequestState, Contact, Participant, Room, Side, User
from crm.registry import sides_named

OPEN_REQUESTS_LIMIT = 10
"""How many requests may wait in one room."""
ASKER_GONE = "asker_gone"
"""Why a request closed by itself: whoever asked was erased."""


@transaction.atomic
def request_access(
    *, actor: Actor, room_id: UUID, name: str, email: str, title: str = "", reason: str = ""
) -> AccessRequest:
    """Ask to bring a colleague into the room. Where the room welcomes the client's own addresses, a buyer's colleague is let in
    at once, to read along; not so a mailbox that was shut out before, about which the selling side decides.

    Asking twice for the same address is one request. Raises `Invalid`, `NotAllowed` for staff, who invite instead, and
    `Refused` for somebody who is in already or when too many requests wait.
    """
    checks = Checks()
    name = checks.line("name", name)
    email = their_own_address(checks, "email", email)
    title = checks.line("title", title, required=False)
    reason = checks.text("reason", reason, required=False, limit=2000)
    checks.done()
    asked_by = actor.participant
    if asked_by is None:
        raise NotAllowed(_("Whoever is invited here asks. You can invite people yourself."))
    room = lock_room(actor, room_id)
    _check_not_in(room, name, email)
    waiting = AccessRequest.objects.open().filter(room=room)
    if same := waiting.filter(email=email).first():
        return same
    if waiting.count() >= OPEN_REQUESTS_LIMIT:
        raise Refused(_("Ten people wait to be let in already. Let these be answered first."), code="too_many_open")
    request = AccessRequest.objects.create(
        room=room, asked_by=asked_by, name=name, email=email, title=title, reason=reason, created_at=now()
    )
    record("access_request.made", actor=actor, room=room, subject=request, data=_data(request))
    is_welcome = room.welcomes(email) and asked_by.side == Side.BUYER
    if is_welcome and not _was_shut_out(room, email) and not _stands_elsewhere(room, email):
        _approve(SYSTEM, room, request, room.owner, sections=asked_by.sections, may_answer=False)
    return request


@transaction.atomic
def approve_access_request(
    *, actor: Actor, request_id: UUID, version: int, sections: Sequence[str] | None = None, may_answer: bool = True
) -> AccessRequest:
    """Let the person in and mail them a link: on the side of whoever asked, with `sections` (None: everything shared).

    A buyer can be asked for a yes unless `may_answer` says no, as with an invitation. Raises `Invalid`, `NotAllowed`,
    `Stale`, and `Refused` when the request was answered already.
    """
    checks = Checks()
    seen = checked_sections(checks, sections)
    checks.done()
    user = _decider(actor)
    room, request = _lock(actor, request_id)
    check_version(request, version)
    _check_open(request)
    request.decided_by = user
    fitting_side(actor, room, _contact(actor, request), request.asked_by.side)
    return _approve(actor, room, request, user, sections=seen, may_answer=may_answer)


@transaction.atomic
def decline_access_request(*, actor: Actor, request_id: UUID, version: int, note: str = "") -> AccessRequest:
    """Say "not now", with a `note` to whoever asked. Raises like approving."""
    checks = Checks()
    note = checks.text("note", note, required=False, limit=2000)
    checks.done()
    request_user = _decider(actor)
    room, request = _lock(actor, request_id)
    check_version(request, version)
    _check_open(request)
    request.decided_by, request.note = request_user, note
    return _close(actor, room, request, AccessRequestState.DECLINED)


@transaction.atomic
def withdraw_access_request(*, actor: Actor, request_id: UUID) -> AccessRequest:
    """Take one's own request back. Raises `NotFound` for anybody else's, `Refused` when it was answered already."""
    room, request = _lock(actor, request_id)
    if actor.participant is None or request.asked_by_id != actor.participant.pk:
        raise NotFound
    _check_open(request)
    return _close(actor, room, request, AccessRequestState.WITHDRAWN)


def close_requests_of(actor: Actor, rooms: Mapping[UUID, Room], contact: Contact) -> None:
    """Close what somebody who is gone for good had asked for: nobody is left to answer to. `rooms` are locked."""
    waiting = (
        AccessRequest.objects.open().select_for_update(of=("self",), no_key=True).filter(asked_by__contact=contact)
    )
    for request in waiting.order_by("room_id", "pk"):
        _close(actor, rooms[request.room_id], request, AccessRequestState.WITHDRAWN, because=ASKER_GONE)


@transaction.atomic
def welcome_colleagues(*, actor: Actor, room_id: UUID, welcome: bool) -> Room:
    """Say whether buyers' colleagues with an address of the client's own domain come in without being asked about.

    That is said about the domain the client has now. Raises `NotAllowed`, and `Refused` while it is not known.
    """
    user = _decider(actor)
    room = lock_room(actor, room_id)
    domain = room.organization.domain.lower() if room.organization else ""
    if welcome and not domain:
        raise Refused(_("Write down the domain of the client’s mail first, on the client’s page."), code="no_domain")
    if welcome != room.welcomes_colleagues:
        room.colleagues_welcomed_by, room.welcomed_domain = (user, domain) if welcome else (None, "")
        room.updated_at = now()
        room.save(update_fields=["colleagues_welcomed_by", "welcomed_domain", "updated_at"])
        record("room.welcome_changed", actor=actor, room=room, subject=room, data={"welcome": welcome})
    return room


def _decider(actor: Actor) -> User:
    if not actor.is_seller or actor.user is None:
        raise NotAllowed(_("Somebody on the selling side decides who comes in."))
    return actor.user


def _lock(actor: Actor, request_id: UUID) -> tuple[Room, AccessRequest]:
    found = AccessRequest.objects.visible_to(actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound
    room = lock_room(actor, found.room_id)
    locked = AccessRequest.objects.select_for_update(of=("self",), no_key=True)
    return room, locked.select_related("asked_by__contact").get(pk=found.pk)


def _check_open(request: AccessRequest) -> None:
    if request.state != AccessRequestState.OPEN:
        raise Refused(_("This request was answered already."), code="already_answered")


def _check_not_in(room: Room, name: str, email: str) -> None:
    """Two people may share a mailbox, so it is the name and the address together that are in already."""
    here = Participant.objects.active().filter(room=room, contact__email__iexact=email, contact__name__iexact=name)
    if here.exists():
        raise Refused(_("%(name)s can come into this room already.") % {"name": name}, code="already_in")


def _was_shut_out(room: Room, email: str) -> bool:
    """Whether access to this room was taken back from somebody with this mailbox, under whatever name."""
    gone = Participant.objects.filter(room=room, revoked_at__isnull=False)
    addresses = gone.values_list("contact__email", "invitations__email")
    return mailbox_of(email) in {mailbox_of(address) for both in addresses for address in both if address}


def _stands_elsewhere(room: Room, email: str) -> bool:
    """Whether somebody with this address is written down in this room on other sides than the buyer's: then staff decide."""
    elsewhere = [contact for contact, sides in sides_named(SYSTEM, room).items() if Side.BUYER not in sides]
    return Contact.objects.filter(pk__in=elsewhere, email__iexact=email).exists()


def _approve(
    actor: Actor,
    room: Room,
    request: AccessRequest,
    inviter: User,
    *,
    sections: list[str] | None,
    may_answer: bool,
) -> AccessRequest:
    contact = _contact(actor, request)
    request.participant = let_in(
        actor, room, contact, inviter, side=request.asked_by.side, sections=sections, may_answer=may_answer
    )
    return _close(actor, room, request, AccessRequestState.APPROVED)


def _contact(actor: Actor, request: AccessRequest) -> Contact:
    """Return the contact with this name and address where whoever asked works, entered when there is none."""
    organization_id = request.asked_by.contact.organization_id
    known = Contact.objects.filter(
        organization=organization_id, email__iexact=request.email, name__iexact=request.name, archived_at=None
    ).first()
    if known is not None:
        return known
    values = {"name": request.name, "email": request.email, "title": request.title, "organization": organization_id}
    return create_contact(actor=actor, values=values)


def _close(actor: Actor, room: Room, request: AccessRequest, state: AccessRequestState, **why: str) -> AccessRequest:
    request.state, request.decided_at, request.version = state, now(), request.version + 1
    request.save(update_fields=["state", "decided_at", "decided_by", "note", "participant", "version"])
    record(f"access_request.{state.value}", actor=actor, room=room, subject=request, data=_data(request) | why)
    return request


def _data(request: AccessRequest) -> dict[str, Any]:
    return {"participant": str(request.asked_by_id)}
