"""Tasks over REST: those of the key's owner."""

import pytest

from tests.api.caller import Caller, make_key
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_task_from_noting_to_done(cast: Cast, api: Caller) -> None:
    about = str(cast.deal.pk)
    made = api.post(
        "/tasks/", {"title": "Call", "about": about, "due_at": "2030-01-01T23:30:00Z", "time_zone": "Europe/Oslo"}
    )
    task = made.json()
    assert made.status_code == 201
    assert made.headers["Location"].endswith(f"/tasks/{task['id']}/")
    assert (task["due_on"], task["about"], task["room"]) == ("2030-01-02", about, str(cast.deal.room_id))
    changed = api.patch(f"/tasks/{task['id']}/", {"due_on": "2030-02-01"}, version=1).json()
    assert (changed["due_at"], changed["version"]) == (None, 2)
    assert api.post(f"/tasks/{task['id']}/complete/", version=2).json()["done_at"]
    assert api.get("/tasks/?done=true").json()["data"]
    assert not api.get("/tasks/?done=false").json()["data"]
    assert api.post(f"/tasks/{task['id']}/reopen/", version=3).json()["done_at"] is None
    assert Caller(make_key(cast.admin)).get(f"/tasks/{task['id']}/").status_code == 404
    assert api.delete(f"/tasks/{task['id']}/", version=4).status_code == 204
    assert api.get(f"/tasks/{task['id']}/").status_code == 404


def test_faults_point_at_their_fields(api: Caller) -> None:
    answer = api.post("/tasks/", {"title": "", "remind_at": "2020-01-01T00:00:00Z"})
    assert answer.status_code == 400
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/title", "/remind_at"}
