"""Opening a deal: what is missing is said at once and at its place, and what was typed stays."""

import pytest
from django.urls import reverse

from crm.models import Organization
from deals.models import Deal

pytestmark = pytest.mark.django_db


def faults_of(answer) -> dict[str, str]:
    """Return the faults of the form that an answer shows, by field."""
    assert answer.status_code == 422
    return {field: " ".join(words) for field, words in answer.context["form"].errors.items()}


def opening(cast, **changes: str) -> dict[str, str]:
    good = {"organization": str(cast.halvorsen.pk), "title": "Forecasting", "currency": "USD"}
    return {**good, "pipeline": str(cast.deal.pipeline_id), **changes}


def test_everything_that_is_missing_is_said_at_once(cast, signed_in) -> None:
    typed = opening(cast, organization="", title="", amount="lots", currency="XXQ", close_on="2026-02-30")
    answer = signed_in(cast.maya).post(reverse("deals:new"), typed)
    found = faults_of(answer)
    assert set(found) == {"organization", "title", "amount", "currency", "close_on"}
    assert found["organization"] == "Choose a client from the list, or write the name of a new one."
    html = answer.content.decode()
    assert 'value="lots"' in html
    assert 'value="XXQ"' in html


def test_neither_of_the_two_clients_is_called_optional(cast, signed_in) -> None:
    html = signed_in(cast.maya).get(reverse("deals:new")).content.decode()
    group = html[html.index("<fieldset") : html.index("</fieldset>")]
    assert "Or the name of a new client" in group
    assert "One of the two is needed." in group
    assert "optional" not in group


def test_a_client_from_the_list_and_a_new_name_are_not_both_taken(cast, signed_in) -> None:
    answer = signed_in(cast.maya).post(reverse("deals:new"), opening(cast, new_client="Osei Textiles"))
    assert set(faults_of(answer)) == {"new_client"}
    assert 'value="Osei Textiles"' in answer.content.decode()


@pytest.mark.parametrize("name", ["x" * 201, "a\x00b", "a\u0085b"])
def test_a_name_that_cannot_be_kept_is_one_fault_at_its_field(cast, signed_in, name) -> None:
    typed = opening(cast, organization="", new_client=name, title="")
    found = signed_in(cast.maya).post(reverse("deals:new"), typed)
    assert set(faults_of(found)) == {"new_client", "title"}
    assert len(found.context["form"].errors["new_client"]) == 1


def test_no_client_is_entered_for_a_deal_that_is_not_opened(cast, signed_in) -> None:
    typed = opening(cast, organization="", new_client="Osei Textiles", title="")
    assert set(faults_of(signed_in(cast.maya).post(reverse("deals:new"), typed))) == {"title"}
    assert not Organization.objects.filter(name="Osei Textiles").exists()


def test_a_client_who_is_there_already_is_found_by_name(cast, signed_in) -> None:
    typed = opening(cast, organization="", new_client=" halvorsen FOODS ", title="Second")
    assert signed_in(cast.maya).post(reverse("deals:new"), typed).status_code == 302
    assert Deal.objects.get(title="Second").organization == cast.halvorsen


@pytest.mark.slow
def test_every_fault_of_changed_facts_is_said_at_once(cast, signed_in) -> None:
    deal = cast.deal
    typed = {"title": "", "amount": "-1", "currency": "EUR", "close_on": "", "owner": str(deal.owner_id)}
    typed |= {"organization": "", "success_owner": "", "version": str(deal.version)}
    answer = signed_in(cast.maya).post(reverse("deals:change", args=[deal.pk]), typed)
    assert answer.status_code == 422
    assert set(answer.context["facts"].errors) == {"title", "amount", "organization"}
