"""Custom fields: defined, ordered, changed and taken out of use on the page of the settings; values stay."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.actions.contact import change_contact
from crm.models import Contact, CustomField, Event
from tests.cast import Cast

pytestmark = pytest.mark.django_db

LIST = "/settings/fields/"


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    assert cast.admin
    assert cast.ingrid
    return cast


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.admin)
    return client


def state(field: CustomField, verb: str) -> str:
    return reverse("crm:custom_field_state", args=[field.pk, verb])


def tier(admin: Client) -> CustomField:
    typed = {"on": "contact", "type": "choice", "label": "Tier of care", "choices": "A\r\n\r\nB", "required": ""}
    assert admin.post(reverse("crm:new_custom_field"), typed).status_code == 302
    return CustomField.objects.get(label="Tier of care")


def test_defined_changed_and_kept(cast: Cast, admin: Client) -> None:
    field = tier(admin)
    assert (field.key, field.choices, field.position) == ("tier_of_care", ["A", "B"], 0)
    contact = cast.ingrid.contact
    change_contact(actor=cast.rep, contact_id=contact.pk, version=contact.version, values={"custom": {field.key: "A"}})
    url = reverse("crm:custom_field", args=[field.pk])
    assert (
        admin.post(
            url, {"version": "1", "label": "Level", "choices": "B\nC", "key": "other", "type": "text"}
        ).status_code
        == 302
    )
    field.refresh_from_db()
    assert (field.label, field.choices, field.key, field.type) == ("Level", ["B", "C"], "tier_of_care", "choice")
    assert Contact.objects.get(pk=contact.pk).custom == {"tier_of_care": "A"}
    assert admin.post(state(field, "archive")).status_code == 302
    assert "1 out of use" in admin.get(LIST).content.decode()
    assert admin.post(state(field, "later")).status_code == 409
    assert admin.post(state(field, "restore")).status_code == 302
    assert Contact.objects.get(pk=contact.pk).custom == {"tier_of_care": "A"}
    html = admin.get(url).content.decode()
    for words in ("added the custom field", "changed the custom field", "out of use", "into use again"):
        assert words in html


def test_who_was_slower_keeps_the_words_and_looks_before_saving(admin: Client) -> None:
    field = tier(admin)
    url = reverse("crm:custom_field", args=[field.pk])
    admin.post(url, {"version": "1", "label": "Level", "choices": "A\nB"})
    late = {"version": "1", "label": "Care", "choices": "A\nB\nC"}
    answer = admin.post(url, late)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert 'value="Care"' in html
    assert 'name="version" value="2"' in html
    assert CustomField.objects.get(pk=field.pk).label == "Level"
    assert admin.post(url, late | {"version": "2"}).status_code == 302
    assert CustomField.objects.get(pk=field.pk).choices == ["A", "B", "C"]


def test_the_order_is_changed_by_places(admin: Client) -> None:
    new = reverse("crm:new_custom_field")
    for label in ("One", "Two", "Three"):
        assert admin.post(new, {"on": "deal", "type": "text", "label": label}).status_code == 302
    three = CustomField.objects.get(label="Three")
    admin.post(state(three, "earlier"))
    admin.post(state(three, "earlier"))
    admin.post(state(three, "earlier"))
    assert list(CustomField.objects.filter(on="deal").values_list("label", flat=True)) == ["Three", "One", "Two"]
    assert Event.objects.filter(type="custom_field.changed", subject_id=three.pk).count() == 2
    assert admin.post(state(three, "sideways")).status_code == 404


def test_what_is_refused_keeps_what_was_typed(admin: Client) -> None:
    tier(admin)
    new = reverse("crm:new_custom_field")
    answer = admin.post(new, {"on": "contact", "type": "choice", "label": "Tier of care", "choices": ""})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "There is a custom field with this key already." in html
    assert "Give the choices." in html
    assert 'value="Tier of care"' in html
    assert admin.post(new, {"on": "moon", "type": "text", "label": "X"}).status_code == 422
    assert admin.post(new, {"on": "deal", "type": "text", "label": "X", "key": "no spaces"}).status_code == 422
    assert admin.post(new, {"on": "deal", "type": "text", "label": "日本"}).status_code == 422
    assert CustomField.objects.count() == 1


def test_everybody_reads_them_and_nobody_else_changes_them(cast: Cast, admin: Client) -> None:
    field = tier(admin)
    rep = Client()
    rep.force_login(cast.maya)
    html = rep.get(LIST).content.decode()
    assert "Tier of care" in html
    assert "Add a field" not in html
    assert rep.get(reverse("crm:custom_field", args=[field.pk])).status_code == 403
    assert rep.post(state(field, "archive")).status_code == 403
