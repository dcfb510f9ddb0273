"""Passing the baton: open at the win, assign, accept, and what the customer's answer does."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.actions.question import Subject, ask_for_consent
from crm.actions.room import add_member, lock_room
from crm.actions.version import LOOK_AGAIN, check_version
from crm.actors import SYSTEM, Actor
from crm.clock import now
from crm.errors import FieldFault, Invalid, NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Consent, Event, Participant, Question, Role, Side, User
from crm.queries.consent import standing_about
from crm.scopes import check_scope
from deals.actions.deal import save_deal
from deals.models import Deal
from handoff.actions.brief import check_reviewer, lock_handoff, write_items
from handoff.actions.success_plan import open_success_plan
from handoff.models import Handoff, HandoffState, SuccessPlan
from handoff.queries.brief import brief_snapshot
from handoff.queries.risk import heading_of

BRIEF = "brief"
"""The consent kind by which the customer confirms the brief."""


def open_handoff(event: Event, actor: Actor) -> None:
    """Open the handoff in the transaction that wins the deal. The deal's room and row are locked by then.

    Refuses nothing, since a buyer's yes may be what wins it: a colleague who has left meanwhile takes nothing over, and
    the handoff waits for somebody of customer success.
    """
    deal = Deal.objects.select_related("room", "owner", "success_owner").get(pk=event.subject_id)
    if Handoff.objects.active().filter(deal=deal).exists():
        return
    taker = deal.success_owner if deal.success_owner and deal.success_owner.is_active else None
    handoff = Handoff.objects.create(deal=deal, room=deal.room, from_user=deal.owner, to_user=taker, opened_at=now())
    write_items(handoff)
    if taker is not None:
        add_member(actor=SYSTEM, room_id=deal.room_id, user_id=taker.pk)
    _record("handoff.opened", actor, handoff)


def cancel_handoff(event: Event, actor: Actor) -> None:
    """Cancel the handoff of a close that is undone. Raises `Refused` when it was accepted already."""
    found = Handoff.objects.active().filter(deal=event.subject_id).first()
    if found is None:
        return
    locked = Handoff.objects.select_for_update(of=("self",), no_key=True).select_related("room")
    handoff = locked.get(pk=found.pk)
    if not handoff.is_open:
        raise Refused(
            _("The handoff was accepted already. The close cannot be undone any more."), code="handoff_accepted"
        )
    handoff.state, handoff.cancelled_at = HandoffState.CANCELLED, now()
    save_handoff(handoff, "state", "cancelled_at")
    _record("handoff.cancelled", actor, handoff)


def follow_success_owner(event: Event, actor: Actor) -> None:
    """When the deal names somebody else for customer success, the handoff follows; a deal and its handoff never differ."""
    if "success_owner_id" not in event.data["fields"]:
        return
    found = Handoff.objects.active().filter(deal=event.subject_id).select_related("deal").first()
    if found is None or found.to_user_id == found.deal.success_owner_id:
        return
    if found.deal.success_owner_id is None and not found.is_open:
        raise Refused(_("Somebody has taken over already. Name who follows them."), code="handoff_accepted")
    locked = Handoff.objects.select_for_update(of=("self",), no_key=True).select_related("room", "deal__success_owner")
    handoff = locked.get(pk=found.pk)
    _give_to(actor, handoff, handoff.deal.success_owner)


@transaction.atomic
def assign_handoff(*, actor: Actor, handoff_id: UUID, version: int, user_id: UUID) -> Handoff:
    """Say who takes over. Customer success can take a waiting one for themselves; a manager, or who has it, can pass it on.

    Lets the new one into the room. Raises `Invalid` for anybody who is not customer success, `Stale`, `NotAllowed`.
    """
    check_scope(actor, "success:write")
    taking = actor.user is not None and actor.user.role == Role.SUCCESS and actor.user.pk == user_id
    found = _assignable(actor, taking).filter(pk=handoff_id).first()
    if found is None:
        raise NotFound
    room = lock_room(SYSTEM if taking and found.to_user_id is None else actor, found.room_id)
    deal = Deal.objects.select_for_update(of=("self",), no_key=True).get(pk=found.deal_id)
    locked = Handoff.objects.select_for_update(of=("self",), no_key=True).select_related("deal", "room")
    handoff = locked.get(pk=found.pk)
    user = User.objects.active().filter(pk=user_id, role=Role.SUCCESS).first()
    if user is None:
        raise Invalid.field("user", _("Choose a colleague of customer success."), code="unknown")
    if handoff.to_user_id == user.pk:
        return handoff
    if not (taking and handoff.to_user_id is None):
        check_reviewer(actor, handoff)
    check_version(handoff, version, LOOK_AGAIN)
    if handoff.state == HandoffState.CANCELLED:
        raise Refused(_("This handoff was cancelled when the close was undone."), code="handoff_cancelled")
    deal.success_owner = user
    save_deal(deal, "success_owner")
    add_member(actor=SYSTEM, room_id=room.pk, user_id=user.pk)
    _give_to(actor, handoff, user)
    return handoff


def _assignable(actor: Actor, taking: bool) -> QuerySet[Handoff]:
    """Handoffs in sight, and for customer success those that wait for anybody."""
    if not actor.is_seller:
        raise NotAllowed(_("The selling side decides who takes over."))
    visible = Handoff.objects.visible_to(actor)
    return visible | Handoff.objects.filter(to_user=None, state=HandoffState.OPEN) if taking else visible


def _give_to(actor: Actor, handoff: Handoff, user: User | None) -> None:
    handoff.to_user = user
    save_handoff(handoff, "to_user")
    if user is not None:
        SuccessPlan.objects.filter(handoff=handoff).update(owner=user)
    _record("handoff.assigned", actor, handoff)


@transaction.atomic
def accept_handoff(
    *,
    actor: Actor,
    handoff_id: UUID,
    version: int,
    asked_of: UUID | None = None,
    sentence: str = "",
    benefit: str = "",
) -> Handoff:
    """Accept the handoff: the success plan begins with one goal for each agreed criterion. Accepting twice is once.

    `asked_of` is the participant who is asked to confirm the brief; it can also be asked later. Raises `Refused` while
    anything is open, with one fault for each item, and when nobody is named to take over.
    """
    room, handoff = lock_handoff(actor, handoff_id)
    check_reviewer(actor, handoff)
    if handoff.is_accepted:
        return handoff
    check_version(handoff, version, LOOK_AGAIN)
    _check_acceptable(handoff)
    handoff.state, handoff.accepted_at, handoff.accepted_by = HandoffState.ACCEPTED, now(), actor.user
    save_handoff(handoff, "state", "accepted_at", "accepted_by")
    open_success_plan(actor, room, handoff)
    _record("handoff.accepted", actor, handoff)
    if asked_of is not None:
        ask_about_brief(actor=actor, handoff_id=handoff.pk, asked_of=asked_of, sentence=sentence, benefit=benefit)
    return handoff


def _check_acceptable(handoff: Handoff) -> None:
    if handoff.state == HandoffState.CANCELLED:
        raise Refused(_("This handoff was cancelled when the close was undone."), code="handoff_cancelled")
    if handoff.to_user_id is None:
        raise Refused(_("Say first who takes over."), code="nobody_takes_over")
    faults = [
        FieldFault(f"items.{item.pk}", item.state, _("“%(title)s” is not clear yet.") % {"title": heading_of(item)})
        for item in handoff.items.unclear()
    ]
    if faults:
        raise Refused(_("Some of this is not clear yet."), code="not_clear", faults=faults)


@transaction.atomic
def ask_about_brief(
    *, actor: Actor, handoff_id: UUID, asked_of: UUID, sentence: str = "", benefit: str = ""
) -> Question:
    """Ask a participant to confirm the brief in the room, in words of our own unless others are given."""
    with translation.override(locale_of(asked_of)):
        sentence = sentence or gettext("Is this what we agreed, and what we should work on with you from now on?")
        benefit = benefit or gettext(
            "You see in a few minutes that nothing you told us has been lost on the way to the people who take over."
        )
    return ask_for_consent(
        actor=actor, asked_of=asked_of, subjects=[Subject(BRIEF, handoff_id)], sentence=sentence, benefit=benefit
    )


def locale_of(participant_id: UUID) -> str:
    """Return the language a participant is asked in."""
    person = Participant.objects.select_related("contact").filter(pk=participant_id).first()
    return person.contact.locale if person and translation.check_for_language(person.contact.locale) else "en"


def react_to_yes(event: Event, actor: Actor) -> None:
    """The customer confirmed the brief."""
    if event.data["kind"] != BRIEF:
        return
    handoff = _lock_subject(event)
    if handoff.state != HandoffState.ACCEPTED:
        return
    consent = Consent.objects.select_related("participant").get(pk=event.subject_id)
    handoff.state, handoff.confirmed_at = HandoffState.CONFIRMED, now()
    handoff.confirmed_by_id = consent.participant.contact_id
    save_handoff(handoff, "state", "confirmed_at", "confirmed_by")
    _record("handoff.confirmed", actor, handoff)


def react_to_withdrawal(event: Event, actor: Actor) -> None:
    """The customer took the confirmation of the brief back; somebody else's yes to it may still stand."""
    if event.data["kind"] != BRIEF:
        return
    handoff = _lock_subject(event)
    still = standing_about(handoff.pk, brief_snapshot(handoff).content_hash).yeses
    if handoff.state != HandoffState.CONFIRMED or still:
        return
    handoff.state, handoff.confirmed_at, handoff.confirmed_by = HandoffState.ACCEPTED, None, None
    save_handoff(handoff, "state", "confirmed_at", "confirmed_by")
    _record("handoff.confirmation_withdrawn", actor, handoff)


def _lock_subject(event: Event) -> Handoff:
    locked = Handoff.objects.select_for_update(of=("self",), no_key=True).select_related("room")
    return locked.get(pk=event.data["subject"])


def save_handoff(handoff: Handoff, *fields: str) -> None:
    """Save a locked handoff with its next version."""
    handoff.version += 1
    handoff.save(update_fields=[*fields, "version"])


def _record(type: str, actor: Actor, handoff: Handoff) -> None:
    """Say what happened: to the guests only while they see the handoff at all."""
    private_to = "" if handoff.is_accepted else Side.SELLER
    data = {"deal": str(handoff.deal_id), "to": str(handoff.to_user_id or ""), "version": handoff.version}
    record(type, actor=actor, room=handoff.room, subject=handoff, private_to=private_to, data=data)
