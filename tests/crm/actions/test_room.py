"""The facts of a room, and the zone in which its days end."""

import pytest

from crm.actions.contact import create_contact
from crm.actions.room import change_room, open_room
from crm.actions.user import create_user
from crm.actors import as_user
from crm.errors import Invalid, NotAllowed, NotFound, Stale
from crm.models import Event, Room
from deals.models import Deal
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_who_chose_no_zone_has_the_installation_s(cast: Cast, settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    assert cast.deal.room.time_zone == "America/New_York"
    assert open_room(actor=cast.rep, title="x", owner=cast.maya, team=cast.team).time_zone == "America/New_York"
    assert create_contact(actor=cast.rep, values={"name": "Ruth Abara"}).time_zone == "America/New_York"
    user = create_user(actor=as_user(cast.admin), values={"email": "anna@nordlicht.example", "name": "Anna"})
    assert user.time_zone == "America/New_York"


def test_a_room_s_facts_are_changed(cast: Cast) -> None:
    room = change_room(
        actor=cast.rep, room_id=cast.deal.room_id, version=1, values={"title": "Fresh", "time_zone": "Europe/Oslo"}
    )
    assert (room.title, room.time_zone, room.version) == ("Fresh", "Europe/Oslo", 2)
    assert Event.objects.visible_to(cast.buyer).get(type="room.changed").data == {"fields": ["time_zone", "title"]}
    assert Deal.objects.get().title != "Fresh"
    with pytest.raises(Stale):
        change_room(actor=cast.rep, room_id=room.pk, version=1, values={"title": "Other"})


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": ""}, "required"),
        ({"time_zone": "Mars/Olympus"}, "not_a_time_zone"),
        ({"time_zone": "a\x00"}, "control_character"),
        ({"owner": "x"}, "unknown"),
    ],
)
def test_bad_facts_are_told_at_their_field(cast: Cast, values: dict, code: str) -> None:
    with pytest.raises(Invalid) as error:
        change_room(actor=cast.rep, room_id=cast.deal.room_id, version=1, values=values)
    assert code in [fault.code for fault in error.value.faults]


def test_who_may_not(cast: Cast) -> None:
    for actor, kind in (
        (cast.buyer, NotAllowed),
        (as_user(cast.colleague), NotAllowed),
        (as_user(cast.stranger), NotFound),
    ):
        with pytest.raises(kind):
            change_room(actor=actor, room_id=cast.deal.room_id, version=1, values={"title": "x"})
    assert Room.objects.get(pk=cast.deal.room_id).version == 1
