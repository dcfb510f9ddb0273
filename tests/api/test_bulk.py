"""Many in one call: rows without an id are made, those with one changed, all or none; measurements too."""

import pytest

from crm.models import Contact, Organization
from deals.models import Deal
from handoff.models import Measurement
from tests.api.caller import Caller, make_key, pointers, problem_of
from tests.cast import Cast
from tests.handoff.story import goal_of

pytestmark = pytest.mark.django_db


def test_organizations_are_made_and_changed_in_one_call(cast: Cast, api: Caller) -> None:
    known = cast.halvorsen
    rows = [{"name": "Fjordline"}, {"id": str(known.pk), "version": known.version, "industry": "Food"}]
    answer = api.post("/organizations/bulk/", {"rows": rows}, Idempotency_Key="a")
    assert answer.status_code == 200, answer.content
    made, changed = answer.json()["data"]
    assert (made["status"], made["version"], changed["status"]) == (201, 1, 200)
    assert Organization.objects.get(pk=made["id"]).name == "Fjordline"
    assert api.post("/organizations/bulk/", {"rows": rows}, Idempotency_Key="a").json() == answer.json()
    assert Organization.objects.filter(name="Fjordline").count() == 1


def test_one_wrong_row_takes_back_all_or_only_itself(cast: Cast, api: Caller) -> None:
    rows = [{"name": "New Nora"}, {"name": ""}, {"id": str(cast.contact("Old Olaf").pk), "title": "Buyer"}]
    refused = problem_of(api.post("/contacts/bulk/", {"rows": rows}), 400)
    assert set(pointers(refused)) <= {"/rows/1/name", "/rows/2/version"}
    assert not Contact.objects.filter(name="New Nora").exists()
    answer = api.post("/contacts/bulk/?atomic=false", {"rows": rows}).json()["data"]
    assert [one["status"] for one in answer] == [201, 400, 400]
    assert [one["errors"][0]["pointer"] for one in answer[1:]] == ["/name", "/version"]
    assert (answer[1]["id"], answer[2]["id"]) == (None, rows[2]["id"])
    assert Contact.objects.filter(name="New Nora").count() == 1


def test_deals_are_opened(cast: Cast, api: Caller) -> None:
    deal = {"title": "Many", "organization": str(cast.halvorsen.pk), "amount": {"amount": "5.00", "currency": "EUR"}}
    answer = api.post("/deals/bulk/", {"rows": [deal, {**deal, "pipeline": str(cast.deal.pipeline_id)}]})
    assert [one["status"] for one in answer.json()["data"]] == [201, 201]
    assert Deal.objects.filter(title="Many", amount=5, currency="EUR", owner=cast.maya).count() == 2
    for field, value in {"owner": str(cast.colleague.pk), "title": ""}.items():
        wrong = problem_of(api.post("/deals/bulk/", {"rows": [{**deal, field: value}]}), 400)
        assert set(pointers(wrong)) == {f"/rows/0/{field}"}
    moved = {"id": str(cast.deal.pk), "version": cast.deal.version, "pipeline": str(cast.deal.pipeline_id)}
    assert set(pointers(problem_of(api.post("/deals/bulk/", {"rows": [moved]}), 400))) == {"/rows/0/pipeline"}


def test_a_hundred_are_the_most_and_a_scope_is_needed(cast: Cast, api: Caller) -> None:
    for count in (0, 101):
        wrong = problem_of(api.post("/organizations/bulk/", {"rows": [{"name": "x"}] * count}), 400)
        assert set(pointers(wrong)) == {"/rows"}
    reader = Caller(make_key(cast.maya, "contacts:read"))
    problem_of(reader.post("/organizations/bulk/", {"rows": [{"name": "x"}]}), 403)


@pytest.mark.slow
def test_measurements_come_in_one_call_and_say_which_is_wrong(cast: Cast) -> None:
    cast.write_problem()
    cast.write_criterion()
    goal = goal_of(cast)
    key = Caller(make_key(cast.tomas))
    path = f"/goals/{goal.pk}/measurements/bulk/"
    rows = [
        {"value": "95", "measured_at": "2026-09-30T22:00:00Z", "source": "export"},
        {"value": "94", "measured_at": "2026-10-31T22:00:00Z", "source": "export"},
    ]
    assert [one["status"] for one in key.post(path, {"rows": rows}).json()["data"]] == [201, 201]
    assert [one["status"] for one in key.post(path, {"rows": rows}).json()["data"]] == [200, 200]
    other = [{**rows[0], "value": "90"}, {**rows[0], "measured_at": "2026-08-31T22:00:00Z"}]
    assert problem_of(key.post(path, {"rows": other}), 409)["errors"][0]["pointer"].startswith("/rows/0/")
    parts = key.post(f"{path}?atomic=false", {"rows": other}).json()["data"]
    assert [one["status"] for one in parts] == [409, 201]
    assert Measurement.objects.filter(goal=goal).count() == 3
    problem_of(Caller(make_key(cast.stranger)).post(path, {"rows": rows}), 404)
