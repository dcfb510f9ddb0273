"""The settings over REST: pipelines, stages, what they say, and custom fields, for keys of administrators."""

from typing import Any

import pytest

from deals.models import Deal, Pipeline
from tests.api.caller import Caller, make_key
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    assert cast.admin
    assert cast.deal
    return cast


@pytest.fixture
def admin(cast: Cast) -> Caller:
    return Caller(make_key(cast.admin))


def made(answer: Any, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    body: dict[str, Any] = answer.json()
    return body


def names(pipeline: dict[str, Any]) -> list[str]:
    return [stage["name"] for stage in pipeline["stages"]]


def test_a_pipeline_is_made_from_another_changed_and_put_away(cast: Cast, admin: Caller) -> None:
    like = Pipeline.objects.get(name="Short")
    new = made(admin.post("/pipelines/", {"name": "Next goal of a client", "like": str(like.pk)}))
    assert names(new) == [stage.name for stage in like.stages.order_by("position")]
    path = f"/pipelines/{new['id']}/"
    renamed = made(admin.patch(path, {"name": "Next goal", "place": 1}, version=new["version"]), 200)
    assert renamed["name"] == "Next goal"
    assert admin.get("/pipelines/").json()["data"][0]["name"] == "Next goal"
    assert admin.patch(path, {"name": "Late"}, version=new["version"]).status_code == 412
    assert admin.delete(path, version=renamed["version"]).status_code == 204
    assert admin.get(path).status_code == 404
    assert made(admin.post(f"{path}restore/", version=renamed["version"] + 1), 200)["name"] == "Next goal"


def test_stages_come_change_move_and_go(cast: Cast, admin: Caller) -> None:
    pipeline = admin.get("/pipelines/").json()["data"][0]
    path = f"/pipelines/{pipeline['id']}/"
    stage = made(admin.post(f"{path}stages/", {"name": "Sign", "question": "Shall we sign?"}))
    at = f"/stages/{stage['id']}/"
    body = {"question": "Do we sign?", "gates": ["success_owner_named"], "answer_roles": ["economic_buyer"]}
    changed = made(admin.patch(at, body, version=stage["version"]), 200)
    assert (changed["question"], changed["gates"]) == ("Do we sign?", ["success_owner_named"])
    step = {"text": "Ask who signs.", "condition": "legal"}
    said = {"good": "Both know who signs.", "usual_days": 10, "steps": [step], "material": []}
    guided = made(admin.patch(f"{at}guidance/", said, version=changed["version"]), 200)
    assert guided["guidance"]["steps"][0]["text"] == "Ask who signs."
    assert guided["guidance"]["usual_days"] == 10
    order = admin.get(path).json()
    moved = made(admin.post(f"{at}move/", {"to": "earlier"}, version=order["version"]), 200)
    assert names(moved)[-2] == "Sign"
    assert admin.delete(at, version=order["version"]).status_code == 412
    assert admin.delete(at, version=moved["version"]).status_code == 204
    assert admin.get(at).status_code == 404


def test_what_is_wrong_is_said_at_the_field(cast: Cast, admin: Caller) -> None:
    pipeline = admin.get("/pipelines/").json()["data"][0]
    stage = pipeline["stages"][0]
    at = f"/stages/{stage['id']}/"
    for body in (
        {"gates": ["no_such"]},
        {"answer_roles": ["no_such"]},
        {"name": ""},
        {"name": "x" * 201},
        {"place": 1},
    ):
        assert admin.patch(at, body, version=stage["version"]).status_code in (400, 422), body
    for said in ({"usual_days": -1}, {"material": [{"title": "x", "url": "javascript:1"}]}, {"steps": [{"text": ""}]}):
        assert admin.patch(f"{at}guidance/", said, version=stage["version"]).status_code in (400, 422), said
    assert admin.post("/pipelines/", {"name": "X", "like": pipeline["stages"][0]["id"]}).status_code in (400, 422)
    assert Deal.objects.get(pk=cast.deal.pk).stage_id
    refused = admin.delete(f"/stages/{cast.deal.stage_id}/", version=pipeline["version"])
    assert refused.status_code == 409
    assert refused.json()["code"] == "stage_has_deals"


def test_custom_fields_are_defined_ordered_and_taken_out_of_use(admin: Caller) -> None:
    one = made(admin.post("/custom-fields/", {"on": "deal", "type": "choice", "label": "Tier", "choices": ["A", "B"]}))
    two = made(admin.post("/custom-fields/", {"on": "deal", "type": "text", "label": "Region"}))
    path = f"/custom-fields/{one['id']}/"
    changed = made(admin.patch(path, {"label": "Level"}, version=one["version"]), 200)
    assert (changed["label"], changed["choices"], changed["key"]) == ("Level", ["A", "B"], "tier")
    assert admin.patch(path, {"label": "Late"}, version=one["version"]).status_code == 412
    assert made(admin.post(f"/custom-fields/{two['id']}/move/", {"to": "earlier"}), 200)["position"] == 0
    assert admin.delete(path).status_code == 204
    assert [field["key"] for field in admin.get("/custom-fields/?on=deal").json()["data"]] == ["region"]
    assert made(admin.get(path), 200)["archived_at"]
    assert made(admin.post(f"{path}restore/"), 200)["archived_at"] is None
    twice = admin.post("/custom-fields/", {"on": "deal", "type": "text", "label": "Region"})
    assert twice.status_code in (400, 422)


def test_nobody_but_an_administrator_with_the_scope_changes_them(cast: Cast) -> None:
    pipeline = Pipeline.objects.first()
    assert pipeline
    for caller in (Caller(make_key(cast.maya)), Caller(make_key(cast.admin, "deals:read", "contacts:read"))):
        assert caller.get(f"/pipelines/{pipeline.pk}/").status_code == 200
        assert caller.post("/pipelines/", {"name": "X", "like": str(pipeline.pk)}).status_code == 403
        assert caller.patch(f"/pipelines/{pipeline.pk}/", {"name": "X"}, version=1).status_code == 403
        assert caller.post("/custom-fields/", {"on": "deal", "type": "text", "label": "X"}).status_code == 403
