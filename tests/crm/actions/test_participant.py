"""Letting contacts in and taking access back."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from crm.actions import participant
from crm.actions.participant import PER_PERSON, change_participant, invite_contact, revoke_participant
from crm.actors import Actor, as_participant, as_user
from crm.clock import frozen, now
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Stale, TooOften
from crm.models import Event, Invitation, Participant, Room, RoomSession
from crm.secrets import token_hash
from tests.cast import Cast
from tests.crm.room.door import come_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def invite(cast: Cast, actor: Actor | None = None, **fields: object) -> Participant:
    contact = cast.halvorsen.contacts.first() or cast.contact("Aisha Karim")
    return invite_contact(actor=actor or cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk, **fields)


def test_the_link_is_mailed_and_only_its_hash_is_kept(cast: Cast, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invite(cast)
    token = re.search(r"/room/invitation/([\w-]+)/", mail.outbox[0].body).group(1)
    invitation = Invitation.objects.get()
    assert invitation.token_hash == token_hash(token)
    assert len(token) >= 43
    assert mail.outbox[0].to == ["aisha.karim@halvorsen.example"]
    assert Event.objects.filter(type="invitation.sent", room=cast.deal.room).count() == 1


def test_inviting_again_ends_the_older_link(cast: Cast) -> None:
    invite(cast)
    invite(cast)
    assert Participant.objects.count() == 1
    older, newer = Invitation.objects.order_by("created_at")
    assert older.revoked_at is not None
    assert newer.revoked_at is None


def test_only_writers_of_the_selling_side_invite(cast: Cast) -> None:
    cast.contact("Aisha Karim")
    for actor, refusal in (
        (cast.buyer, NotAllowed),
        (as_user(cast.colleague), NotAllowed),
        (as_user(cast.stranger), NotFound),
    ):
        with pytest.raises(refusal):
            invite(cast, actor)
    assert not Invitation.objects.exists()


def test_a_contact_without_an_address_cannot_be_invited(cast: Cast) -> None:
    contact = cast.contact("No Mail")
    contact.email = ""
    contact.save()
    with pytest.raises(Invalid):
        invite(cast)


def test_taking_access_back_ends_everything_at_once(cast: Cast) -> None:
    grant = invite(cast)
    come_in(grant.contact)
    revoke_participant(actor=cast.rep, participant_id=grant.pk)
    assert not Room.objects.visible_to(as_participant(grant)).exists()
    assert Invitation.objects.get().revoked_at is not None
    assert RoomSession.objects.get().ended_at is not None
    revoke_participant(actor=cast.rep, participant_id=grant.pk)
    assert Event.objects.filter(type="participant.revoked").count() == 1
    assert invite(cast).is_active


def test_a_side_stays_once_somebody_was_asked_on_it(cast: Cast) -> None:
    from crm.actions.question import ask_for_consent

    cast.write_problem()
    ask_for_consent(
        actor=cast.rep, asked_of=cast.ingrid.pk, subjects=[cast.problem()], sentence="Is it?", benefit="A page."
    )
    with pytest.raises(Refused):
        invite(cast, side="partner")


def test_what_somebody_sees_can_be_limited(cast: Cast) -> None:
    grant = invite(cast, side="partner", sections=["criteria"], may_answer=False)
    assert grant.sections == ["criteria"]
    changed = change_participant(
        actor=cast.rep, participant_id=grant.pk, version=grant.version, sections=None, may_answer=True
    )
    assert (changed.sections, changed.may_answer) == (None, True)
    with pytest.raises(Stale):
        change_participant(
            actor=cast.rep, participant_id=grant.pk, version=grant.version, sections=[], may_answer=False
        )


def test_nobody_is_flooded_with_invitations(cast: Cast) -> None:
    at = now()
    with frozen(at):
        for _time in range(PER_PERSON):
            invite(cast)
        with pytest.raises(TooOften) as error:
            invite(cast)
    assert error.value.retry_after == 3601
    with frozen(at + timedelta(hours=1)):
        invite(cast)


def test_nobody_invites_without_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participant, "PER_INVITER", 2)
    people = [cast.contact(f"Person {number}") for number in range(3)]
    for person in people[:2]:
        invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=person.pk)
    with pytest.raises(TooOften):
        invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=people[2].pk)
    browser = Client()
    browser.force_login(cast.maya)
    form = {"contact": str(people[2].pk), "may_answer": "on", "next": "/clients/"}
    answer = browser.post(f"/rooms/{cast.deal.room_id}/invitations/", form, follow=True)
    assert "It goes on in" in answer.content.decode()
