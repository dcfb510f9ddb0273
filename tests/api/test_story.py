"""The whole story through REST alone, except the buyer's own answers: from an organisation to a goal reached."""

from typing import Any

import pytest

from crm.actions.consent import answer_question, fingerprint
from crm.actors import as_participant
from crm.clock import now
from crm.models import Participant, Question
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import MEASURABLE, Cast

pytestmark = pytest.mark.django_db


def ok(response: Any, status: int = 200) -> Any:
    assert response.status_code == status, response.content
    return response.json()


def buyer_agrees(question_id: str) -> None:
    """The buyer's own act: no call can do this."""
    question = Question.objects.get(pk=question_id)
    participant = Participant.objects.select_related("contact", "room").get(pk=question.asked_of_id)
    answer_question(
        actor=as_participant(participant, fresh_at=now()),
        question_id=question.pk,
        shown_hash=fingerprint(list(question.consents.all())),
        answer="agreed",
    )


def ask(api: Caller, who: str, *subjects: dict[str, Any]) -> str:
    body = {
        "asked_of": who,
        "subjects": list(subjects),
        "sentence": "Is this right, and shall we go on?",
        "benefit": "A page on what waste costs you, ready for your board.",
    }
    return str(ok(api.post("/consents/", body), 201)["id"])


def win(cast: Cast, api: Caller) -> dict[str, Any]:
    """Take a new deal from nothing to won; return the deal and the buyer's participant."""
    organization = ok(api.post("/organizations/", {"name": "Halvorsen Foods"}), 201)
    contact = ok(
        api.post(
            "/contacts/",
            {"name": "Ingrid Solberg", "email": "ingrid@halvorsen.example", "organization": organization["id"]},
        ),
        201,
    )
    deal = ok(api.post("/deals/", {"title": "Fresh forecasting", "organization": organization["id"]}), 201)
    path = f"/deals/{deal['id']}"
    who = ok(api.post(f"/rooms/{deal['room']}/participants/", {"contact": contact["id"]}), 201)["id"]
    ok(api.post(f"{path}/statements/", {"part": "situation", "text": "Planners forecast by hand."}), 201)
    criterion = MEASURABLE | {"buyer_owner": contact["id"], "seller_owner": str(cast.tomas.pk)}
    assert ok(api.post(f"{path}/criteria/", criterion), 201)["missing"] == []
    ok(api.post(f"{path}/stakeholders/", {"side": "buyer", "contact": contact["id"], "roles": ["decision_maker"]}), 201)
    deal = ok(api.patch(f"{path}/", {"success_owner": str(cast.tomas.pk)}, version=deal["version"]))
    stages = ok(api.get(f"/pipelines/{deal['pipeline']}/"))["stages"]
    subjects: dict[int, list[dict[str, Any]]] = {
        1: [{"kind": "problem", "deal": deal["id"]}],
        2: [{"kind": "criteria", "deal": deal["id"]}],
    }
    for index, _stage in enumerate(stages):
        to_stage = stages[index + 1]["id"] if index + 1 < len(stages) else None
        move = {"kind": "stage_move", "deal": deal["id"], "to_stage": to_stage}
        buyer_agrees(ask(api, who, *subjects.get(index, []), move))
    deal = ok(api.get(f"{path}/"))
    assert deal["status"] == "won"
    return {"deal": deal, "who": who}


@pytest.mark.slow
def test_from_first_talk_to_a_goal_that_is_reached(cast: Cast, api: Caller) -> None:
    won = win(cast, api)
    deal, who = won["deal"], won["who"]
    success = Caller(make_key(cast.tomas))
    (handoff,) = ok(success.get(f"/handoffs/?deal={deal['id']}"))["data"]
    items = ok(success.get(f"/handoffs/{handoff['id']}/items/"))["data"]
    assert {"problem", "criteria", "people"} <= {item["group"] for item in items}

    refused = problem_of(success.post(f"/handoffs/{handoff['id']}/accept/", version=handoff["version"]), 409)
    assert len(refused["errors"]) == len(items)
    first = items[0]
    asked = ok(
        success.post(f"/items/{first['id']}/questions/", {"text": "By hand, in which tool?"}, version=first["version"]),
        201,
    )
    ok(api.post(f"/item-questions/{asked['questions'][0]['id']}/answer/", {"text": "In spreadsheets."}))
    for item in ok(success.get(f"/handoffs/{handoff['id']}/items/"))["data"]:
        ok(success.post(f"/items/{item['id']}/clear/", version=item["version"]))
    handoff = ok(success.get(f"/handoffs/{handoff['id']}/"))
    handoff = ok(success.post(f"/handoffs/{handoff['id']}/accept/", version=handoff["version"]))
    assert handoff["state"] == "accepted"
    buyer_agrees(ask(success, who, {"kind": "brief", "handoff": handoff["id"]}))
    assert ok(success.get(f"/handoffs/{handoff['id']}/"))["state"] == "confirmed"

    (plan,) = ok(success.get(f"/success-plans/?deal={deal['id']}"))["data"]
    (goal,) = ok(success.get(f"/goals/?plan={plan['id']}"))["data"]
    assert goal["target"] == "97.5"
    measured = {"value": "97.8", "measured_at": now().isoformat(), "source": "warehouse export"}
    made = ok(success.post(f"/goals/{goal['id']}/measurements/", measured), 201)
    assert made["by_key"]
    assert ok(success.get(f"/goals/{goal['id']}/"))["state"] == "reached"
    buyer_agrees(ask(success, who, {"kind": "goal_reached", "goal": goal["id"]}))
    goal = ok(success.get(f"/goals/{goal['id']}/"))
    assert goal["confirmed_at"]
    assert goal["confirmed_by"]


@pytest.mark.slow
def test_measurements_once_and_corrected(cast: Cast, api: Caller) -> None:
    won = win(cast, api)
    success = Caller(make_key(cast.tomas))
    (handoff,) = ok(success.get(f"/handoffs/?deal={won['deal']['id']}"))["data"]
    for item in ok(success.get(f"/handoffs/{handoff['id']}/items/"))["data"]:
        ok(success.post(f"/items/{item['id']}/clear/", version=item["version"]))
    ok(success.post(f"/handoffs/{handoff['id']}/accept/", version=handoff["version"]))
    (goal,) = ok(success.get("/goals/"))["data"]
    path = f"/goals/{goal['id']}/measurements/"
    body = {"value": "94", "measured_at": "2026-09-30T22:00:00Z", "source": "export"}
    made = ok(success.post(path, body), 201)
    assert ok(success.post(path, body)) == made
    body_in_another_zone = body | {"measured_at": "2026-10-01T00:00:00+02:00", "value": "94.0000"}
    assert ok(success.post(path, body_in_another_zone)) == made
    differs = problem_of(success.post(path, body | {"value": "95"}), 409, "measurement_differs")
    assert differs["errors"][0]["pointer"] == f"/measurements/{made['id']}/corrections"
    assert f"/api/v1/measurements/{made['id']}/corrections/" in differs["errors"][0]["detail"]
    corrections = f"/measurements/{made['id']}/corrections/"
    problem_of(success.post(corrections, {"value": "95", "note": "Two stores were missing."}), 428)
    right = ok(success.post(corrections, {"value": "95", "note": "Two stores were missing."}, version=1), 201)
    assert right["corrects"] == made["id"]
    assert ok(success.get(f"/measurements/{made['id']}/"))["state"] == "corrected"
    problem_of(success.post(path, body | {"measured_at": "2026-09-30"}), 400)
    both = problem_of(success.post(path, body | {"value": "many", "measured_at": "1800-01-01T00:00:00Z"}), 400)
    assert [fault["pointer"] for fault in both["errors"]] == ["/value", "/measured_at"]
    problem_of(success.post(path, body | {"value": "NaN", "measured_at": "2026-09-29T00:00:00Z"}), 400)
    problem_of(success.post(path, body | {"value": 94}), 400)
    problem_of(Caller(make_key(cast.stranger)).post(path, body), 404)
