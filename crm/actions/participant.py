"""Letting contacts into a room: inviting, changing what they may see, taking access back."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.actions.contact import OUR_OWN
from crm.actions.question import close_what_they_may_not_answer
from crm.actions.room import lock_room
from crm.actions.version import check_version
from crm.actors import SYSTEM, Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused, TooOften
from crm.events.record import record
from crm.mail.invitation import send_invitation
from crm.models import Contact, Invitation, Participant, Room, RoomSession, Side, SignInCode, User
from crm.queries.user import is_ours
from crm.registry import sides_named
from crm.secrets import new_token, token_hash

INVITATION_LASTS = timedelta(days=14)
HOUR = timedelta(hours=1)
PER_INVITER, PER_PERSON = 60, 6
"""How many invitations leave in an hour in one name, and to one person."""
SIDES = (Side.BUYER.value, Side.PARTNER.value)


@transaction.atomic
def invite_contact(
    *,
    actor: Actor,
    room_id: UUID,
    contact_id: UUID,
    side: str | None = None,
    sections: Sequence[str] | None = None,
    may_answer: bool = True,
) -> Participant:
    """Let a contact into the room and mail them a link; for somebody who is in already, send a new link.

    `side` is the one on which they are written down in the room, if they are (None: that one, or else the buyer's).
    `sections` limits what they see (None: everything that is shared). A partner never answers, whatever `may_answer`
    says. Links that were mailed before end. Raises `Invalid`, `NotFound`, `NotAllowed`, and `Refused` when the side would
    change after they have answered.
    """
    inviter = _inviter(actor)
    checks = Checks()
    wanted = checks.choice("side", side, SIDES, required=False)
    seen = checked_sections(checks, sections)
    contact = _invitable(checks, actor, room_id, contact_id)
    room = lock_room(actor, room_id)
    side = fitting_side(actor, room, contact, wanted)
    return let_in(actor, room, contact, inviter, side=side, sections=seen, may_answer=may_answer)


def let_in(
    actor: Actor,
    room: Room,
    contact: Contact,
    inviter: User,
    *,
    side: str,
    sections: list[str] | None,
    may_answer: bool,
) -> Participant:
    """Write the grant of a contact in `room`, whose lock the caller holds, and mail the link in `inviter`'s name.

    Raises `Refused` for an address of ours: whoever reads it could answer for the other side; `TooOften`.
    """
    if is_ours(contact.email):
        raise Refused(OUR_OWN, code="our_own")
    _check_not_too_many(inviter, contact)
    grant = Participant.objects.select_for_update(of=("self",), no_key=True).filter(room=room, contact=contact).first()
    if grant is None:
        grant = Participant(room=room, contact=contact, invited_by=inviter, invited_at=now(), side=side, version=0)
    else:
        _check_side_kept(grant, side)
        grant.side = side
        if not grant.is_active:
            grant.revoked_at, grant.invited_by, grant.invited_at = None, inviter, now()
    grant.sections, grant.may_answer = sections, may_answer and side == Side.BUYER
    grant.version += 1
    grant.save()
    close_what_they_may_not_answer(actor, room, grant)
    _invite(actor, room, grant, inviter)
    return grant


def fitting_side(actor: Actor, room: Room, contact: Contact, wanted: str = "") -> str:
    """Return the side to let a contact in on: the `wanted` one, or else as they are written down, or else the buyer's.

    Raises `Invalid` when they are written down on other sides only; not for somebody who is in on the wanted one already.
    """
    named = sides_named(actor, room).get(contact.pk, set())
    side = wanted or next((one for one in SIDES if one in named), Side.BUYER.value)
    if (
        not named
        or side in named
        or Participant.objects.active().filter(room=room, contact=contact, side=side).exists()
    ):
        return side
    words = _("The map of people has %(name)s on another side: %(side)s. Change the map first, or invite them as that.")
    if named == {Side.SELLER.value}:
        words = _("The map of people has %(name)s on our own side. Change the map first.")
    sides = ", ".join(str(Side(one).label) for one in SIDES if one in named)
    checks = Checks()
    checks.add("side", words % {"name": contact.name, "side": sides}, code="other_side")
    checks.done()
    return side


def _check_not_too_many(inviter: User, contact: Contact) -> None:
    at = now()
    recent = Invitation.objects.filter(created_at__gt=at - HOUR).order_by("-created_at")
    for rows, most in (
        (recent.filter(participant__contact=contact), PER_PERSON),
        (recent.filter(invited_by=inviter), PER_INVITER),
    ):
        if oldest := next(iter(rows.values_list("created_at", flat=True)[most - 1 : most]), None):
            raise TooOften(int((oldest + HOUR - at).total_seconds()) + 1)


def _invite(actor: Actor, room: Room, grant: Participant, inviter: User) -> Invitation:
    """Write a new invitation, end the older ones, and mail the link once all of it stands."""
    at, token = now(), new_token()
    grant.invitations.filter(revoked_at=None).update(revoked_at=at)
    invitation = Invitation.objects.create(
        participant=grant,
        email=grant.contact.email,
        token_hash=token_hash(token),
        invited_by=inviter,
        created_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    data = {"participant": str(grant.pk), "side": grant.side}
    record("invitation.sent", actor=actor, room=room, subject=invitation, data=data)
    transaction.on_commit(partial(send_invitation, invitation, token))
    return invitation


@transaction.atomic
def renew_invitation(*, token: str) -> None:
    """Mail a new link to the same address when an invitation has ended. Says nothing about whether there was one.

    Asked for at the door, by whoever holds the old link; the one who invited is told by the event.
    """
    old = Invitation.objects.filter(token_hash=token_hash(token), revoked_at=None, expires_at__lte=now()).first()
    if old is None:
        return
    room = lock_room(SYSTEM, old.participant.room_id)
    grant = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=old.participant_id)
    still_old = grant.invitations.filter(pk=old.pk, revoked_at=None).exists()
    if grant.is_active and still_old:
        _invite(SYSTEM, room, grant, old.invited_by)


@transaction.atomic
def change_participant(
    *,
    actor: Actor,
    participant_id: UUID,
    version: int,
    sections: Sequence[str] | None,
    may_answer: bool,
) -> Participant:
    """Change which sections somebody sees (None: all shared ones) and whether they answer. Raises `Stale`.

    Open questions that they may not answer any more are taken back.
    """
    _inviter(actor)
    room, grant = _lock(actor, participant_id)
    check_version(grant, version)
    checks = Checks()
    wanted = checked_sections(checks, sections)
    checks.done()
    if (grant.sections, grant.may_answer) == (wanted, may_answer):
        return grant
    grant.sections, grant.may_answer, grant.version = wanted, may_answer, grant.version + 1
    grant.save(update_fields=["sections", "may_answer", "version"])
    close_what_they_may_not_answer(actor, room, grant)
    record("participant.changed", actor=actor, room=room, subject=grant, data={"may_answer": may_answer})
    return grant


@transaction.atomic
def revoke_participant(*, actor: Actor, participant_id: UUID, version: int | None = None) -> Participant:
    """Take somebody's access back, at once: links, codes, open pages and questions end. What they agreed and wrote stays.

    Raises `Stale` when the grant is no longer at `version` (None: whatever it is).
    """
    _inviter(actor)
    room, grant = _lock(actor, participant_id)
    if version is not None:
        check_version(grant, version)
    if not grant.is_active:
        return grant
    end_access(actor, room, grant)
    return grant


def end_access(actor: Actor, room: Room, grant: Participant) -> None:
    """Take back a grant in `room`; the caller holds both locks."""
    at = now()
    grant.revoked_at, grant.version = at, grant.version + 1
    grant.save(update_fields=["revoked_at", "version"])
    close_what_they_may_not_answer(actor, room, grant)
    grant.invitations.filter(revoked_at=None).update(revoked_at=at)
    SignInCode.objects.filter(contact=grant.contact_id, consumed_at=None, expires_at__gt=at).update(expires_at=at)
    if not Participant.objects.active().filter(contact=grant.contact_id).exists():
        RoomSession.objects.filter(contact=grant.contact_id, ended_at=None).update(ended_at=at)
    record("participant.revoked", actor=actor, room=room, subject=grant)


def _lock(actor: Actor, participant_id: UUID) -> tuple[Room, Participant]:
    found = Participant.objects.visible_to(actor).filter(pk=participant_id).first()
    if found is None:
        raise NotFound
    room = lock_room(actor, found.room_id)
    locked = Participant.objects.select_for_update(of=("self",), no_key=True).select_related("contact")
    return room, locked.get(pk=found.pk)


def _inviter(actor: Actor) -> User:
    if not actor.is_seller or actor.user is None:
        raise NotAllowed(_("Somebody on the selling side decides who comes in. Ask them to invite your colleague."))
    return actor.user


def _invitable(checks: Checks, actor: Actor, room_id: UUID, contact_id: UUID) -> Contact:
    """Return who is to be invited: somebody of the directory, or who is in already. Raises `Invalid`, with all faults noted before."""
    here = Participant.objects.active().filter(room=room_id, contact=OuterRef("pk"))
    invitable = Contact.objects.visible_to(actor).filter(Q(archived_at=None) | Exists(here))
    contact = invitable.filter(pk=contact_id).first()
    if contact is None:
        checks.add("contact", _("Choose a contact from the list."), code="unknown")
    elif not contact.email:
        words = _("%(name)s has no e-mail address yet. Add one, so that the link and the code can arrive.")
        checks.add("contact", words % {"name": contact.name}, code="no_email")
    checks.done()
    if contact is None:
        raise NotFound
    return contact


def checked_sections(checks: Checks, sections: Sequence[str] | None) -> list[str] | None:
    """Return the sections as they are kept. Names are not judged here: the ground does not know what a room holds."""
    if sections is None:
        return None
    return list(dict.fromkeys(checks.line("sections", name, limit=32) for name in sections))


def _check_side_kept(grant: Participant, side: str) -> None:
    if grant.side != side and grant.consents.exists():
        raise Refused(
            _("%(name)s has been asked on the other side already. Their side stays as it is.")
            % {"name": grant.contact.name},
            code="side_kept",
        )
