"""`Idempotency-Key`: one effect, one answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from crm.actions.idempotency import KEPT
from crm.clock import now
from crm.config.celery import app
from crm.models import IdempotentAnswer, Organization
from crm.tasks import drop_kept_answers
from deals.models import Deal
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def opening(cast: Cast) -> dict[str, Any]:
    return {"title": "Forecasting", "organization": str(cast.halvorsen.pk)}


def test_the_same_call_twice_has_one_effect(cast: Cast, api: Caller) -> None:
    first = api.post("/deals/", opening(cast), Idempotency_Key="k-1")
    again = api.post("/deals/", opening(cast), Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert Deal.objects.count() == 1


def test_another_body_is_refused(cast: Cast, api: Caller) -> None:
    api.post("/deals/", opening(cast), Idempotency_Key="k-1")
    other = opening(cast) | {"title": "Other"}
    problem_of(api.post("/deals/", other, Idempotency_Key="k-1"), 422, "idempotency_key_reused")
    problem_of(api.post("/organizations/", {"name": "A"}, Idempotency_Key="k-1"), 422)


def test_refusals_are_not_kept(cast: Cast, api: Caller) -> None:
    problem_of(api.post("/deals/", opening(cast) | {"title": ""}, Idempotency_Key="k-1"), 400)
    assert not IdempotentAnswer.objects.exists()
    assert api.post("/deals/", opening(cast), Idempotency_Key="k-1").status_code == 201


def test_each_key_has_its_own(cast: Cast, api: Caller) -> None:
    api.post("/deals/", opening(cast), Idempotency_Key="k-1")
    Caller(make_key(cast.maya)).post("/deals/", opening(cast), Idempotency_Key="k-1")
    assert Deal.objects.count() == 2


def test_permission_is_checked_again(cast: Cast) -> None:
    api = Caller(make_key(cast.maya))
    comment = {"body": "Hello"}
    path = f"/rooms/{cast.deal.room_id}/comments/"
    assert api.post(path, comment, Idempotency_Key="k-1").status_code == 201
    room = cast.deal.room
    room.owner, room.team = cast.stranger, cast.other_team
    room.save()
    problem_of(api.post(path, comment, Idempotency_Key="k-1"), 404)


def test_an_old_answer_is_forgotten(cast: Cast, api: Caller) -> None:
    api.post("/organizations/", {"name": "A"}, Idempotency_Key="k-1")
    IdempotentAnswer.objects.update(created_at=now() - KEPT - timedelta(minutes=1))
    api.post("/organizations/", {"name": "A"}, Idempotency_Key="k-1")
    assert Organization.objects.filter(name="A").count() == 2


def test_old_answers_go_by_themselves(cast: Cast, api: Caller) -> None:
    """Most keys never come again, and what they answered holds people's words."""
    for number in range(2):
        api.post("/organizations/", {"name": "A"}, Idempotency_Key=f"k-{number}")
    IdempotentAnswer.objects.filter(key="k-0").update(created_at=now() - KEPT)
    assert drop_kept_answers() == 1
    assert [one.key for one in IdempotentAnswer.objects.all()] == ["k-1"]
    assert drop_kept_answers.name in [entry["task"] for entry in app.conf.beat_schedule.values()]


@pytest.mark.parametrize("key", ["x" * 256, "a\tb"])
def test_a_key_that_is_none(cast: Cast, api: Caller, key: str) -> None:
    problem_of(api.post("/organizations/", {"name": "A"}, Idempotency_Key=key), 400, "idempotency_key_malformed")


def test_a_running_call_is_not_waited_for(cast: Cast, api: Caller) -> None:
    import hashlib

    from crm.models import ApiKey

    key = ApiKey.objects.get()
    digest = hashlib.sha256(f"key:{key.pk}:k-1".encode()).digest()
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
        problem_of(api.post("/organizations/", {"name": "A"}, Idempotency_Key="k-1"), 409, "idempotency_running")
    finally:
        other.close()
    assert api.post("/organizations/", {"name": "A"}, Idempotency_Key="k-1").status_code == 201
