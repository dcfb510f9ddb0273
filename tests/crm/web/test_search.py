"""The search box as a page and as a fragment, and over REST."""

import pytest
from django.test import Client

from crm.actions.comment import add_comment
from crm.models import Comment
from crm.queries.search import search
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]


@pytest.fixture
def client(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


@pytest.mark.slow
def test_the_page_works_alone(client: Client) -> None:
    page = client.get("/search/", {"q": "halvrosen <b>"}).content.decode()
    assert 'value="halvrosen &lt;b&gt;"' in page
    page = client.get("/search/", {"q": "halvrosen"}).content.decode()
    assert "Halvorsen Foods: Demand forecasting for fresh and chilled" in page
    assert "Nothing you can see fits “zzzz”." in client.get("/search/", {"q": "zzzz"}).content.decode()
    assert "fits “" not in client.get("/search/").content.decode()


def test_the_palette_gets_the_results_alone(client: Client) -> None:
    fragment = client.get("/search/", {"q": "halv"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert fragment.count("<li>") == 3


def test_what_can_be_begun_is_offered_on_every_page(client: Client) -> None:
    page = client.get("/clients/").content.decode()
    for words in ("Write a note", "Write down a task", "Add a deal", "Add a client"):
        assert f'data-command="{words}"' in page
    assert '/activities/new/?next=/clients/" data-command="Write a note" data-shortcut="n"' in page


def test_a_comment_leads_to_where_it_stands(cast: Cast, client: Client) -> None:
    statement = cast.section("problem").statements.get()
    words = {"room_id": cast.deal.room_id, "section": "problem", "subject_id": statement.pk}
    beside = add_comment(actor=cast.rep, body="Beside the row.", **words)
    alone = add_comment(actor=cast.rep, body="To everybody.", room_id=cast.deal.room_id)
    assert client.get(f"/comments/{beside.pk}/").url == f"/deals/{cast.deal.pk}/problem/#comment-{beside.pk}"
    assert client.get(f"/comments/{alone.pk}/").url == f"/rooms/{cast.deal.room_id}/words/#comment-{alone.pk}"
    client.force_login(cast.stranger)
    assert client.get(f"/comments/{beside.pk}/").status_code == 404


def test_the_same_over_rest(cast: Cast) -> None:
    key = Caller(make_key(cast.maya))
    answer = key.get("/search/?q=halvrosen").json()
    assert [(one["kind"], one["title"]) for one in answer["data"]] == [
        ("deal", "Halvorsen Foods: Demand forecasting for fresh and chilled"),
        ("organization", "Halvorsen Foods"),
        ("contact", "Ingrid Solberg"),
    ]
    assert answer["more"] == []
    assert [one["kind"] for one in key.get("/search/?q=halv&kind=organization").json()["data"]] == ["organization"]
    problem_of(key.get("/search/?q=a&kind=car"), 400, "invalid")
    problem_of(key.get("/search/?query=a"), 400, "invalid")


def test_a_key_finds_what_its_scopes_cover(cast: Cast) -> None:
    deals = Caller(make_key(cast.maya, "deals:read"))
    assert deals.get("/search/?q=halvorsen").json()["data"] == []
    titles = [one["title"] for one in deals.get("/search/?q=forecasting").json()["data"] if one["kind"] == "deal"]
    assert titles == ["Demand forecasting for fresh and chilled"]
    problem_of(Caller(make_key(cast.maya, "events:read")).get("/search/?q=a"), 403, "scope_missing")


def test_it_costs_the_same_for_few_and_for_many(cast: Cast, assert_query_baseline) -> None:
    for number in range(8):
        add_comment(actor=cast.rep, room_id=cast.deal.room_id, body=f"Demand {number}")
    with assert_query_baseline("crm:search"):
        finds = search(cast.rep, "demand", limit=20)
    assert Comment.objects.count() == len(next(one.found for one in finds if one.provider.kind == "comment"))
