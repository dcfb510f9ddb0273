"""Asking and recording over REST. Nobody answers for a buyer: no key, no administrator, no session."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from crm.clock import now
from crm.models import Answer, Consent
from tests.api.caller import BASE, Caller, make_key, pointers, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def asking(cast: Cast, **changes: Any) -> dict[str, Any]:
    body = {
        "asked_of": str(cast.ingrid.pk),
        "subjects": [{"kind": "problem", "deal": str(cast.deal.pk)}],
        "sentence": "Is this your problem as it is today?",
        "benefit": "A page for your board.",
    }
    return body | changes


def recording(cast: Cast, **changes: Any) -> dict[str, Any]:
    body = {
        "asked_of": str(cast.ingrid.pk),
        "subjects": [{"kind": "problem", "deal": str(cast.deal.pk)}],
        "sentence": "Is this your problem?",
        "answer": "agreed",
        "words": "Yes, that is it.",
        "channel": "phone",
        "given_at": now().isoformat(),
    }
    return body | changes


@pytest.fixture(scope="module")
def told(told: Cast) -> Cast:
    told.write_problem()
    return told


@pytest.mark.slow
def test_asking_and_cancelling(cast: Cast, api: Caller) -> None:
    made = api.post("/consents/", asking(cast))
    assert made.status_code == 201, made.content
    question = made.json()
    assert [one["answer"] for one in question["consents"]] == ["asked"]
    section = api.get(f"/deals/{cast.deal.pk}/sections/problem/").json()
    assert question["consents"][0]["content_hash"] == section["content_hash"]
    revision = api.get(f"/revisions/{question['consents'][0]['revision']}/").json()
    assert revision["content_hash"] == section["content_hash"]
    problem_of(api.post("/consents/", asking(cast)), 409)
    problem_of(api.post(f"/questions/{question['id']}/cancel/"), 428)
    problem_of(api.post(f"/questions/{question['id']}/cancel/", version=7), 412)
    cancelled = api.post(f"/questions/{question['id']}/cancel/", version=question["version"])
    assert cancelled.json()["closed_at"]


def test_what_is_asked_is_named_well(cast: Cast, api: Caller) -> None:
    def fault(*subjects: dict[str, Any]) -> dict[str, str]:
        return pointers(problem_of(api.post("/consents/", asking(cast, subjects=list(subjects))), 400))

    assert fault({"kind": "dreams"}) == {"/subjects/0/kind": "not_a_choice"}
    assert fault({"kind": "problem"}) == {"/subjects/0/deal": "required"}
    assert fault({"kind": "stage_move", "deal": str(cast.deal.pk)}) == {"/subjects/0/to_stage": "required"}
    here = {"kind": "stage_move", "deal": str(cast.deal.pk), "to_stage": str(cast.deal.stage_id)}
    assert fault({"kind": "problem", "deal": str(cast.deal.pk)}, here) == {"/subjects/1/to_stage": "not_ahead"}
    assert fault({"kind": "problem", "deal": str(cast.deal.pk), "colour": 1}) == {"/subjects/0/colour": "unknown"}
    assert fault() == {"/subjects": "required"}
    stranger = Caller(make_key(cast.stranger))
    problem_of(stranger.post("/consents/", asking(cast)), 404)


@pytest.mark.parametrize("verb", ["answer", "withdraw", "contest", "confirm", "reopen"])
def test_nobody_answers_for_a_buyer(cast: Cast, api: Caller, verb: str) -> None:
    question = api.post("/consents/", asking(cast)).json()
    consent = question["consents"][0]["id"]
    for user in (cast.maya, cast.jonas, cast.admin):
        caller = Caller(make_key(user))
        path = f"/consents/{consent}/{verb}/"
        refused = problem_of(caller.post(path, {"answer": "agreed"}, version=1), 403, "buyers_own")
        assert "No key can answer for a buyer" in refused["detail"]
        client = Client()
        client.force_login(user)
        problem_of(client.post(BASE + path, {}, content_type="application/json"), 403, "buyers_own")
    problem_of(api.post(f"/questions/{question['id']}/answer/", {"answer": "agreed"}), 403, "buyers_own")
    assert Consent.objects.get().answer == Answer.ASKED


def test_recording_needs_its_scope_and_can_be_taken_back(cast: Cast, api: Caller) -> None:
    without = Caller(make_key(cast.maya, "rooms:read", "rooms:write", "deals:write"))
    problem_of(without.post("/consents/record/", recording(cast)), 403, "scope_missing")
    made = api.post("/consents/record/", recording(cast))
    assert made.status_code == 201, made.content
    (consent,) = made.json()["consents"]
    assert made.json()["channel"] == "phone"
    assert consent["answer"] == "agreed"
    assert api.get(f"/consents/{consent['id']}/").json()["is_recorded"] is True
    path = f"/consents/{consent['id']}/withdraw-record/"
    problem_of(api.post(path, {"note": "Wrong person."}), 428)
    problem_of(api.post(path, {"note": "Wrong person."}, version=99), 412)
    back = api.post(path, {"note": "Wrong person."}, version=consent["version"])
    assert back.json()["answer"] == "cancelled"


def test_a_record_says_when_and_in_which_words(cast: Cast, api: Caller) -> None:
    bad = recording(cast, given_at=(now() + timedelta(days=1)).isoformat(), words="")
    found = pointers(problem_of(api.post("/consents/record/", bad), 400))
    assert found == {"/given_at": "in_the_future", "/words": "required"}
    problem_of(api.post("/consents/record/", recording(cast, given_at="2026-01-01T10:00:00")), 400)
    problem_of(api.post("/consents/record/", recording(cast, channel="room")), 400)
    found = pointers(problem_of(api.post("/consents/record/", recording(cast, given_at="1990-11-28T09:00:00Z")), 400))
    assert found == {"/given_at": "before_the_words"}


def test_a_brief_cannot_be_recorded_by_naming_another_kind(cast: Cast, api: Caller) -> None:
    body = recording(cast, subjects=[{"kind": "brief", "handoff": str(cast.deal.pk)}])
    problem_of(api.post("/consents/record/", body), 404)
