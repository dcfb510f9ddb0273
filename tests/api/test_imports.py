"""Imports and exports over REST: the whole way, within scopes, with versions, and never more than the owner may."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.actions.export_job import work_on_exports
from crm.models import ImportRun, Organization
from deals.imports.job import work_on
from tests.api.caller import BASE, make_key

pytestmark = pytest.mark.django_db

CLIENTS = b"Id,Name,City\n1,Acme,Oslo\n2,,Bergen\n"


class Caller:
    """A program with a key."""

    def __init__(self, secret: str) -> None:
        self.client, self.headers = Client(), {"Authorization": f"Bearer {secret}"}

    def upload(self, content: bytes = CLIENTS, **more):
        data = {"kind": "organizations", "file": SimpleUploadedFile("clients.csv", content)} | more
        return self.client.post(f"{BASE}/imports/", data, headers=self.headers)

    def get(self, path: str, **query):
        return self.client.get(f"{BASE}{path}", query, headers=self.headers)

    def post(self, path: str, body: dict | None = None, version: int | None = None):
        tag = {} if version is None else {"If-Match": f'"{version}"'}
        return self.client.post(
            f"{BASE}{path}", body or {}, content_type="application/json", headers=self.headers | tag
        )


@pytest.fixture
def caller(cast, settings, tmp_path) -> Caller:
    settings.MEDIA_ROOT = tmp_path
    return Caller(make_key(cast.maya))


@pytest.mark.slow
def test_a_file_comes_in_and_goes_again(caller):
    made = caller.upload()
    assert made.status_code == 201, made.content
    run = made.json()
    assert run["mapping"] == {"0": "id", "1": "name", "2": "city"}
    assert {"value": "domain", "label": "Domain"} in run["fields_to_choose"]
    path = f"/imports/{run['id']}/"
    assert caller.post(f"{path}columns/", {"mapping": run["mapping"]}).status_code == 428
    assert caller.post(f"{path}columns/", {"mapping": run["mapping"]}, version=9).status_code == 412
    wrong = caller.post(f"{path}columns/", {"mapping": {"0": "nonsense"}}, version=run["version"])
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/mapping/0")
    run = caller.post(f"{path}columns/", {"mapping": run["mapping"]}, version=run["version"]).json()
    assert run["state"] == "checking"
    work_on(run["id"])
    run = caller.get(path).json()
    assert (run["state"], run["counts"]) == ("checked", {"added": 1, "fault": 1})
    lines = caller.get(f"{path}lines/", result="fault").json()["data"]
    assert [(one["line"], one["subject"]) for one in lines] == [(3, None)]
    run = caller.post(f"{path}start/", version=run["version"]).json()
    work_on(run["id"])
    assert Organization.objects.filter(name="Acme").exists()
    run = caller.get(path).json()
    assert caller.get(f"{path}report/").headers["Content-Type"].startswith("text/csv")
    run = caller.post(f"{path}undo/", version=run["version"]).json()
    work_on(run["id"])
    assert caller.get(path).json()["state"] == "undone"
    assert caller.get("/imports/", state="undone").json()["data"][0]["id"] == run["id"]


def test_what_is_asked_is_decided(caller, cast):
    run = caller.upload(b"Deal,Stage\nOne,Dreaming\n", kind="deals", source="file").json()
    path = f"/imports/{run['id']}/"
    run = caller.post(f"{path}columns/", {"mapping": run["mapping"]}, version=run["version"]).json()
    work_on(run["id"])
    run = caller.get(path).json()
    asked = {one["key"]: one for one in run["questions"]}
    assert asked["stage:Dreaming"]["open"] is True
    assert caller.post(f"{path}start/", version=run["version"]).json()["code"] == "undecided"
    bad = caller.post(f"{path}choices/", {"choices": {"stage:Dreaming": "x"}}, version=run["version"])
    assert bad.status_code == 400
    choices = {"stage:Dreaming": "status:lost", "no_client": "without"}
    run = caller.post(f"{path}choices/", {"choices": choices}, version=run["version"]).json()
    assert run["choices"] == choices
    assert caller.post(f"{path}cancel/", version=run["version"]).json()["state"] == "cancelled"


def test_bad_files_are_told_and_other_keys_see_nothing(caller, cast):
    assert caller.upload(b"").json()["errors"][0]["pointer"] == "/file"
    assert caller.upload(b"a\n1\n", kind="secrets").status_code == 400
    run = caller.upload().json()
    assert Caller(make_key(cast.colleague)).get(f"/imports/{run['id']}/").status_code == 404
    weak = Caller(make_key(cast.maya, "imports:write", "imports:read"))
    assert weak.upload().status_code == 403
    assert Caller(make_key(cast.maya, "contacts:write")).upload().status_code == 403
    assert ImportRun.objects.count() == 1


def test_an_export_is_made_filtered_and_downloaded(caller, cast):
    order = {"kind": "deals", "format": "csv", "filters": {"status": "open", "q": cast.deal.title[:6]}}
    job = caller.post("/exports/", order)
    assert job.status_code == 201, job.content
    path = f"/exports/{job.json()['id']}/"
    assert caller.get(f"{path}content/").status_code == 404
    work_on_exports()
    assert caller.get(path).json()["state"] == "ready"
    content = b"".join(caller.get(f"{path}content/").streaming_content).decode("utf-8-sig")
    assert cast.deal.title in content
    assert Caller(make_key(cast.maya, "exports:read")).get(f"{path}content/").status_code in (403, 404)
    gone = caller.client.delete(f"{BASE}{path}", headers=caller.headers | {"If-Match": '"2"'})
    assert gone.status_code == 204
    assert caller.get(f"{path}content/").status_code == 404


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        ({"kind": "secrets"}, "/kind"),
        ({"kind": "deals", "format": "exe"}, "/format"),
        ({"kind": "deals", "filters": {"nonsense": "1"}}, "/filters/nonsense"),
        ({"kind": "users", "filters": {"q": "1"}}, "/filters"),
    ],
)
def test_an_order_that_makes_no_sense_is_told(caller, order, pointer):
    answer = caller.post("/exports/", order)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
