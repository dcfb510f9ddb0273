"""How well we know an organisation over REST."""

import pytest

from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SAID = {"level": "working", "evidence": ["Two promises kept: 22 September"], "missing": []}


def test_it_is_said_at_a_version_and_listed(cast: Cast, api: Caller) -> None:
    path = f"/organizations/{cast.halvorsen.pk}/"
    assert api.get(path).json()["relationship"] is None
    problem_of(api.post(f"{path}relationships/", SAID), 428)
    answer = api.post(f"{path}relationships/", SAID, version=1)
    assert answer.headers["ETag"] == '"2"'
    assert answer.json()["relationship"]["evidence"] == SAID["evidence"]
    problem_of(api.post(f"{path}relationships/", SAID, version=1), 412)
    api.post(f"{path}relationships/", {**SAID, "level": "relying"}, version=2)
    assert [one["level"] for one in api.get(f"{path}relationships/").json()["data"]] == ["relying", "working"]
    found = api.get("/organizations/?relationship=relying").json()["data"]
    assert [one["relationship"]["level"] for one in found] == ["relying"]
    assert api.get("/organizations/?relationship=met").json()["data"] == []
    problem_of(api.get("/organizations/?relationship=friends"), 400)


def test_it_needs_evidence_and_the_scope(cast: Cast, api: Caller) -> None:
    path = f"/organizations/{cast.halvorsen.pk}/relationships/"
    problem = problem_of(api.post(path, {**SAID, "evidence": []}, version=1), 400)
    assert problem["errors"][0]["pointer"] == "/evidence"
    problem_of(api.patch(f"/organizations/{cast.halvorsen.pk}/", {"relationship": {}}, version=1), 400)
    reader = Caller(make_key(cast.maya, "contacts:read"))
    problem_of(reader.post(path, SAID, version=1), 403)
