"""Deals over REST: lists, opening, changing with versions."""

from typing import Any
from uuid import uuid4

import pytest

from deals.models import Deal
from tests.api.caller import Caller, make_key, pointers, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def opening(cast: Cast, **changes: Any) -> dict[str, Any]:
    body = {
        "title": "Forecasting",
        "organization": str(cast.halvorsen.pk),
        "amount": {"amount": "1250.00", "currency": "EUR"},
        "close_on": "2026-12-31",
    }
    return body | changes


def test_open_read_change(cast: Cast, api: Caller) -> None:
    made = api.post("/deals/", opening(cast))
    assert made.status_code == 201, made.content
    deal = made.json()
    assert deal["amount"] == {"amount": "1250.00", "currency": "EUR"}
    assert made["ETag"] == f'"{deal["version"]}"'
    assert api.get(made["Location"].removeprefix("/api/v1")).json() == deal
    changed = api.patch(f"/deals/{deal['id']}/", {"title": "Fresh forecasting", "amount": None}, version=1)
    assert changed.status_code == 200, changed.content
    assert changed.json()["amount"] is None
    assert changed.json()["version"] == 2
    assert changed.json()["updated_at"].endswith("Z")


def test_a_change_says_which_version_it_saw(cast: Cast, api: Caller) -> None:
    path = f"/deals/{cast.deal.pk}/"
    problem_of(api.patch(path, {"title": "A"}), 428, "version_needed")
    problem_of(api.patch(path, {"title": "A"}, If_Match="*"), 428)
    assert api.patch(path, {"title": "A"}, If_Match='W/"1"').status_code == 200
    stale = problem_of(api.patch(path, {"title": "B"}, version=1), 412, "stale")
    assert stale["current_version"] == 2
    problem_of(api.patch(path, {"title": "B"}, If_Match='"abc"'), 412)
    assert Deal.objects.get(pk=cast.deal.pk).title == "A"


def test_unchanged_is_spared_but_not_with_expand(cast: Cast, api: Caller) -> None:
    path = f"/deals/{cast.deal.pk}/"
    assert api.get(path, If_None_Match='W/"1"').status_code == 304
    assert api.get(path, If_None_Match='"2"').status_code == 200
    assert api.get(f"{path}?expand=owner", If_None_Match='"1"').status_code == 200


def test_faults_point_at_the_field(cast: Cast, api: Caller) -> None:
    body = opening(cast, title="", amount={"amount": "-5", "currency": "XXQ"}, organization="nonsense")
    assert pointers(problem_of(api.post("/deals/", body), 400, "invalid")) == {"/organization": "invalid"}
    body = opening(cast, title="", amount={"amount": "-5", "currency": "XXQ"})
    found = pointers(problem_of(api.post("/deals/", body), 400, "invalid"))
    assert found == {"/title": "required", "/amount/amount": "out_of_range", "/amount/currency": "not_a_currency"}
    found = pointers(problem_of(api.post("/deals/", opening(cast, colour="red", version=3)), 400))
    assert found == {"/colour": "unknown", "/version": "read_only"}
    found = pointers(problem_of(api.post("/deals/", opening(cast, amount={"amount": "5", "tax": 1})), 400))
    assert found == {"/amount/tax": "unknown"}
    assert not Deal.objects.exists()


def test_all_faults_are_told_at_once(cast: Cast, api: Caller) -> None:
    nobody = str(uuid4())
    body = opening(cast, title="", organization=nobody, pipeline=nobody, custom={"colour": "red"})
    everything = {"/title": "required", "/organization": "unknown", "/pipeline": "unknown", "/custom/colour": "unknown"}
    assert pointers(problem_of(api.post("/deals/", body), 400, "invalid")) == everything
    change = {"title": "", "owner": nobody, "success_owner": nobody, "custom": {"colour": "red"}}
    found = pointers(problem_of(api.patch(f"/deals/{cast.deal.pk}/", change, version=1), 400, "invalid"))
    assert found == {
        "/title": "required",
        "/owner": "unknown",
        "/success_owner": "unknown",
        "/custom/colour": "unknown",
    }


@pytest.mark.parametrize("path", ["/organizations/", "/contacts/"])
def test_custom_fields_are_judged_with_the_rest(api: Caller, path: str) -> None:
    body = {"name": "", "custom": {"colour": "red"}}
    assert pointers(problem_of(api.post(path, body), 400)) == {"/name": "required", "/custom/colour": "unknown"}


def test_unknown_parameters_are_named(cast: Cast, api: Caller) -> None:
    found = problem_of(api.get("/deals/?colour=red"), 400, "invalid")
    assert pointers(found) == {"?colour": "unknown"}
    for query in (
        "limit=0",
        "limit=101",
        "limit=x",
        "sort=amount",
        "cursor=abc",
        "count=all",
        "stage=1",
        "expand=room",
    ):
        problem_of(api.get(f"/deals/?{query}"), 400)
    problem_of(api.get(f"/deals/{cast.deal.pk}/?x=1"), 400)
    problem_of(api.get("/deals/?q=%00"), 400)


@pytest.mark.slow
def test_pages_by_cursor_are_whole_and_stable(cast: Cast, api: Caller) -> None:
    ids = [api.post("/deals/", opening(cast, title=f"Deal {number % 3}")).json()["id"] for number in range(7)]
    for sort in ("-updated_at", "updated_at", "title", "-title", "created_at"):
        seen, cursor = [], ""
        while True:
            answer = api.get(f"/deals/?limit=3&sort={sort}{cursor}&count=exact").json()
            assert answer["count"] >= 7
            seen += [one["id"] for one in answer["data"]]
            if not answer["has_more"]:
                assert answer["next_cursor"] is None
                break
            if len(seen) == 3 and sort == "-updated_at":
                api.post("/deals/", opening(cast, title="Newer"))
            cursor = f"&cursor={answer['next_cursor']}"
        assert set(ids) <= set(seen)
        assert len(seen) == len(set(seen))
    problem_of(api.get(f"/deals/?sort=title&cursor={api.get('/deals/?limit=1').json()['next_cursor']}"), 400)


def test_filters(cast: Cast, api: Caller) -> None:
    deal = cast.deal
    other = api.post("/deals/", opening(cast, title="Another")).json()
    assert [one["id"] for one in api.get("/deals/?q=another").json()["data"]] == [other["id"]]
    assert len(api.get(f"/deals/?stage={deal.stage_id}&owner={deal.owner_id}&status=open").json()["data"]) == 2
    assert api.get(f"/deals/?updated_after={other['updated_at']}").json()["data"] == []
    problem_of(api.get("/deals/?status=dreaming"), 400)
    problem_of(api.get("/deals/?updated_after=yesterday"), 400)


def test_expansion_goes_two_levels(cast: Cast, api: Caller) -> None:
    deal = api.get(f"/deals/{cast.deal.pk}/?expand=owner.team,organization").json()
    assert deal["owner"]["team"]["name"] == "Fresh food and retail"
    assert deal["organization"]["name"] == "Halvorsen Foods"
    assert deal["organization"]["parent"] is None
    assert deal["team"] == str(cast.team.pk)


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", ["/deals/?expand=organization.parent,owner.team,team&count=exact", "/users/", "/teams/"]
)
def test_queries_do_not_grow_with_rows(cast: Cast, api: Caller, path: str, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        api.post("/deals/", opening(cast, title=f"Deal {number}"))
    with django_assert_max_num_queries(6):
        assert api.get(path).status_code == 200


def test_out_of_sight_is_not_there(cast: Cast) -> None:
    stranger = Caller(make_key(cast.stranger))
    problem_of(stranger.get(f"/deals/{cast.deal.pk}/"), 404, "not_found")
    problem_of(stranger.patch(f"/deals/{cast.deal.pk}/", {"title": "Mine"}, version=1), 404)
    assert stranger.get("/deals/").json()["data"] == []
    colleague = Caller(make_key(cast.colleague))
    assert colleague.get(f"/deals/{cast.deal.pk}/").status_code == 200
    problem_of(colleague.patch(f"/deals/{cast.deal.pk}/", {"title": "Mine"}, version=1), 403, "not_allowed")


def test_ending_and_reopening(cast: Cast, api: Caller) -> None:
    path = f"/deals/{cast.deal.pk}"
    ended = api.post(f"{path}/end/", {"status": "lost", "reason": "They build it themselves."}, version=1)
    assert ended.json()["status"] == "lost"
    problem_of(api.post(f"{path}/end/", {"status": "lost", "reason": "Again"}, version=2), 409, "deal_ended")
    assert api.post(f"{path}/reopen/", version=2).json()["status"] == "open"


def test_a_move_without_a_yes_says_what_is_missing(cast: Cast, api: Caller) -> None:
    pipeline = api.get(f"/pipelines/{cast.deal.pipeline_id}/").json()
    path = f"/deals/{cast.deal.pk}"
    refused = api.post(f"{path}/stage-moves/", {"to_stage": pipeline["stages"][2]["id"]}, version=1)
    body = problem_of(refused, 409, "move_not_open")
    assert {"consent_missing", "gate.problem_agreed"} <= {one["code"] for one in body["errors"]}
    gates = api.get(f"{path}/gates/").json()["data"]
    assert {"problem_agreed", "criteria_agreed"} <= {one["code"] for one in gates}
