"""The page with the facts of a room."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import Room
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_title_and_zone_are_changed_on_a_page(client: Client) -> None:
    cast = Cast()
    client.force_login(cast.maya)
    url = reverse("crm:change_room", args=[cast.deal.room_id])
    access = reverse("crm:room_access", args=[cast.deal.room_id])
    assert url in client.get(access).content.decode()
    assert 'name="time_zone"' in client.get(url).content.decode()
    sent = {"title": "Fresh", "time_zone": "Mars/Olympus", "version": 1}
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "There is no such time zone" in refused.content.decode()
    saved = client.post(url, sent | {"time_zone": "Europe/Oslo"})
    assert saved.url == access
    assert Room.objects.get(pk=cast.deal.room_id).time_zone == "Europe/Oslo"
    client.force_login(cast.colleague)
    assert url not in client.get(access).content.decode()
