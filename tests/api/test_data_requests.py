"""Data requests and erasure over REST: administrators' keys with the scope `admin`, nobody else's."""

from pathlib import Path

import pytest

from crm.actions.data_request import request_data
from crm.formats import erased_name
from crm.models import Contact, Erasure
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def erasures(settings, tmp_path: Path) -> None:
    settings.ERASURE_LIST = str(tmp_path / "erasures.jsonl")


@pytest.mark.slow
def test_listed_and_answered(cast: Cast) -> None:
    first, second = (request_data(actor=cast.buyer, kind=kind) for kind in ("access", "erasure"))
    api = Caller(make_key(cast.admin))
    assert len(api.get("/data-requests/?state=open").json()["data"]) == 2
    (row,) = api.get("/data-requests/?kind=access").json()["data"]
    assert "export" not in row
    path = f"/data-requests/{first.pk}/"
    assert api.get(path).json()["state"] == "open"
    problem_of(api.post(f"{path}grant/", {}), 428)
    problem_of(api.post(f"{path}erase/", {"confirmed_name": "x", "ground": "x"}, version=1), 409, "other_kind")
    done = api.post(f"{path}grant/", {"answer": "Here."}, version=1).json()
    assert (done["state"], done["answer"]) == ("granted", "Here.")
    problem_of(api.post(f"{path}decline/", {"answer": "No."}, version=2), 409, "already_answered")
    path = f"/data-requests/{second.pk}/"
    problem_of(api.post(f"{path}decline/", {"answer": ""}, version=1), 400)
    problem_of(api.post(f"{path}erase/", {"confirmed_name": "Somebody", "ground": "Art. 17"}, version=1), 400)
    body = {"confirmed_name": "Ingrid Solberg", "ground": "Art. 17"}
    assert api.post(f"{path}erase/", body, version=1).json()["state"] == "granted"
    assert Contact.objects.get(pk=cast.ingrid.contact_id).name == erased_name()


@pytest.mark.slow
def test_erasing_a_contact(cast: Cast) -> None:
    api, path = Caller(make_key(cast.admin)), f"/contacts/{cast.ingrid.contact_id}/erase/"
    problem = problem_of(api.post(path, {"confirmed_name": "ingrid", "ground": "Art. 17"}), 400)
    assert "/confirmed_name" in str(problem)
    body = {"confirmed_name": "Ingrid Solberg", "ground": "Art. 17"}
    done = api.post(path, body)
    assert done.status_code == 201
    assert api.post(path, body).json()["id"] == done.json()["id"]
    assert Erasure.objects.count() == 1
    contact = api.get(f"/contacts/{cast.ingrid.contact_id}/").json()
    assert (contact["name"], contact["email"]) == (erased_name(), "")


def test_nobody_else(cast: Cast) -> None:
    request = request_data(actor=cast.buyer, kind="access")
    body = {"confirmed_name": "Ingrid Solberg", "ground": "Art. 17"}
    for caller in (Caller(make_key(cast.jonas)), Caller(make_key(cast.admin, "contacts:write"))):
        problem_of(caller.get("/data-requests/"), 403)
        problem_of(caller.get(f"/data-requests/{request.pk}/"), 403)
        problem_of(caller.post(f"/data-requests/{request.pk}/grant/", {}, version=1), 403)
        problem_of(caller.post(f"/contacts/{cast.ingrid.contact_id}/erase/", body), 403)
    problem_of(Caller(make_key(cast.admin)).post("/contacts/0190e8a0-0000-7000-8000-000000000000/erase/", body), 404)
    assert not Erasure.objects.exists()
