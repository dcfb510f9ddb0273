"""Access that was taken back is said at the next click, kindly, and nothing that was being sent is lost."""

import pytest
from django.test import Client

from crm.actions.participant import revoke_participant
from deals.actions.deal import open_deal
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db
SAID = "Your access to this room was taken back"


@pytest.fixture
def guest(cast: Cast) -> Client:
    """Return Ingrid's browser, still open when her access ends."""
    guest = client_of(cast.ingrid.contact)
    revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
    return guest


def test_it_is_said_at_the_next_click(cast: Cast, guest: Client) -> None:
    answer = guest.get(f"/room/{cast.deal.room_id}/")
    assert answer.status_code == 403
    assert SAID in answer.content.decode()


def test_words_that_were_being_sent_come_back(cast: Cast, guest: Client) -> None:
    answer = guest.post(f"/room/{cast.deal.room_id}/words/", {"body": "A long careful text."})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert SAID in page
    assert "A long careful text." in page
    assert "You had been signed out" not in page


def test_also_to_who_is_in_another_room(cast: Cast) -> None:
    other = open_deal(actor=cast.rep, title="Other", organization_id=cast.halvorsen.pk, amount="1", currency="USD")
    cast.let_in(cast.ingrid.contact, room=other.room)
    guest = client_of(cast.ingrid.contact)
    revoke_participant(actor=cast.rep, participant_id=cast.ingrid.pk)
    page = guest.post(f"/room/{cast.deal.room_id}/words/", {"body": "A long careful text."}).content.decode()
    assert SAID in page
    assert "A long careful text." in page
    assert "Your rooms" in page


def test_a_room_that_was_never_theirs_says_nothing(cast: Cast) -> None:
    other = open_deal(actor=cast.rep, title="Other", organization_id=cast.halvorsen.pk, amount="1", currency="USD")
    assert client_of(cast.ingrid.contact).get(f"/room/{other.room_id}/").status_code == 404
