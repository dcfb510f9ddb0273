"""Who may call: keys, sessions of the staff with CSRF, nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from crm.actions.contact import create_contact
from crm.actors import SYSTEM
from crm.clock import now
from crm.models import ApiKey, Event, FeedPosition, User
from tests.api.caller import BASE, Caller, make_key, problem_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer cg_live_nobody", "Bearer " + "x" * 300, "Bearer ü"]
)
def test_no_good_key_is_a_401(db: None, header: str) -> None:
    headers = {"Authorization": header.encode().decode("latin-1")} if header else {}
    answer = Client().get(f"{BASE}/deals/", headers=headers)
    problem_of(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_keys_end(cast: Cast) -> None:
    expired = Caller(make_key(cast.maya, expires_at=now() - timedelta(seconds=1)))
    problem_of(expired.get("/deals/"), 401, "key_expired")
    revoked = Caller(make_key(cast.maya, revoked_at=now()))
    problem_of(revoked.get("/deals/"), 401, "key_revoked")
    good = Caller(make_key(cast.maya))
    assert good.get("/deals/").status_code == 200
    cast.maya.is_active = False
    cast.maya.save()
    problem_of(good.get("/deals/"), 401, "key_revoked")


class TestWhoWaits:
    """A call that waits for the next event is somebody else's business for half a minute."""

    def wait(self, caller: Any, then: Callable[[], object]) -> Any:
        """Wait for events, while which `then` happens. Then something happens, too, that staff may know of."""

        def happens(_seconds: float) -> None:
            then()
            create_contact(actor=SYSTEM, values={"name": "Ruth Abara"})
            FeedPosition.objects.create(event=Event.objects.latest("at"))

        with patch("crm.api.event.time.sleep", happens):
            return caller.get(f"{'' if isinstance(caller, Caller) else BASE}/events/?wait=5")

    def test_they_are_told(self, cast: Cast) -> None:
        found = self.wait(Caller(make_key(cast.maya)), lambda: None).json()["data"]
        assert [one["type"] for one in found] == ["contact.created"]

    def test_a_key_that_is_taken_back_reads_no_more(self, cast: Cast) -> None:
        answer = self.wait(Caller(make_key(cast.maya)), lambda: ApiKey.objects.update(revoked_at=now()))
        problem_of(answer, 401, "key_revoked")

    def test_a_key_of_somebody_who_left_reads_no_more(self, cast: Cast) -> None:
        answer = self.wait(Caller(make_key(cast.maya)), lambda: User.objects.update(is_active=False))
        problem_of(answer, 401, "key_revoked")

    @pytest.mark.parametrize("ends", [Session.objects.all().delete, lambda: User.objects.update(is_active=False)])
    def test_a_session_that_ends_reads_no_more(self, cast: Cast, client: Client, ends: Callable[[], object]) -> None:
        client.force_login(cast.maya)
        problem_of(self.wait(client, ends), 401, "signed_out")

    def test_a_session_that_stands_is_told(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.maya)
        assert self.wait(client, lambda: None).json()["data"]


def test_a_key_in_the_address_is_no_key(cast: Cast) -> None:
    problem_of(Client().get(f"{BASE}/deals/?key={make_key(cast.maya)}"), 401)


def test_last_use_is_noted_once_a_minute(cast: Cast, django_assert_num_queries: Any) -> None:
    api = Caller(make_key(cast.maya))
    api.get("/teams/")
    key = ApiKey.objects.get()
    assert key.last_used_at is not None
    with django_assert_num_queries(2):
        api.get("/teams/")
    assert ApiKey.objects.get().last_used_at == key.last_used_at


def test_scopes_are_needed_and_give_no_more_than_the_owner_may(cast: Cast) -> None:
    reader = Caller(make_key(cast.maya, "deals:read"))
    assert reader.get(f"/deals/{cast.deal.pk}/").status_code == 200
    problem_of(reader.patch(f"/deals/{cast.deal.pk}/", {"title": "A"}, version=1), 403, "scope_missing")
    problem_of(reader.get("/contacts/"), 403, "scope_missing")
    problem_of(reader.get("/events/"), 403, "scope_missing")
    everything = Caller(make_key(cast.stranger))
    problem_of(everything.get(f"/deals/{cast.deal.pk}/"), 404)
    waiver = {"gate": "must_have_measurable", "reason": "They know."}
    problem_of(Caller(make_key(cast.maya)).post(f"/deals/{cast.deal.pk}/waivers/", waiver), 403, "not_allowed")


def test_a_staff_session_reads_and_needs_csrf_to_write(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.maya)
    path = f"{BASE}/deals/{cast.deal.pk}/"
    assert client.get(path).status_code == 200
    change = {"data": {"title": "A"}, "content_type": "application/json"}
    problem_of(client.patch(path, **change, headers={"If-Match": '"1"'}), 403, "csrf")
    token = "a" * 32
    client.cookies[settings.CSRF_COOKIE_NAME] = token
    answer = client.patch(path, **change, headers={"If-Match": '"1"', "X-CSRFToken": token})
    assert answer.status_code == 200, answer.content


def test_a_rooms_cookie_opens_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.maya)
    client.cookies[settings.ROOM_COOKIE_NAME] = client.cookies.pop(settings.SESSION_COOKIE_NAME).value
    problem_of(client.get(f"{BASE}/deals/"), 401)


def test_private_details_follow_the_rooms(cast: Cast) -> None:
    ingrid = cast.ingrid.contact
    mine = Caller(make_key(cast.maya)).get(f"/contacts/{ingrid.pk}/").json()
    assert (mine["details_visible"], mine["email"]) == (True, ingrid.email)
    theirs = Caller(make_key(cast.stranger)).get(f"/contacts/{ingrid.pk}/").json()
    assert (theirs["details_visible"], theirs["email"], theirs["phone"]) == (False, None, None)


def test_unknown_addresses_and_methods(cast: Cast, api: Caller) -> None:
    problem_of(api.get("/nothing/"), 404)
    problem_of(api.get("/deals"), 404)
    answer = api.delete("/deals/")
    problem_of(answer, 405)
    assert "POST" in answer["Allow"]


def test_expansion_needs_the_scope_of_what_is_expanded(cast: Cast) -> None:
    path = f"/deals/{cast.deal.pk}/"
    deals_only, both = (
        Caller(make_key(cast.maya, *scopes)) for scopes in (["deals:read"], ["deals:read", "contacts:read"])
    )
    assert deals_only.get(path).json()["organization"] == str(cast.halvorsen.pk)
    for address in (f"{path}?expand=organization", "/deals/?expand=owner.team"):
        problem_of(deals_only.get(address), 403, "scope_missing")
        assert both.get(address).status_code == 200
