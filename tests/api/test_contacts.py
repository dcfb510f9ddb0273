"""Contacts over REST: out of the directory, and back."""

import pytest

from tests.api.caller import Caller, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_contact_leaves_the_directory_and_is_put_back(cast: Cast, api: Caller) -> None:
    path = f"/contacts/{cast.contact('Erik Nyström').pk}/"
    assert api.delete(path, version=1).status_code == 204
    assert [one["name"] for one in api.get("/contacts/?archived=true").json()["data"]] == ["Erik Nyström"]
    assert "Erik Nyström" not in [one["name"] for one in api.get("/contacts/").json()["data"]]
    problem_of(api.post(f"{path}restore/"), 428)
    assert api.post(f"{path}restore/", version=2).json()["archived_at"] is None
    assert "Erik Nyström" in [one["name"] for one in api.get("/contacts/?archived=false").json()["data"]]
