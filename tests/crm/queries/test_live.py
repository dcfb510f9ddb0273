"""Who is told of an event: decided in memory for open pages exactly as the query decides it for everything else."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from crm.actions.participant import revoke_participant
from crm.actions.room import add_member
from crm.actions.sign_in import sign_out
from crm.actions.user import deactivate_user
from crm.actors import as_participant, as_user
from crm.clock import frozen, now
from crm.models import Event, Participant, RoomSession, Side, User
from crm.queries.live import Ended, Told, events_by_id, place_of, reread, room_readers, staff_readers
from crm.rules.live import Reader, RoomReader, StaffReader
from crm.sessions import row_key
from deals.actions.deal import open_deal
from tests.cast import Cast, make_team, make_user
from tests.crm.room.door import come_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.deal  # noqa: B018  (with its room)
    return cast


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return row_key(client.cookies[settings.SESSION_COOKIE_NAME].value)


def staff_reader(user: User) -> StaffReader:
    key = session_of(user)
    reader = staff_readers({key: user.pk})[key]
    assert isinstance(reader, StaffReader)
    return reader


def room_reader(grant: Participant) -> RoomReader:
    session = come_in(grant.contact)[0]
    reader = room_readers({session.pk})[session.pk]
    assert isinstance(reader, RoomReader)
    return reader


def everybody(cast: Cast) -> dict[str, User | Participant]:
    """Every kind of person, with every way of being in the deal's room or not."""
    above, beside = make_team("Europe", cast.root), make_team("Retail north", cast.team)
    invited = make_user("Ines Invited", "success", None)
    add_member(actor=cast.rep, room_id=cast.deal.room_id, user_id=invited.pk)
    return {
        "owner": cast.maya,
        "same team": cast.colleague,
        "other team": cast.stranger,
        "no team": make_user("Nils Nobody", "rep", None),
        "manager above": cast.jonas,
        "manager of the team": make_user("Mona Manager", "manager", cast.team),
        "manager beside": make_user("Bea Beside", "manager", above),
        "manager below": make_user("Ben Below", "manager", beside),
        "success": cast.tomas,
        "success in the team": make_user("Tess Team", "success", cast.team),
        "success invited": invited,
        "delivery": cast.priya,
        "administrator": cast.admin,
        "buyer": cast.ingrid,
        "buyer for criteria": cast.let_in(cast.contact("Legal Lars"), sections=["criteria"]),
        "buyer for nothing": cast.let_in(cast.contact("None Nora"), sections=[]),
        "partner": cast.let_in(cast.contact("Paula Partner"), side=Side.PARTNER),
        "partner for the problem": cast.let_in(cast.contact("Pim Partner"), side=Side.PARTNER, sections=["problem"]),
        "other room": cast.let_in(cast.contact("Otto Other"), other_room(cast)),
    }


def other_room(cast: Cast):
    return open_deal(actor=as_user(cast.stranger), title="Beds", organization_id=cast.halvorsen.pk).room


def all_events(cast: Cast, people: dict[str, User | Participant]) -> list[Event]:
    """Every combination of what access asks of an event."""
    guests = [one for one in people.values() if isinstance(one, Participant)]
    three = [people["buyer"], people["buyer for criteria"], people["partner"]]
    places = [cast.deal.room, guests[-1].room, None]
    data: list[dict[str, Any]] = [{}, *({"section": name} for name in ("", "problem", "criteria"))]
    data += [{"participant": str(one.pk)} for one in three] + [
        {"section": None},
        {"section": 7},
        {"user": str(cast.maya.pk)},
    ]
    types = ["criterion.edited", "consent.asked", "participant.signed_in", "data_request.made", "task.created"]
    writers = [None, *(one.contact for one in three)]
    rows = [
        Event(
            type=type, at=now(), room=place, subject_type="x", subject_id=cast.deal.pk, private_to=private,
            by_contact=by, by_side="seller", data=facts,
        )
        for type, place, private, by, facts in product(types, places, ["", *Side.values], writers, data)
    ]  # fmt: skip
    return Event.objects.bulk_create(rows)


@pytest.mark.slow
def test_every_kind_of_reader_is_told_what_the_query_shows_them_and_nothing_else(cast: Cast) -> None:
    people = everybody(cast)
    events = all_events(cast, people)
    told = events_by_id([one.pk for one in events])
    assert len(told) == len(events) > 1000
    reader: Reader
    for name, person in people.items():
        if isinstance(person, User):
            reader, actor = staff_reader(person), as_user(person)
        else:
            reader, actor = room_reader(person), as_participant(person)
        shown = set(
            Event.objects.filter(pk__in=[one.pk for one in events]).visible_to(actor).values_list("pk", flat=True)
        )
        seen = {one.id for one in told if reader.sees(one.happened)}
        wrong = [row for row in events if row.pk in shown ^ seen]
        assert not wrong, f"{name}: {len(wrong)}, first {vars(wrong[0])}"
        assert shown or name in ("buyer for nothing", "no team"), f"{name} sees nothing at all: this proves little"


def test_a_room_is_the_same_place_whether_an_event_names_it_or_somebody_writes_in_it(cast: Cast) -> None:
    add_member(actor=cast.rep, room_id=cast.deal.room_id, user_id=cast.tomas.pk)
    event = Event.objects.filter(room=cast.deal.room).latest("at")
    (told,) = events_by_id([event.pk])
    assert told.happened.place == place_of(cast.deal.room_id)


class TestStanding:
    """Whether a stream may still be open."""

    def ended(self, reader: Reader) -> str:
        found = reread([reader])[reader.session]
        return found.why if isinstance(found, Ended) else ""

    def test_staff(self, cast: Cast) -> None:
        first, second = staff_reader(cast.maya), staff_reader(cast.maya)
        assert reread([first, second]) == {first.session: first, second.session: second}
        Session.objects.filter(pk=first.session).delete()
        assert (self.ended(first), self.ended(second)) == ("signed-out", "")
        with frozen(now() + timedelta(days=15)):
            assert self.ended(second) == "signed-out"
        cast.maya.set_password("another-one-entirely")
        cast.maya.save()
        assert self.ended(second) == "signed-out"

    def test_a_deactivated_user(self, cast: Cast) -> None:
        reader = staff_reader(cast.maya)
        deactivate_user(actor=as_user(cast.admin), user_id=cast.maya.pk, version=cast.maya.version)
        assert self.ended(reader) == "deactivated"

    def test_somebody_else_s_session_is_nobody_s(self, cast: Cast) -> None:
        key = session_of(cast.maya)
        assert staff_readers({key: cast.jonas.pk})[key] == Ended("signed-out")

    def test_a_buyer(self, cast: Cast) -> None:
        reader = room_reader(cast.ingrid)
        assert self.ended(reader) == ""
        with frozen(now() + timedelta(hours=13)):
            assert self.ended(reader) == "signed-out"

    def test_a_buyer_who_left(self, cast: Cast) -> None:
        session, token = come_in(cast.ingrid.contact)
        reader = room_readers({session.pk})[session.pk]
        sign_out(session_token=token)
        assert self.ended(reader) == "signed-out"
        assert RoomSession.objects.get().ended_at

    def test_access_taken_back(self, cast: Cast) -> None:
        elsewhere = cast.let_in(cast.ingrid.contact, other_room(cast))
        reader = room_reader(cast.ingrid)
        assert set(reader.grants) == {cast.deal.room_id, elsewhere.room_id}
        revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
        assert set(reread([reader])[reader.session].grants) == {elsewhere.room_id}
        revoke_participant(actor=as_user(cast.stranger), participant_id=elsewhere.pk)
        assert self.ended(reader) == "revoked"

    def test_the_cost_does_not_grow(self, cast: Cast, django_assert_num_queries: Callable[..., Any]) -> None:
        readers: list[Reader] = [staff_reader(cast.maya), staff_reader(cast.jonas), staff_reader(cast.tomas)]
        readers += [room_reader(cast.ingrid), room_reader(cast.daniel)]
        with django_assert_num_queries(4):
            assert len(reread(readers)) == 5


def test_events_are_read_in_one_query(cast: Cast, django_assert_num_queries: Callable[..., Any]) -> None:
    cast.write_problem()
    cast.write_criterion()
    ids = list(Event.objects.values_list("pk", flat=True))
    with django_assert_num_queries(1):
        told: list[Told] = events_by_id(ids)
    assert len(told) == len(ids) > 2
