"""API keys as pages: shown once, renewed, ended, with what was done with them; everybody has their own."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.api_key import create_api_key
from crm.actors import as_user
from crm.clock import frozen, now
from crm.models import ApiKey, User
from crm.queries.api_key import key_of_secret
from tests.api.caller import Caller
from tests.cast import Cast

pytestmark = pytest.mark.django_db
URL = "/api-keys/"
TYPED = {"name": "Warehouse reports", "days": "90", "scopes": ["deals:read", "rooms:write"], "once": "a"}


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(cast: Cast) -> Client:
    return browser_of(cast.maya)


def make(user: User, name: str = "Theirs", days: int | None = 10) -> ApiKey:
    key, _secret = create_api_key(actor=as_user(user), user_id=user.pk, name=name, scopes=["deals:read"], days=days)
    return key


def test_a_key_is_made_and_its_secret_is_shown_once(client: Client) -> None:
    assert "No keys yet" in client.get(URL).content.decode()
    answer = client.post(URL, TYPED)
    page = answer.content.decode()
    secret = page.split('<code id="secret">')[1].split("<")[0]
    assert "no-store" in answer["Cache-Control"]
    key = key_of_secret(secret)
    assert (key.name, key.scopes) == ("Warehouse reports", ["deals:read", "rooms:write"])
    assert key.expires_at == key.created_at + timedelta(days=90)
    assert client.post(URL, TYPED).status_code == 302  # the page loaded again makes no second key
    page = client.get(URL).content.decode()
    assert secret not in page
    assert "made already" in page
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Write something here."),
        ({"scopes": []}, "Choose at least one scope."),
        ({"scopes": ["everything"]}, "everything"),
        ({"scopes": ["admin"]}, "admin"),
        ({"days": ""}, "Choose one."),
        ({"days": "date"}, "Choose the day."),
        ({"days": "date", "until": "soon"}, "Choose the day."),
        ({"days": "date", "until": "2020-01-01"}, "A key lasts from one day to ten years."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client: Client, typed: dict, said: str) -> None:
    answer = client.post(URL, TYPED | typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert f'value="{(TYPED | typed)["name"]}"' in page or not (TYPED | typed)["name"]
    assert not ApiKey.objects.exists()


def test_one_that_ends_soon_is_renewed_and_any_is_ended(cast: Cast, client: Client) -> None:
    key, lasting = make(cast.maya), make(cast.maya, "Old script", None)
    page = client.get(URL).content.decode()
    assert "in 10 days" in page
    assert "No end set" in page
    client.post(f"{URL}{key.pk}/renew/")
    key.refresh_from_db()
    assert key.expires_at
    assert key.expires_at > now() + timedelta(days=89)
    assert client.post(f"{URL}{lasting.pk}/renew/").status_code == 409
    client.post(f"{URL}{key.pk}/end/")
    assert client.post(f"{URL}{key.pk}/renew/").status_code == 409
    assert "Theirs" not in client.get(URL).content.decode()
    assert "Theirs" in client.get(f"{URL}?show=ended").content.decode()
    client.post(f"{URL}end/")
    assert not ApiKey.objects.in_use().exists()
    assert client.post(f"{URL}{key.pk}/forget/").status_code == 404


def test_its_page_shows_what_was_done_with_it(cast: Cast, client: Client) -> None:
    made = client.post(URL, TYPED).content.decode()
    secret = made.split('<code id="secret">')[1].split("<")[0]
    Caller(secret).post(f"/rooms/{cast.deal.room_id}/comments/", {"body": "From the warehouse"})
    page = client.get(reverse("crm:api_key", args=[ApiKey.objects.get().pk])).content.decode()
    assert "From the warehouse" in page
    assert "made a key" in page


def test_administrators_see_all_and_end_any_but_renew_none(cast: Cast) -> None:
    key, admin, stranger = make(cast.maya), browser_of(cast.admin), browser_of(cast.stranger)
    assert "Theirs" in admin.get(URL).content.decode()
    assert "Theirs" not in stranger.get(URL).content.decode()
    for path in ("", "end/", "renew/"):
        call = stranger.post if path else stranger.get
        assert call(f"{URL}{key.pk}/{path}").status_code == 404
    assert admin.post(f"{URL}{key.pk}/renew/").status_code == 403
    admin.post(f"{URL}end/")  # one's own only
    assert ApiKey.objects.in_use().exists()
    admin.post(f"{URL}{key.pk}/end/")
    assert not ApiKey.objects.in_use().exists()


def test_one_that_ran_out_is_among_the_ended(cast: Cast) -> None:
    make(cast.maya)
    with frozen(now() + timedelta(days=11)):
        client = browser_of(cast.maya)
        assert "No keys yet" in client.get(URL).content.decode()
        assert "ran out" in client.get(f"{URL}?show=ended").content.decode()
