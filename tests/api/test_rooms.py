"""What hangs on a room over REST: activities, comments, files, people, and the event feed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Event, FeedPosition
from tests.api.caller import BASE, Caller, make_key, pointers, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_activities_and_comments(cast: Cast, api: Caller) -> None:
    room = cast.deal.room_id
    call = api.post(f"/rooms/{room}/activities/", {"type": "call", "subject": "First talk", "minutes": 30})
    assert call.status_code == 201, call.content
    assert call.json()["private_to"] == "seller"
    shared = api.post(f"/activities/{call.json()['id']}/share/", version=1)
    assert shared.json()["private_to"] == ""
    bad = api.post(f"/rooms/{room}/activities/", {"type": "call", "subject": "A", "minutes": -1})
    assert pointers(problem_of(bad, 400)) == {"/minutes": "min_value"}
    comment = api.post(f"/rooms/{room}/comments/", {"body": "Looks right"}).json()
    changed = api.patch(f"/comments/{comment['id']}/", {"body": "Looks right to me"}, version=1)
    assert changed.json()["version"] == 2
    assert api.delete(f"/comments/{comment['id']}/", version=2).status_code == 204
    problem_of(api.get(f"/comments/{comment['id']}/"), 404)


@pytest.mark.slow
def test_people_of_a_room(cast: Cast, api: Caller) -> None:
    room = cast.deal.room_id
    assert api.post(f"/rooms/{room}/members/", {"user": str(cast.tomas.pk)}).status_code == 201
    assert len(api.get(f"/rooms/{room}/members/?expand=user").json()["data"]) == 1
    assert api.delete(f"/rooms/{room}/members/{cast.tomas.pk}/").status_code == 204
    path = f"/participants/{cast.ingrid.pk}/"
    problem_of(api.delete(path), 428)
    problem_of(api.delete(path, version=9), 412)
    assert api.patch(path, {"may_answer": False}, version=1).json()["may_answer"] is False
    assert api.delete(path, version=2).status_code == 204
    assert api.get(path).json()["revoked_at"]


def test_files_are_added_as_a_form(cast: Cast, api: Caller) -> None:
    room = cast.deal.room_id
    path, headers = f"{BASE}/rooms/{room}/attachments/", {"Authorization": f"Bearer {api.secret}"}
    file = SimpleUploadedFile("notes.txt", b"What we said")
    made = api.client.post(path, {"file": file, "private": "true"}, headers=headers)
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["private_to"]) == ("quarantined", "seller")
    problem_of(api.get(f"/attachments/{made.json()['id']}/content/"), 404)
    problem_of(api.client.post(path, {"file": SimpleUploadedFile("a.txt", b"")}, headers=headers), 400)
    problem_of(api.post(f"/rooms/{room}/attachments/", {"file": "text"}), 415)


def test_the_feed_gives_each_event_once(cast: Cast, api: Caller) -> None:
    _deal = cast.deal
    for event in Event.objects.order_by("at", "id"):
        FeedPosition.objects.create(event=event)
    seen: list[str] = []
    after = 0
    while True:
        piece = api.get(f"/events/?after={after}&limit=1").json()
        seen += [one["id"] for one in piece["data"]]
        after = piece["next_after"]
        if not piece["has_more"]:
            break
    assert seen == [str(event.pk) for event in Event.objects.order_by("at", "id")]
    assert api.get(f"/events/?after={after}").json() == {"data": [], "has_more": False, "next_after": after}
    own = Caller(make_key(cast.stranger)).get("/events/").json()["data"]
    assert all(one["room"] is None for one in own)
    for query in ("after=-1", "wait=26", "limit=0", "after=x", "since=3"):
        problem_of(api.get(f"/events/?{query}"), 400)


@pytest.mark.parametrize("path", ["activities", "comments", "attachments", "members", "participants"])
def test_lists_ask_a_bounded_number_of_queries(
    cast: Cast, api: Caller, path: str, django_assert_max_num_queries: Any
) -> None:
    room = cast.deal.room_id
    for number in range(5):
        api.post(f"/rooms/{room}/comments/", {"body": f"Comment {number}"})
        cast.let_in(cast.contact(f"Person {number}"))
    with django_assert_max_num_queries(6):
        assert api.get(f"/rooms/{room}/{path}/").status_code == 200


def test_title_and_zone_of_a_room(cast: Cast, api: Caller) -> None:
    path = f"/rooms/{cast.deal.room_id}/"
    problem_of(api.patch(path, {"time_zone": "Europe/Oslo"}), 428)
    assert api.patch(path, {"time_zone": "Europe/Oslo"}, version=1).json()["time_zone"] == "Europe/Oslo"
    assert pointers(problem_of(api.patch(path, {"time_zone": "x"}, version=2), 400)) == {
        "/time_zone": "not_a_time_zone"
    }
    problem_of(api.patch(path, {"title": "x"}, version=1), 412)
