"""Webhook addresses over REST: the secret is shown once and never replayed, everybody has their own."""

import pytest

from crm.events.relay import give_positions
from crm.models import WebhookEndpoint, WebhookMessage
from tests.api.caller import Caller, make_key, pointers, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db
BODY = {"url": "https://hooks.company.example/cg", "event_types": ["comment.added"]}


def test_made_changed_rotated_and_ended(cast: Cast, api: Caller) -> None:
    made = api.post("/webhook-endpoints/", BODY, Idempotency_Key="one")
    assert made.status_code == 201, made.content
    endpoint = made.json()
    assert endpoint["secret"].startswith("whsec_")
    path = f"/webhook-endpoints/{endpoint['id']}/"
    assert "secret" not in api.get(path).json()
    assert "secret" not in api.get("/webhook-endpoints/").json()["data"][0]
    again = api.post("/webhook-endpoints/", BODY, Idempotency_Key="one").json()
    assert again["secret"] != endpoint["secret"]
    assert again["id"] != endpoint["id"]
    changed = api.patch(path, {"event_types": [], "disabled": True}, version=1).json()
    assert (changed["event_types"], changed["version"]) == ([], 2)
    assert changed["disabled_at"]
    rotated = api.post(f"{path}rotate-secret/", version=2).json()
    assert rotated["secret"] != endpoint["secret"]
    problem_of(api.delete(path, version=1), 412)
    assert api.delete(path, version=3).status_code == 204
    problem_of(api.get(path), 404)


def test_messages_and_replay(cast: Cast, api: Caller) -> None:
    endpoint = api.post("/webhook-endpoints/", BODY).json()
    path = f"/webhook-endpoints/{endpoint['id']}/"
    api.post(f"/rooms/{cast.deal.room_id}/comments/", {"body": "Looks right"})
    give_positions(everywhere=True)
    (message,) = api.get(f"{path}messages/?state=waiting").json()["data"]
    assert (message["type"], message["tries"]) == ("comment.added", [])
    assert api.post(f"/webhook-messages/{message['id']}/replay/").status_code == 202
    replayed = api.post(f"{path}replay/", {"since": "2020-01-01T00:00:00Z"})
    assert replayed.status_code == 202
    assert replayed.json() == {"messages": 1}
    stranger = Caller(make_key(cast.stranger))
    for other in (path, f"{path}messages/"):
        problem_of(stranger.get(other), 404)
    problem_of(stranger.post(f"/webhook-messages/{message['id']}/replay/"), 404)
    assert WebhookMessage.objects.count() == 1


def test_bad_input(cast: Cast, api: Caller) -> None:
    bad = problem_of(api.post("/webhook-endpoints/", {"url": "http://10.0.0.1/", "event_types": ["x"]}), 400)
    assert set(pointers(bad)) == {"/url", "/event_types"}
    reader = Caller(make_key(cast.maya, "webhooks:read"))
    problem_of(reader.post("/webhook-endpoints/", BODY), 403)
    assert not WebhookEndpoint.objects.exists()
