"""What is said in a room about nothing in particular: each side reads and answers what the other says."""

import pytest
from django.test import Client

from crm.actions.comment import add_comment
from crm.models import Comment
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    assert cast.ingrid.is_active
    return cast


def staff(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.maya)
    return client


def url(cast: Cast, room: bool = False) -> str:
    return f"/{'room' if room else 'rooms'}/{cast.deal.room_id}/words/"


@pytest.mark.slow
def test_a_guests_words_are_read_and_answered(cast: Cast) -> None:
    guest, rep = client_of(cast.ingrid.contact), staff(cast)
    guest.post(url(cast, room=True), {"body": "I doubt March. 🙂 שלום"})
    said = Comment.objects.get()
    assert "I doubt March. 🙂 שלום" in rep.get(url(cast)).content.decode()
    assert "I doubt March." in rep.get(f"/deals/{cast.deal.pk}/").content.decode()
    assert "I doubt March." in rep.get(f"/rooms/{cast.deal.room_id}/timeline/").content.decode()
    rep.post(url(cast), {"body": "We count again.", "reply_to": str(said.pk), "once": "a"})
    rep.post(url(cast), {"body": "We count again.", "reply_to": str(said.pk), "once": "a"})
    assert [reply.body for reply in said.replies.all()] == ["We count again."]
    page = guest.get(url(cast, room=True)).content.decode()
    assert "We count again." in page
    guest.post(f"/room/{cast.deal.room_id}/comments/{said.pk}/resolve/", {"version": said.version + 0})
    assert "Settled, said Ingrid Solberg" in guest.get(url(cast, room=True)).content.decode()


def test_words_about_a_section_as_a_whole_stand_among_them(cast: Cast) -> None:
    said = add_comment(actor=cast.buyer, room_id=cast.deal.room_id, section="criteria", body="No more calls, please.")
    rep = staff(cast)
    page = rep.get(f"/comments/{said.pk}/", follow=True).content.decode()
    assert "No more calls, please." in page
    assert "About: Success" in page
    assert "No more calls, please." in client_of(cast.ingrid.contact).get(url(cast, room=True)).content.decode()
    rep.post(url(cast), {"body": "Agreed.", "reply_to": str(said.pk)})
    assert Comment.objects.get(body="Agreed.").section == "criteria"


def test_words_among_ourselves_stay_with_us(cast: Cast) -> None:
    staff(cast).post(url(cast), {"body": "Kanarienvogel", "private": "on"})
    assert "Kanarienvogel" in staff(cast).get(url(cast)).content.decode()
    assert "Kanarienvogel" not in client_of(cast.ingrid.contact).get(url(cast, room=True)).content.decode()


@pytest.mark.parametrize("body", ["", "x" * 5001, "a\x00b"])
def test_what_cannot_be_taken_comes_back(cast: Cast, body: str) -> None:
    for client, room in ((client_of(cast.ingrid.contact), True), (staff(cast), False)):
        response = client.post(url(cast, room=room), {"body": body})
        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()
    assert not Comment.objects.exists()


def test_who_does_not_see_the_room_reads_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.stranger)
    assert client.get(url(cast)).status_code == 404
    reader = Client()
    reader.force_login(cast.colleague)
    assert "Say it to everybody" not in reader.get(url(cast)).content.decode()
    assert reader.post(url(cast), {"body": "x"}).status_code == 403


@pytest.mark.slow
def test_both_pages_cost_the_same_for_more_words(cast: Cast, assert_query_baseline) -> None:
    guest, rep = client_of(cast.ingrid.contact), staff(cast)
    for number in range(4):
        first = add_comment(actor=cast.buyer, room_id=cast.deal.room_id, body=f"Said {number}")
        add_comment(actor=cast.rep, room_id=cast.deal.room_id, body="Heard.", reply_to=first.pk)
    with assert_query_baseline("room:words"):
        guest.get(url(cast, room=True))
    with assert_query_baseline("crm:words"):
        rep.get(url(cast))
