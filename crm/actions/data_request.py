"""Data requests: a person asks for everything kept about them or for its erasure, an administrator answers."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.erasure import check_may_erase, erase_contact
from crm.actions.version import check_version
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.mail.data_request import send_erased
from crm.models import Contact, DataRequest, DataRequestKind, DataRequestState
from crm.queries.address_change import proved_address
from crm.queries.personal_data import as_json, kept_by_us

AVAILABLE_FOR = timedelta(days=14)
"""How long the person can fetch what was handed over."""


@transaction.atomic
def request_data(*, actor: Actor, kind: str, note: str = "") -> DataRequest:
    """Ask for everything kept about oneself (`access`) or for its erasure. Asking twice is one request.

    Raises `Invalid`, and `NotAllowed` for anybody but the person in the room.
    """
    checks = Checks()
    kind = checks.choice("kind", kind, DataRequestKind.values)
    note = checks.text("note", note, required=False, limit=2000)
    checks.done()
    person = actor.participant
    if person is None:
        raise NotAllowed(_("Everybody asks for themselves, in their room."))
    Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=person.contact_id)
    if not person.standing().exists():
        raise NotFound
    if same := DataRequest.objects.open().filter(contact=person.contact_id, kind=kind).first():
        return same
    request = DataRequest.objects.create(
        kind=kind, contact_id=person.contact_id, asked_by=person, asked_at=now(), note=note
    )
    record("data_request.made", actor=actor, room=None, subject=request, data={"kind": kind})
    return request


@transaction.atomic
def withdraw_data_request(*, actor: Actor, request_id: UUID) -> DataRequest:
    """Take one's own request back. Raises `NotFound` for anybody else's, `Refused` when it was answered already."""
    mine = DataRequest.objects.visible_to(actor) if actor.participant else DataRequest.objects.none()
    request = mine.select_for_update(of=("self",), no_key=True).filter(pk=request_id).first()
    if request is None:
        raise NotFound
    if not request.is_open:
        raise _answered()
    request.state, request.answered_at, request.version = DataRequestState.WITHDRAWN, now(), request.version + 1
    request.save(update_fields=["state", "answered_at", "version"])
    record("data_request.withdrawn", actor=actor, room=None, subject=request, data={"kind": request.kind})
    return request


@transaction.atomic
def grant_access(*, actor: Actor, request_id: UUID, version: int, answer: str = "") -> DataRequest:
    """Hand over what they do not see by themselves, as it is now: private notes, assessments, copies. It can be fetched for 14 days.

    Raises `NotAllowed`, `NotFound`, `Stale`, and `Refused` when the request was answered already or is of the other kind.
    """
    words = _words(answer, required=False)
    request = _lock(actor, request_id, version, DataRequestKind.ACCESS)
    request.export = as_json(kept_by_us(actor, request.contact_id))
    request.available_until = now() + AVAILABLE_FOR
    return _close(actor, request, DataRequestState.GRANTED, words)


@transaction.atomic
def grant_erasure(*, actor: Actor, request_id: UUID, version: int, **decision: Any) -> DataRequest:
    """Erase the person who asked for it; `decision` is what `erase_contact` takes besides. They get one last mail.

    Raises like `grant_access`, and whatever `erase_contact` refuses.
    """
    found = DataRequest.objects.visible_to(actor).select_related("contact").filter(pk=request_id).first()
    if found is None:
        raise NotFound
    check_may_erase(actor)
    if found.kind != DataRequestKind.ERASURE:
        raise _other_kind()
    if not found.is_open:
        raise _answered()
    check_version(found, version)
    person = found.contact
    address = proved_address(person)
    erase_contact(actor=actor, contact_id=person.pk, **decision)
    transaction.on_commit(partial(send_erased, person, address))
    found.refresh_from_db()
    return found


@transaction.atomic
def decline_data_request(*, actor: Actor, request_id: UUID, version: int, answer: str) -> DataRequest:
    """Say no, with the legal ground, which the person reads. Raises like `grant_access`."""
    words = _words(answer, required=True)
    request = _lock(actor, request_id, version, None)
    return _close(actor, request, DataRequestState.DECLINED, words)


def end_availability() -> int:
    """Take away what was handed over and whose days are over; return how many requests that were."""
    over = DataRequest.objects.filter(available_until__lte=now(), export__isnull=False)
    return over.update(export=None)


def _words(answer: str, *, required: bool) -> str:
    checks = Checks()
    words = checks.text("answer", answer, required=required, limit=2000)
    checks.done()
    return words


def _lock(actor: Actor, request_id: UUID, version: int, kind: DataRequestKind | None) -> DataRequest:
    check_may_erase(actor)
    visible = DataRequest.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    request = visible.select_related("contact").filter(pk=request_id).first()
    if request is None:
        raise NotFound
    if kind is not None and request.kind != kind:
        raise _other_kind()
    if not request.is_open:
        raise _answered()
    check_version(request, version)
    return request


def _answered() -> Refused:
    return Refused(_("This request was answered already."), code="already_answered")


def _other_kind() -> Refused:
    return Refused(_("This person asks for something else."), code="other_kind")


def _close(actor: Actor, request: DataRequest, state: DataRequestState, words: str) -> DataRequest:
    request.state, request.answer, request.version = state, words, request.version + 1
    request.answered_at, request.answered_by = now(), actor.user
    request.save(
        update_fields=["state", "answer", "version", "answered_at", "answered_by", "export", "available_until"]
    )
    record(
        "data_request.answered", actor=actor, room=None, subject=request, data={"kind": request.kind, "state": state}
    )
    return request
