"""Choosing a client by its name: offered while it is typed, found by what was typed, and never taken for another one."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.organization import create_organization
from crm.models import Contact, Organization
from tests.cast import Cast

pytestmark = pytest.mark.django_db

NEW = {"name": "Sol", "locale": "en", "time_zone": "UTC"}


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.maya)
    return client


def acme(cast: Cast, city: str) -> Organization:
    return create_organization(actor=cast.rep, values={"name": "Acme, Inc.", "city": city, "country": "Norway"})


def add(client: Client, **typed: str) -> str:
    """Send the form of a new contact; return what it says, "" when it was taken."""
    answer = client.post(reverse("crm:new_contact"), NEW | typed)
    return "" if answer.status_code == 302 else answer.content.decode()


def test_those_that_fit_are_offered_with_their_place(cast: Cast, client: Client) -> None:
    acme(cast, "Oslo")
    url = reverse("crm:offered_clients")
    assert 'value="Acme, Inc., Oslo, Norway"' in client.get(url, {"field": "parent", "parent": "acm"}).content.decode()
    assert "Halvorsen Foods" in client.get(url, {"field": "organization", "organization": "halvrosen"}).content.decode()
    for asked in ({}, {"field": "x"}, {"field": "x", "x": "\x00"}, {"field": "x", "x": "zzzzzz"}):
        answer = client.get(url, asked)
        assert answer.status_code == 200
        assert "<option" not in answer.content.decode()


@pytest.mark.parametrize(
    "typed", ["Acme, Inc.", " acme, inc. ", "Acme, Inc., Oslo, Norway", "ACME, INC., OSLO, NORWAY"]
)
def test_a_name_finds_its_client(cast: Cast, client: Client, typed: str) -> None:
    oslo = acme(cast, "Oslo")
    assert not add(client, organization=typed)
    assert Contact.objects.get(name="Sol").organization == oslo


@pytest.mark.parametrize("typed", ["Groß & Söhne", "groß & söhne", "İzmir Gıda", "Łódź"])
def test_names_are_found_in_every_script(cast: Cast, client: Client, typed: str) -> None:
    made = create_organization(actor=cast.rep, values={"name": typed})
    assert not add(client, organization=typed)
    assert Contact.objects.get(name="Sol").organization == made


def test_of_two_with_one_name_the_place_says_which(cast: Cast, client: Client) -> None:
    acme(cast, "Oslo")
    bergen = acme(cast, "Bergen")
    said = add(client, organization="Acme, Inc.")
    assert "Several clients are called so. Choose one of: Acme, Inc., Oslo, Norway; Acme, Inc., Bergen, Norway." in said
    assert not add(client, organization="Acme, Inc., Bergen, Norway")
    assert Contact.objects.get(name="Sol").organization == bergen


@pytest.mark.parametrize(
    "typed", ["Acme", "Acme, Inc., Paris", "x" * 5000, "\u202eacme", "00000000-0000-0000-0000-000000000000"]
)
def test_what_names_nobody_is_given_back(cast: Cast, client: Client, typed: str) -> None:
    acme(cast, "Oslo")
    said = add(client, organization=typed)
    assert "No client is called" in said
    assert f'value="{typed}"' in said
    assert 'value="Sol"' in said
    assert ("Do you mean one of: Acme, Inc., Oslo, Norway?" in said) == ("acme" in typed.lower())


def test_the_one_that_stands_there_stays_whatever_others_are_called(cast: Cast, client: Client) -> None:
    oslo, twin = acme(cast, "Oslo"), acme(cast, "Oslo")
    assert not add(client, organization=str(twin.pk))
    contact = Contact.objects.get(name="Sol")
    url = reverse("crm:change_contact", args=[contact.pk])
    form = client.get(url).content.decode()
    assert 'value="Acme, Inc., Oslo, Norway"' in form
    shown = {"organization": "Acme, Inc., Oslo, Norway", "organization-id": str(twin.pk)}
    assert client.post(url, NEW | shown | {"version": "1", "title": "Buyer"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.title, contact.organization) == ("Buyer", twin)
    emptied = shown | {"organization": "", "version": str(contact.version)}
    assert client.post(url, NEW | emptied).status_code == 302
    contact.refresh_from_db()
    assert contact.organization is None
    assert oslo.archived_at is None
