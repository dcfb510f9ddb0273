"""A note from the page of a client: into a room with them, or into one that it opens."""

from uuid import uuid4

import pytest
from django.test import Client

from crm.actions.activity import log_first_activity
from crm.actions.organization import create_organization
from crm.actors import as_participant, as_user
from crm.errors import NotAllowed, NotFound, Refused
from crm.models import Activity, Organization, Room
from tests.cast import Cast

pytestmark = pytest.mark.django_db
URL = "/activities/new/"


@pytest.fixture
def maya(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


@pytest.fixture
def bakery(cast: Cast) -> Organization:
    return create_organization(actor=cast.rep, values={"name": "Osei Bakery"})


def test_with_one_room_it_is_chosen_already(cast: Cast, maya: Client) -> None:
    assert f"{URL}?organization={cast.halvorsen.pk}" in maya.get(f"/clients/{cast.halvorsen.pk}/").content.decode()
    form = maya.get(URL, {"organization": cast.halvorsen.pk}).context["activity"]
    assert [value for value, _name in form.fields["room"].choices] == [str(cast.deal.room_id)]


def test_the_first_note_opens_a_room_that_only_the_team_reads(cast: Cast, maya: Client, bakery: Organization) -> None:
    page = maya.get(URL, {"organization": bakery.pk}).content.decode()
    assert "You work in no room with Osei Bakery yet" in page
    note = {"organization": bakery.pk, "room": "new", "type": "note", "subject": "They bake at night", "once": "abc"}
    back = f"/clients/{bakery.pk}/"
    for _click in range(2):
        assert maya.post(URL, note | {"next": back}).headers["Location"] == back
    room = Room.objects.get(organization=bakery)
    assert (room.title, room.owner, room.team) == ("Osei Bakery", cast.maya, cast.team)
    assert Activity.objects.get(room=room).private_to == "seller"
    assert "They bake at night" in maya.get(back).content.decode()
    form = maya.get(URL, {"organization": bakery.pk}).context["activity"]
    assert [value for value, _name in form.fields["room"].choices] == [str(room.pk)]
    maya.force_login(cast.stranger)
    assert "They bake at night" not in maya.get(back).content.decode()


def test_what_is_wrong_opens_no_room_and_keeps_the_words(maya: Client, bakery: Organization) -> None:
    answer = maya.post(
        URL, {"organization": bakery.pk, "room": "new", "type": "note", "subject": "", "body": "Long words"}
    )
    assert answer.status_code == 422
    assert "Long words" in answer.content.decode()
    assert not Room.objects.filter(organization=bakery).exists()
    assert maya.get(URL, {"organization": uuid4()}).status_code == 404
    assert maya.get(URL, {"organization": "x"}).status_code == 404


def test_who_opens_no_room(cast: Cast, bakery: Organization) -> None:
    values = {"type": "note", "subject": "Words"}
    for actor, error in ((as_participant(cast.ingrid), NotAllowed), (as_user(cast.admin), Refused)):
        with pytest.raises(error):
            log_first_activity(actor=actor, organization_id=bakery.pk, values=values)
    with pytest.raises(NotFound):
        log_first_activity(actor=cast.rep, organization_id=uuid4(), values=values)
