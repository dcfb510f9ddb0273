"""Adding and changing clients and contacts: what is kept, what is refused, and two people at once."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.contact import change_contact
from crm.actions.organization import change_organization
from crm.actors import as_user
from crm.clock import now
from crm.models import Contact, CustomField, Event, Organization
from tests.cast import Cast

pytestmark = pytest.mark.django_db

CUSTOM: tuple[tuple[str, str, str, str, list[str]], ...] = (
    ("organization", "revenue", "Revenue", "number", []),
    ("organization", "tier", "Tier", "choice", ["A", "B"]),
    ("organization", "since", "Client since", "date", []),
    ("organization", "audited", "Audited", "yes_no", []),
    ("contact", "pronouns", "Pronouns", "text", []),
)


@pytest.fixture
def cast(client: Client) -> Cast:
    cast = Cast()
    assert cast.ingrid
    for on, key, label, type_, choices in CUSTOM:
        CustomField.objects.create(on=on, key=key, label=label, type=type_, choices=choices)
    client.force_login(cast.maya)
    return cast


def opened(client: Client, url: str) -> dict[str, Any]:
    """Give what a browser would send back unchanged."""
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else str(value) for name, value in data.items()}


def change_url(cast: Cast) -> str:
    return reverse("crm:change_client", args=[cast.halvorsen.pk])


def test_a_client_is_added_with_custom_fields_once_for_two_clicks(cast: Cast, client: Client) -> None:
    url = reverse("crm:new_client")
    typed = {"name": "Fjordline", "parent": str(cast.halvorsen.pk), "website": "fjordline.example", "once": "abc"}
    typed |= {"custom.revenue": "1,250.50", "custom.tier": "B", "custom.since": "2024-02-29", "custom.audited": "False"}
    answers = [client.post(url, typed) for _click in range(2)]
    added = Organization.objects.get(name="Fjordline")
    assert answers[0].headers["Location"] == reverse("crm:client", args=[added.pk])
    assert added.custom == {"revenue": "1250.5", "tier": "B", "since": "2024-02-29", "audited": False}
    assert added.website == "https://fjordline.example"
    page = client.get(answers[0].headers["Location"]).content.decode()
    assert "Client since" in page
    assert "1,250.5" in page
    assert Event.objects.filter(type="organization.created", subject_id=added.pk).count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "a\x00b"},
        {"name": "x" * 201},
        {"website": "not an address"},
        {"parent": "nonsense"},
        {"custom.revenue": "much"},
        {"custom.tier": "C"},
        {"custom.since": "2026-02-30"},
        {"custom.audited": "perhaps"},
    ],
)
def test_a_client_that_cannot_be_kept_is_refused_with_what_was_typed(cast, client, fields) -> None:
    typed = {"name": "Fjordline", "city": "Kept words"} | fields
    answer = client.post(reverse("crm:new_client"), typed)
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    assert "aria-invalid" in answer.content.decode()
    assert Organization.objects.count() == 1


def test_an_empty_form_is_not_taken_for_a_look_and_writes_nothing(cast: Cast, client: Client) -> None:
    assert client.post(reverse("crm:new_client"), {"once": "x"}).status_code == 422
    assert client.post(change_url(cast), {}).status_code == 409
    assert Organization.objects.get().name == "Halvorsen Foods"


def test_only_what_was_changed_is_written_and_a_custom_field_can_be_emptied(cast: Cast, client: Client) -> None:
    typed = opened(client, change_url(cast)) | {"industry": "Food", "custom.revenue": "12"}
    assert client.post(change_url(cast), typed).status_code == 302
    event = Event.objects.get(type="organization.changed")
    assert event.data["fields"] == ["custom", "industry"]
    again = opened(client, change_url(cast))
    assert again["custom.revenue"] == "12"
    client.post(change_url(cast), again | {"custom.revenue": ""})
    assert Organization.objects.get(pk=cast.halvorsen.pk).custom == {}


def test_a_second_writer_sees_both_versions_and_decides(cast: Cast, client: Client) -> None:
    typed = opened(client, change_url(cast)) | {"industry": "Fresh food", "custom.tier": "A", "city": "Duluth"}
    change_organization(
        actor=as_user(cast.jonas),
        organization_id=cast.halvorsen.pk,
        version=1,
        values={"industry": "Dairy", "country": "USA", "custom": {"tier": "B"}},
    )
    both = client.post(change_url(cast), typed)
    page = both.content.decode()
    assert both.status_code == 409
    assert "Jonas Weber" in page
    assert "Dairy" in page
    assert "Fresh food" in page
    settled = dict(both.context["settled"])
    assert settled["city"] == "Duluth"
    assert settled["country"] == "USA"
    decision = {"version": "2", "started_from": both.context["started_from"], **settled}
    decision |= {"keep-industry": "both", "both-industry": "Dairy, fresh food"}
    decision |= {"keep-custom.tier": "mine", "mine-custom.tier": "A", "theirs-custom.tier": "B"}
    assert client.post(change_url(cast), decision).status_code == 302
    now_there = Organization.objects.get(pk=cast.halvorsen.pk)
    assert (now_there.industry, now_there.city, now_there.country) == ("Dairy, fresh food", "Duluth", "USA")
    assert now_there.custom == {"tier": "A"}


def test_a_contact_is_added_where_they_work(cast: Cast, client: Client) -> None:
    url = reverse("crm:new_contact")
    form = client.get(url, {"organization": cast.halvorsen.pk}).content.decode()
    assert f'name="organization-id" value="{cast.halvorsen.pk}"' in form
    typed = {"name": "Ruth Adeyemi", "organization": str(cast.halvorsen.pk), "email": "RUTH@halvorsen.example"}
    typed |= {"locale": "en", "custom.pronouns": "she"}
    assert client.post(url, typed).status_code == 302
    added = Contact.objects.get(name="Ruth Adeyemi")
    assert (added.email, added.created_by, added.custom) == ("ruth@halvorsen.example", cast.maya, {"pronouns": "she"})


@pytest.mark.parametrize("fields", [{"name": ""}, {"email": "ruth"}, {"time_zone": "Mars/Base"}, {"locale": "xx"}])
def test_a_contact_that_cannot_be_kept_is_refused_with_what_was_typed(cast, client, fields) -> None:
    typed = {"name": "Ruth", "title": "Kept words", "locale": "en"} | fields
    answer = client.post(reverse("crm:new_contact"), typed)
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    assert not Contact.objects.filter(title="Kept words").exists()


def test_address_and_phone_are_changed_only_by_who_sees_them(cast: Cast, client: Client) -> None:
    url = reverse("crm:change_contact", args=[cast.ingrid.contact_id])
    assert cast.ingrid.contact.email in client.get(url).content.decode()
    client.force_login(cast.stranger)
    assert cast.ingrid.contact.email not in client.get(url).content.decode()
    typed = opened(client, url) | {"title": "COO", "email": "thief@elsewhere.example"}
    assert client.post(url, typed).status_code == 302
    contact = Contact.objects.get(pk=cast.ingrid.contact_id)
    assert (contact.title, contact.email) == ("COO", cast.ingrid.contact.email)


def test_a_conflict_about_a_contact_tells_no_address_to_who_may_not_see_it(cast: Cast, client: Client) -> None:
    url = reverse("crm:change_contact", args=[cast.ingrid.contact_id])
    client.force_login(cast.stranger)
    typed = opened(client, url) | {"title": "COO"}
    values = {"title": "Chief of supply", "email": "secret@halvorsen.example"}
    change_contact(actor=as_user(cast.maya), contact_id=cast.ingrid.contact_id, version=1, values=values)
    answer = client.post(url, typed)
    assert answer.status_code == 409
    assert "Chief of supply" in answer.content.decode()
    assert "secret@halvorsen.example" not in answer.content.decode()


def test_what_left_the_directory_is_not_changed(cast: Cast, client: Client) -> None:
    Organization.objects.update(archived_at=now())
    assert client.get(change_url(cast)).status_code == 404


@pytest.mark.slow
def test_pages_of_the_directory_make_few_queries(cast: Cast, client: Client, assert_query_baseline) -> None:
    for name, args in (
        ("new_client", []),
        ("change_client", [cast.halvorsen.pk]),
        ("new_contact", []),
        ("change_contact", [cast.ingrid.contact_id]),
        ("clients", []),
        ("client", [cast.halvorsen.pk]),
        ("contact", [cast.ingrid.contact_id]),
    ):
        client.get(reverse(f"crm:{name}", args=args))
        with assert_query_baseline(f"crm:{name}"):
            assert client.get(reverse(f"crm:{name}", args=args)).status_code == 200
