"""Reviewing the brief: clear an item, ask the rep about it, answer; and the risks that turn up later."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from crm.actions.room import lock_room
from crm.actions.version import LOOK_AGAIN, check_version
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Consent, Event, Room, Side
from crm.scopes import check_scope
from deals.models import DealStatus
from deals.queries.waiting import deal_asked_about
from handoff.models import BriefItem, Handoff, HandoffState, ItemKind, ItemQuestion, ItemState
from handoff.queries.brief import draft_brief, lapsed_risk
from handoff.rules.brief import RISKS


def write_items(handoff: Handoff) -> None:
    """Write the brief of a handoff that was opened a moment ago."""
    draft = draft_brief(handoff.deal)
    BriefItem.objects.bulk_create(
        BriefItem(
            handoff=handoff,
            group=item.group,
            kind=item.kind,
            source_id=item.source_id,
            revision_id=item.revision_id or None,
            title=item.title,
            body=item.body,
            content=draft.content_of(item),
            position=item.position,
        )
        for item in draft.items
    )


def lock_handoff(actor: Actor, handoff_id: UUID) -> tuple[Room, Handoff]:
    """Lock a handoff's room, then the handoff. Raises `NotFound`, `NotAllowed`."""
    check_scope(actor, "success:write")
    found = Handoff.objects.visible_to(actor).filter(pk=handoff_id).first()
    if found is None:
        raise NotFound
    room = lock_room(actor, found.room_id)
    locked = Handoff.objects.select_for_update(of=("self",), no_key=True)
    return room, locked.select_related("deal", "to_user", "from_user", "room").get(pk=found.pk)


def check_reviewer(actor: Actor, handoff: Handoff) -> None:
    """Raise `NotAllowed` unless the actor is who takes over, or a manager."""
    user = actor.user
    if user is None or not actor.is_seller or not (user.is_manager or user.pk == handoff.to_user_id):
        raise NotAllowed(_("Whoever takes over reviews and accepts, or a manager."), code="not_the_reviewer")


@transaction.atomic
def clear_item(*, actor: Actor, item_id: UUID, version: int) -> BriefItem:
    """Mark an item as clear: whoever takes over could explain it to the customer. Clearing twice is once.

    Raises `Refused` while a question about it is unanswered, `Stale` when it has changed meanwhile.
    """
    room, handoff, item = _lock_item(actor, item_id)
    check_reviewer(actor, handoff)
    if item.is_clear:
        return item
    check_version(item, version, LOOK_AGAIN)
    if item.questions.open().exists():
        raise Refused(_("Your question about this has no answer yet."), code="question_open")
    item.state, item.cleared_by, item.cleared_at = ItemState.CLEAR, actor.user, now()
    _save_item(item, "cleared_by", "cleared_at")
    _record("brief_item.cleared", actor, room, item)
    return item


@transaction.atomic
def ask_back(*, actor: Actor, item_id: UUID, version: int, text: str) -> ItemQuestion:
    """Ask the rep about an item. The same question sent twice is one; another waits until the first is answered.

    Raises `Refused` (`question_open`, or `handoff_accepted` for an item that was clear when the handoff was accepted).
    """
    checks = Checks()
    text = checks.text("text", text, limit=5000)
    checks.done()
    room, handoff, item = _lock_item(actor, item_id)
    check_reviewer(actor, handoff)
    waiting = item.questions.open().first()
    if waiting is not None and waiting.text == text:
        return waiting
    if waiting is not None:
        raise Refused(_("A question about this waits for its answer already."), code="question_open")
    check_version(item, version, LOOK_AGAIN)
    if item.is_clear and not handoff.is_open:
        raise Refused(_("This was clear when the handoff was accepted."), code="handoff_accepted")
    item.state, item.cleared_by, item.cleared_at = ItemState.QUESTION, None, None
    _save_item(item, "cleared_by", "cleared_at")
    question = ItemQuestion.objects.create(item=item, text=text, asked_by=_user(actor), asked_at=now())
    _record("brief_item.questioned", actor, room, item, question=str(question.pk))
    return question


@transaction.atomic
def answer_question_back(*, actor: Actor, question_id: UUID, text: str) -> ItemQuestion:
    """Answer a question about an item: the rep, or anybody who works in the room. The same answer twice is one.

    Raises `Refused` when somebody has answered it otherwise.
    """
    checks = Checks()
    text = checks.text("text", text, limit=5000)
    checks.done()
    found = ItemQuestion.objects.visible_to(actor).filter(pk=question_id).first()
    if found is None:
        raise NotFound
    room, _handoff, item = _lock_item(actor, found.item_id)
    question = ItemQuestion.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    if not question.is_open:
        if question.answer == text:
            return question
        raise Refused(_("This was answered already. Nothing of theirs is changed."), code="already_answered")
    question.answer, question.answered_by, question.answered_at = text, _user(actor), now()
    question.version += 1
    question.save(update_fields=["answer", "answered_by", "answered_at", "version"])
    item.version += 1
    item.save(update_fields=["version"])
    _record("brief_item.answered", actor, room, item, question=str(question.pk))
    return question


def react_to_lapsed_consent(event: Event, actor: Actor) -> None:
    """After the close, a consent taken back or contested becomes an open risk in the handoff."""
    consent = Consent.objects.select_related("participant__contact", "question").get(pk=event.subject_id)
    deal_id = deal_asked_about(consent.kind, consent.subject_id)
    handoff = Handoff.objects.active().filter(deal=deal_id, deal__status=DealStatus.WON).first() if deal_id else None
    if handoff is None:
        return
    handoff = Handoff.objects.select_for_update(of=("self",), no_key=True).select_related("room").get(pk=handoff.pk)
    risk, content = lapsed_risk(consent)
    last = handoff.items.aggregate(position=Max("position"))["position"] or 0
    item, created = BriefItem.objects.get_or_create(
        handoff=handoff,
        group=RISKS,
        kind=ItemKind.LAPSED_CONSENT,
        source_id=consent.pk,
        defaults={"body": risk.body, "content": content, "position": last + 1},
    )
    if created:
        _record("brief_item.added", actor, handoff.room, item, consent=str(consent.pk))


def _lock_item(actor: Actor, item_id: UUID) -> tuple[Room, Handoff, BriefItem]:
    if not actor.is_seller:
        raise NotAllowed(_("The selling side reviews what it takes over."))
    found = BriefItem.objects.visible_to(actor).filter(pk=item_id).first()
    if found is None:
        raise NotFound
    room, handoff = lock_handoff(actor, found.handoff_id)
    if handoff.state == HandoffState.CANCELLED:
        raise Refused(_("This handoff was cancelled when the close was undone."), code="handoff_cancelled")
    return room, handoff, BriefItem.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)


def _save_item(item: BriefItem, *fields: str) -> None:
    item.version += 1
    item.save(update_fields=["state", "version", *fields])


def _user(actor: Actor) -> Any:
    if actor.user is None:
        raise NotAllowed(_("Somebody by name does this, not the system."))
    return actor.user


def _record(type: str, actor: Actor, room: Room, item: BriefItem, **data: str) -> None:
    """The review is the selling side's own."""
    facts = {"handoff": str(item.handoff_id), "version": item.version, **data}
    record(type, actor=actor, room=room, subject=item, private_to=Side.SELLER, data=facts)
