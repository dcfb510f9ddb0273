"""How a deal ends without a close, pauses, and is opened again. Its room stays readable to everybody in it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.actions.comment import add_comment
from crm.actions.question import close_questions_about
from crm.actions.task import drop_task, note_task
from crm.actions.version import check_version
from crm.actors import SYSTEM, Actor
from crm.checks import LINE_LIMIT, Checks
from crm.clock import now, today
from crm.errors import NotAllowed, Refused
from crm.events.record import record
from crm.models import Comment, Event, Participant, Room, Side
from deals.actions.deal import check_staff, lock_deal, save_deal
from deals.models import Deal, DealStatus, LostTo, Thanks
from deals.queries.ending import seen_differently

REASON_LIMIT = 5000
FURTHEST = timedelta(days=5 * 366)
_ENDING = (
    "status",
    "ended_at",
    "ended_reason",
    "lost_to",
    "lost_to_name",
    "would_change",
    "talk_again_on",
    "talk_task",
)


@dataclass(frozen=True)
class ThanksTo:
    """Words of thanks to people of the room (ids of participants): sent only because somebody says so."""

    words: str
    people: tuple[UUID, ...]


@transaction.atomic
def end_deal(
    *,
    actor: Actor,
    deal_id: UUID,
    version: int,
    status: str,
    reason: str,
    lost_to: str = "",
    lost_to_name: str = "",
    would_change: str = "",
    talk_again_on: Any = None,
    thanks: ThanksTo | None = None,
) -> Deal:
    """End an open or paused deal without a close: `lost` (perhaps saying to whom) or `no_deal` by agreement, with the reason.

    `would_change` and `talk_again_on` say under which conditions, and when, to talk again; the day becomes a task of the
    owner. The room stays readable, open questions close. Raises `Invalid`, `Refused`, `Stale`.
    """
    check_staff(actor)
    checks = Checks()
    status = checks.choice("status", status, (DealStatus.LOST.value, DealStatus.NO_DEAL.value))
    values = {
        "status": status,
        "ended_reason": checks.text("reason", reason, limit=REASON_LIMIT),
        "would_change": checks.text("would_change", would_change, required=False, limit=REASON_LIMIT),
        "talk_again_on": _day_ahead(checks, "talk_again_on", talk_again_on, required=False),
        **_lost(checks, status, lost_to, lost_to_name),
    }
    room, deal = _locked(actor, deal_id, version, checks, thanks)
    event = "deal.lost" if status == DealStatus.LOST else "deal.ended_in_agreement"
    return _stop(actor, room, deal, event, {**values, "ended_at": now()}, thanks)


@transaction.atomic
def pause_deal(
    *,
    actor: Actor,
    deal_id: UUID,
    version: int,
    until: Any,
    reason: str = "",
    thanks: ThanksTo | None = None,
) -> Deal:
    """Let a deal rest until a day, which becomes a task of its owner. Open questions close: nobody is to be kept waiting.

    Raises `Invalid`, `Refused`, `Stale`.
    """
    check_staff(actor)
    checks = Checks()
    values = {
        "status": DealStatus.PAUSED,
        "ended_reason": checks.text("reason", reason, required=False, limit=REASON_LIMIT),
        "talk_again_on": _day_ahead(checks, "until", until),
    }
    room, deal = _locked(actor, deal_id, version, checks, thanks)
    return _stop(actor, room, deal, "deal.paused", values, thanks)


def _lost(checks: Checks, status: str, lost_to: str, lost_to_name: str) -> dict[str, str]:
    to = checks.choice("lost_to", lost_to, LostTo.values, required=False)
    name = checks.line("lost_to_name", lost_to_name, required=False)
    if to and status != DealStatus.LOST:
        checks.add("lost_to", _("Where both agreed not to go on, it was lost to nobody."), code="not_lost")
    if name and to != LostTo.COMPETITOR:
        checks.add("lost_to_name", _("Say that it was another supplier, too."), code="not_a_competitor")
    return {"lost_to": to, "lost_to_name": name}


def _day_ahead(checks: Checks, field: str, value: Any, *, required: bool = True) -> date | None:
    """Return a day that still comes, at most five years away."""
    day = checks.day(field, value, required=required)
    if day is not None and not today() < day <= today() + FURTHEST:
        checks.add(field, _("Choose a day that still comes, within five years."), code="not_ahead")
    return day


def _locked(actor: Actor, deal_id: UUID, version: int, checks: Checks, thanks: ThanksTo | None) -> tuple[Room, Deal]:
    """Lock a deal that has not ended, and check whom to thank. Raises `Invalid` with all faults, `Refused`, `Stale`."""
    room, deal = lock_deal(actor, deal_id)
    if thanks is not None:
        checks.text("thanks", thanks.words, limit=REASON_LIMIT)
        there = Participant.objects.active().filter(room=room, pk__in=thanks.people).count()
        if not thanks.people or there != len(set(thanks.people)):
            checks.add("thanked", _("Choose who gets it, of those in the room."), code="unknown")
    checks.done()
    check_version(deal, version)
    if deal.has_ended:
        raise Refused(_("This deal has ended already."), code="deal_ended")
    return room, deal


def _stop(actor: Actor, room: Room, deal: Deal, event: str, values: dict[str, Any], thanks: ThanksTo | None) -> Deal:
    for field, value in values.items():
        setattr(deal, field, value)
    _plan_talk(deal)
    save_deal(deal, *_ENDING)
    record(event, actor=actor, room=room, subject=deal)
    ask_no_more(room, deal)
    if thanks is not None:
        _thank(actor, room, deal, thanks)
    return deal


def ask_no_more(room: Room, deal: Deal) -> None:
    """Close the open questions about a deal that has ended: nothing follows from their answer any more."""
    sections, moves = deal.sections.values_list("pk", flat=True), deal.moves.values_list("pk", flat=True)
    close_questions_about(room, [*sections, *moves])


def _thank(actor: Actor, room: Room, deal: Deal, thanks: ThanksTo) -> None:
    if actor.user is None:
        raise NotAllowed(_("Somebody by name says thanks, not the system."))
    words = Checks().text("thanks", thanks.words)
    people = sorted(set(thanks.people))
    made = Thanks.objects.create(deal=deal, words=words, to=people, by_user=actor.user, created_at=now())
    data = {"deal": str(deal.pk), "participants": [str(one) for one in people]}
    record("deal.thanked", actor=actor, room=room, subject=made, private_to=Side.SELLER, data=data)


@transaction.atomic
def dispute_ending(*, actor: Actor, deal_id: UUID, body: str) -> Comment:
    """Say as a buyer that "both agreed not to go on" is not how it was left: words that everybody in the room reads.

    They stand until the buyer's side calls them settled or the deal is opened again; its status stays as it is. Raises
    `Invalid`, `NotAllowed` for anybody but a buyer who answers, `NotFound`, `Refused`.
    """
    person = actor.participant
    if person is None or not person.answers or person.side != Side.BUYER:
        raise NotAllowed(_("Somebody who answers for the client says how it was left."))
    room, deal = lock_deal(actor, deal_id)
    if deal.status != DealStatus.NO_DEAL:
        raise Refused(
            _("This has changed meanwhile: it does not stand as ended in agreement any more."), code="not_ended"
        )
    if seen_differently([deal]).filter(by_contact=person.contact_id).exists():
        raise Refused(_("You have said so already. You can add to it under your words."), code="said_already")
    return add_comment(actor=actor, room_id=room.pk, subject_id=deal.pk, body=body, disputes=True)


@transaction.atomic
def reopen_deal(*, actor: Actor, deal_id: UUID, version: int) -> Deal:
    """Open a deal again that was lost, paused, or ended in agreement. A won one is undone instead."""
    check_staff(actor)
    room, deal = lock_deal(actor, deal_id)
    check_version(deal, version)
    if deal.status == DealStatus.WON:
        raise Refused(_("A won deal is not reopened. A manager can undo the close."), code="deal_won")
    if deal.is_open:
        return deal
    deal.status, deal.ended_at, deal.talk_again_on = DealStatus.OPEN, None, None
    deal.ended_reason = deal.lost_to = deal.lost_to_name = deal.would_change = ""
    _plan_talk(deal)
    save_deal(deal, *_ENDING)
    record("deal.reopened", actor=actor, room=room, subject=deal)
    return deal


def _plan_talk(deal: Deal) -> None:
    """Give the owner of a locked deal the task to talk again on its day, in the place of the one there was."""
    if deal.talk_task_id is not None:
        drop_task(task_id=deal.talk_task_id)
    deal.talk_task = None
    if deal.talk_again_on is None:
        return
    owner = deal.owner
    with translation.override(owner.locale):
        named = {"client": deal.organization.name if deal.organization else deal.title, "deal": deal.title}
        title = gettext("Talk again with %(client)s: %(deal)s") % named
    fields = {"room_id": deal.room_id, "subject_id": deal.pk, "due_on": deal.talk_again_on}
    deal.talk_task = note_task(actor=SYSTEM, user=owner, title=title[:LINE_LIMIT], **fields)


def follow_owner(event: Event, actor: Actor) -> None:
    """Hand the task to talk again to a deal's new owner: a reaction to `deal.changed`, which holds the deal's lock."""
    if "owner_id" not in event.data["fields"]:
        return
    deal = Deal.objects.select_related("owner", "organization").get(pk=event.subject_id)
    if deal.talk_task_id is not None and deal.talk_again_on is not None:
        _plan_talk(deal)
        Deal.objects.filter(pk=deal.pk).update(talk_task=deal.talk_task)
