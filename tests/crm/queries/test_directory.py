"""Reading the directory: who sees what, paging, searching."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.actions.api_key import create_api_key
from crm.actors import as_key, as_user
from crm.clock import frozen, now
from crm.errors import Invalid, NotAllowed, NotFound
from crm.models import Contact, Organization
from crm.queries.api_key import api_keys, key_of_secret
from crm.queries.contact import cards, contacts, get_contact
from crm.queries.organization import get_organization, organizations
from crm.queries.paging import page_of
from crm.queries.team import teams
from crm.queries.user import get_user, users
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def test_private_details_follow_the_rooms(cast: Cast) -> None:
    ingrid = cast.ingrid.contact
    assert get_contact(cast.rep, ingrid.pk).email == ingrid.email
    hidden = get_contact(as_user(cast.stranger), ingrid.pk)
    assert (hidden.name, hidden.email, hidden.details_visible) == (ingrid.name, "", False)


def test_a_search_does_not_tell_a_hidden_address(cast: Cast) -> None:
    assert cast.ingrid
    assert contacts(cast.rep, "ingrid.solberg@").exists()
    assert not contacts(as_user(cast.stranger), "ingrid.solberg@").exists()
    assert contacts(as_user(cast.stranger), "solberg").exists()


def test_a_participant_sees_the_people_of_the_room_without_our_fields(cast: Cast) -> None:
    daniel = cast.daniel.contact
    Contact.objects.filter(pk=daniel.pk).update(custom={"note": "CANARY"})
    outside = cast.contact("Somebody Else")
    assert get_contact(cast.buyer, daniel.pk).custom == {}
    assert get_contact(cast.rep, daniel.pk).custom == {"note": "CANARY"}
    with pytest.raises(NotFound):
        get_contact(cast.buyer, outside.pk)
    with pytest.raises(NotFound):
        get_organization(cast.rep, uuid4())
    with pytest.raises(NotFound):
        get_user(cast.buyer, cast.maya.pk)
    assert not users(cast.buyer).exists()
    assert not teams(cast.buyer).exists()


def test_pages_go_through_everything_once(cast: Cast) -> None:
    for name in ("Same", "Same", "Same", "A", "Z"):
        Organization.objects.create(
            name=name, created_at=cast.halvorsen.created_at, updated_at=cast.halvorsen.created_at
        )
    seen, cursor = [], ""
    while True:
        page = page_of(organizations(cast.rep), cursor, limit=2)
        seen += [row.pk for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == list(Organization.objects.order_by("name", "id").values_list("pk", flat=True))
    back = page_of(organizations(cast.rep), by=("-updated_at", "-id"), limit=1)
    assert page_of(organizations(cast.rep), back.next_cursor, by=("-updated_at", "-id")).rows[0] != back.rows[0]


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "WyJhIiwgImIiXQ", "é", "\x00", "MQ"])
def test_a_made_up_cursor_is_refused(cast: Cast, cursor: str) -> None:
    with pytest.raises(Invalid):
        page_of(organizations(cast.rep), cursor)


@pytest.mark.parametrize("q", ["\x00", "%", "a" * 5000, "' OR 1=1 --", "🙂"])
def test_any_search_is_taken(cast: Cast, q: str) -> None:
    assert cast.halvorsen
    assert list(organizations(cast.rep, q)) in ([], [cast.halvorsen])
    assert cards(cast.rep, contacts(cast.rep, q)) == []


def test_lists_cost_the_same_however_long(cast: Cast) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            cards(cast.rep, page_of(contacts(cast.rep)).rows)
            list(page_of(organizations(cast.rep)).rows)
        return len(queries)

    assert cast.maya
    cast.contact("One")
    few = cost()
    for number in range(10):
        cast.contact(f"Person {number}")
    assert cost() == few


def test_a_key_is_found_by_its_secret_while_it_stands(cast: Cast) -> None:
    key, secret = create_api_key(actor=cast.rep, user_id=cast.maya.pk, name="x", scopes=["deals:read"], days=1)
    assert key_of_secret(secret) == key
    refused(secret + "x", "key_unknown")
    assert [row.key for row in api_keys(cast.rep)[0]] == [row.key for row in api_keys(as_user(cast.admin))[0]] == [key]
    assert api_keys(cast.rep, ended=True) == api_keys(as_key(key)) == api_keys(cast.buyer) == ([], "")
    with frozen(now() + timedelta(days=1)):
        refused(secret, "key_expired")
    cast.maya.is_active = False
    cast.maya.save()
    refused(secret, "key_revoked")


def refused(secret: str, code: str) -> None:
    with pytest.raises(NotAllowed) as error:
        key_of_secret(secret)
    assert error.value.code == code
