"""Duplicates as pages and over REST: looking, putting together, the way on from old links, taking apart."""

import pytest
from django.test import Client

from crm.actions.duplicate import compare
from crm.actions.merge import merge_entries
from crm.actions.organization import create_organization
from crm.models import Contact, LikelyPair, Merge, Organization
from tests.api.caller import Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_redis")]


@pytest.fixture
def client(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


@pytest.fixture
def twin(cast: Cast) -> Organization:
    twin = create_organization(actor=cast.rep, values={"name": "Halvorsen Foods AS", "domain": "halvorsen.example"})
    compare("organization", twin)
    return twin


def words(client: Client, path: str, **more: str) -> str:
    answer = client.get(path, more)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, kept: Organization, other: Organization, **fields: str):
    form = {"other": str(other.pk), "version": kept.version, "other_version": other.version}
    return client.post(f"/clients/{kept.pk}/merge/", form | fields)


@pytest.mark.slow
def test_from_the_list_to_one_client_and_back(cast: Cast, client: Client, twin: Organization) -> None:
    assert "Halvorsen Foods AS" in words(client, "/duplicates/")
    assert "may be the same" in words(client, f"/clients/{twin.pk}/")
    page = words(client, f"/clients/{cast.halvorsen.pk}/merge/", **{"with": str(twin.pk)})
    assert 'name="keep-domain" value="other"' in page
    answer = send(client, cast.halvorsen, twin, **{"keep-domain": "other", "keep-name": "kept"})
    assert answer.url == f"/clients/{cast.halvorsen.pk}/"
    page = words(client, answer.url)
    assert "halvorsen.example" in page
    assert "Take apart" in page
    assert client.get(f"/clients/{twin.pk}/").url == answer.url
    assert client.get(f"/clients/{twin.pk}/change/").url == f"{answer.url}change/"
    assert client.get(f"/clients/{twin.pk}/merge/?with={cast.halvorsen.pk}").status_code == 302
    assert "Nothing looks alike" in words(client, "/duplicates/")
    merge = Merge.objects.get()
    done = client.post(f"/merges/{merge.pk}/undo/", {"version": merge.version}, follow=True)
    assert "They are two again, as they were." in done.content.decode()
    assert "Halvorsen Foods AS" in words(client, f"/clients/{twin.pk}/")


def test_two_that_changed_meanwhile_are_shown_again(cast: Cast, client: Client, twin: Organization) -> None:
    Organization.objects.filter(pk=twin.pk).update(version=7, city="Oslo")
    answer = send(client, cast.halvorsen, twin)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Nothing was put together yet." in page
    assert 'name="other_version" value="7"' in page


def test_typed_words_stay_where_the_entry_is_gone(cast: Cast, client: Client, twin: Organization) -> None:
    merge_entries(
        actor=cast.rep, kind="organization", kept_id=cast.halvorsen.pk, merged_id=twin.pk, version=1, merged_version=1
    )
    answer = client.post(f"/clients/{twin.pk}/change/", {"name": "Halvorsen Foods AS", "city": "Bergen", "version": 1})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "was put together with “Halvorsen Foods” meanwhile" in page
    assert 'value="Bergen"' in page


def test_another_one_is_looked_for_by_name(cast: Cast, client: Client, twin: Organization) -> None:
    page = words(client, f"/clients/{cast.halvorsen.pk}/merge/", q="halvorsen")
    assert f"?with={twin.pk}" in page
    assert f"?with={cast.halvorsen.pk}" not in page
    assert client.get(f"/clients/{cast.halvorsen.pk}/merge/?with=nonsense").status_code == 404


def test_not_the_same_is_remembered(cast: Cast, client: Client, twin: Organization) -> None:
    pair = LikelyPair.objects.get()
    answer = client.post(f"/duplicates/{pair.pk}/apart/", {"next": "/duplicates/"}, follow=True)
    assert "Nothing looks alike" in answer.content.decode()


def test_pages_of_a_person(cast: Cast, client: Client) -> None:
    other = cast.contact("Ingrid Solberg")
    Contact.objects.filter(pk=other.pk).update(created_by=cast.maya)
    compare("contact", Contact.objects.get(pk=other.pk))
    assert "may be the same" in words(client, f"/contacts/{other.pk}/")
    assert "nearly the same name" in words(client, "/duplicates/", kind="contact")
    page = words(client, f"/contacts/{cast.ingrid.contact_id}/merge/", **{"with": str(other.pk)})
    assert "VP Supply Chain" in page
    form = {"other": str(other.pk), "version": 1, "other_version": 1}
    client.post(f"/contacts/{cast.ingrid.contact_id}/merge/", form)
    assert client.get(f"/contacts/{other.pk}/").url == f"/contacts/{cast.ingrid.contact_id}/"


@pytest.mark.slow
def test_over_rest(cast: Cast, twin: Organization) -> None:
    key = Caller(make_key(cast.maya))
    (pair,) = key.get("/duplicates/?kind=organization").json()["data"]
    assert {pair["first"], pair["second"]} == {str(twin.pk), str(cast.halvorsen.pk)}
    path = f"/organizations/{cast.halvorsen.pk}/merge/"
    body = {"merged": str(twin.pk), "merged_version": 1, "take": ["domain"]}
    problem_of(key.post(path, body), 428, "version_needed")
    problem_of(key.post(path, body, version=4), 412, "stale")
    problem_of(key.post(path, body | {"take": ["x"]}, version=1), 400, "invalid")
    done = key.post(path, body, version=1)
    assert done.status_code == 201
    assert done.json()["taken"] == ["domain"]
    assert key.get(f"/organizations/{twin.pk}/").json()["id"] == str(cast.halvorsen.pk)
    problem_of(key.patch(f"/organizations/{twin.pk}/", {"city": "x"}, version=2), 409, "merged")
    merge = done.json()["id"]
    assert [one["id"] for one in key.get(f"/merges/?kept={cast.halvorsen.pk}").json()["data"]] == [merge]
    assert key.post(f"/merges/{merge}/undo/", version=1).json()["left"] == {}
    assert key.get(f"/merges/{merge}/").json()["undone_at"]
    assert key.get(f"/organizations/{twin.pk}/").json()["id"] == str(twin.pk)
    assert key.post(f"/duplicates/{pair['id']}/set-apart/").status_code == 204
    assert key.get("/duplicates/").json()["data"] == []


def test_a_key_without_the_scope_merges_nothing(cast: Cast, twin: Organization) -> None:
    key = Caller(make_key(cast.maya, "contacts:read"))
    body = {"merged": str(twin.pk), "merged_version": 1}
    problem_of(key.post(f"/organizations/{cast.halvorsen.pk}/merge/", body, version=1), 403, "scope_missing")


def test_a_merged_person_is_not_listed_as_taken_out(cast: Cast, client: Client) -> None:
    other = cast.contact("Ingrid Sol")
    Contact.objects.filter(pk=other.pk).update(created_by=cast.maya)
    form = {"other": str(other.pk), "version": 1, "other_version": 1}
    client.post(f"/contacts/{cast.ingrid.contact_id}/merge/", form)
    page = words(client, f"/clients/{cast.halvorsen.pk}/")
    assert "Taken out of the directory" not in page
    assert "Ingrid Sol<" not in page
