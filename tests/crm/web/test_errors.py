"""The pages for what cannot be shown."""

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.mark.django_db
def test_an_address_of_a_form_opened_by_hand_says_how_to_go_on(client: Client) -> None:
    cast = Cast()
    client.force_login(cast.maya)
    answer = client.get(f"/deals/{cast.deal.pk}/problem/statements/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Go back to the page" in answer.content.decode()
