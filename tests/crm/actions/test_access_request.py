"""Asking to bring somebody in: who may ask, who decides, what a room's rule does, and what can not be got by asking."""

import pytest
from django.core import mail

from crm.actions.access_request import (
    OPEN_REQUESTS_LIMIT,
    approve_access_request,
    decline_access_request,
    request_access,
    welcome_colleagues,
    withdraw_access_request,
)
from crm.actions.organization import change_organization
from crm.actions.participant import invite_contact, revoke_participant
from crm.actions.room import add_member
from crm.actors import SYSTEM, Actor, as_participant, as_user
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from crm.events.deliver import deliver_owed
from crm.models import AccessRequest, AccessRequestState, Contact, Event, Organization, Participant, User
from crm.queries.room import get_room
from tests.cast import Cast, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    Organization.objects.filter(pk=cast.halvorsen.pk).update(domain="halvorsen.example")
    return cast


def ask(cast: Cast, actor: Actor | None = None, **fields: str) -> AccessRequest:
    values = {"name": "Ruth Abara", "email": "ruth@halvorsen.example", "title": "Head of Data", **fields}
    return request_access(actor=actor or cast.buyer, room_id=cast.deal.room_id, **values)


def sander(cast: Cast, **fields: object) -> Actor:
    return as_participant(cast.let_in(cast.contact("Sander Bakke"), side="partner", **fields))


def test_the_owner_is_told_and_lets_in(cast: Cast, django_capture_on_commit_callbacks) -> None:
    request = ask(cast, reason="She knows where the orders lie.")
    assert not Participant.objects.filter(contact__name="Ruth Abara").exists()
    deliver_owed()
    assert mail.outbox[0].to == [cast.maya.email]
    assert "Ruth Abara, Head of Data" in mail.outbox[0].body
    with django_capture_on_commit_callbacks(execute=True):
        done = approve_access_request(actor=cast.rep, request_id=request.pk, version=1, sections=["problem"])
    grant = Participant.objects.get(contact__name="Ruth Abara")
    assert (done.state, done.participant, done.decided_by) == (AccessRequestState.APPROVED, grant, cast.maya)
    assert (grant.side, grant.sections, grant.may_answer) == ("buyer", ["problem"], True)
    assert grant.contact.organization == cast.halvorsen
    assert mail.outbox[1].to == ["ruth@halvorsen.example"]
    with pytest.raises(Stale):
        decline_access_request(actor=cast.rep, request_id=request.pk, version=1)
    with pytest.raises(Refused):
        decline_access_request(actor=cast.rep, request_id=request.pk, version=2)


class TestWhoIsTold:
    def told(self, cast: Cast) -> list[str]:
        ask(cast)
        deliver_owed()
        return sorted(one.to[0] for one in mail.outbox)

    def leaves(self, user: User) -> None:
        User.objects.filter(pk=user.pk).update(is_active=False)

    def test_who_works_in_the_room_of_an_owner_who_left(self, cast: Cast) -> None:
        for one in (cast.tomas, cast.priya):
            add_member(actor=cast.rep, room_id=cast.deal.room_id, user_id=one.pk)
        self.leaves(cast.priya)
        self.leaves(cast.maya)
        assert cast.jonas.is_active
        assert self.told(cast) == [cast.tomas.email]

    def test_the_nearest_manager_when_nobody_works_there(self, cast: Cast) -> None:
        near = make_user("Mona Manager", "manager", cast.team)
        assert [cast.jonas.is_active, cast.admin.is_active, cast.deal.pk is not None]
        self.leaves(cast.maya)
        assert self.told(cast) == [near.email]

    def test_a_manager_above(self, cast: Cast) -> None:
        assert [cast.jonas.is_active, cast.admin.is_active, cast.deal.pk is not None]
        self.leaves(cast.maya)
        assert self.told(cast) == [cast.jonas.email]

    def test_administrators_when_there_is_no_manager(self, cast: Cast) -> None:
        assert [cast.admin.is_active, cast.colleague.is_active, cast.deal.pk is not None]
        self.leaves(cast.maya)
        assert self.told(cast) == [cast.admin.email]


def test_asking_twice_is_one_request(cast: Cast) -> None:
    assert ask(cast) == ask(cast, email="RUTH@halvorsen.example")
    assert Event.objects.filter(type="access_request.made").count() == 1


def test_somebody_known_is_not_entered_twice(cast: Cast) -> None:
    known = cast.contact("Ruth Abara")
    Contact.objects.filter(pk=known.pk).update(email="Ruth@Halvorsen.example")
    approve_access_request(actor=cast.rep, request_id=ask(cast).pk, version=1)
    assert Participant.objects.get(contact__name="Ruth Abara").contact == known


def test_not_now_says_why_and_opens_nothing(cast: Cast) -> None:
    done = decline_access_request(actor=cast.rep, request_id=ask(cast).pk, version=1, note="After the test, gladly.")
    assert (done.state, done.note, done.participant) == (AccessRequestState.DECLINED, "After the test, gladly.", None)
    assert ask(cast).pk != done.pk


def test_one_takes_back_only_what_one_asked(cast: Cast) -> None:
    request = ask(cast)
    for actor in (as_participant(cast.daniel), sander(cast), cast.rep):
        with pytest.raises(NotFound):
            withdraw_access_request(actor=actor, request_id=request.pk)
    assert withdraw_access_request(actor=cast.buyer, request_id=request.pk).state == AccessRequestState.WITHDRAWN
    with pytest.raises(Refused):
        approve_access_request(actor=cast.rep, request_id=request.pk, version=2)


def test_who_asks_and_who_decides(cast: Cast) -> None:
    request = ask(cast)
    for actor in (cast.rep, as_user(cast.admin), SYSTEM):
        with pytest.raises(NotAllowed):
            ask(cast, actor)
    for actor in (cast.buyer, SYSTEM, as_user(cast.colleague)):
        with pytest.raises(NotAllowed):
            approve_access_request(actor=actor, request_id=request.pk, version=1)
    with pytest.raises(NotFound):
        approve_access_request(actor=as_user(cast.stranger), request_id=request.pk, version=1)
    revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
    with pytest.raises(NotFound):
        ask(cast)


def test_somebody_with_a_limited_grant_sees_their_own_requests_only(cast: Cast) -> None:
    partner = sander(cast, sections=["criteria"])
    ask(cast)
    mine = ask(cast, partner, name="Olga", email="olga@fjordline.example")
    assert list(AccessRequest.objects.visible_to(partner)) == [mine]
    assert AccessRequest.objects.visible_to(cast.buyer).count() == 2
    assert not AccessRequest.objects.visible_to(as_user(cast.stranger)).exists()


def test_a_partners_colleague_comes_in_as_a_partner(cast: Cast) -> None:
    request = ask(cast, sander(cast), name="Olga", email="olga@fjordline.example")
    approve_access_request(actor=cast.rep, request_id=request.pk, version=1)
    assert Participant.objects.get(contact__name="Olga").side == "partner"


class TestRule:
    def test_the_clients_own_addresses_come_in_and_read_along(self, cast: Cast) -> None:
        welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        request = ask(cast)
        assert (request.state, request.decided_by) == (AccessRequestState.APPROVED, None)
        grant = Participant.objects.get(contact__name="Ruth Abara")
        assert (grant.may_answer, grant.invited_by) == (False, cast.maya)

    @pytest.mark.parametrize(
        "email", ["ruth@evil.example", "ruth@nothalvorsen.example", "ruth@halvorsen.example.evil.example"]
    )
    def test_others_wait(self, cast: Cast, email: str) -> None:
        welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        assert ask(cast, email=email).state == AccessRequestState.OPEN

    def test_partners_wait(self, cast: Cast) -> None:
        welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        assert ask(cast, sander(cast)).state == AccessRequestState.OPEN

    def test_nobody_lets_in_more_than_they_see_themselves(self, cast: Cast) -> None:
        welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        reader = as_participant(cast.let_in(cast.contact("Aisha Karim"), sections=["problem"]))
        ask(cast, reader)
        assert Participant.objects.get(contact__name="Ruth Abara").sections == ["problem"]

    @pytest.mark.parametrize(
        ("name", "email"),
        [
            ("Daniel Reyes", "daniel.reyes@halvorsen.example"),
            ("Dan Reyes", "Daniel.Reyes@Halvorsen.example"),
            ("Dan Reyes", "daniel.reyes+room@halvorsen.example"),
        ],
    )
    def test_whom_the_seller_shut_out_it_does_not_let_in(self, cast: Cast, name: str, email: str) -> None:
        welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        revoke_participant(actor=cast.rep, participant_id=cast.daniel.pk)
        request = ask(cast, name=name, email=email)
        assert request.state == AccessRequestState.OPEN
        assert not Participant.objects.active().filter(contact__email__istartswith="daniel").exists()
        approve_access_request(actor=cast.rep, request_id=request.pk, version=1)
        assert Participant.objects.active().filter(contact__email__istartswith="daniel").count() == 1

    def test_a_mailbox_they_had_before_counts_too(self, cast: Cast) -> None:
        welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        contact = cast.contact("Ruth Abara")
        grant = invite_contact(actor=cast.rep, room_id=cast.deal.room_id, contact_id=contact.pk)
        revoke_participant(actor=cast.rep, participant_id=grant.pk)
        Contact.objects.filter(pk=contact.pk).update(email="ruth@elsewhere.example")
        assert ask(cast, email="ruth.abara@halvorsen.example").state == AccessRequestState.OPEN

    def test_it_holds_for_the_domain_that_was_said_whoever_writes_down_another(self, cast: Cast) -> None:
        welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        stranger, client = as_user(cast.stranger), cast.halvorsen.pk
        change_organization(actor=stranger, organization_id=client, version=1, values={"domain": "gmail.example"})
        for email in ("ruth@gmail.example", "ruth@halvorsen.example"):
            assert ask(cast, email=email).state == AccessRequestState.OPEN
        assert not get_room(cast.rep, cast.deal.room_id).welcomes_colleagues
        assert welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True).welcomes("a@Gmail.example")

    def test_it_can_be_taken_back_and_needs_a_domain(self, cast: Cast) -> None:
        room = welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        assert room.welcomes_colleagues
        welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=False)
        assert ask(cast).state == AccessRequestState.OPEN
        Organization.objects.filter(pk=cast.halvorsen.pk).update(domain="")
        with pytest.raises(Refused):
            welcome_colleagues(actor=cast.rep, room_id=cast.deal.room_id, welcome=True)
        with pytest.raises(NotAllowed):
            welcome_colleagues(actor=cast.buyer, room_id=cast.deal.room_id, welcome=True)


def test_somebody_who_is_in_already_is_not_asked_for(cast: Cast) -> None:
    with pytest.raises(Refused):
        ask(cast, name="daniel REYES", email=cast.daniel.contact.email)


def test_no_more_than_ten_wait(cast: Cast) -> None:
    for number in range(OPEN_REQUESTS_LIMIT):
        ask(cast, email=f"ruth{number}@halvorsen.example")
    with pytest.raises(Refused):
        ask(cast, email="one.more@halvorsen.example")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("name", "a\x00b"),
        ("email", ""),
        ("email", "ruth"),
        ("email", "ruth@\x00"),
        ("title", "x" * 201),
        ("reason", "x" * 2001),
    ],
)
def test_bad_input_is_told_at_its_field(cast: Cast, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        ask(cast, **{field: value})
    assert {fault.field for fault in refused.value.faults} == {field}
    assert not AccessRequest.objects.exists()
