"""Bringing a colleague in over HTTP: asked for in the room, answered by staff on a page and over REST."""

import pytest
from django.test import Client

from crm.models import AccessRequest, AccessRequestState, Organization, Participant
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast
from tests.crm.room.door import client_of

pytestmark = pytest.mark.django_db
RUTH = {
    "name": "Ruth Abara",
    "email": "ruth@halvorsen.example",
    "title": "Head of Data",
    "reason": "She has the orders.",
}


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    Organization.objects.filter(pk=cast.halvorsen.pk).update(domain="halvorsen.example")
    return cast


@pytest.fixture
def buyer(cast: Cast) -> Client:
    return client_of(cast.ingrid.contact)


def people(cast: Cast) -> str:
    return f"/room/{cast.deal.room_id}/people/"


@pytest.mark.slow
def test_asked_seen_answered(cast: Cast, buyer: Client, client: Client) -> None:
    page = buyer.post(people(cast), RUTH, follow=True).content.decode()
    assert "Ruth Abara, Head of Data" in page
    assert "ruth@halvorsen.example" not in page
    request = AccessRequest.objects.get()
    client.force_login(cast.maya)
    deal = client.get(f"/deals/{cast.deal.pk}/").content.decode()
    assert "Asks to bring in Ruth Abara" in deal
    access = client.get(f"/rooms/{cast.deal.room_id}/access/").content.decode()
    assert "She has the orders." in access
    response = client.post(f"/access-requests/{request.pk}/", {"do": "approve", "version": 1, "next": "/deals/"})
    assert response.url == "/deals/"
    assert Participant.objects.get(contact__name="Ruth Abara").may_answer is False
    assert "Maya Okafor let them in" in buyer.get(people(cast)).content.decode()
    again = client.post(
        f"/access-requests/{request.pk}/", {"do": "decline", "version": 1, "next": "/deals/"}, follow=True
    )
    assert "Somebody changed this" in again.content.decode()


def test_not_now_with_a_word(cast: Cast, buyer: Client, client: Client) -> None:
    buyer.post(people(cast), RUTH)
    client.force_login(cast.maya)
    sent = {"do": "decline", "version": 1, "note": "After the test.", "next": "/"}
    client.post(f"/access-requests/{AccessRequest.objects.get().pk}/", sent)
    page = buyer.get(people(cast)).content.decode()
    assert "not now" in page
    assert "After the test." in page


def test_what_they_may_do_is_said_before_they_are_let_in(cast: Cast, buyer: Client, client: Client) -> None:
    buyer.post(people(cast), RUTH)
    client.force_login(cast.maya)
    page = client.get(f"/rooms/{cast.deal.room_id}/access/").content.decode()
    form = page[page.index('id="request-') : page.index("</article>")]
    plain, unfolded = form.split("<details", 1)
    assert 'name="may_answer"' in plain
    assert " checked" in plain
    assert 'name="sections"' in unfolded


def test_a_partner_is_never_asked_so_nothing_is_ticked(cast: Cast, client: Client) -> None:
    sander = cast.let_in(cast.contact("Sander Bakke"), side="partner")
    client_of(sander.contact).post(people(cast), RUTH)
    client.force_login(cast.maya)
    page = client.get(f"/rooms/{cast.deal.room_id}/access/").content.decode()
    assert 'name="may_answer"' not in page[page.index('id="request-') : page.index("</article>")]
    assert f'id="{sander.pk}-answer"' not in page
    assert "Partners are not asked" in page
    client.post(f"/participants/{sander.pk}/", {"do": "change", "version": sander.version, "may_answer": "on"})
    assert Participant.objects.get(pk=sander.pk).version == sander.version


def test_bad_input_keeps_what_was_typed(cast: Cast, buyer: Client) -> None:
    response = buyer.post(people(cast), RUTH | {"email": "ruth"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "This is not a whole e-mail address" in page
    assert "She has the orders." in page
    assert buyer.post(people(cast), RUTH | {"name": "a\x00b"}).status_code == 422


def test_taking_it_back(cast: Cast, buyer: Client) -> None:
    buyer.post(people(cast), RUTH)
    request = AccessRequest.objects.get()
    other = client_of(cast.daniel.contact)
    assert other.post(f"{people(cast)}{request.pk}/withdraw/").status_code == 404
    buyer.post(f"{people(cast)}{request.pk}/withdraw/")
    request.refresh_from_db()
    assert request.state == AccessRequestState.WITHDRAWN


@pytest.mark.slow
def test_the_rooms_rule(cast: Cast, buyer: Client, client: Client) -> None:
    client.force_login(cast.maya)
    client.post(f"/rooms/{cast.deal.room_id}/welcome/", {"welcome": "on", "next": "/"})
    assert "gets an invitation at once" in buyer.get(people(cast)).content.decode()
    page = buyer.post(people(cast), RUTH, follow=True).content.decode()
    assert "The invitation is on its way to them." in page
    client.force_login(cast.stranger)
    assert client.post(f"/rooms/{cast.deal.room_id}/welcome/", {"next": "/"}).status_code == 404
    assert client.get(f"/rooms/{cast.deal.room_id}/access/").status_code == 404
    client.force_login(cast.colleague)
    assert client.post(f"/rooms/{cast.deal.room_id}/welcome/", {"next": "/"}).status_code == 403


@pytest.mark.slow
def test_over_rest(cast: Cast, buyer: Client) -> None:
    buyer.post(people(cast), RUTH)
    buyer.post(people(cast), RUTH | {"email": "olga@halvorsen.example"})
    api = Caller(make_key(cast.maya))
    rows = api.get(f"/rooms/{cast.deal.room_id}/access-requests/?state=open").json()["data"]
    assert {row["email"] for row in rows} == {"ruth@halvorsen.example", "olga@halvorsen.example"}
    first, second = (f"/access-requests/{row['id']}/" for row in rows)
    problem_of(api.post(f"{first}approve/", {}), 428)
    approved = api.post(f"{first}approve/", {"sections": ["problem"], "may_answer": True}, version=1).json()
    assert approved["state"] == "approved"
    assert api.get(f"/participants/{approved['participant']}/").json()["sections"] == ["problem"]
    assert api.post(f"{second}decline/", {"note": "Later"}, version=1).json()["note"] == "Later"
    problem_of(api.post(f"{second}decline/", {"note": "Later"}, version=2), 409, "already_answered")
    stranger = Caller(make_key(cast.stranger))
    problem_of(stranger.get(first), 404)
    problem_of(stranger.post(f"{first}approve/", {}, version=2), 404)


@pytest.mark.slow
def test_requests_cost_the_same_for_one_as_for_many(
    cast: Cast, buyer: Client, client: Client, django_assert_max_num_queries
) -> None:
    for number in range(6):
        buyer.post(people(cast), RUTH | {"email": f"ruth{number}@halvorsen.example"})
    client.force_login(cast.maya)
    with django_assert_max_num_queries(14):
        client.get(f"/rooms/{cast.deal.room_id}/access/")
    with django_assert_max_num_queries(14):
        buyer.get(people(cast))
